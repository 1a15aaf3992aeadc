"""Printing: JSON for programs, tables for people, and a progress line on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Self, TextIO

from recension.clock import iso

if TYPE_CHECKING:
    from recension.store import Commit, Store

_UNITS: Final = ("B", "KB", "MB", "GB", "TB", "PB")
_PATIENCE_S: Final = 1.0
_REDRAW_S: Final = 0.1
_BAR: Final = 20
_LINES: Final = 1000
"""Lines that are printed at once: asking for each takes longer than making it."""


def print_json(value: Any) -> None:
    """Print one JSON value, the only thing on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_lines(lines: Iterable[str]) -> None:
    """Print lines, many at a time."""
    rest = iter(lines)
    while some := list(islice(rest, _LINES)):
        sys.stdout.write("\n".join(some) + "\n")


def print_table(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print rows in columns; those numbered in ``right`` are aligned there."""
    lines = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    places = [str.rjust if at in right else str.ljust for at in range(len(widths))]
    print_lines(
        "  ".join(place(cell, width) for place, cell, width in zip(places, line, widths, strict=True)).rstrip()
        for line in lines
    )


def human_size(size: float) -> str:
    """A number of bytes as people read it: ``1.5 MB``."""
    value, unit = float(size), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{size:.0f} B" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def when(at_us: int) -> str:
    """A time as people read it: UTC to the second."""
    return iso(at_us)[:19].replace("T", " ") + "Z"


def commit_json(store: Store, commit: Commit) -> dict[str, Any]:
    """A commit in the shape of the HTTP API."""
    sources = [store.commit(source) for source in commit.provenance]
    return {
        "id": commit.id,
        "repo": commit.repo,
        "workspace": commit.workspace,
        "branch": commit.branch,
        "parents": list(commit.parents),
        "global_id": commit.global_id,
        "content_id": commit.content_id,
        "at": iso(commit.at_us),
        "author": commit.author,
        "message": commit.message,
        "kind": commit.kind,
        "meta": dict(commit.meta),
        "provenance": [{"id": source.id, "repo": source.repo, "branch": source.branch} for source in sources],
        "files": commit.files,
        "size": commit.size,
        "added": commit.added,
        "changed": commit.changed,
        "removed": commit.removed,
    }


class Progress:
    """A line on standard error for work that takes over a second; nothing where nobody watches.

    Use as a context.
    """

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self._what = what
        self._stream = sys.stderr if stream is None else stream
        self._watched = self._stream.isatty()
        self._begun = time.monotonic()
        self._drawn = 0.0
        self._files = 0
        self._size = 0
        self._whole = 0

    @property
    def watched(self) -> bool:
        """Whether somebody looks: it is worth finding out how much there is to do."""
        return self._watched

    def expect(self, size: int) -> None:
        """So many bytes are to be done in all: the line says how long that will take."""
        self._whole = size

    def more(self, files: int, size: int) -> None:
        """So many more files and bytes are done."""
        self._files += files
        self._size += size
        now = time.monotonic()
        if self._watched and now - self._begun >= _PATIENCE_S and now - self._drawn >= _REDRAW_S:
            self._drawn = now
            self._stream.write(f"\r\x1b[K{self._what}  {self._line(self._size / (now - self._begun))}")
            self._stream.flush()

    def _line(self, rate: float) -> str:
        done = f"{plural(self._files, 'file')}  {human_size(self._size)}"
        if not self._whole:
            return f"{done}  {human_size(rate)}/s"
        share = min(self._size / self._whole, 1.0)
        bar = "#" * round(share * _BAR)
        left_s = round(max(self._whole - self._size, 0) / rate) if rate else 0
        left = f"{left_s // 3600}:{left_s // 60 % 60:02}:{left_s % 60:02}"
        return f"[{bar:<{_BAR}}] {share:4.0%}  {done} of {human_size(self._whole)}  {human_size(rate)}/s  {left} left"

    def through(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts of one stream, counted as they pass."""
        for part in parts:
            self.more(0, len(part))
            yield part

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
