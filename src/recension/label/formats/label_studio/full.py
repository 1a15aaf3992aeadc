"""Label Studio's JSON export: an array of tasks with their annotations and predictions.

Sources: the task format of its documentation, and the classes of its SDK 2.1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.json_files import ArrayWriter, array_elements
from recension.label.formats.label_studio.reading import Results
from recension.label.formats.label_studio.shapes import Size
from recension.label.formats.label_studio.writing import Spelling
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing, person_of
from recension.label.schema import Schema

OUTPUT: Final = "tasks.json"
_IMAGE: Final = re.compile(r"(?i)\.(jpe?g|png|gif|bmp|webp|tiff?|svg)$")
_UPLOADED: Final = re.compile(r"^/data/upload/\d+/")
_OWN: Final = frozenset({"id", "data", "annotations", "completions", "predictions"})
_ANNOTATION_OWN: Final = frozenset({"result", "completed_by", "lead_time"})
_PREDICTION_OWN: Final = frozenset({"result", "model_version", "score"})


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every task of every JSON file."""
    for name in reading.source.names():
        if name.lower().endswith(".json"):
            with reading.source.open(name) as stream:
                for number, task in array_elements(stream, where=name):
                    yield _item(task, name, number, reading)


def _item(task: JSON, file: str, number: int, reading: Reading) -> Labelled:
    where = f"{file}: task {number}"
    if not isinstance(task, dict):
        raise Invalid("a task is no object", where=where)
    data = task["data"] if isinstance(task.get("data"), dict) else {k: v for k, v in task.items() if k not in _OWN}
    assert isinstance(data, dict)
    size = Size(0, 0)
    sets: dict[str, list[LabelSet]] = {"annotations": [], "predictions": []}
    _count_left_out(task, reading.losses, where)
    for key, found in sets.items():
        for at, entry in enumerate(_entries(task, key), start=1):
            place = f"{where}: {key} {at}"
            if key == "predictions" and isinstance(entry, int):
                reading.losses.add("predictions that the file has the number of, and no more", place)
                continue
            results = Results(reading.schema, data, reading.losses, place)
            label_set = _label_set(entry, results, reading.losses, place)
            if label_set is not None:
                found.append(label_set)
                size = max(size, results.size)
    identity = task.get("id", number)
    meta = task.get("meta")
    named = meta.get("item") if isinstance(meta, dict) else None
    return Labelled(
        str(named or image_name(data, reading.schema) or f"{PurePosixPath(file).name}#{identity}"),
        data,
        *size,
        annotations=tuple(sets["annotations"]),
        predictions=tuple(sets["predictions"]),
    )


def _entries(task: Mapping[str, JSON], key: str) -> list[JSON]:
    entries = task.get(key) or (task.get("completions") if key == "annotations" else None)
    return entries if isinstance(entries, list) else []


def _count_left_out(task: Mapping[str, JSON], losses: Losses, where: str) -> None:
    for number, _ in enumerate(_entries(task, "drafts"), start=1):
        losses.add("drafts", f"{where}: drafts {number}")
    meta = task.get("meta")
    if meta and not (isinstance(meta, dict) and meta.keys() == {"item"}):
        losses.add("meta of tasks", where)


def _label_set(entry: JSON, results: Results, losses: Losses, where: str) -> LabelSet | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("result", []), list):
        raise Invalid("no object with a result", where=where)
    if entry.get("was_cancelled"):
        losses.add("skipped annotations", where)
        return None
    listed = entry.get("result") or []
    assert isinstance(listed, list)
    for number, result in enumerate(listed, start=1):
        results.add(result, number)
    if "model_version" in entry or "score" in entry:
        meta = {key: value for key, value in entry.items() if key not in _PREDICTION_OWN}
        score = entry.get("score")
        model = str(entry.get("model_version") or "")
        return LabelSet(
            results.fields(), model=model, score=score if isinstance(score, float | int) else None, meta=meta
        )
    meta = {key: value for key, value in entry.items() if key not in _ANNOTATION_OWN}
    lead = entry.get("lead_time")
    spent = round(lead * 1_000_000) if isinstance(lead, int | float) else None
    return LabelSet(results.fields(), worker=_worker(entry.get("completed_by")), spent_us=spent, meta=meta)


def _worker(value: JSON) -> str:
    if isinstance(value, dict):
        return str(value.get("email") or value.get("id") or "")
    return "" if value is None else str(value)


def image_name(data: Mapping[str, JSON], schema: Schema | None) -> str:
    """The path of the one image that a task shows, without scheme, host and query; empty when there is none.

    Of a file that was uploaded to Label Studio it is the name under which that is stored, as no folder but
    Label Studio's own is known of it.
    """
    if schema:
        values = [data.get(tag.field) for tag in schema.objects if tag.kind == "image" and not tag.many]
    else:
        values = [value for value in data.values() if isinstance(value, str) and _IMAGE.search(urlsplit(value).path)]
    names = [value for value in values if isinstance(value, str)]
    if len(names) != 1:
        return ""
    parts = urlsplit(names[0])
    local = parse_qs(parts.query).get("d")  # /data/local-files/?d=path
    path = local[0] if local else _UPLOADED.sub("", unquote(parts.path))
    return "/".join(part for part in path.split("/") if part not in {"", ".", ".."})


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """All items into ``tasks.json``, in one pass."""
    with writing.target.create(OUTPUT) as out:
        array = ArrayWriter(out)
        for number, item in enumerate(items, start=1):
            spelling = Spelling(item, writing)
            workers = frozenset(each.worker for each in item.annotations)
            annotations = [
                _annotation(spelling, each, number * 1000 + at, workers)
                for at, each in enumerate(item.annotations, start=1)
            ]
            predictions = [_prediction(spelling, each, at) for at, each in enumerate(item.predictions, start=1)]
            about = {"id": number, "data": dict(item.data), **_meta(item, writing.schema)}
            array.add({**about, "annotations": annotations, "predictions": predictions})
        array.end()


def _meta(item: Labelled, schema: Schema | None) -> dict[str, object]:
    """The item's name, where the data does not tell it. Label Studio keeps ``meta`` as it is."""
    told = image_name(item.data, schema) == item.name or item.name.startswith(f"{OUTPUT}#")  # type: ignore[arg-type]
    return {} if told else {"meta": {"item": item.name}}


def _annotation(spelling: Spelling, labels: LabelSet, number: int, workers: Collection[str]) -> dict[str, object]:
    body: dict[str, object] = {"id": number, "was_cancelled": False, "ground_truth": False}
    body |= labels.meta
    if labels.worker:
        person = person_of(labels.worker, workers)
        body["completed_by"] = int(person) if person.isdecimal() else {"email": person}
    if labels.spent_us is not None:
        body["lead_time"] = labels.spent_us / 1_000_000
    return {**body, "result": list(spelling.results(labels.fields))}


def _prediction(spelling: Spelling, labels: LabelSet, number: int) -> dict[str, object]:
    model = f"{labels.model}:{labels.version}" if labels.version else labels.model
    body: dict[str, object] = {"id": number, "model_version": model, **labels.meta}
    if labels.score is not None:
        body["score"] = labels.score
    return {**body, "result": list(spelling.results(labels.fields))}


def _detect(names: Iterable[str]) -> bool:
    return [name for name in names if name.endswith(".json")] == [OUTPUT]


FORMAT: Final = Format(
    name="label-studio",
    title="Label Studio JSON",
    carries="every kind of label for images and texts but holes and skeletons; all annotators, predictions",
    read=read,
    write=write,
    detect=_detect,
)
