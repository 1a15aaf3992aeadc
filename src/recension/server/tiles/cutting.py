"""The program that cuts one image into squares: ``python -m recension.server.tiles.cutting SOURCE FOLDER``.

It runs as a process of its own, so that a hostile or broken image costs the server nothing but time and memory within
the bounds set here. The image is read from top to bottom once, and all levels are made from it as it passes: a hundred
megapixels take some 130 MB. It says ``overview`` and ``whole`` when the levels are in the folder, each as
``LEVEL/X_Y.jpg`` or ``.png``; what was stored without loss is cut without loss.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any, Final

from recension.label.image_header import HEAD_BYTES, image_orientation, image_size
from recension.server.tiles.pyramid import OVERVIEW_LEVEL, SIDE, Pyramid, too_large

MEMORY_BYTES: Final = 4 << 30
"""Of addresses; what is really taken is a small part of it."""
CPU_S: Final = 240
OVERVIEW: Final = "overview"
WHOLE: Final = "whole"
_LOADERS: Final = ("Jpeg", "Png", "Webp", "Tiff", "Nsgif")
_UPRIGHT_AS_READ: Final = frozenset({1, 2})
_JPEG: Final = b"\xff\xd8"


def main() -> int:
    """Cut the image that the arguments name; what is wrong with it is the last line on standard error."""
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    import pyvips  # noqa: PLC0415  within the bounds

    try:
        cut(source, folder)
    except (pyvips.Error, ValueError) as fault:
        lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
        sys.stderr.write(f"{lines[-1] if lines else 'it cannot be read'}\n")
        return 1
    return 0


def cut(source: Path, folder: Path) -> None:
    """Put every level of the image into the folder.

    Args:
        source: the image; what is begun lies beside it.
        folder: an empty one, on the same disk.

    Raises:
        ValueError: it is no image that is known, or too large.
        pyvips.Error: it is broken.
    """
    import pyvips  # noqa: PLC0415  an extra

    # Nothing else of the library's many readers is let near what strangers have stored.
    pyvips.operation_block_set("VipsForeignLoad", True)
    for name in _LOADERS:
        pyvips.operation_block_set(f"VipsForeignLoad{name}", False)
    with source.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    size = image_size(head)
    if size is None:
        raise ValueError("it is no image that is known")
    if why := too_large(size):
        raise ValueError(why)
    pyramid = Pyramid(size)
    orientation = image_orientation(head)
    is_jpeg = head.startswith(_JPEG)
    first = min(OVERVIEW_LEVEL, pyramid.levels - 1)
    if is_jpeg:
        small = _shown(pyvips.Image.new_from_file(str(source), shrink=2**first), orientation)
        # The reader leaves out a last row or column that is less than a whole pixel at this scale.
        _save(small.embed(0, 0, *pyramid.level_size(first), extend="copy"), source.parent, folder, first, ".jpg")
        _say(OVERVIEW)
    access = "sequential" if orientation in _UPRIGHT_AS_READ else "random"
    image = _shown(pyvips.Image.new_from_file(str(source), access=access), orientation)
    if (image.width, image.height) != size:
        raise ValueError(f"its header says {size.width} x {size.height}, its data {image.width} x {image.height}")
    _save(image, source.parent, folder, 0, ".jpg" if is_jpeg else ".png")
    _say(WHOLE)


def _shown(image: Any, orientation: int) -> Any:
    """The image as people see it: upright, eight bits a channel, in the colours of a screen."""
    import pyvips  # noqa: PLC0415  an extra

    upright = image.copy()
    upright.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    upright = upright.autorot()
    if upright.get_typeof("icc-profile-data"):
        return upright.icc_transform("srgb")
    grey = upright.interpretation in {"b-w", "grey16"}
    shown = upright.colourspace("b-w" if grey else "srgb")
    return shown if shown.format == "uchar" else shown.cast("uchar")


def _save(image: Any, work: Path, folder: Path, first: int, kind: str) -> None:
    """Put the image into the folder as level ``first`` and those above it; what is there already stays."""
    suffix = ".jpg[Q=90]" if kind == ".jpg" else ".png[compression=1]"
    base = work / f"cut-{first}"
    image.dzsave(
        str(base), layout="dz", tile_size=SIDE, overlap=0, depth="onetile", suffix=suffix, region_shrink="mean", keep=0
    )
    made = sorted((path for path in Path(f"{base}_files").iterdir() if path.is_dir()), key=lambda path: -int(path.name))
    for level, path in enumerate(made, first):
        if not (folder / str(level)).exists():
            path.rename(folder / str(level))


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
