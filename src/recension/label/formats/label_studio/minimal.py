"""Label Studio's JSON-MIN: data and answers of one annotation side by side in one flat object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.fields import one_label_set
from recension.label.formats.json_files import ArrayWriter, array_elements
from recension.label.formats.label_studio.full import image_name
from recension.label.formats.label_studio.reading import Results
from recension.label.formats.label_studio.types import ANSWER_TYPES
from recension.label.formats.label_studio.writing import Spelling
from recension.label.formats.model import Format, Labelled, LabelSet, Reading, Writing
from recension.label.schema import Schema

OUTPUT: Final = "tasks-min.json"
_ABOUT: Final = frozenset({"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"})
_SIZES: Final = ("original_width", "original_height")
_SIMPLE: Final = ("rating", "number", "datetime", "taxonomy", "choices", "text", "selected", "ranker")


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every object of every JSON file.

    What is an answer and what is data cannot be told from the file alone: a schema says it, else whatever looks like
    an answer (regions, ``{"choices": ...}``) is one.
    """
    for name in reading.source.names():
        if name.lower().endswith(".json"):
            with reading.source.open(name) as stream:
                for number, entry in array_elements(stream, where=name):
                    if not isinstance(entry, dict):
                        raise Invalid("an element is no object", where=f"{name}: element {number}")
                    yield _item(entry, name, number, reading)


def _item(entry: Mapping[str, JSON], file: str, number: int, reading: Reading) -> Labelled:
    where = f"{file}: element {number}"
    asked = {field.name for field in reading.schema.fields} if reading.schema else None
    answers = {
        key: value
        for key, value in entry.items()
        if key not in _ABOUT and (key in asked if asked is not None else _looks_answered(value))
    }
    data = {key: value for key, value in entry.items() if key not in answers and key not in _ABOUT}
    results = Results(reading.schema, data, reading.losses, where)
    for at, result in enumerate(_results(answers, reading.schema), start=1):
        results.add(result, at)
    lead = entry.get("lead_time")
    labels = LabelSet(
        results.fields(),
        worker=str(entry.get("annotator") or ""),
        spent_us=round(lead * 1_000_000) if isinstance(lead, int | float) else None,
    )
    name = image_name(data, reading.schema) or f"{PurePosixPath(file).name}#{entry.get('id', number)}"
    return Labelled(name, data, *results.size, annotations=(labels,))


def _looks_answered(value: JSON) -> bool:
    if isinstance(value, dict):
        return value.keys() <= {"choices"} and bool(value)
    is_list = isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)
    return is_list and all(_kind_of(entry) is not None for entry in value)  # type: ignore[union-attr, arg-type]


def _kind_of(entry: Mapping[str, JSON]) -> str | None:
    """The type of the region that stands in one object."""
    labelled = next((key for key in entry if key.endswith("labels")), None)
    if labelled:
        return labelled
    for key, kind in (("radiusX", "ellipse"), ("rle", "brush"), ("points", "polygon"), ("vertices", "vector")):
        if key in entry:
            return kind
    if {"x", "y", "width", "height"} <= entry.keys():
        return "rectangle"
    return "labels" if {"start", "end"} <= entry.keys() else None


def _results(answers: Mapping[str, JSON], schema: Schema | None) -> Iterator[JSON]:
    kinds = {field.name: ANSWER_TYPES.get(field.kind) for field in schema.fields} if schema else {}
    count = 0
    for name, value in answers.items():
        entries = value if isinstance(value, list) else []
        regions = [entry for entry in entries if isinstance(entry, dict) and _kind_of(entry)]
        if regions and len(regions) == len(entries):
            for entry in regions:
                count += 1
                sizes: dict[str, JSON] = {key: entry[key] for key in _SIZES if key in entry}
                inner = {key: held for key, held in entry.items() if key not in _SIZES}
                kind = _kind_of(entry)
                yield {"id": f"r{count}", "from_name": name, "to_name": "", "type": kind, **sizes, "value": inner}
        else:
            yield {"from_name": name, "to_name": "", **_answer(value, kinds.get(name))}


def _answer(value: JSON, kind: str | None) -> dict[str, JSON]:
    if kind:
        listed = value["choices"] if isinstance(value, dict) and value.keys() == {"choices"} else value
        many: list[JSON] = listed if isinstance(listed, list) else [listed]
        inner: dict[str, JSON] = {"choices": many, "text": many, "selected": value}
        inner[kind] = many if kind == "choices" else value
        return {"type": kind, "value": inner}
    looks_like, looked = _looks(value)
    return {"type": looks_like, "value": looked}


def _looks(value: JSON) -> tuple[str, dict[str, JSON]]:
    """Type and value of an answer that nobody has described."""
    match value:
        case {"choices": listed}:
            found: tuple[str, dict[str, JSON]] = "choices", {"choices": listed}
        case bool() | None:
            found = "choices", {"choices": []}
        case int() | float():
            found = "number", {"number": value}
        case [[*_], *_]:
            found = "taxonomy", {"taxonomy": value}
        case dict():
            found = "ranker", {"ranker": value}
        case _:
            found = "choices", {"choices": value if isinstance(value, list) else [value]}
    return found


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """All items into ``tasks-min.json``, in one pass."""
    with writing.target.create(OUTPUT) as out:
        array = ArrayWriter(out)
        for number, item in enumerate(items, start=1):
            labels = one_label_set(item, writing.losses)
            body: dict[str, object] = {**item.data, "id": number}
            for result in Spelling(item, writing).results(labels.fields):
                _put(body, result, item, writing)
            if labels.worker:
                body["annotator"] = labels.worker
            if labels.spent_us is not None:
                body["lead_time"] = labels.spent_us / 1_000_000
            array.add(body)
        array.end()


def _put(body: dict[str, object], result: Mapping[str, JSON], item: Labelled, writing: Writing) -> None:
    if result["type"] == "relation":
        writing.losses.add("relations", item.name)
        return
    value, name = result["value"], str(result["from_name"])
    assert isinstance(value, dict)
    for key in ("score", "meta", "parentID"):
        if key in result:
            writing.losses.add(f"{key} of a region", item.name)
    simple = next((key for key in _SIMPLE if key in value), None)
    if simple and "original_width" not in result and "start" not in value:
        said = value[simple]
        several = simple == "choices" and isinstance(said, list) and len(said) > 1
        one = said[0] if simple in {"choices", "text"} and isinstance(said, list) and len(said) == 1 else said
        body[name] = {"choices": said} if several else one
        return
    sizes = {key: result[key] for key in _SIZES if key in result}
    regions = body.setdefault(name, [])
    assert isinstance(regions, list)
    regions.append({**value, **sizes})


def _detect(_names: Iterable[str]) -> bool:
    return False  # looks like the full export from its name


FORMAT: Final = Format(
    name="label-studio-min",
    title="Label Studio JSON-MIN",
    carries="one annotation an item, without relations, notes and scores",
    read=read,
    write=write,
    detect=_detect,
)
