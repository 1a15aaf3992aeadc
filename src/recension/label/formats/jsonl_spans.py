"""Texts with spans as JSON lines, as spaCy's tools read and write them.

Written: ``{"text", "spans": [{"start", "end", "label"}], "relations", "cats"}``, the shape of Prodigy's files. Read
besides: ``ents`` of ``Doc.to_json``, ``entities`` of spaCy's training examples, ``label`` of doccano. Offsets are
code points and half-open in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.fields import (
    TEXT,
    Gathered,
    Marked,
    Places,
    classes,
    drop_rest,
    marked,
    one_label_set,
    relations,
    shape_of,
)
from recension.label.formats.json_files import dump, json_lines
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing
from recension.label.shapes import Span

OUTPUT: Final = "labels.jsonl"
_SPAN_KEYS: Final = ("spans", "ents", "entities", "label", "labels")
_KNOWN: Final = {*_SPAN_KEYS, "text", "relations", "cats", "tokens", "meta", "answer", "sents", "id"}
_WITHOUT_USE: Final = frozenset({"tokens", "answer", "sents", "id"})


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every line."""
    for name in reading.source.names():
        if name.lower().endswith((".jsonl", ".ndjson")):
            with reading.source.open(name) as stream:
                for line, value in json_lines(stream, where=name):
                    yield _item(value, name, line, reading)


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """All items into ``labels.jsonl``."""
    field = Places(writing.schema).data("text", TEXT)
    with writing.target.create(OUTPUT) as out:
        for item in items:
            text = item.data.get(field)
            if not isinstance(text, str):
                writing.losses.add("items without a text", item.name)
                continue
            out.write(dump(_record(item, text, field, writing.losses)) + b"\n")


def _record(item: Labelled, text: str, field: str, losses: Losses) -> dict[str, object]:
    labels = one_label_set(item, losses)
    rest = {name: value for name, value in item.data.items() if name not in {field, "tokens"}}
    spans, ids = _spans(item, labels, losses)
    record: dict[str, object] = {"text": text, "spans": spans}
    related = [_related(relation, ids, losses, item.name) for relation in relations(labels.fields)]
    if related:
        record["relations"] = [relation for relation in related if relation]
    chosen = classes(labels.fields)
    if chosen:
        record["cats"] = dict.fromkeys(chosen, 1.0)
    return {**record, "meta": rest} if rest else record


def _spans(
    item: Labelled, labels: LabelSet, losses: Losses
) -> tuple[list[dict[str, object]], dict[str, dict[str, object]]]:
    spans: list[dict[str, object]] = []
    ids: dict[str, dict[str, object]] = {}
    for _, region in marked(labels.fields):
        shape = shape_of(region)
        if not isinstance(shape, Span):
            losses.add(f"regions of shape {shape.type}", item.name)
            continue
        drop_rest(region, (), losses, item.name)
        for label in _labels(region):
            span = {"start": shape.start, "end": shape.end, "label": label}
            spans.append(span)
            ids.setdefault(str(region["id"]), span)
    return spans, ids


def _labels(region: Marked) -> list[str]:
    labels = region["labels"]
    return [str(label) for label in labels] if isinstance(labels, list) and labels else [""]


def _related(
    relation: Mapping[str, JSON], ids: Mapping[str, dict[str, object]], losses: Losses, where: str
) -> dict[str, object] | None:
    start, end = (ids.get(str(relation[side])) for side in ("from", "to"))
    if start is None or end is None:
        losses.add("relations of what is no span", where)
        return None
    labels = relation.get("labels") or [""]
    assert isinstance(labels, list)
    if relation.get("direction", "right") == "both":
        losses.add("relations in both directions", where)
    if relation.get("direction") == "left":
        start, end = end, start
    if len(labels) > 1:
        losses.add("a second and further labels of a relation", where)
    return {"head_span": start, "child_span": end, "label": labels[0]}


def _item(value: JSON, name: str, line: int, reading: Reading) -> Labelled:
    where = f"{name}: line {line}"
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise Invalid("no object with a text", where=where, hint='write {"text": "...", "spans": [...]}')
    for key in value.keys() - _KNOWN:
        reading.losses.add(f"key {key}", where)
    places = Places(reading.schema)
    gathered = Gathered(places, reading.losses, where)
    field = places.data("text", TEXT)
    text = str(value["text"])
    ids: dict[tuple[int, int, str], str] = {}
    for start, end, label in _extents(value, text, where):
        made = gathered.region(Span(start, end, field), [label])
        if made:
            ids[start, end, label] = made
    _relate(value.get("relations"), ids, gathered, reading.losses, where)
    cats = value.get("cats")
    for label, weight in cats.items() if isinstance(cats, dict) else ():
        if weight:
            gathered.choose(label)
    meta = value.get("meta")
    data = {field: text, **(meta if isinstance(meta, dict) else {})}
    return Labelled(f"{name}#{line}", data, annotations=(LabelSet(gathered.fields()),))


def _extents(value: Mapping[str, JSON], text: str, where: str) -> Iterator[tuple[int, int, str]]:
    for key in _SPAN_KEYS:
        entries = value.get(key)
        if isinstance(entries, dict):
            entries = [entry for group in entries.values() if isinstance(group, list) for entry in group]
        for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
            yield _extent(entry, text, f"{where}: {key} {number}")


def _extent(entry: JSON, text: str, where: str) -> tuple[int, int, str]:
    parts = [entry.get("start"), entry.get("end"), entry.get("label")] if isinstance(entry, dict) else entry
    if isinstance(parts, list) and len(parts) == 3:
        start, end, label = parts
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text):
            return start, end, str(label or "")
    hint = f"start and end are code points of the text, 0 <= start < end <= {len(text)}"
    raise Invalid(f"no span: {entry!r}"[:120], where=where, hint=hint)


def _relate(
    entries: JSON, ids: Mapping[tuple[int, int, str], str], gathered: Gathered, losses: Losses, where: str
) -> None:
    for entry in entries if isinstance(entries, list) else ():
        ends = [_end(entry, side, ids) for side in ("head_span", "child_span")]
        if isinstance(entry, dict) and ends[0] and ends[1]:
            label = entry.get("label")
            gathered.relate(ends[0], ends[1], [str(label)] if label else [])
        else:
            losses.add("relations whose spans are not listed", where)


def _end(entry: JSON, side: str, ids: Mapping[tuple[int, int, str], str]) -> str | None:
    span = entry.get(side) if isinstance(entry, dict) else None
    if not isinstance(span, dict):
        return None
    start, end, label = span.get("start"), span.get("end"), span.get("label")
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    return ids.get((start, end, str(label or "")))


def _detect(_names: Iterable[str]) -> bool:
    return False  # .jsonl may be a table just as well: the format has to be named


FORMAT: Final = Format(
    name="spacy",
    title="spaCy / Prodigy JSONL",
    carries="spans (overlapping too), relations, classes",
    read=read,
    write=write,
    detect=_detect,
)
