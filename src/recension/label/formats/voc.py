"""Pascal VOC: one XML file an image, with upright boxes.

Source: Everingham et al., "The PASCAL Visual Object Classes Challenge 2012 Development Kit". Borders are read and
written as edges in pixels from the top left corner (as labelImg and Label Studio do), not as the kit's 1-based pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing
from recension.label.formats.reduced import as_box
from recension.label.formats.xml_files import child, leaf, number_in, read_small, text_of
from recension.label.shapes import Box
from recension.label.xml_reader import Element

_ATTRIBUTES: Final = {"pose": "Unspecified", "truncated": "0", "difficult": "0", "occluded": "0"}
"""What an object may say besides its box, with what it says when nobody has said anything."""
_BORDERS: Final = ("xmin", "ymin", "xmax", "ymax")


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every XML file."""
    for name in reading.source.names():
        if name.lower().endswith(".xml"):
            with reading.source.open(name) as stream:
                root = read_small(stream, where=name)
            if root.tag != "annotation":
                raise Invalid(f"the file starts with <{root.tag}>, not with <annotation>", where=name)
            yield _item(root, name, reading)


def _item(root: Element, name: str, reading: Reading) -> Labelled:
    places = Places(reading.schema)
    gathered = Gathered(places, reading.losses, name)
    size = child(root, "size")
    width, height = (int(_number(size, side, name)) if size else 0 for side in ("width", "height"))
    for element in root.children:
        if element.tag == "object":
            _object(element, name, gathered, reading.losses)
    file = text_of(root, "filename") or str(PurePosixPath(name).with_suffix(".jpg"))
    labels = (LabelSet(gathered.fields()),)
    return Labelled(file, {places.data("image", IMAGE): file}, width, height, annotations=labels)


def _object(element: Element, name: str, gathered: Gathered, losses: Losses) -> None:
    where = f"{name}: line {element.line}"
    box = child(element, "bndbox")
    if box is None:
        raise Invalid("an object has no bndbox", where=where)
    for part in element.children:
        if part.tag in {"part", "polygon", "actions"}:
            losses.add(f"<{part.tag}> of objects", where)
    left, top, right, bottom = (_number(box, border, where) for border in _BORDERS)
    if not (left < right and top < bottom):
        raise Invalid("a box without area", where=where, hint="xmin < xmax and ymin < ymax")
    said: dict[str, JSON] = {
        key: text_of(element, key)
        for key, usual in _ATTRIBUTES.items()
        if text_of(element, key, otherwise=usual) not in {usual, ""}
    }
    gathered.region(Box(left, top, right - left, bottom - top), [text_of(element, "name")], attributes=said)


def _number(element: Element, tag: str, where: str) -> float:
    return number_in(text_of(element, tag), tag, where=where)


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """An XML file for every item, beside where its image is."""
    for item in items:
        with writing.target.create(str(PurePosixPath(item.name.replace("#", "-")).with_suffix(".xml"))) as out:
            out.write("".join(_lines(item, writing.losses)).encode())


def _lines(item: Labelled, losses: Losses) -> Iterator[str]:
    path = PurePosixPath(item.name)
    labels = one_label_set(item, losses)
    for _ in classes(labels.fields):
        losses.add("classes of whole images", item.name)
    for _ in relations(labels.fields):
        losses.add("relations", item.name)
    yield "<annotation>\n"
    yield leaf("folder", path.parent.name, "  ")
    yield leaf("filename", item.name, "  ")
    yield "  <size>\n"
    for tag, value in (("width", item.width), ("height", item.height), ("depth", 3)):
        yield leaf(tag, value, "    ")
    yield "  </size>\n"
    yield leaf("segmented", 0, "  ")
    for region in in_drawing_order(labels.fields):
        yield from _object_lines(region, item, losses)
    yield "</annotation>\n"


def _object_lines(region: Marked, item: Labelled, losses: Losses) -> Iterator[str]:
    box = as_box(shape_of(region), losses, item.name)
    if box is None:
        return
    drop_rest(region, ("attributes",), losses, item.name)
    attributes = region.get("attributes")
    said = attributes if isinstance(attributes, dict) else {}
    for key in said.keys() - _ATTRIBUTES.keys():
        losses.add(f"attribute {key}", item.name)
    yield "  <object>\n"
    yield leaf("name", single_label(region, losses, item.name), "    ")
    for key, usual in _ATTRIBUTES.items():
        if key != "occluded" or key in said:
            yield leaf(key, said.get(key, usual), "    ")
    edges = (box.x, box.y, box.x + box.width, box.y + box.height)
    whole = _whole_edges(edges)
    if whole != edges:
        losses.add("fractions of pixels", item.name)
    yield "    <bndbox>\n"
    for border, edge in zip(_BORDERS, whole, strict=True):
        yield leaf(border, edge, "      ")
    yield "    </bndbox>\n  </object>\n"


def _whole_edges(edges: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Edges on whole pixels, at least one apart: readers of this format expect integers."""
    left, top, right, bottom = (round(edge) for edge in edges)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _detect(names: Iterable[str]) -> bool:
    paths = [PurePosixPath(name) for name in names if name.lower().endswith(".xml")]
    return len(paths) > 1 or any(path.parent.name.lower() == "annotations" for path in paths)


FORMAT: Final = Format(
    name="voc",
    title="Pascal VOC XML",
    carries="boxes on whole pixels, one label each; pose, truncated, difficult, occluded",
    read=read,
    write=write,
    detect=_detect,
)
