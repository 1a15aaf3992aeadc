"""LabelMe: one JSON file an image, with a list of shapes.

Source: the ``labelme`` package, versions 5. A rectangle is two corners, a circle its centre and a point on it.
Masks (PNG in base64) are counted as lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
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
from recension.label.formats.json_files import dump, read_json
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing
from recension.label.formats.reduced import as_rings
from recension.label.shapes import (
    Box,
    Ellipse,
    Keypoint,
    Point,
    Polygon,
    Polyline,
    Segment,
    Shape,
    Skeleton,
    Span,
    Tile,
)

_VERSION: Final = "5.5.0"


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every JSON file."""
    places = Places(reading.schema)
    for name in reading.source.names():
        if name.lower().endswith(".json"):
            with reading.source.open(name) as stream:
                body = read_json(stream, where=name)
            if not isinstance(body, dict) or not isinstance(body.get("shapes"), list):
                raise Invalid("no LabelMe file", where=name, hint="it is an object with shapes and imagePath")
            yield _item(body, name, places, reading.losses)


def _item(body: Mapping[str, JSON], name: str, places: Places, losses: Losses) -> Labelled:
    gathered = Gathered(places, losses, name)
    if body.get("imageData"):
        losses.add("images inside of label files", name)
    flags = body.get("flags")
    for flag, is_set in flags.items() if isinstance(flags, dict) else ():
        if is_set:
            gathered.choose(flag)
    shapes = body["shapes"]
    assert isinstance(shapes, list)
    for number, entry in enumerate(shapes, start=1):
        _add(entry, f"{name}: shapes {number}", gathered, losses)
    file = body.get("imagePath")
    image = str(PurePosixPath(name).parent / file.replace("\\", "/")) if isinstance(file, str) and file else name
    size = (_side(body, "imageWidth"), _side(body, "imageHeight"))
    return Labelled(image, {places.data("image", IMAGE): image}, *size, annotations=(LabelSet(gathered.fields()),))


def _side(body: Mapping[str, JSON], key: str) -> int:
    value = body.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _add(entry: JSON, where: str, gathered: Gathered, losses: Losses) -> None:
    if not isinstance(entry, dict):
        raise Invalid("a shape is no object", where=where)
    kind = entry.get("shape_type") or "polygon"
    points = _points(entry.get("points"), where)
    shape = _shape(str(kind), points, where)
    if shape is None:
        losses.add(f"shapes of type {kind}", where)
        return
    for key in ("group_id", "mask"):
        if entry.get(key) is not None:
            losses.add(f"{key} of a shape", where)
    flags = entry.get("flags")
    said: dict[str, JSON] = (
        {flag: "true" for flag, is_set in flags.items() if is_set} if isinstance(flags, dict) else {}
    )
    gathered.region(shape, [str(entry.get("label") or "")], attributes=said, text=entry.get("description"))


def _points(value: JSON, where: str) -> list[Point]:
    if isinstance(value, list):
        pairs = [pair for pair in value if isinstance(pair, list) and len(pair) == 2]
        numbers = [(x, y) for x, y in pairs if isinstance(x, int | float) and isinstance(y, int | float)]
        if len(numbers) == len(value):
            return numbers
    raise Invalid("points are no list of [x, y]", where=where)


_FEWEST: Final = {"polygon": 3, "rectangle": 2, "circle": 2, "point": 1, "line": 2, "linestrip": 2}


def _shape(kind: str, points: list[Point], where: str) -> Shape | None:
    fewest = _FEWEST.get(kind)
    if fewest is None:
        return None
    if len(points) < fewest:
        raise Invalid(f"a {kind} needs {fewest} points, not {len(points)}", where=where)
    (x1, y1), (x2, y2) = points[0], points[min(1, len(points) - 1)]
    match kind:
        case "polygon":
            return Polygon(tuple(points))
        case "rectangle":
            return Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
        case "circle":
            radius = math.dist(points[0], points[1])
            return Ellipse(x1, y1, radius, radius)
        case "point":
            return Keypoint(x1, y1)
        case _:
            return Polyline(tuple(points))


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """A JSON file for every item, beside where its image is."""
    for item in items:
        path = PurePosixPath(item.name.replace("#", "-"))
        with writing.target.create(str(path.with_suffix(".json"))) as out:
            out.write(dump(_body(item, path.name, writing.losses)) + b"\n")


def _body(item: Labelled, image: str, losses: Losses) -> dict[str, object]:
    labels = one_label_set(item, losses)
    for _ in relations(labels.fields):
        losses.add("relations", item.name)
    shapes = [shape for region in in_drawing_order(labels.fields) for shape in _shapes(region, item, losses)]
    return {
        "version": _VERSION,
        "flags": dict.fromkeys(classes(labels.fields), True),
        "shapes": shapes,
        "imagePath": image,
        "imageData": None,
        "imageHeight": item.height or None,
        "imageWidth": item.width or None,
    }


def _shapes(region: Marked, item: Labelled, losses: Losses) -> Iterator[dict[str, object]]:
    drop_rest(region, ("attributes", "text"), losses, item.name)
    label = single_label(region, losses, item.name)
    attributes = region.get("attributes")
    said = attributes if isinstance(attributes, dict) else {}
    for name, value in said.items():
        if value != "true":
            losses.add(f"values of attribute {name} (kept as a flag)", item.name)
    for kind, points in _drawn(shape_of(region), item, losses):
        yield {
            "label": label,
            "points": [list(point) for point in points],
            "group_id": None,
            "description": region.get("text", ""),
            "shape_type": kind,
            "flags": dict.fromkeys(said, True),
            "mask": None,
        }


def _drawn(shape: Shape, item: Labelled, losses: Losses) -> Iterator[tuple[str, Iterable[Point]]]:
    match shape:
        case Box():
            yield "rectangle", [(shape.x, shape.y), (_sum(shape.x, shape.width), _sum(shape.y, shape.height))]
        case Ellipse() if shape.rx == shape.ry:
            yield "circle", [(shape.cx, shape.cy), (_sum(shape.cx, shape.rx), shape.cy)]
        case Polyline():
            yield ("line" if len(shape.points) == 2 else "linestrip"), shape.points
        case Keypoint():
            yield "point", [(shape.x, shape.y)]
        case Skeleton() | Span() | Segment() | Tile():
            losses.add(f"regions of shape {shape.type}", item.name)
        case _:
            yield from (("polygon", ring) for ring in as_rings(shape, losses, item.name))


def _sum(a: float, b: float) -> float:
    return round(a + b, 4)


def _detect(_names: Iterable[str]) -> bool:
    return False  # .json may be anything: the format has to be named


FORMAT: Final = Format(
    name="labelme",
    title="LabelMe JSON",
    carries="boxes, circles, polygons without holes, lines, points; one label each, flags, descriptions",
    read=read,
    write=write,
    detect=_detect,
)
