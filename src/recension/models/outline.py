"""The outline of what lies between its four outermost points, found from the pixels.

The stretch around the points is cut out and split into foreground and background by GrabCut (Rother, Kolmogorov and
Blake, "GrabCut: interactive foreground extraction using iterated graph cuts", 2004), begun with what the points say:
outside of their box is background, near the middle of their hull foreground. Takes OpenCV (extra ``images``).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from recension.errors import Invalid, TooLarge, Unavailable
from recension.label import Polygon
from recension.label.image_header import image_size
from recension.label.shapes import Point

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

_MOST_PIXELS: Final = 120_000_000
_SIDE: Final = 320
"""Pixels of the longer side of the cut-out: enough for an outline, and a fraction of a second."""
_MARGIN: Final = 0.2
_CORE: Final = 0.45
_ROUNDS: Final = 4
_SIMPLER_PX: Final = 1.0


def finds_outlines() -> bool:
    """Whether what it takes is installed."""
    return find_spec("cv2") is not None


def outline_between(image: bytes, points: Sequence[Point]) -> Polygon:
    """The outline of what the points are the outermost ones of, in pixels of the image after EXIF orientation.

    Args:
        image: an image file.
        points: four or more, in any order.

    Raises:
        Unavailable: OpenCV is not installed.
        Invalid: the bytes are no image, or the points enclose nothing in it.
        TooLarge: the image has over 120 megapixels.
    """
    if not finds_outlines():
        raise Unavailable("outlines take OpenCV", hint="pip install 'recension[images]'")
    import numpy as np  # noqa: PLC0415  20 MB that a server without images does not need

    whole = _decoded(image)
    left, top, right, bottom = _box(points, whole)
    cut = whole[top:bottom, left:right]
    scale = min(1.0, _SIDE / max(cut.shape[:2]))
    placed = np.array([((x - left) * scale, (y - top) * scale) for x, y in points], dtype=np.float32)
    ring = _ring(_foreground(_shrunk(cut, scale), placed))
    return Polygon(tuple((x / scale + left, y / scale + top) for x, y in ring))


def _decoded(image: bytes) -> Pixels:
    import cv2  # noqa: PLC0415  an extra
    import numpy as np  # noqa: PLC0415  see above

    size = image_size(image)
    if size is not None and size.width * size.height > _MOST_PIXELS:
        raise TooLarge("the image has over 120 megapixels")
    found: Any = cv2.imdecode(np.frombuffer(image, dtype=np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise Invalid("no image that can be read", where="image")
    whole: Pixels = found
    return whole


def _box(points: Sequence[Point], whole: Pixels) -> tuple[int, int, int, int]:
    """The stretch to look at: the points' box and some ground around it, within the image."""
    height, width = whole.shape[:2]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    if len(points) < 4 or across < 2 or down < 2:
        raise Invalid("the points enclose nothing", where="points", hint="give the four outermost points")
    margin = max(across, down) * _MARGIN
    left, top = max(0, int(min(xs) - margin)), max(0, int(min(ys) - margin))
    right, bottom = min(width, int(max(xs) + margin) + 1), min(height, int(max(ys) + margin) + 1)
    if right - left < 4 or bottom - top < 4:
        raise Invalid("the points lie outside of the image", where="points")
    return left, top, right, bottom


def _shrunk(cut: Pixels, scale: float) -> Pixels:
    import cv2  # noqa: PLC0415  an extra

    height, width = cut.shape[:2]
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    small: Any = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    shrunk: Pixels = small
    return shrunk


def _foreground(cut: Pixels, points: npt.NDArray[np.float32]) -> Pixels:
    import cv2  # noqa: PLC0415  an extra
    import numpy as np  # noqa: PLC0415  see above

    hull: Any = cv2.convexHull(points).reshape(-1, 2)
    middle = hull.mean(axis=0)
    guess = np.full(cut.shape[:2], cv2.GC_BGD, dtype=np.uint8)
    left, top = np.floor(hull.min(axis=0)).astype(int)
    right, bottom = np.ceil(hull.max(axis=0)).astype(int)
    guess[max(0, top) : bottom + 1, max(0, left) : right + 1] = cv2.GC_PR_BGD
    cv2.fillConvexPoly(guess, np.round(hull).astype(np.int32), int(cv2.GC_PR_FGD))
    core = middle + (hull - middle) * _CORE
    cv2.fillConvexPoly(guess, np.round(core).astype(np.int32), int(cv2.GC_FGD))
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(cut, guess, None, background, foreground, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    marked: Pixels = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    return marked


def _ring(marked: Pixels) -> list[Point]:
    """The outline of the largest part, with no more points than it needs."""
    import cv2  # noqa: PLC0415  an extra

    found, _ = cv2.findContours(marked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not found:
        raise Invalid("nothing stands out between the points", where="points", hint="draw the outline by hand")
    largest = max(found, key=cv2.contourArea)
    simple = cv2.approxPolyDP(largest, _SIMPLER_PX, True).reshape(-1, 2)
    if len(simple) < 3:
        raise Invalid("nothing stands out between the points", where="points", hint="draw the outline by hand")
    # A contour runs through the middles of pixels.
    return [(float(x) + 0.5, float(y) + 0.5) for x, y in simple]
