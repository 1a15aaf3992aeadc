"""Mask images: a PNG for every image, each pixel the number of its class, and ``classes.json`` with their names.

0 is no class. Where regions overlap, the one drawn later covers the earlier; regions of one class that touch are one
when read again. Reading and writing PNG takes Pillow (extra ``images``).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from recension.errors import Invalid, Unavailable
from recension.label.formats.fields import (
    IMAGE,
    Gathered,
    Marked,
    Places,
    classes,
    drop_rest,
    in_drawing_order,
    one_label_set,
    relations,
    shape_of,
    single_label,
)
from recension.label.formats.json_files import read_json
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Source, Writing
from recension.label.geometry import mask_of_pixels, rasterise
from recension.label.shapes import Box, Ellipse, Mask, Polygon, RotatedBox, Shape

if TYPE_CHECKING:
    import numpy.typing as npt

_CLASSES: Final = "classes.json"
_FOLDER: Final = "masks"
_MOST_CLASSES: Final = 255
_IMAGE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every PNG in a folder ``masks``, one region for every class in it."""
    _need_pillow()
    names = list(reading.source.names())
    for classes_file in (name for name in names if PurePosixPath(name).name == _CLASSES):
        labels = _labels(reading.source, classes_file)
        root = PurePosixPath(classes_file).parent
        for name in names:
            path = PurePosixPath(name)
            if path.suffix.lower() == ".png" and path.is_relative_to(root / _FOLDER):
                yield _item(name, root, labels, reading)


def _labels(source: Source, name: str) -> dict[int, str]:
    with source.open(name) as stream:
        body = read_json(stream, where=name)
    if not isinstance(body, dict) or not all(key.isdecimal() and isinstance(v, str) for key, v in body.items()):
        raise Invalid("no classes", where=name, hint='write {"1": "cat", "2": "dog"}')
    return {int(key): str(value) for key, value in body.items()}


def _item(name: str, root: PurePosixPath, labels: Mapping[int, str], reading: Reading) -> Labelled:
    with reading.source.open(name) as stream:
        numbers = _read_png(stream, name)
    places = Places(reading.schema)
    gathered = Gathered(places, reading.losses, name)
    for number in np.unique(numbers).tolist():
        if number == 0:
            continue
        if number not in labels:
            raise Invalid(f"class {number} has no name", where=name, hint=f"{_CLASSES} names {len(labels)}")
        mask = mask_of_pixels(numbers == number)
        assert mask is not None
        gathered.region(mask, [labels[number]])
    stem = str(PurePosixPath(name).relative_to(root / _FOLDER).with_suffix(""))
    candidates = [str(root / f"{folder}{stem}{suffix}") for folder in ("images/", "") for suffix in _IMAGE_SUFFIXES]
    image = next((each for each in candidates if reading.source.image_size(each)), f"{stem}.png")
    height, width = numbers.shape
    data = {places.data("image", IMAGE): image}
    return Labelled(image, data, width, height, annotations=(LabelSet(gathered.fields()),))


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """A PNG for every item under ``masks``, and ``classes.json``."""
    _need_pillow()
    labels: dict[str, int] = {}
    for item in items:
        if not (item.width and item.height):
            writing.losses.add("images of unknown size", item.name)
            continue
        numbers = np.zeros((item.height, item.width), dtype=np.uint8)
        chosen = one_label_set(item, writing.losses)
        for _ in classes(chosen.fields):
            writing.losses.add("classes of whole images", item.name)
        for _ in relations(chosen.fields):
            writing.losses.add("relations", item.name)
        for region in in_drawing_order(chosen.fields):
            _draw(region, numbers, item, labels, writing.losses)
        stem = str(PurePosixPath(item.name.replace("#", "-")).with_suffix("")).removeprefix("images/")
        with writing.target.create(f"{_FOLDER}/{stem}.png") as out:
            _write_png(numbers, out)
    with writing.target.create(_CLASSES) as out:
        body = {str(number): label for label, number in labels.items()}
        out.write(json.dumps(body, ensure_ascii=False, indent=1).encode())


def _draw(
    region: Marked, numbers: npt.NDArray[np.uint8], item: Labelled, labels: dict[str, int], losses: Losses
) -> None:
    shape = shape_of(region)
    if not isinstance(shape, Box | RotatedBox | Ellipse | Polygon | Mask):
        losses.add(f"regions of shape {shape.type}", item.name)
        return
    drop_rest(region, (), losses, item.name)
    label = single_label(region, losses, item.name)
    if label not in labels and len(labels) == _MOST_CLASSES:
        losses.add("classes after the 255th", item.name)
        return
    number = labels.setdefault(label, len(labels) + 1)
    if not (isinstance(shape, Mask) or _on_pixels(shape)):
        losses.add(f"borders of shape {shape.type} within half a pixel (kept as masks)", item.name)
    pixels = rasterise(shape, item.height, item.width)
    covered = numbers[pixels]
    if (covered == number).any():
        losses.add("regions of one class apart from each other", item.name)
    if ((covered != 0) & (covered != number)).any():
        losses.add("what lies below another class", item.name)
    numbers[pixels] = number


def _on_pixels(shape: Shape) -> bool:
    """Whether the shape's border runs along the borders of pixels, so that nothing of it is lost."""
    return isinstance(shape, Box) and all(
        isinstance(side, int) for side in (shape.x, shape.y, shape.width, shape.height)
    )


def _need_pillow() -> None:
    """Say what is missing before anything is read or written.

    Raises:
        Unavailable: Pillow is not installed.
    """
    if find_spec("PIL") is None:
        raise Unavailable("mask images take Pillow", hint="pip install 'recension[images]'")


def _read_png(stream: IO[bytes], where: str) -> npt.NDArray[np.uint8]:
    from PIL import Image  # noqa: PLC0415  an extra

    try:
        with Image.open(io.BytesIO(stream.read()), formats=["PNG"]) as image:
            if image.mode not in {"P", "L", "1"}:
                raise Invalid(f"a mask has {image.mode} pixels", where=where, hint="write one number a pixel, 8 bits")
            return np.asarray(image.convert("L") if image.mode == "1" else image, dtype=np.uint8)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(f"no PNG: {error}", where=where) from error


def _write_png(numbers: npt.NDArray[np.uint8], out: IO[bytes]) -> None:
    from PIL import Image  # noqa: PLC0415  an extra

    image = Image.fromarray(numbers).convert("P")
    image.putpalette([level for index in range(256) for level in _colour(index)])
    image.save(out, format="PNG", optimize=False)


def _colour(index: int) -> tuple[int, int, int]:
    """The colour that VOC's tools give to a class: bits of its number spread over red, green and blue."""
    red = green = blue = 0
    for bit in range(7, -1, -1):
        red |= (index & 1) << bit
        green |= (index >> 1 & 1) << bit
        blue |= (index >> 2 & 1) << bit
        index >>= 3
    return red, green, blue


def _detect(names: Iterable[str]) -> bool:
    return any(PurePosixPath(name).name == _CLASSES for name in names)


FORMAT: Final = Format(
    name="masks",
    title="Mask PNGs",
    carries="one class a pixel",
    read=read,
    write=write,
    detect=_detect,
)
