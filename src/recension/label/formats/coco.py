"""COCO's JSON: boxes, polygons, run-length masks and keypoints of images, in one file.

Source: https://cocodataset.org/#format-data and cocoapi. Pixels count from the top left corner. A result file (an array
of annotations with scores) is read as predictions when an images file stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Final

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
from recension.label.formats.reduced import as_mask, as_rings
from recension.label.geometry import area, bounds
from recension.label.shapes import (
    Box,
    Joint,
    Keypoint,
    Mask,
    Point,
    Polygon,
    Polyline,
    Segment,
    Shape,
    Skeleton,
    Span,
    Tile,
)

OUTPUT: Final = "annotations.json"
_KEPT_IN_MEMORY: Final = 8 << 20
_MANY: Final = "a second and further parts of a region (kept as regions of their own, the first one their parent)"


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every image of every COCO file."""
    for name in reading.source.names():
        if name.lower().endswith(".json"):
            with reading.source.open(name) as stream:
                body = read_json(stream, where=name)
            if not isinstance(body, dict) or not isinstance(body.get("images"), list):
                hint = "a COCO file is an object with images, annotations and categories"
                raise Invalid("no COCO file", where=name, hint=hint)
            yield from _File(name, body, reading).items()


class _File:
    """One COCO file, its annotations sorted by image."""

    def __init__(self, name: str, body: Mapping[str, JSON], reading: Reading) -> None:
        self._name = name
        self._reading = reading
        self._body = body
        self._places = Places(reading.schema)
        self._categories = self._named("categories", "name")
        self._by_image: dict[object, list[tuple[int, dict[str, JSON]]]] = {}
        for number, annotation in enumerate(self._list("annotations"), start=1):
            self._by_image.setdefault(annotation.get("image_id"), []).append((number, annotation))

    def items(self) -> Iterator[Labelled]:
        for number, image in enumerate(self._list("images"), start=1):
            where = f"{self._name}: images {number}"
            file = image.get("file_name")
            if not isinstance(file, str) or not file:
                raise Invalid("an image has no file_name", where=where)
            width, height = _whole(image, "width", where), _whole(image, "height", where)
            gathered = Gathered(self._places, self._reading.losses, where)
            for at, annotation in self._by_image.pop(image.get("id"), []):
                self._add(gathered, annotation, f"{self._name}: annotations {at}")
            labels = (LabelSet(gathered.fields()),)
            yield Labelled(file, {self._places.data("image", IMAGE): file}, width, height, annotations=labels)
        for left in self._by_image.values():
            for at, _ in left:
                self._reading.losses.add("annotations of images that are not listed", f"{self._name}: annotations {at}")

    def _add(self, gathered: Gathered, annotation: dict[str, JSON], where: str) -> None:
        category = annotation.get("category_id")
        if category not in self._categories:
            raise Invalid(f"no category {category!r}", where=where, hint="list it under categories")
        label = str(self._categories[category])
        attributes: dict[str, JSON] = {}
        if annotation.get("iscrowd"):
            attributes["iscrowd"] = "true"
        extra = annotation.get("attributes")
        attributes.update(extra if isinstance(extra, dict) else {})
        score = annotation.get("score")
        parent: str | None = None
        for shape in self._shapes(annotation, where):
            if parent:
                self._reading.losses.add(_MANY, where)
            made = gathered.region(shape, [label], attributes=attributes, score=score, parent=parent)
            parent = parent or made

    def _shapes(self, annotation: dict[str, JSON], where: str) -> list[Shape]:
        keypoints = annotation.get("keypoints")
        if isinstance(keypoints, list) and any(keypoints):
            return [_skeleton(keypoints, where)]
        match annotation.get("segmentation"):
            case {"counts": counts, "size": [int() as height, int() as width]}:
                return [_mask(counts, height, width, where)]
            case [_, *_] as rings:
                return [Polygon(_ring(ring, where)) for ring in rings]
        box = annotation.get("bbox")
        if not isinstance(box, list) or len(box) != 4:
            self._reading.losses.add("annotations without shape", where)
            return []
        x, y, across, down = (_number(value, where) for value in box)
        if across <= 0 or down <= 0:
            self._reading.losses.add("boxes without area", where)
            return []
        return [Box(x, y, across, down)]

    def _list(self, key: str) -> list[dict[str, JSON]]:
        entries = self._body.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise Invalid(f"{key} is no list of objects", where=self._name)
        return entries  # type: ignore[return-value]

    def _named(self, key: str, what: str) -> dict[object, JSON]:
        return {entry.get("id"): entry.get(what) for entry in self._list(key)}


def _number(value: JSON, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Invalid(f"{value!r} is no number", where=where)
    return value


def _whole(image: Mapping[str, JSON], key: str, where: str) -> int:
    value = image.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Invalid(f"{key} is {value!r}", where=where, hint="give whole pixels")
    return value


def _ring(ring: JSON, where: str) -> tuple[Point, ...]:
    if not isinstance(ring, list) or len(ring) < 6 or len(ring) % 2:
        raise Invalid("a polygon is no list of at least three x, y", where=where)
    values = [_number(value, where) for value in ring]
    return tuple(zip(values[::2], values[1::2], strict=True))


def _mask(counts: JSON, height: int, width: int, where: str) -> Mask:
    if isinstance(counts, str):
        return Mask((height, width), counts)
    if isinstance(counts, list) and all(isinstance(run, int) for run in counts):
        return Mask.of_runs(height, width, counts)  # type: ignore[arg-type]
    raise Invalid("counts of a mask are neither text nor a list", where=where)


def _skeleton(values: list[JSON], where: str) -> Skeleton | Keypoint:
    if len(values) % 3:
        raise Invalid("keypoints are no x, y, v", where=where)
    numbers = [_number(value, where) for value in values]
    joints = tuple((x, y, int(v)) for x, y, v in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
    if len(joints) == 1:
        return Keypoint(joints[0][0], joints[0][1])
    return Skeleton(joints)


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """All items into ``annotations.json``, written in one pass."""
    with SpooledTemporaryFile(_KEPT_IN_MEMORY) as annotations, writing.target.create(OUTPUT) as out:
        made = _Made(annotations, writing.losses, Places(writing.schema).data("image", IMAGE))
        out.write(b'{"images":[')
        for number, item in enumerate(items, start=1):
            out.write((b"," if number > 1 else b"") + dump(made.image(item, number)))
        out.write(b'],\n"annotations":[')
        annotations.seek(0)
        while piece := annotations.read(1 << 20):
            out.write(piece)
        out.write(b'],\n"categories":' + dump(made.categories()) + b"}\n")


@dataclass(slots=True)
class _Made:
    """A COCO file while it is written: categories in order of appearance."""

    out: IO[bytes]
    losses: Losses
    image_field: str
    count: int = 0
    category_ids: dict[str, int] = field(default_factory=dict)
    joints: dict[str, int] = field(default_factory=dict)

    def image(self, item: Labelled, number: int) -> dict[str, object]:
        labels = one_label_set(item, self.losses)
        for _ in classes(labels.fields):
            self.losses.add("classes of whole images", item.name)
        for _ in relations(labels.fields):
            self.losses.add("relations", item.name)
        for region in in_drawing_order(labels.fields):
            self._region(region, item, number)
        file = item.data.get(self.image_field)
        return {
            "id": number,
            "file_name": file if isinstance(file, str) else item.name,
            "width": item.width,
            "height": item.height,
        }

    def categories(self) -> list[dict[str, object]]:
        return [self._category(label, number) for label, number in self.category_ids.items()]

    def _category(self, label: str, number: int) -> dict[str, object]:
        body: dict[str, object] = {"id": number, "name": label, "supercategory": ""}
        joints = self.joints.get(label)
        return {**body, "keypoints": [f"{i}" for i in range(joints)], "skeleton": []} if joints else body

    def _region(self, region: Marked, item: Labelled, image: int) -> None:
        drop_rest(region, ("attributes", "score"), self.losses, item.name)
        label = single_label(region, self.losses, item.name)
        shape = shape_of(region)
        if isinstance(shape, Polyline | Span | Segment | Tile):
            self.losses.add(f"regions of shape {shape.type}", item.name)
            return
        if isinstance(shape, Polygon) and shape.holes:
            shape = as_mask(shape, item, self.losses) or Polygon(shape.outline)
        self.count += 1
        if self.count > 1:
            self.out.write(b",\n")
        body: dict[str, object] = {"id": self.count, "image_id": image, "category_id": self._category_id(label)}
        body |= {"iscrowd": 0, "bbox": [round(side, 4) for side in bounds(shape)], "area": round(area(shape), 4)}
        body |= self._segmentation(label, shape, item)
        attributes = region.get("attributes")
        if isinstance(attributes, dict) and attributes:
            body["iscrowd"] = int(attributes.get("iscrowd") == "true")
            rest = {key: value for key, value in attributes.items() if key != "iscrowd"}
            body |= {"attributes": rest} if rest else {}
        if "score" in region:
            body["score"] = region["score"]
        self.out.write(dump(body))

    def _segmentation(self, label: str, shape: Shape, item: Labelled) -> dict[str, object]:
        match shape:
            case Box():
                return {"segmentation": []}
            case Mask():
                return {"segmentation": {"size": list(shape.size), "counts": shape.counts}}
            case Keypoint():
                return self._keypoints(label, ((shape.x, shape.y, 2),))
            case Skeleton():
                return self._keypoints(label, shape.points)
            case _:
                return {"segmentation": [_flat(ring) for ring in as_rings(shape, self.losses, item.name)]}

    def _keypoints(self, label: str, joints: Sequence[Joint]) -> dict[str, object]:
        self.joints[label] = max(self.joints.get(label, 0), len(joints))
        flat = [value for joint in joints for value in joint]
        return {"segmentation": [], "keypoints": flat, "num_keypoints": sum(v > 0 for *_, v in joints)}

    def _category_id(self, label: str) -> int:
        return self.category_ids.setdefault(label, len(self.category_ids) + 1)


def _flat(ring: Sequence[Point]) -> list[float]:
    return [value for point in ring for value in point]


def _detect(names: Iterable[str]) -> bool:
    found = [name.lower() for name in names if name.lower().endswith(".json")]
    return any("instances" in name or "coco" in name or name.endswith(OUTPUT) for name in found)


FORMAT: Final = Format(
    name="coco",
    title="COCO JSON",
    carries="boxes, polygons without holes, masks, keypoints; one label a region",
    read=read,
    write=write,
    detect=_detect,
)
