"""Shapes as Label Studio spells them: shares of the image's size in per cent, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.label_studio.brush import brush_of_mask, mask_of_brush
from recension.label.formats.label_studio.curves import flattened
from recension.label.shapes import (
    Box,
    Ellipse,
    Keypoint,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
    Shape,
    Skeleton,
)

IMAGE_TYPES: Final = frozenset({"rectangle", "ellipse", "polygon", "keypoint", "vector", "brush", "bitmask"})
POINT_WIDTH: Final = 0.5
"""How large Label Studio draws a key point, in per cent of the image's width."""


class Size(NamedTuple):
    """Of an image, in pixels."""

    width: int
    height: int


class Spelled(NamedTuple):
    """The type of a result without ``labels`` at its end, and its value without labels."""

    type: str
    value: dict[str, JSON]


def base_type(kind: str) -> str:
    """``rectangle`` of ``rectanglelabels``; a type without labels is its own."""
    return kind.removesuffix("labels") if kind != "labels" else kind


def read_shape(kind: str, value: Mapping[str, JSON], size: Size, *, where: str) -> Shape | None:
    """The shape of a result of an image; ``None`` for one that marks nothing.

    Raises:
        Invalid: a number is missing or out of range.
    """
    if kind == "brush":
        rle = value.get("rle")
        if value.get("format") != "rle" or not isinstance(rle, list):
            raise Invalid("a brush has no rle", where=where)
        return mask_of_brush(rle, size.height, size.width, where=where)  # type: ignore[arg-type]
    if kind in {"polygon", "vector"}:
        return _line(kind, value, size, where)
    x, y = _number(value, "x", where) * size.width / 100, _number(value, "y", where) * size.height / 100
    if kind == "keypoint":
        return Keypoint(x, y)
    turn = _number(value, "rotation", where, 0)
    if kind == "ellipse":
        rx, ry = _number(value, "radiusX", where), _number(value, "radiusY", where)
        return Ellipse(x, y, rx * size.width / 100, ry * size.height / 100, turn)
    width = _number(value, "width", where) * size.width / 100
    height = _number(value, "height", where) * size.height / 100
    if not turn % 360:
        return Box(x, y, width, height)
    cx, cy = _turned(x, y, width / 2, height / 2, turn)
    return RotatedBox(cx, cy, width, height, turn)


def spell_shape(shape: Shape, size: Size) -> Spelled | None:
    """The result of a shape; ``None`` when Label Studio has none for it. Holes are not spelled."""
    match shape:
        case Box():
            spelled: Spelled | None = _rectangle(shape.x, shape.y, shape.width, shape.height, 0, size)
        case RotatedBox():
            x, y = _turned(shape.cx, shape.cy, -shape.width / 2, -shape.height / 2, shape.angle_deg)
            spelled = _rectangle(x, y, shape.width, shape.height, shape.angle_deg, size)
        case Ellipse():
            radii: dict[str, JSON] = {"radiusX": shape.rx * 100 / size.width, "radiusY": shape.ry * 100 / size.height}
            spelled = Spelled("ellipse", {**_corner(shape.cx, shape.cy, size), **radii, "rotation": shape.angle_deg})
        case Polygon():
            spelled = Spelled("polygon", {"points": _shares(shape.outline, size), "closed": True})
        case Polyline():
            spelled = Spelled("vector", {"closed": False, "vertices": _vertices(shape.points, size)})
        case Keypoint():
            spelled = Spelled("keypoint", {**_corner(shape.x, shape.y, size), "width": POINT_WIDTH})
        case Mask():
            spelled = Spelled("brush", {"format": "rle", "rle": list(brush_of_mask(shape))})
        case _:
            spelled = None
    return spelled


def _rectangle(x: float, y: float, width: float, height: float, angle_deg: float, size: Size) -> Spelled:  # noqa: PLR0917
    sides: dict[str, JSON] = {"width": width * 100 / size.width, "height": height * 100 / size.height}
    return Spelled("rectangle", {**_corner(x, y, size), **sides, "rotation": angle_deg})


def _corner(x: float, y: float, size: Size) -> dict[str, JSON]:
    return {"x": x * 100 / size.width, "y": y * 100 / size.height}


def _line(kind: str, value: Mapping[str, JSON], size: Size, where: str) -> Polygon | Polyline | Skeleton:
    entries = value.get("points" if kind == "polygon" else "vertices")
    pairs = [_pair(entry) for entry in entries] if isinstance(entries, list) else []
    points = tuple(
        (x * size.width / 100, y * size.height / 100)
        for x, y in pairs
        if isinstance(x, int | float) and isinstance(y, int | float)
    )
    if not isinstance(entries, list) or len(points) != len(entries):
        raise Invalid("points are no list of x, y", where=where)
    closed = bool(value.get("closed"))
    if kind == "vector":
        points = flattened(entries, points, (size.width / 100, size.height / 100), closed=closed)
    return Polygon(points) if kind == "polygon" or closed else Polyline(points)


def _pair(entry: JSON) -> tuple[JSON, JSON]:
    match entry:
        case [x, y]:
            return x, y
        case {"x": x, "y": y}:
            return x, y
        case _:
            return None, None


def _vertices(points: Sequence[Point], size: Size) -> list[JSON]:
    """Vertices as Label Studio links them: each knows the one before."""
    vertices: list[JSON] = []
    for index, (x, y) in enumerate(points):
        before = f"p{index - 1}" if index else None
        vertices.append({"id": f"p{index}", "prevPointId": before, **_corner(x, y, size), "isBezier": False})
    return vertices


def _shares(points: Sequence[Point], size: Size) -> list[JSON]:
    return [[x * 100 / size.width, y * 100 / size.height] for x, y in points]


def _turned(x: float, y: float, along: float, down: float, angle_deg: float) -> Point:
    """The point ``along`` and ``down`` from (x, y) in axes turned clockwise."""
    turn = math.radians(angle_deg)
    return x + along * math.cos(turn) - down * math.sin(turn), y + along * math.sin(turn) + down * math.cos(turn)


def _number(value: Mapping[str, JSON], name: str, where: str, otherwise: float | None = None) -> float:
    found = value.get(name, otherwise)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Invalid(f"{name} is {found!r}, no number", where=where)
    return found
