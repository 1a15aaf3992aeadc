"""CVAT for images 1.1: one XML file with all images.

Source: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat. Read and written: box (with rotation),
ellipse, polygon, polyline, points, mask, skeleton and tag, each with attributes. Tracks of videos are counted as lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final
from xml.sax.saxutils import escape

import numpy as np

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
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing
from recension.label.formats.xml_files import attributes as spelled
from recension.label.formats.xml_files import children_of_root, number_in
from recension.label.geometry import bounds, mask_of_pixels, pixels_of_mask
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
from recension.label.xml_reader import Element

OUTPUT: Final = "annotations.xml"


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every image of every XML file."""
    places = Places(reading.schema)
    for name in reading.source.names():
        if name.lower().endswith(".xml"):
            with reading.source.open(name) as stream:
                for element in children_of_root(stream, where=name):
                    if element.tag == "image":
                        yield _image(element, name, places, reading.losses)
                    elif element.tag == "track":
                        reading.losses.add("tracks of videos", f"{name}: line {element.line}")


def _image(element: Element, file: str, places: Places, losses: Losses) -> Labelled:
    where = f"{file}: line {element.line}"
    name = element.attributes.get("name")
    if not name:
        raise Invalid("an image has no name", where=where)
    width, height = (int(_number(element, side, file)) for side in ("width", "height"))
    gathered = Gathered(places, losses, where)
    for part in element.children:
        if part.tag == "tag":
            gathered.choose(part.attributes.get("label", ""))
            continue
        shape = _shape(part, file, width, height)
        if shape is None:
            losses.add(f"<{part.tag}> of images", f"{file}: line {part.line}")
            continue
        said = _attributes(part)
        z = int(_number(part, "z_order", file)) if part.attributes.get("z_order", "0") != "0" else None
        gathered.region(shape, [part.attributes.get("label", "")], attributes=said, z=z)
    labels = (LabelSet(gathered.fields()),)
    return Labelled(name, {places.data("image", IMAGE): name}, width, height, annotations=labels)


def _attributes(part: Element) -> dict[str, JSON]:
    said: dict[str, JSON] = {
        each.attributes.get("name", ""): each.text.strip() for each in part.children if each.tag == "attribute"
    }
    if part.attributes.get("occluded") == "1":
        said["occluded"] = "1"
    return said


def _shape(part: Element, file: str, width: int, height: int) -> Shape | None:
    match part.tag:
        case "box":
            shape: Shape | None = _box(part, file)
        case "ellipse":
            cx, cy, rx, ry = (_number(part, name, file) for name in ("cx", "cy", "rx", "ry"))
            shape = Ellipse(cx, cy, rx, ry, _rotation(part, file))
        case "polygon":
            shape = Polygon(_points(part, file))
        case "polyline":
            shape = Polyline(_points(part, file))
        case "points":
            points = _points(part, file)
            shape = Keypoint(*points[0]) if len(points) == 1 else Skeleton(tuple((x, y, 2) for x, y in points))
        case "skeleton":
            shape = Skeleton(tuple(_joint(each, file) for each in part.children if each.tag == "points"))
        case "mask":
            shape = _mask(part, file, width, height)
        case _:
            shape = None
    return shape


def _box(part: Element, file: str) -> Box | RotatedBox:
    left, top, right, bottom = (_number(part, border, file) for border in ("xtl", "ytl", "xbr", "ybr"))
    turn = _rotation(part, file)
    if turn:
        return RotatedBox((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, turn)
    return Box(left, top, right - left, bottom - top)


def _rotation(part: Element, file: str) -> float:
    return _number(part, "rotation", file) if "rotation" in part.attributes else 0


def _joint(part: Element, file: str) -> tuple[float, float, int]:
    if part.attributes.get("outside") == "1":
        return 0, 0, 0
    x, y = _points(part, file)[0]
    return x, y, 1 if part.attributes.get("occluded") == "1" else 2


def _mask(part: Element, file: str, width: int, height: int) -> Mask:
    """Runs of the box around the mask, row by row, beginning with unmarked pixels."""
    where = f"{file}: line {part.line}"
    left, top, across, down = (int(_number(part, name, file)) for name in ("left", "top", "width", "height"))
    runs = [int(number_in(run, "rle", where=where)) for run in part.attributes.get("rle", "").split(",")]
    inside = 0 <= left <= left + across <= width and 0 <= top <= top + down <= height
    if not inside or min(runs) < 0 or sum(runs) != across * down:
        raise Invalid("a mask does not fit its image or its runs", where=where)
    pixels = np.zeros((height, width), dtype=bool)
    marked = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    pixels[top : top + down, left : left + across] = marked.reshape(down, across)
    mask = mask_of_pixels(pixels)
    if mask is None:
        raise Invalid("a mask marks no pixel", where=where)
    return mask


def _points(part: Element, file: str) -> tuple[Point, ...]:
    where = f"{file}: line {part.line}"
    points = []
    for pair in part.attributes.get("points", "").split(";"):
        x, comma, y = pair.partition(",")
        if not comma:
            raise Invalid(f"points={pair!r} is no x,y", where=where)
        points.append((number_in(x, "x", where=where), number_in(y, "y", where=where)))
    return tuple(points)


def _number(element: Element, name: str, file: str) -> float:
    return number_in(element.attributes.get(name, ""), name, where=f"{file}: line {element.line}")


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """All items into ``annotations.xml``, in one pass."""
    with writing.target.create(OUTPUT) as out:
        out.write(b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
        for number, item in enumerate(items):
            _write_image(item, number, out, writing.losses)
        out.write(b"</annotations>\n")


def _write_image(item: Labelled, number: int, out: IO[bytes], losses: Losses) -> None:
    labels = one_label_set(item, losses)
    head = spelled({"id": number, "name": item.name, "width": item.width, "height": item.height})
    out.write(f"  <image{head}>\n".encode())
    for chosen in classes(labels.fields):
        out.write(f"    <tag{spelled({'label': chosen, 'source': 'manual'})}></tag>\n".encode())
    for _ in relations(labels.fields):
        losses.add("relations", item.name)
    for region in in_drawing_order(labels.fields):
        out.write("".join(_region(region, item, losses)).encode())
    out.write(b"  </image>\n")


def _region(region: Marked, item: Labelled, losses: Losses) -> Iterator[str]:
    shape = shape_of(region)
    drawn = _spelled_shape(shape, item, losses)
    if drawn is None:
        losses.add(f"regions of shape {shape.type}", item.name)
        return
    drop_rest(region, ("attributes",), losses, item.name)
    tag, geometry, inner = drawn
    attributes = region.get("attributes")
    said = dict(attributes) if isinstance(attributes, dict) else {}
    label = single_label(region, losses, item.name)
    occluded = 1 if said.pop("occluded", None) == "1" else 0
    head = {"label": label, "source": "manual", "occluded": occluded, **geometry, "z_order": region.get("z", 0)}
    yield f"    <{tag}{spelled(head)}>\n"
    yield from inner
    for name, value in said.items():
        if not isinstance(value, str):
            losses.add("attributes that are no text (written as text)", item.name)
        yield f"      <attribute{spelled({'name': name})}>{escape(str(value))}</attribute>\n"
    yield f"    </{tag}>\n"


_Drawn = tuple[str, dict[str, object], list[str]]


def _spelled_shape(shape: Shape, item: Labelled, losses: Losses) -> _Drawn | None:
    match shape:
        case Box():
            drawn: _Drawn | None = "box", _edges(shape.x, shape.y, shape.width, shape.height), []
        case RotatedBox():
            left, top = shape.cx - shape.width / 2, shape.cy - shape.height / 2
            drawn = "box", {**_edges(left, top, shape.width, shape.height), "rotation": shape.angle_deg}, []
        case Ellipse():
            turn = {"rotation": shape.angle_deg} if shape.angle_deg else {}
            drawn = "ellipse", {"cx": shape.cx, "cy": shape.cy, "rx": shape.rx, "ry": shape.ry, **turn}, []
        case Polygon():
            if shape.holes:
                losses.add("holes of polygons", item.name)
            drawn = "polygon", {"points": _pairs(shape.outline)}, []
        case Polyline():
            drawn = "polyline", {"points": _pairs(shape.points)}, []
        case Keypoint():
            drawn = "points", {"points": _pairs([(shape.x, shape.y)])}, []
        case Skeleton():
            drawn = "skeleton", {}, [_joint_line(index, joint) for index, joint in enumerate(shape.points)]
        case Mask():
            drawn = "mask", _mask_runs(shape), []
        case _:
            drawn = None
    return drawn


def _joint_line(index: int, joint: tuple[float, float, int]) -> str:
    x, y, v = joint
    head = {"label": index, "outside": int(v == 0), "occluded": int(v == 1), "points": _pairs([(x, y)])}
    return f"      <points{spelled(head)}></points>\n"


def _mask_runs(mask: Mask) -> dict[str, object]:
    around = bounds(mask)
    left, top, across, down = (int(side) for side in around)
    flat = pixels_of_mask(mask)[top : top + down, left : left + across].ravel()
    edges = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1, [flat.size]))
    runs = np.diff(edges).tolist()
    spelled_runs = ", ".join(map(str, [0, *runs] if flat[0] else runs))
    return {"rle": spelled_runs, "left": left, "top": top, "width": across, "height": down}


def _edges(x: float, y: float, width: float, height: float) -> dict[str, object]:
    left, top, right, bottom = (round(edge, 4) for edge in (x, y, x + width, y + height))
    return {"xtl": left, "ytl": top, "xbr": right, "ybr": bottom}


def _pairs(points: Sequence[Point]) -> str:
    return ";".join(f"{x},{y}" for x, y in points)


def _detect(names: Iterable[str]) -> bool:
    return [name for name in names if name.endswith(".xml")] == [OUTPUT]


FORMAT: Final = Format(
    name="cvat",
    title="CVAT for images 1.1",
    carries="every image shape (polygons without holes), one label each, attributes, order, classes",
    read=read,
    write=write,
    detect=_detect,
)
