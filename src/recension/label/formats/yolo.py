"""YOLO's text files in their four kinds: boxes, outlines, poses and oriented boxes.

Source: https://docs.ultralytics.com/datasets. One ``.txt`` an image, a line a region, coordinates as shares of the
image's size, so reading needs the images (or their sizes) beside the labels. Names of classes stand in ``data.yaml``
(``names``) or ``classes.txt``; without either a class is called by its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import yaml

from recension.errors import Invalid
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
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Source, Writing
from recension.label.formats.reduced import as_box, as_rings
from recension.label.geometry import bounds, corners, rotated_box_around
from recension.label.shapes import Box, Keypoint, Point, Polygon, RotatedBox, Shape, Skeleton

_IMAGE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif")
_DECIMALS: Final = 8
_POSE: Final = "yolo-pose"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of YOLO's line layouts.

    Args:
        parse: numbers after the class, in pixels as x, y, ... -> shape; raises ``ValueError`` on another count.
        spell: shape -> numbers in pixels; ``None`` when it cannot be carried.
    """

    name: str
    title: str
    carries: str
    parse: Callable[[Sequence[float], tuple[int, int]], Shape]
    spell: Callable[[Shape, tuple[int, int], Losses, str], Iterable[Sequence[float]]]


def yolo_format(kind: Kind) -> Format:
    """The format of one kind of lines."""

    def read(reading: Reading) -> Iterator[Labelled]:
        return _read(kind, reading)

    def write(items: Iterable[Labelled], writing: Writing) -> None:
        _write(kind, items, writing)

    return Format(kind.name, kind.title, kind.carries, read, write, _detect if kind.name == "yolo" else _never)


def _read(kind: Kind, reading: Reading) -> Iterator[Labelled]:
    names = list(reading.source.names())
    found = set(names)
    labels = _class_names(reading.source, found)
    places = Places(reading.schema)
    for name in names:
        if name.endswith(".txt") and PurePosixPath(name).name not in _OTHER_TEXTS:
            image, size = _image_of(name, reading.source, found)
            gathered = Gathered(places, reading.losses, name)
            with reading.source.open(name) as stream:
                for number, line in enumerate(stream, start=1):
                    if line.strip():
                        shape, label = _line(kind, line, f"{name}: line {number}", labels, size)
                        gathered.region(shape, [label])
            data = {places.data("image", IMAGE): image}
            yield Labelled(image, data, *size, annotations=(LabelSet(gathered.fields()),))


_OTHER_TEXTS: Final = {"classes.txt", "train.txt", "val.txt", "test.txt", "README.txt"}


def _line(kind: Kind, line: bytes, where: str, labels: Sequence[str], size: tuple[int, int]) -> tuple[Shape, str]:
    try:
        first, *rest = line.split()
        index, numbers = int(first), [float(part) for part in rest]
        shape = kind.parse(numbers, size)
    except ValueError as error:
        raise Invalid(f"no line of {kind.title}", where=where, hint=kind.carries) from error
    if not 0 <= index < max(len(labels), 1) and labels:
        raise Invalid(f"class {index} has no name", where=where, hint=f"data.yaml names {len(labels)}")
    return shape, labels[index] if labels else str(index)


def _class_names(source: Source, names: set[str]) -> list[str]:
    for name in sorted(names, key=lambda name: name.count("/")):
        base = PurePosixPath(name).name
        if base == "classes.txt":
            with source.open(name) as stream:
                return [line.strip() for line in stream.read().decode().splitlines() if line.strip()]
        if base in {"data.yaml", "data.yml", "dataset.yaml"}:
            return _yaml_names(source, name)
    return []


def _yaml_names(source: Source, name: str) -> list[str]:
    with source.open(name) as stream:
        try:
            body = yaml.safe_load(stream)
        except yaml.YAMLError as error:
            raise Invalid(f"no YAML: {error}".replace("\n", " "), where=name) from error
    named = body.get("names") if isinstance(body, dict) else None
    if isinstance(named, dict):
        named = [named[index] for index in sorted(named)]
    if not isinstance(named, list):
        raise Invalid("no list of names", where=name, hint="write names: [cat, dog]")
    return [str(entry) for entry in named]


def _image_of(name: str, source: Source, found: set[str]) -> tuple[str, tuple[int, int]]:
    """The image that a label file is about: beside it, or under ``images`` in the place of ``labels``."""
    stem = name.removesuffix(".txt")
    parts = stem.split("/")
    stems = [stem]
    if "labels" in parts:
        at = len(parts) - 1 - parts[::-1].index("labels")
        stems.insert(0, "/".join([*parts[:at], "images", *parts[at + 1 :]]))
        stems.append("/".join(parts[:at] + parts[at + 1 :]))
    # Images that lie elsewhere are found by their last name alone: no folder is made up for them.
    beside = [f"{each}{suffix}" for each in stems for suffix in _IMAGE_SUFFIXES]
    elsewhere = [f"{each}{suffix}" for each in reversed(stems) for suffix in _IMAGE_SUFFIXES]
    for candidate in (*(each for each in beside if each in found), *elsewhere):
        size = source.image_size(candidate)
        if size:
            return candidate, size
    hint = f"its coordinates are shares of the image's size: put the image at {stems[0]}.jpg"
    raise Invalid("the image of this label file is not there", where=name, hint=hint)


def _write(kind: Kind, items: Iterable[Labelled], writing: Writing) -> None:
    labels: dict[str, int] = {}
    joints: set[int] = set()
    for field in writing.schema.fields if writing.schema else ():
        if field.kind == "regions":
            for option in field.options:
                labels.setdefault(option.value, len(labels))
    for item in items:
        if not (item.width and item.height):
            writing.losses.add("images of unknown size", item.name)
            continue
        chosen = one_label_set(item, writing.losses)
        for _ in classes(chosen.fields):
            writing.losses.add("classes of whole images", item.name)
        for _ in relations(chosen.fields):
            writing.losses.add("relations", item.name)
        with writing.target.create(_label_file(item.name)) as out:
            for region in in_drawing_order(chosen.fields):
                lines = list(_lines(kind, region, item, labels, writing.losses))
                joints.update(line.count(" ") // 3 - 1 for line in lines)
                out.write("".join(lines).encode())
    with writing.target.create("data.yaml") as out:
        body: dict[str, object] = {"path": ".", "train": "images", "val": "images"}
        if kind.name == _POSE and len(joints) == 1:
            body["kpt_shape"] = [*joints, 3]
        body["names"] = {i: label for label, i in labels.items()}
        out.write(yaml.safe_dump(body, sort_keys=False, allow_unicode=True).encode())


def _label_file(image: str) -> str:
    path = PurePosixPath(image.replace("#", "-")).with_suffix(".txt")
    parts = list(path.parts)
    if "images" in parts[:-1]:
        parts[parts.index("images")] = "labels"
        return "/".join(parts)
    return f"labels/{path}"


def _lines(kind: Kind, region: Marked, item: Labelled, labels: dict[str, int], losses: Losses) -> Iterator[str]:
    drop_rest(region, (), losses, item.name)
    label = single_label(region, losses, item.name)
    size = (item.width, item.height)
    for numbers in kind.spell(shape_of(region), size, losses, item.name):
        index = labels.setdefault(label, len(labels))
        yield " ".join([str(index), *(str(round(number, _DECIMALS)) for number in numbers)]) + "\n"


def _box(numbers: Sequence[float], size: tuple[int, int]) -> Shape:
    x, y, width, height = _four(numbers)
    across, down = size
    return Box((x - width / 2) * across, (y - height / 2) * down, width * across, height * down)


def _spell_box(shape: Shape, size: tuple[int, int], losses: Losses, where: str) -> Iterator[Sequence[float]]:
    box = as_box(shape, losses, where)
    if box:
        yield _shares_of_box(box.x, box.y, box.width, box.height, size)


def _shares_of_box(x: float, y: float, width: float, height: float, size: tuple[int, int]) -> list[float]:
    across, down = size
    return [(x + width / 2) / across, (y + height / 2) / down, width / across, height / down]


def _ring(numbers: Sequence[float], size: tuple[int, int]) -> Shape:
    return Polygon(_points(numbers, size, fewest=3))


def _spell_ring(shape: Shape, size: tuple[int, int], losses: Losses, where: str) -> Iterator[Sequence[float]]:
    for ring in as_rings(shape, losses, where):
        yield _shares(ring, size)


def _oriented(numbers: Sequence[float], size: tuple[int, int]) -> Shape:
    points = _points(numbers, size, fewest=4)
    if len(points) != 4:
        raise ValueError(numbers)
    return rotated_box_around(points)


def _spell_oriented(shape: Shape, size: tuple[int, int], losses: Losses, where: str) -> Iterator[Sequence[float]]:
    if isinstance(shape, Box):
        losses.add("upright boxes (kept as rotated boxes of 0 degrees)", where)
    if isinstance(shape, Box | RotatedBox):
        yield _shares(corners(shape), size)
        return
    for ring in as_rings(shape, losses, where):
        losses.add("outlines of polygons (kept as the rotated box around them)", where)
        yield _shares(corners(rotated_box_around(ring)), size)


def _pose(numbers: Sequence[float], size: tuple[int, int]) -> Shape:
    """Box, then joints as x, y, v or, when that does not divide, x, y."""
    _four(numbers[:4])
    rest = numbers[4:]
    step = 3 if len(rest) % 3 == 0 and all(v in {0, 1, 2} for v in rest[2::3]) else 2
    if not rest or len(rest) % step:
        raise ValueError(numbers)
    joints = [rest[at : at + step] for at in range(0, len(rest), step)]
    across, down = size
    placed = [(x * across, y * down, int(v[0]) if v else 2) for x, y, *v in joints]
    return Keypoint(*placed[0][:2]) if len(placed) == 1 else Skeleton(tuple(placed))


def _spell_pose(shape: Shape, size: tuple[int, int], losses: Losses, where: str) -> Iterator[Sequence[float]]:
    if isinstance(shape, Keypoint):
        joints: tuple[tuple[float, float, int], ...] = ((shape.x, shape.y, 2),)
    elif isinstance(shape, Skeleton):
        joints = shape.points
    else:
        losses.add(f"regions of shape {shape.type}", where)
        return
    across, down = size
    flat = [value for x, y, v in joints for value in (x / across, y / down, v)]
    yield [*_shares_of_box(*bounds(shape), size), *flat]


def _four(numbers: Sequence[float]) -> tuple[float, float, float, float]:
    x, y, width, height = numbers
    return x, y, width, height


def _points(numbers: Sequence[float], size: tuple[int, int], *, fewest: int) -> tuple[Point, ...]:
    if len(numbers) % 2 or len(numbers) < 2 * fewest:
        raise ValueError(numbers)
    across, down = size
    return tuple((x * across, y * down) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _shares(points: Iterable[Point], size: tuple[int, int]) -> list[float]:
    across, down = size
    return [share for x, y in points for share in (x / across, y / down)]


def _detect(names: Iterable[str]) -> bool:
    found = list(names)
    has_names = any(PurePosixPath(name).name in {"data.yaml", "classes.txt"} for name in found)
    return has_names and any(name.endswith(".txt") for name in found)


def _never(_names: Iterable[str]) -> bool:
    return False  # only the lines tell the kinds apart: the format has to be named


BOXES: Final = yolo_format(Kind("yolo", "YOLO detection", "boxes: class x y width height", _box, _spell_box))
OUTLINES: Final = yolo_format(
    Kind("yolo-seg", "YOLO segmentation", "polygons without holes: class x1 y1 x2 y2 ...", _ring, _spell_ring)
)
POSES: Final = yolo_format(
    Kind(
        _POSE,
        "YOLO pose",
        "skeletons and points: class x y width height, then x y v of every joint",
        _pose,
        _spell_pose,
    )
)
ORIENTED: Final = yolo_format(
    Kind("yolo-obb", "YOLO oriented boxes", "rotated boxes: class and four corners", _oriented, _spell_oriented)
)
