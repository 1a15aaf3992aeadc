"""Tables: one row for every annotation of an item, its data and its answers in columns.

CSV, JSON lines and Parquet hold the same columns: ``item``, the data fields, ``worker`` or ``model``, ``version`` and
``score``, then the fields of the answer. What is no number or text is JSON (in JSON lines and lists of texts as such).
With a schema its fields are the answers; without one, the columns after ``score``, or those of the usual names.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import IO, Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.fields import CLASS, REGIONS, RELATIONS, SPANS
from recension.label.formats.json_files import dump, json_lines
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing

_ITEM: Final = "item"
_ABOUT: Final = ("worker", "model", "version", "score")
_USUAL: Final = frozenset({CLASS, REGIONS, SPANS, RELATIONS, "labels", "category", "class", "tags"})
_ROWS_A_GROUP: Final = 10_000
_CSV_FIELD: Final = 1 << 27

Row = Mapping[str, JSON]
RowReader = Callable[[IO[bytes], str], Iterator[tuple[int, Row]]]
RowWriter = Callable[[IO[bytes], Iterable[dict[str, JSON]], Sequence[str]], None]


def table_format(name: str, title: str, suffix: str, read_rows: RowReader, write_rows: RowWriter) -> Format:
    """The format of tables in files of that suffix."""

    def read(reading: Reading) -> Iterator[Labelled]:
        for file in reading.source.names():
            if file.lower().endswith(suffix):
                with reading.source.open(file) as stream:
                    yield from _items(read_rows(stream, file), file, reading)

    def write(items: Iterable[Labelled], writing: Writing) -> None:
        held = list(items) if writing.schema is None else items
        columns = _columns(held, writing)
        with writing.target.create(f"labels{suffix}") as out:
            write_rows(out, (row for item in held for row in _rows(item, writing.losses)), columns)

    def detect(names: Iterable[str]) -> bool:
        return any(each.lower().endswith(suffix) for each in names)

    return Format(name, title, "all labels; every annotator and model in a row of its own", read, write, detect)


def _columns(items: Iterable[Labelled], writing: Writing) -> list[str]:
    """Every column, in order: with a schema from it, else from the items themselves, which then are held in memory."""
    if writing.schema is not None:
        fields = [field.name for field in writing.schema.fields]
        return [_ITEM, *writing.schema.references, *_ABOUT, *fields]
    data = dict.fromkeys(key for item in items for key in item.data)
    sets = [each for item in items for each in (*item.annotations, *item.predictions)]
    asked = dict.fromkeys(key for each in sets for key in each.fields)
    return [_ITEM, *data, *_ABOUT, *(key for key in asked if key not in data)]


def _rows(item: Labelled, losses: Losses) -> Iterator[dict[str, JSON]]:
    base: dict[str, JSON] = {_ITEM: item.name, **item.data}  # type: ignore[dict-item]  # data is JSON
    for labels in (*item.annotations, *item.predictions) or (LabelSet({}),):
        about: dict[str, JSON] = {"worker": labels.worker, "model": labels.model, "version": labels.version}
        about["score"] = labels.score
        if labels in item.annotations and not labels.fields and not labels.worker:
            losses.add("empty annotations of nobody in particular", item.name)
        yield {**base, **about, **labels.fields}  # type: ignore[dict-item]  # fields are JSON


def _items(rows: Iterator[tuple[int, Row]], file: str, reading: Reading) -> Iterator[Labelled]:
    """Rows of one item stand together; without an ``item`` column every row is one."""
    named = ((number, row, str(row.get(_ITEM) or f"{file}#{number}")) for number, row in rows)
    for name, group in groupby(named, key=lambda each: each[2]):
        annotations: list[LabelSet] = []
        predictions: list[LabelSet] = []
        data: dict[str, JSON] = {}
        for number, row, _ in group:
            data, fields = _split(row, reading)
            labels = _label_set(row, fields, f"{file}: row {number}")
            if fields or labels.worker or labels.model:
                (predictions if labels.model else annotations).append(labels)
        yield Labelled(name, data, annotations=tuple(annotations), predictions=tuple(predictions))


def _split(row: Row, reading: Reading) -> tuple[dict[str, JSON], dict[str, JSON]]:
    keys = [key for key in row if key != _ITEM]
    kinds: dict[str, str] = {}
    if reading.schema is not None:
        kinds = {field.name: field.kind for field in reading.schema.fields}
        asked = set(kinds)
    elif "score" in keys:
        asked = set(keys[keys.index("score") + 1 :])
    else:
        asked = set(_USUAL.intersection(keys))
    said = {key: _value(row[key], kinds.get(key, "")) for key in keys if key in asked and row[key] not in (None, "")}
    return {key: row[key] for key in keys if key not in asked and key not in _ABOUT}, said


_WORDS: Final = frozenset({"text", "choice", "date", "pairwise"})
_NUMBERS: Final = frozenset({"number", "rating"})


def _value(value: JSON, kind: str) -> JSON:
    """A cell of a field of that kind, where it is known; in CSV numbers, lists and objects are spelled as text."""
    if kind in _WORDS:
        return value
    if isinstance(value, str) and (value[:1] in {"[", "{"} or kind in _NUMBERS):
        try:
            read: JSON = json.loads(value)
        except ValueError:
            return value
        return read
    return value


def _label_set(row: Row, fields: Mapping[str, JSON], where: str) -> LabelSet:
    score = row.get("score")
    try:
        number = float(score) if isinstance(score, str | int | float) and score != "" else None
    except ValueError as error:
        raise Invalid(f"score is {score!r}, no number", where=where) from error
    worker, model, version = (str(row.get(key) or "") for key in _ABOUT[:3])
    return LabelSet(fields, worker=worker, model=model, version=version, score=number)


def read_csv_rows(stream: IO[bytes], where: str) -> Iterator[tuple[int, Row]]:
    """Line number and cells of every row of a CSV with a header.

    Raises:
        Invalid: no CSV in UTF-8, or a row that is longer or shorter than the header.
    """
    csv.field_size_limit(_CSV_FIELD)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        reader = csv.DictReader(text, strict=True)
        for row in reader:
            if None in row or None in row.values():
                raise Invalid("a row has not as many cells as the header", where=f"{where}: line {reader.line_num}")
            yield reader.line_num, row
    except (csv.Error, UnicodeDecodeError) as error:
        raise Invalid(f"no CSV in UTF-8: {error}", where=f"{where}: line {reader.line_num}") from error
    finally:
        text.detach()


def _write_csv(out: IO[bytes], rows: Iterable[dict[str, JSON]], columns: Sequence[str]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    text.detach()


def _cell(value: JSON) -> str | int | float:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | bool) else value


def _read_jsonl(stream: IO[bytes], where: str) -> Iterator[tuple[int, Row]]:
    for number, value in json_lines(stream, where=where):
        if not isinstance(value, dict):
            raise Invalid("a line is no object", where=f"{where}: line {number}")
        yield number, value


def _write_jsonl(out: IO[bytes], rows: Iterable[dict[str, JSON]], columns: Sequence[str]) -> None:
    for row in rows:
        out.write(dump({key: row[key] for key in columns if row.get(key) not in (None, "")}) + b"\n")


def _read_parquet(stream: IO[bytes], where: str) -> Iterator[tuple[int, Row]]:
    import pyarrow.lib  # noqa: PLC0415  half a second of import that only this format needs
    import pyarrow.parquet  # noqa: PLC0415

    try:
        file = pyarrow.parquet.ParquetFile(stream)
        number = 0
        for batch in file.iter_batches(_ROWS_A_GROUP):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except pyarrow.lib.ArrowException as error:
        raise Invalid(f"no Parquet file: {error}".splitlines()[0], where=where) from error


def _write_parquet(out: IO[bytes], rows: Iterable[dict[str, JSON]], columns: Sequence[str]) -> None:
    import pyarrow as pa  # noqa: PLC0415  half a second of import that only this format needs
    import pyarrow.parquet  # noqa: PLC0415

    types = [pa.float64() if column == "score" else pa.string() for column in columns]
    schema = pa.schema(list(zip(columns, types, strict=True)))
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(rows):
            cells = [{column: _text(column, row.get(column)) for column in columns} for row in group]
            writer.write_table(pa.Table.from_pylist(cells, schema=schema))


def _text(column: str, value: JSON) -> str | float | None:
    if value is None or (column == "score" and isinstance(value, int | float)):
        return value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _groups(rows: Iterable[dict[str, JSON]]) -> Iterator[list[dict[str, JSON]]]:
    group: list[dict[str, JSON]] = []
    for row in rows:
        group.append(row)
        if len(group) == _ROWS_A_GROUP:
            yield group
            group = []
    if group:
        yield group


CSV: Final = table_format("csv", "CSV table", ".csv", read_csv_rows, _write_csv)
JSONL: Final = table_format("jsonl", "JSON lines table", ".jsonl", _read_jsonl, _write_jsonl)
PARQUET: Final = table_format("parquet", "Parquet table", ".parquet", _read_parquet, _write_parquet)
