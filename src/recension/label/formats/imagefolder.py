"""Hugging Face's image folders: images, and ``metadata.jsonl`` (or ``.csv``) beside them with a row for each.

Source: the ``imagefolder`` loader of the ``datasets`` library. ``file_name`` names the image, ``label`` its class,
``objects`` its boxes as ``bbox`` ([x, y, width, height] in pixels) and ``categories``; other columns are data. Folders
without metadata name the class of the images in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.fields import (
    IMAGE,
    Gathered,
    Places,
    classes,
    drop_rest,
    in_drawing_order,
    one_label_set,
    relations,
    shape_of,
    single_label,
)
from recension.label.formats.json_files import dump, json_lines
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing
from recension.label.formats.reduced import as_box
from recension.label.formats.tables import read_csv_rows
from recension.label.shapes import Box

_METADATA: Final = ("metadata.jsonl", "metadata.csv")
_IMAGES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif")


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every row of metadata; without metadata, for every image in a folder of a class."""
    names = list(reading.source.names())
    found = [name for name in names if PurePosixPath(name).name in _METADATA]
    for name in found:
        with reading.source.open(name) as stream:
            rows = json_lines(stream, where=name) if name.endswith(".jsonl") else read_csv_rows(stream, name)
            for number, row in rows:
                yield _item(row, name, number, reading)
    if not found:
        yield from _by_folder(names, reading)


def _by_folder(names: Iterable[str], reading: Reading) -> Iterator[Labelled]:
    places = Places(reading.schema)
    for name in names:
        if name.lower().endswith(_IMAGES):
            gathered = Gathered(places, reading.losses, name)
            folder = PurePosixPath(name).parent.name
            if folder:
                gathered.choose(folder)
            size = reading.source.image_size(name) or (0, 0)
            labels = (LabelSet(gathered.fields()),) if folder else ()
            yield Labelled(name, {places.data("image", IMAGE): name}, *size, annotations=labels)


def _item(row: JSON | Mapping[str, JSON], file: str, number: int, reading: Reading) -> Labelled:
    where = f"{file}: line {number}"
    image = row.get("file_name") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(image, str) or not image:
        raise Invalid("a row has no file_name", where=where)
    places = Places(reading.schema)
    gathered = Gathered(places, reading.losses, where)
    name = str(PurePosixPath(file).parent / image)
    label = row.get("label")
    for chosen in label if isinstance(label, list) else [label]:
        if chosen not in (None, ""):
            gathered.choose(str(chosen))
    _boxes(row.get("objects"), gathered, where)
    data = {key: value for key, value in row.items() if key not in {"file_name", "label", "objects", "width", "height"}}
    width, height = reading.source.image_size(name) or (_whole(row.get("width")), _whole(row.get("height")))
    data[places.data("image", IMAGE)] = name
    return Labelled(name, data, width, height, annotations=(LabelSet(gathered.fields()),))


def _boxes(objects: JSON, gathered: Gathered, where: str) -> None:
    if objects is None or objects == "":
        return
    boxes = objects.get("bbox") if isinstance(objects, dict) else None
    named = objects.get("categories", objects.get("category")) if isinstance(objects, dict) else None
    if not isinstance(boxes, list) or not isinstance(named, list) or len(boxes) != len(named):
        hint = 'write {"bbox": [[x, y, width, height]], "categories": ["cat"]}'
        raise Invalid("objects do not hold as many boxes as categories", where=where, hint=hint)
    for box, label in zip(boxes, named, strict=True):
        if not isinstance(box, list) or len(box) != 4 or not all(isinstance(side, int | float) for side in box):
            raise Invalid(f"{box!r} is no box", where=where)
        gathered.region(Box(*box), [str(label)])  # type: ignore[arg-type]


def _whole(value: JSON) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """All items into ``metadata.jsonl``."""
    field = Places(writing.schema).data("image", IMAGE)
    with writing.target.create("metadata.jsonl") as out:
        for item in items:
            out.write(dump(_row(item, field, writing.losses)) + b"\n")


def _row(item: Labelled, field: str, losses: Losses) -> dict[str, object]:
    labels = one_label_set(item, losses)
    row: dict[str, object] = {"file_name": item.name}
    row |= {key: value for key, value in item.data.items() if key not in {field, "file_name", "label", "objects"}}
    if item.width and item.height:
        row |= {"width": item.width, "height": item.height}
    for _ in relations(labels.fields):
        losses.add("relations", item.name)
    chosen = classes(labels.fields)
    if chosen:
        row["label"] = chosen[0] if len(chosen) == 1 else chosen
    boxes, named = [], []
    for region in in_drawing_order(labels.fields):
        box = as_box(shape_of(region), losses, item.name)
        if box is not None:
            drop_rest(region, (), losses, item.name)
            boxes.append([round(side, 4) for side in box])
            named.append(single_label(region, losses, item.name))
    return {**row, "objects": {"bbox": boxes, "categories": named}} if boxes else row


def _detect(names: Iterable[str]) -> bool:
    return any(PurePosixPath(name).name in _METADATA for name in names)


FORMAT: Final = Format(
    name="imagefolder",
    title="Hugging Face image folder",
    carries="classes, boxes with one label each, columns of data",
    read=read,
    write=write,
    detect=_detect,
)
