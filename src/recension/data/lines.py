"""Bytes of any origin as physical lines, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Final

from recension.errors import TooLarge

MAX_ROW: Final = 1 << 20
"""Bytes that one row may have."""
_CHUNK: Final = 1 << 16

Source = bytes | IO[bytes] | Iterable[bytes]
"""The whole content, an open binary file, or pieces of the content in order."""


def chunks(source: Source) -> Iterator[bytes]:
    """The content in pieces of at most 64 KiB, however large the pieces it comes in."""
    for piece in _pieces(source):
        if len(piece) <= _CHUNK:
            yield piece
        else:
            view = memoryview(piece)
            yield from (bytes(view[at : at + _CHUNK]) for at in range(0, len(piece), _CHUNK))


def _pieces(source: Source) -> Iterable[bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        return (bytes(source),)
    if isinstance(source, Iterable) and not hasattr(source, "read"):
        return source
    return iter(lambda: source.read(_CHUNK), b"")


def numbered_lines(source: Source, *, where: str) -> Iterator[tuple[int, bytes]]:
    """Every line with its number from 1, its line end (LF, or none at the end of the file) included.

    Raises:
        TooLarge: a line is longer than a row may be; raised before it is read to its end.
    """
    number = 1
    rest = b""
    for chunk in chunks(source):
        at = 0
        while (end := chunk.find(b"\n", at)) >= 0:
            line = rest + chunk[at : end + 1]
            check_row_size(len(line), number, where=where)
            yield number, line
            rest = b""
            number += 1
            at = end + 1
        rest += chunk[at:]
        check_row_size(len(rest), number, where=where)
    if rest:
        yield number, rest


def check_row_size(size: int, line: int, *, where: str) -> None:
    """Refuse a row over ``MAX_ROW`` bytes that starts in ``line``.

    Raises:
        TooLarge: it is.
    """
    if size > MAX_ROW:
        hint = "check for a missing quote or line end; put large content into files of its own"
        raise TooLarge("a row is over 1 MiB", where=f"{where}: line {line}", hint=hint)
