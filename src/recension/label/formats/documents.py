"""Recension's own label documents, as projects publish them: one JSON file an item under ``items``.

The format is described in ``docs/reference/label-documents.md``. Reading gives every standing annotation; the second
format here gives the consensus instead, where a field has one, and for the others what the first annotator said.
Documents are published by projects only, so nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.fields import IMAGE, Places
from recension.label.formats.json_files import read_json
from recension.label.formats.model import Format, Labelled, LabelSet, Reading, Writing
from recension.label.media import media_from_json

_FOLDER: Final = "items"
_IMAGES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif")


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every document, with all annotations that count and all predictions."""
    for body, where in _documents(reading):
        if body.get("decision"):
            reading.losses.add("what reviewers decided (recension-consensus has it)", where)
        yield _item(body, [_annotation(entry, where) for entry in _standing(body, where)], where, reading)


def read_consensus(reading: Reading) -> Iterator[Labelled]:
    """One item for every document, with what people agreed on."""
    for body, where in _documents(reading):
        standing = [_annotation(entry, where) for entry in _standing(body, where)]
        first = dict(standing[0].fields) if standing else {}
        agreed = body.get("consensus")
        for name, entry in agreed.items() if isinstance(agreed, dict) else ():
            value = entry.get("value") if isinstance(entry, dict) else None
            if value is not None:
                first[name] = value
            elif name in first and not _is_marked(first[name]):
                reading.losses.add(f"{name} without consensus", where)
                del first[name]
        if any(_is_marked(value) for value in first.values()) and len(standing) > 1:
            reading.losses.add("regions of a second and further annotators", where)
        yield _item(body, [LabelSet(first)] if first else [], where, reading)


def _documents(reading: Reading) -> Iterator[tuple[Mapping[str, JSON], str]]:
    for name in reading.source.names():
        if name.endswith(".json") and _FOLDER in PurePosixPath(name).parts[:-1]:
            with reading.source.open(name) as stream:
                body = read_json(stream, where=name)
            if not isinstance(body, dict) or not isinstance(body.get("item"), dict):
                raise Invalid("no label document", where=name, hint="a project publishes them in its output repo")
            yield body, name


def _standing(body: Mapping[str, JSON], where: str) -> Iterator[Mapping[str, JSON]]:
    entries = body.get("annotations")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("fields"), dict):
            raise Invalid("an annotation has no fields", where=where)
        if not entry.get("withdrawn") and not entry.get("excluded"):
            yield entry


def _annotation(entry: Mapping[str, JSON], where: str) -> LabelSet:
    fields, spent = entry["fields"], entry.get("time_spent_s")
    if not isinstance(fields, dict):
        raise Invalid("an annotation has no fields", where=where)
    spent_us = round(spent * 1_000_000) if isinstance(spent, int | float) else None
    return LabelSet(fields, worker=str(entry.get("worker") or ""), spent_us=spent_us)


def _item(body: Mapping[str, JSON], annotations: Sequence[LabelSet], where: str, reading: Reading) -> Labelled:
    item = body["item"]
    assert isinstance(item, dict)
    data = item.get("data")
    name = str(item.get("id") or item.get("path") or where).lstrip("/")
    entries = body.get("predictions")
    models = [_prediction(entry) for entry in (entries if isinstance(entries, list) else []) if isinstance(entry, dict)]
    given = dict(data) if isinstance(data, dict) else {}
    sizes = tuple(_sizes(given, name, reading))
    shown = {key: _shown(value, name) for key, value in given.items()}
    if _is_image(name):
        shown.setdefault(Places(reading.schema).data("image", IMAGE), name)
    width, height = sizes[0] if sizes and sizes[0] != (0, 0) else _size_of_masks(annotations)
    several = sizes if len(sizes) > 1 else ()
    return Labelled(name, shown, width, height, tuple(annotations), tuple(models), several)


def _sizes(data: Mapping[str, JSON], name: str, reading: Reading) -> Iterator[tuple[int, int]]:
    """Of the image that the item is, or of those that its row names."""
    if _is_image(name):
        yield reading.source.image_size(name) or (0, 0)
        return
    for value in data.values():
        for entry in value if isinstance(value, list) else (value,):
            ref = media_from_json(entry)
            if ref is not None and ref.type.startswith("image/"):
                yield reading.source.image_size(ref.path.removeprefix("repo://").lstrip("/")) or (0, 0)


def _shown(value: JSON, name: str) -> JSON:
    """A value of the item's data; a stored file stands as its path, the item's own where the value has none."""
    if isinstance(value, list):
        return [_shown(each, name) for each in value]
    return value.get("path") or name if isinstance(value, dict) and "blob" in value else value


def _prediction(entry: Mapping[str, JSON]) -> LabelSet:
    fields, score = entry.get("fields"), entry.get("score")
    return LabelSet(
        fields if isinstance(fields, dict) else {},
        model=str(entry.get("model") or ""),
        version=str(entry.get("version") or ""),
        score=score if isinstance(score, int | float) else None,
        run=str(entry.get("run") or ""),
    )


def _is_marked(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(entry, Mapping) and "shape" in entry for entry in value)


def _is_image(name: str) -> bool:
    return name.lower().endswith(_IMAGES)


def _size_of_masks(annotations: Iterable[LabelSet]) -> tuple[int, int]:
    """The size of the image that masks are of, when there is one."""
    for labels in annotations:
        for value in labels.fields.values():
            for region in value if isinstance(value, list) else ():
                shape = region.get("shape") if isinstance(region, Mapping) else None
                if isinstance(shape, Mapping) and shape.get("type") == "mask":
                    height, width = shape["size"]
                    return width, height
    return 0, 0


def _refuse(_items: Iterable[Labelled], _writing: Writing) -> None:
    raise Invalid(
        "label documents are published by projects", hint="import the labels into a project, or write another format"
    )


def _detect(names: Iterable[str]) -> bool:
    return any(name.startswith(f"{_FOLDER}/") and name.endswith(".json") for name in names)


FORMAT: Final = Format(
    name="recension",
    title="Recension's label documents, all annotators",
    carries="every annotation and prediction, no decisions; written by projects only",
    read=read,
    write=_refuse,
    detect=_detect,
)
CONSENSUS: Final = Format(
    name="recension-consensus",
    title="Recension's label documents, what people agreed on",
    carries="one answer a field; written by projects only",
    read=read_consensus,
    write=_refuse,
    detect=lambda _names: False,
)
