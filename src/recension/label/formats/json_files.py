"""JSON of label files, read in bounded pieces and written piece by piece."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Final

from recension.errors import Invalid, TooLarge
from recension.label.canonical import JSON

MAX_ELEMENT: Final = 64 << 20
"""Characters that one element of an array may have: a task with all its masks."""
_CHUNK: Final = 1 << 18
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


def read_json(stream: IO[bytes], *, where: str) -> JSON:
    """The one value of a file.

    Raises:
        Invalid: it is no JSON in UTF-8; names line and column.
    """
    return parse_json(stream.read(), where=where)


def parse_json(raw: bytes, *, where: str) -> JSON:
    """The value that the bytes spell.

    Raises:
        Invalid: no JSON in UTF-8; names line and column.
    """
    try:
        value: JSON = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(f"not UTF-8 at byte {error.start}", where=where) from error
    except json.JSONDecodeError as error:
        place = f"{where}: line {error.lineno}, column {error.colno}"
        raise Invalid(f"no JSON: {error.msg}", where=place) from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"no JSON: {error}", where=where) from error
    return value


def json_lines(stream: IO[bytes], *, where: str) -> Iterator[tuple[int, JSON]]:
    """Line number and value of every line that is not blank.

    Raises:
        Invalid: a line is no JSON; names it.
    """
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield number, parse_json(line, where=f"{where}: line {number}")


def array_elements(stream: IO[bytes], *, where: str) -> Iterator[tuple[int, JSON]]:
    """Number, from 1, and value of every element of the file's one array, holding one element at a time.

    Raises:
        Invalid: the file is no JSON array in UTF-8; names the element.
    """
    return _Array(stream, where).elements()


class _Array:
    """The text read so far and not yet consumed."""

    def __init__(self, stream: IO[bytes], where: str) -> None:
        self._stream = stream
        self._where = where
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._at = 0
        self._ended = False
        self._number = 0

    def elements(self) -> Iterator[tuple[int, JSON]]:
        self._more()
        self._text = self._text.removeprefix("\ufeff")
        self._take("[")
        if self._peek() != "]":
            while True:
                self._number += 1
                yield self._number, self._element()
                if self._peek() != ",":
                    break
                self._take(",")
        self._take("]")
        if self._peek():
            raise Invalid("something follows the array", where=self._where)

    def _element(self) -> JSON:
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > MAX_ELEMENT:
                    raise TooLarge("an element is over 64 MiB", where=self._place()) from error
                if not self._more(len(self._text) - self._at):
                    raise Invalid(f"no JSON: {error.msg}", where=self._place()) from error
            except (ValueError, RecursionError) as error:
                raise Invalid(f"no JSON: {error}", where=self._place()) from error
            else:
                # A number at the very end of what is held may go on in the next piece.
                if end < len(self._text) or not self._more():
                    self._at = end
                    return value  # type: ignore[no-any-return]

    def _place(self) -> str:
        return f"{self._where}: element {self._number}"

    def _peek(self) -> str:
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _take(self, mark: str) -> None:
        found = self._peek()
        if found != mark:
            raise Invalid(f"expected {mark} of a JSON array, not {found or 'the end'!r}", where=self._place())
        self._at += 1

    def _more(self, at_least: int = _CHUNK) -> bool:
        """Read on, as much as is held already, so that a long element is not parsed again for every piece."""
        if self._ended:
            return False
        raw = self._stream.read(max(at_least, _CHUNK))
        self._ended = not raw
        try:
            self._text = self._text[self._at :] + self._decode(raw, not raw)
        except UnicodeDecodeError as error:
            raise Invalid("not UTF-8", where=self._place()) from error
        self._at = 0
        return not self._ended


def dump(value: object) -> bytes:
    """The value as one line of JSON, keys in the order given, no characters escaped that need not be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class ArrayWriter:
    """Writes one JSON array, an element a line."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._mark = b"[\n"

    def add(self, value: object) -> None:
        """One more element."""
        self._out.write(self._mark + dump(value))
        self._mark = b",\n"

    def end(self) -> None:
        """The array is complete."""
        self._out.write(b"[]\n" if self._mark == b"[\n" else b"\n]\n")
