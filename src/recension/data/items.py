"""Files and table rows as items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from blake3 import blake3

from recension.data.csv_rows import csv_rows
from recension.data.json_rows import json_rows
from recension.data.jsonl_rows import jsonl_rows
from recension.data.lines import MAX_ROW, Source, chunks
from recension.data.parquet_rows import parquet_rows
from recension.data.rows import Row
from recension.errors import Invalid, TooLarge
from recension.label import JSON, Item, canonical_json, make_item

Format = Literal["csv", "jsonl", "json", "parquet"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
FILE_COLUMNS: Final = ("path", "name", "content", "blob")
"""What a whole file offers as columns: its path, its last segment, its text, and the BLAKE3 of its bytes."""


@dataclass(frozen=True, slots=True)
class RowSpec:
    """How a table file falls into rows.

    Args:
        key: the column that names a row; without one, a row is named by its content and equal rows are one item.
    """

    format: Format
    key: str | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise Invalid(f"unknown format {self.format!r}", where="rows.format", hint=f"one of: {', '.join(FORMATS)}")


def read_items(
    source: Source, *, path: str, rows: RowSpec | None = None, columns: Mapping[str, str] | None = None
) -> Iterator[Item]:
    """The items of one file, in its order, in bounded memory (but for the keys seen).

    Args:
        source: the file's bytes, an open binary file, or pieces of it.
        path: its path in its repo.
        rows: how it falls into rows; ``None``: the file itself is the item.
        columns: data field -> column of the file (for a whole file: one of ``FILE_COLUMNS``); every column under its
            own name (for a whole file: path, name and blob) when it is empty.

    Raises:
        Invalid: the file breaks its format, lacks a column, or has an empty key or one key twice; names the file and
            line (row, for Parquet and JSON), and both lines for a key that is there twice.
        TooLarge: a row over 1 MiB; raised without reading it whole.
    """
    mapped = dict(columns or {})
    if rows is None:
        return iter((_file_item(source, path, mapped),))
    needs = [*mapped.values(), *([] if rows.key is None else [rows.key])]
    # Without a key column every column is part of the row's name, so all are read.
    only_needed = bool(mapped) and rows.key is not None
    found = read_rows(source, path=path, form=rows.format, needs=needs, only_needed=only_needed)
    return _row_items(found, path, rows.key, mapped)


def read_rows(
    source: Source, *, path: str, form: Format, needs: Sequence[str] = (), only_needed: bool = False
) -> Iterator[Row]:
    """The rows of a table file, each with its place; every one has the columns that are needed.

    Args:
        source: the file's bytes, an open binary file, or pieces of it.
        path: its path in its repo.
        form: the file's format.
        needs: columns without which a row is no use.
        only_needed: other columns may be left out.

    Raises:
        Invalid: the file breaks its format or lacks a needed column.
        TooLarge: a row over 1 MiB; raised without reading it whole.
    """
    match form:
        case "csv":
            return csv_rows(source, where=path, needs=needs)
        case "parquet":
            return parquet_rows(source, where=path, needs=needs, only_needed=only_needed)
        case "jsonl":
            return _complete(jsonl_rows(source, where=path), needs)
        case "json":
            return _complete(json_rows(source, where=path), needs)


def _complete(rows: Iterator[Row], needs: Sequence[str]) -> Iterator[Row]:
    """The same rows, each of which has the columns needed."""
    for row in rows:
        for column in needs:
            row.shape.require(column)
        yield row


def _row_items(rows: Iterator[Row], path: str, key_column: str | None, columns: Mapping[str, str]) -> Iterator[Item]:
    places: dict[str, str] = {}
    for row in rows:
        key = _content_key(row) if key_column is None else _named_key(row, key_column, path)
        if key not in places:
            places[key] = row.place
            yield make_item(path, key, data=_mapped(row.values, columns))
        elif key_column is not None:
            message = f"key {key!r} of column {key_column!r} is there twice, first in {places[key]}"
            raise Invalid(message, where=f"{path}: {row.place}", hint="make the key unique, or name no key column")


def _mapped(values: Mapping[str, JSON], columns: Mapping[str, str]) -> Mapping[str, JSON]:
    return {field: values[column] for field, column in columns.items()} if columns else dict(values)


def _content_key(row: Row) -> str:
    return blake3(canonical_json(dict(row.values))).hexdigest(16)


def _named_key(row: Row, column: str, path: str) -> str:
    value = row.values[column]
    where = f"{path}: {row.place}"
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        shown = "empty" if value in ("", None) else f"no text and no whole number: {value!r}"
        raise Invalid(f"the key in column {column!r} is {shown}", where=where, hint="give every row a key")
    return str(value)


def _file_item(source: Source, path: str, columns: Mapping[str, str]) -> Item:
    wanted = set(columns.values()) or {"path", "name", "blob"}
    for column in sorted(wanted):
        if column not in FILE_COLUMNS:
            hint = f"a whole file has: {', '.join(FILE_COLUMNS)}; give rows to read a table"
            raise Invalid(f"no column {column!r}", where=path, hint=hint)
    values: dict[str, JSON] = {"path": path, "name": path.rsplit("/", 1)[-1]}
    if wanted & {"content", "blob"}:
        values |= _read_whole(source, path, keep="content" in wanted)
    data = _mapped(values, columns) if columns else {name: values[name] for name in ("path", "name", "blob")}
    return make_item(path, data=data)


def _read_whole(source: Source, path: str, *, keep: bool) -> dict[str, JSON]:
    digest = blake3()
    kept = b""
    for piece in chunks(source):
        digest.update(piece)
        if keep:
            kept += piece
            if len(kept) > MAX_ROW:
                raise TooLarge("the text to show is over 1 MiB", where=path, hint="cut it into smaller files")
    try:
        text = kept.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Invalid(f"byte {error.start + 1} is not UTF-8", where=path, hint="save the file as UTF-8") from error
    return {"blob": digest.hexdigest(), "content": text}
