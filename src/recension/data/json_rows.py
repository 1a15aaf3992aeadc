"""A JSON array of objects as rows, read piece by piece."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Final

from recension.data.json_values import BOM, DECODER, object_row
from recension.data.lines import MAX_ROW, Source, chunks
from recension.data.rows import Row
from recension.errors import Invalid, TooLarge
from recension.label import JSON

_BLANK: Final = re.compile(r"[ \t\r\n]*")


def json_rows(source: Source, *, where: str) -> Iterator[Row]:
    """Every object of the array.

    Raises:
        Invalid: the file is no array of objects; names the row, counted from 1.
        TooLarge: a row over 1 MiB.
    """
    for number, value in enumerate(_Array(source, where).elements(), start=1):
        yield object_row(value, f"row {number}", where=f"{where}: row {number}")


class _Array:
    """Reads the elements of one array, holding little more than the element being read."""

    def __init__(self, source: Source, where: str) -> None:
        self._chunks = chunks(source)
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._where = where
        self._text = ""
        self._at = 0
        self._number = 1

    def elements(self) -> Iterator[JSON]:
        self._more()
        self._text = self._text.removeprefix(BOM)
        if self._next() != "[":
            hint = "write [{...}, {...}], or use jsonl for one object a line"
            raise Invalid("the file is no JSON array", where=f"{self._where}: line 1", hint=hint)
        mark = "," if self._peek() != "]" else self._next()
        while mark == ",":
            yield self._element()
            mark = self._next()
            if mark not in {",", "]"}:
                raise Invalid("no comma or ] after the row", where=self._place())
            self._number += 1
        if self._peek():
            raise Invalid("something follows the array", where=self._place())

    def _element(self) -> JSON:
        self._peek()
        while True:
            try:
                value: JSON
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > MAX_ROW:
                    raise TooLarge("a row is over 1 MiB", where=self._place()) from error
                if not self._more():
                    raise Invalid(f"no JSON: {error.msg}", where=self._place()) from error
            except (ValueError, RecursionError) as error:
                raise Invalid(f"no JSON: {error}", where=self._place()) from error
            else:
                # A number at the very end of what is held may go on in the next piece.
                if end < len(self._text) or not self._more():
                    self._at = end
                    return value

    def _peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            assert blank is not None  # it matches nothing at all, too
            self._at = blank.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _next(self) -> str:
        mark = self._peek()
        self._at += len(mark)
        return mark

    def _more(self) -> bool:
        """Read on; forget what is behind."""
        piece = next(self._chunks, None)
        try:
            text = self._decode(piece or b"", piece is None)
        except UnicodeDecodeError as error:
            raise Invalid("not UTF-8", where=self._place(), hint="save the file as UTF-8") from error
        self._text = self._text[self._at :] + text
        self._at = 0
        return piece is not None

    def _place(self) -> str:
        return f"{self._where}: row {self._number}"
