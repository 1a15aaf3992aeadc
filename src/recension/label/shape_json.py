"""Shapes as JSON objects whose ``type`` says which kind they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Final

from blake3 import blake3

from recension.errors import Invalid
from recension.label.canonical import JSON, canonical_json
from recension.label.shapes import (
    Box,
    Ellipse,
    Keypoint,
    Mask,
    Polygon,
    Polyline,
    RotatedBox,
    Segment,
    Shape,
    Skeleton,
    Span,
    Tile,
)

_CLASSES: Final = (Box, RotatedBox, Ellipse, Polygon, Polyline, Keypoint, Skeleton, Mask, Span, Segment, Tile)
_KINDS: Final[Mapping[str, type[Shape]]] = {kind.type: kind for kind in _CLASSES}
SHAPE_TYPES: Final = tuple(_KINDS)
IMAGE_SHAPES: Final = ("box", "rotated-box", "ellipse", "polygon", "polyline", "keypoint", "skeleton", "mask")


def shape_to_json(shape: Shape) -> dict[str, JSON]:
    """The shape as a JSON object; every key is there."""
    body: dict[str, JSON] = {"type": shape.type}
    for field in fields(shape):
        body[field.name] = _lists(getattr(shape, field.name))
    return body


def shape_from_json(body: object) -> Shape:
    """Read a shape; keys that have a default may be missing.

    Raises:
        Invalid: an unknown type, a missing or unknown key, or a value outside its range.
    """
    if not isinstance(body, Mapping):
        raise Invalid(f"a shape is an object with a type, not {body!r}", where="shape")
    kind = _KINDS.get(str(body.get("type")))
    if kind is None:
        raise Invalid(f"unknown shape {body.get('type')!r}", where="shape", hint=f"known: {', '.join(_KINDS)}")
    values = {str(key): _read(kind.type, str(key), value) for key, value in body.items() if key != "type"}
    try:
        return kind(**values)  # type: ignore[arg-type]  # the class itself checks every value
    except TypeError as error:
        keys = ", ".join(field.name for field in fields(kind))
        raise Invalid(f"a {kind.type} has {keys}; got {', '.join(values)}", where=f"shape {kind.type}") from error


def shape_id(shape: Shape) -> str:
    """A short name of the shape that depends on nothing but its content: 16 hex digits."""
    return blake3(canonical_json(shape_to_json(shape))).hexdigest(8)


def _lists(value: object) -> JSON:
    return [_lists(part) for part in value] if isinstance(value, tuple) else value  # type: ignore[return-value]


def _read(kind: str, name: str, value: object) -> object:
    try:
        match name:
            case "outline" | "points":
                return _tuples(value, 3 if kind == "skeleton" else 2)
            case "holes":
                return tuple(_tuples(ring, 2) for ring in _items(value))
            case "size":
                height, width = _items(value)
                return (height, width)
            case "counts":
                return _text(value)
            case _:
                return value
    except (TypeError, ValueError) as error:
        raise Invalid(f"{name} of a {kind} has another form", where=f"shape {kind}", hint=_FORMS[name]) from error


_FORMS: Final = {
    "outline": "a list of [x, y]",
    "points": "a list of [x, y]; of a skeleton, of [x, y, v]",
    "holes": "a list of lists of [x, y]",
    "size": "[height, width]",
    "counts": "COCO's compressed run lengths, as text",
}


def _tuples(value: object, length: int) -> tuple[tuple[object, ...], ...]:
    points = tuple(tuple(_items(point)) for point in _items(value))
    if any(len(point) != length for point in points):
        raise ValueError(length)
    return points


def _items(value: object) -> Iterable[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
