"""Regions: the marked parts of an image, a text or a recording.

Units follow the conventions of the whole project: image coordinates are float pixels from the top left corner after
EXIF orientation, text offsets are code points and half-open, media times are integer microseconds and half-open.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, Final

from blake3 import blake3

from recension.errors import Invalid
from recension.label.canonical import canonical_json

Point = tuple[float, float]
"""``(x, y)`` in pixels."""


def _finite(kind: str, **values: float) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Invalid(f"{name} of a {kind} is no finite number: {value!r}", where=f"region {kind}")


def _positive(kind: str, **values: float) -> None:
    _finite(kind, **values)
    for name, value in values.items():
        if value <= 0:
            raise Invalid(f"{name} of a {kind} must be over 0, not {value!r}", where=f"region {kind}")


def _whole(kind: str, **values: int) -> None:
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise Invalid(f"{name} of a {kind} must be a whole number from 0, not {value!r}", where=f"region {kind}")


def _half_open(kind: str, start: int, end: int) -> None:
    _whole(kind, start=start, end=end)
    if start >= end:
        raise Invalid(f"a {kind} must end after it starts, not [{start}, {end})", where=f"region {kind}")


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle; ``x, y`` is its top left corner."""

    type: ClassVar[str] = "box"
    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        _finite("box", x=self.x, y=self.y)
        _positive("box", width=self.width, height=self.height)


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
        _finite("rotated-box", cx=self.cx, cy=self.cy, angle_deg=self.angle_deg)
        _positive("rotated-box", width=self.width, height=self.height)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline with holes; no ring repeats its first point at the end."""

    type: ClassVar[str] = "polygon"
    outline: tuple[Point, ...]
    holes: tuple[tuple[Point, ...], ...] = ()

    def __post_init__(self) -> None:
        for ring in (self.outline, *self.holes):
            if len(ring) < 3:
                raise Invalid(f"a polygon ring needs 3 points, not {len(ring)}", where="region polygon")
            for x, y in ring:
                _finite("polygon", x=x, y=y)


@dataclass(frozen=True, slots=True)
class Span:
    """Code points ``[start, end)`` of a text: of the item's data field ``field``, or of the file when it is empty."""

    type: ClassVar[str] = "span"
    start: int
    end: int
    field: str = ""

    def __post_init__(self) -> None:
        _half_open("span", self.start, self.end)


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
        _positive("tile", width=self.width, height=self.height)


Region = Box | RotatedBox | Polygon | Span | Segment | Tile
_KINDS: Final[Mapping[str, type[Region]]] = {
    kind.type: kind for kind in (Box, RotatedBox, Polygon, Span, Segment, Tile)
}


def region_to_json(region: Region) -> dict[str, object]:
    """The region as a JSON object whose ``type`` says which kind it is."""
    body: dict[str, object] = {"type": region.type}
    for field in fields(region):
        value = getattr(region, field.name)
        body[field.name] = _lists(value) if isinstance(value, tuple) else value
    return body


def region_from_json(body: object) -> Region:
    """Read what ``region_to_json`` wrote.

    Raises:
        Invalid: an unknown type, a missing or unknown key, or a value outside its range.
    """
    if not isinstance(body, Mapping):
        raise Invalid(f"a region is an object with a type, not {body!r}", where="region")
    kind = _KINDS.get(str(body.get("type")))
    if kind is None:
        raise Invalid(f"unknown region type {body.get('type')!r}", where="region", hint=f"known: {', '.join(_KINDS)}")
    values = {str(key): value for key, value in body.items() if key != "type"}
    if kind is Polygon:
        values = {name: _rings(name, value) for name, value in values.items()}
    try:
        return kind(**values)
    except TypeError as error:
        keys = ", ".join(field.name for field in fields(kind))
        raise Invalid(f"a {kind.type} has {keys}; got {', '.join(values)}", where=f"region {kind.type}") from error


def region_id(region: Region) -> str:
    """A short name of the region that depends on nothing but its content: 16 hex digits."""
    return blake3(canonical_json(region_to_json(region))).hexdigest(8)


def _lists(value: object) -> object:
    return [_lists(part) for part in value] if isinstance(value, tuple) else value


def _rings(name: str, value: object) -> object:
    try:
        return tuple(map(_ring, _items(value))) if name == "holes" else _ring(value)
    except (TypeError, ValueError) as error:
        raise Invalid(f"{name} of a polygon are lists of [x, y]", where="region polygon") from error


def _items(value: object) -> Iterable[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return value


def _ring(value: object) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in map(_items, _items(value)))  # type: ignore[misc]
