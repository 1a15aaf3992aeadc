"""Shapes: pure geometry of what is marked in an image, a text or a recording.

Image coordinates are float pixels from the top left corner of the image after EXIF orientation, y downwards, angles
degrees clockwise; text offsets are code points and half-open; media times are integer microseconds and half-open.

A shape is always in canonical form: numbers are rounded to ``DECIMALS`` when it is made, by ``floor(v * 10000 + 0.5) /
10000`` (so the same double follows in every language), whole ones are integers, angles lie in [0, 360), masks have
one spelling. Equal shapes therefore have equal JSON, and reading what was written gives the same shape.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

from recension.errors import Invalid
from recension.label.rle import canonical_runs, count_ones, decode_runs, encode_runs

Point = tuple[float, float]
"""``(x, y)`` in pixels."""
Joint = tuple[float, float, int]
"""``(x, y, v)``: v is 0 when the joint is absent, 1 when it is hidden by something, 2 when it is visible."""

DECIMALS: Final = 4
LARGEST: Final = 1e9
"""Pixels that a coordinate may be away from the corner."""
MAX_POINTS: Final = 100_000
"""Points that one shape may have."""
MAX_SIDE: Final = 1_000_000
"""Pixels that a side of a mask may have."""


def rounded(value: float) -> float:
    """The value in canonical form: to four decimals, an ``int`` when it is whole."""
    near = math.floor(value * 10**DECIMALS + 0.5) / 10**DECIMALS
    return int(near) if near == int(near) else near


def _number(kind: str, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise Invalid(f"{name} of a {kind} is no number of pixels: {value!r}", where=f"shape {kind}")
    return rounded(value)


def _set(shape: object, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(shape, name, value)  # only while the shape is being made


def _numbers(shape: object, kind: str, *names: str) -> None:
    for name in names:
        object.__setattr__(shape, name, _number(kind, name, getattr(shape, name)))


def _sizes(shape: object, kind: str, *names: str) -> None:
    _numbers(shape, kind, *names)
    for name in names:
        if getattr(shape, name) <= 0:
            raise Invalid(f"{name} of a {kind} must be over 0", where=f"shape {kind}")


def _angle(shape: object, kind: str, value: object) -> None:
    angle = rounded(_number(kind, "angle_deg", value) % 360)
    _set(shape, angle_deg=0 if angle == 360 else angle)


def _points(kind: str, points: tuple[Point, ...], least: int, what: str) -> tuple[Point, ...]:
    if not least <= len(points) <= MAX_POINTS:
        raise Invalid(f"{what} needs {least} to {MAX_POINTS} points, not {len(points)}", where=f"shape {kind}")
    return tuple((_number(kind, "x", x), _number(kind, "y", y)) for x, y in points)


def _whole(kind: str, **values: int) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise Invalid(f"{name} of a {kind} must be a whole number from 0, not {value!r}", where=f"shape {kind}")


def _half_open(kind: str, start: int, end: int) -> None:
    _whole(kind, start=start, end=end)
    if start >= end:
        raise Invalid(f"a {kind} must end after it starts, not [{start}, {end})", where=f"shape {kind}")


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle; ``x, y`` is its top left corner."""

    type: ClassVar[str] = "box"
    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        _numbers(self, "box", "x", "y")
        _sizes(self, "box", "width", "height")


@dataclass(frozen=True, slots=True)
class RotatedBox:
    """A rectangle turned clockwise about its centre ``cx, cy`` by ``angle_deg``."""

    type: ClassVar[str] = "rotated-box"
    cx: float
    cy: float
    width: float
    height: float
    angle_deg: float

    def __post_init__(self) -> None:
        _numbers(self, "rotated-box", "cx", "cy")
        _sizes(self, "rotated-box", "width", "height")
        _angle(self, "rotated-box", self.angle_deg)


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse with half axes ``rx`` and ``ry``, turned clockwise about its centre ``cx, cy`` by ``angle_deg``."""

    type: ClassVar[str] = "ellipse"
    cx: float
    cy: float
    rx: float
    ry: float
    angle_deg: float = 0

    def __post_init__(self) -> None:
        _numbers(self, "ellipse", "cx", "cy")
        _sizes(self, "ellipse", "rx", "ry")
        _angle(self, "ellipse", self.angle_deg)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline with holes; no ring repeats its first point at the end."""

    type: ClassVar[str] = "polygon"
    outline: tuple[Point, ...]
    holes: tuple[tuple[Point, ...], ...] = ()

    def __post_init__(self) -> None:
        outline = _points("polygon", self.outline, 3, "a polygon ring")
        _set(self, outline=outline, holes=tuple(_points("polygon", ring, 3, "a polygon ring") for ring in self.holes))


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line from point to point, open at its ends."""

    type: ClassVar[str] = "polyline"
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        _set(self, points=_points("polyline", self.points, 2, "a polyline"))


@dataclass(frozen=True, slots=True)
class Keypoint:
    """One point."""

    type: ClassVar[str] = "keypoint"
    x: float
    y: float

    def __post_init__(self) -> None:
        _numbers(self, "keypoint", "x", "y")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Joints in the order that the field names them; an absent joint stands at (0, 0), and one at least is there."""

    type: ClassVar[str] = "skeleton"
    points: tuple[Joint, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.points) <= MAX_POINTS or all(v == 0 for _, _, v in self.points):
            raise Invalid("a skeleton needs a joint that is there", where="shape skeleton")
        _set(self, points=tuple(map(_joint, self.points)))


def _joint(joint: Joint) -> Joint:
    x, y, v = joint
    if isinstance(v, bool) or v not in {0, 1, 2}:
        raise Invalid(f"v of a joint is {v!r}", where="shape skeleton", hint="0 absent, 1 hidden, 2 visible")
    x, y = _number("skeleton", "x", x), _number("skeleton", "y", y)
    return (x, y, int(v)) if v else (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Mask:
    """Marked pixels of a whole image: ``size`` is (height, width), ``counts`` COCO's run-length text (see ``rle``)."""

    type: ClassVar[str] = "mask"
    size: tuple[int, int]
    counts: str

    def __post_init__(self) -> None:
        height, width = self.size
        _whole("mask", height=height, width=width)
        if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
            raise Invalid(f"a mask cannot be {height} by {width} pixels", where="shape mask")
        runs = decode_runs(self.counts)
        if sum(runs) != height * width:
            message = f"the runs of a mask cover {sum(runs)} pixels, not {height} by {width}"
            raise Invalid(message, where="shape mask", hint="size is [height, width]")
        if count_ones(runs) == 0:
            raise Invalid("a mask marks no pixel", where="shape mask", hint="remove the region instead")
        _set(self, size=(height, width), counts=encode_runs(canonical_runs(runs)))

    @classmethod
    def of_runs(cls, height: int, width: int, runs: list[int]) -> Mask:
        """The mask of these run lengths, column by column, beginning with unmarked pixels."""
        return cls((height, width), encode_runs(canonical_runs(runs)))

    @property
    def runs(self) -> list[int]:
        """Run lengths, column by column, beginning with unmarked pixels."""
        return decode_runs(self.counts)


@dataclass(frozen=True, slots=True)
class Span:
    """Code points ``[start, end)`` of a text.

    Of the plain text of what is shown, in an answer; of an item's data field ``field`` (of the file when it is empty)
    where the span is an item of its own.
    """

    type: ClassVar[str] = "span"
    start: int
    end: int
    field: str = ""

    def __post_init__(self) -> None:
        _half_open("span", self.start, self.end)
        if not isinstance(self.field, str):
            raise Invalid(f"field of a span is {self.field!r}", where="shape span")


@dataclass(frozen=True, slots=True)
class Segment:
    """Microseconds ``[start, end)`` of a recording, of one ``channel`` or (-1) of all."""

    type: ClassVar[str] = "segment"
    start: int
    end: int
    channel: int = -1

    def __post_init__(self) -> None:
        _half_open("segment", self.start, self.end)
        if self.channel != -1:
            _whole("segment", channel=self.channel)


@dataclass(frozen=True, slots=True)
class Tile:
    """Whole pixels of a large image, shown at ``2 ** -level`` of its size."""

    type: ClassVar[str] = "tile"
    x: int
    y: int
    width: int
    height: int
    level: int = 0

    def __post_init__(self) -> None:
        _whole("tile", x=self.x, y=self.y, level=self.level, width=self.width, height=self.height)
        _sizes(self, "tile", "width", "height")


ImageShape = Box | RotatedBox | Ellipse | Polygon | Polyline | Keypoint | Skeleton | Mask
Shape = ImageShape | Span | Segment | Tile
