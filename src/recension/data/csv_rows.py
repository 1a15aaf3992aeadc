"""CSV (RFC 4180, UTF-8 with or without a byte order mark, header required) as rows.

Our own reader rather than the standard library's: that one needs a process-wide setting for fields over 128 KiB, takes
any quoting for granted, and cannot say in which line a row began.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from recension.data.lines import Source, check_row_size, numbered_lines
from recension.data.rows import Row, Shape
from recension.errors import Invalid

_FIELD: Final = re.compile(r'(?:"(?P<quoted>[^"]*(?:""[^"]*)*)"|(?P<bare>[^",\r\n]*))(?P<end>,|\Z)')
_BOM: Final = b"\xef\xbb\xbf"


def csv_rows(source: Source, *, where: str, needs: Collection[str] = ()) -> Iterator[Row]:
    """Every row below the header, which must name the columns in ``needs``; blank lines are skipped.

    Raises:
        Invalid: no header, a column missing or twice, a row with more or fewer values than the header, wrong quoting,
            not UTF-8; names the line.
        TooLarge: a row over 1 MiB.
    """
    records = _records(source, where)
    first = next(records, None)
    if first is None:
        raise Invalid("the file is empty", where=f"{where}: line 1", hint="its first line must name the columns")
    header = _header(first[1], f"{where}: line {first[0]}")
    shape = Shape(header, f"{where}: line {first[0]}")
    for column in needs:
        shape.require(column)
    for line, values in records:
        if len(values) != len(header):
            more = "more" if len(values) > len(header) else "fewer"
            hint = "quote values that contain commas or line ends"
            message = f"{len(values)} values, {more} than the {len(header)} columns"
            raise Invalid(message, where=f"{where}: line {line}", hint=hint)
        yield Row(f"line {line}", dict(zip(header, values, strict=True)), shape)


def _header(names: list[str], where: str) -> list[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid(f"column {name!r} stands twice in the header", where=where, hint="rename one of them")
        seen.add(name)
    return names


def _records(source: Source, where: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins in; a quoted value may span lines."""
    # Grows in place and counts as it goes: a value of a million line ends must not be copied a million times.
    start, quotes = 1, 0
    held = bytearray()
    for number, line in numbered_lines(source, where=where):
        piece = line.removeprefix(_BOM) if number == 1 else line
        if not held:
            if not piece.strip(b"\r\n"):
                continue
            start, quotes = number, 0
        held += piece
        quotes += piece.count(b'"')
        check_row_size(len(held), start, where=where)
        if quotes % 2 == 0:
            yield start, _split(bytes(held), f"{where}: line {start}")
            held.clear()
    if held:
        raise Invalid("a quote is never closed", where=f"{where}: line {start}", hint='write a quote in a value as ""')


def _split(raw: bytes, where: str) -> list[str]:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise Invalid(f"byte {error.start + 1} is not UTF-8", where=where, hint="save the file as UTF-8") from error
    if "\0" in text:
        raise Invalid("a NUL character", where=where, hint="save the file as UTF-8 text")
    text = text.removesuffix("\n").removesuffix("\r")
    if '"' not in text and "\r" not in text:
        return text.split(",")
    return _split_quoted(text, where)


def _split_quoted(text: str, where: str) -> list[str]:
    values: list[str] = []
    at = 0
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            hint = 'put the whole value in quotes and write a quote in it as ""; end lines with LF or CRLF'
            raise Invalid(f"wrong quoting in value {len(values) + 1}", where=where, hint=hint)
        quoted = match["quoted"]
        values.append(match["bare"] if quoted is None else quoted.replace('""', '"'))
        if match["end"] == "":
            return values
        at = match.end()
