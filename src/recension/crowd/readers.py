"""How this room gets at rows and items: by functions it is handed, for it knows no file formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from recension.clock import Clock
from recension.crowd.spec import Format, Rows
from recension.db import Database
from recension.errors import Damaged, Invalid, NotFound
from recension.label import JSON, Item
from recension.store import Store

FAULTS: Final = (Invalid, NotFound, Damaged)
"""What can be wrong with data; anything else is no fault of the data, and trying again may help."""


class RowRead(Protocol):
    """One row of a table file."""

    @property
    def place(self) -> str:
        """Where it stands, such as ``line 12``."""
        ...

    @property
    def values(self) -> Mapping[str, JSON]:
        """Column → value."""
        ...


class ReadItems(Protocol):
    """Reads the items of one file, in bounded memory."""

    def __call__(
        self, source: Iterable[bytes], *, path: str, rows: Rows | None, columns: Mapping[str, str]
    ) -> Iterator[Item]:
        """Yield the items, or raise Invalid with file and line."""
        ...


class ReadRows(Protocol):
    """Reads the rows of one table file, in bounded memory."""

    def __call__(self, source: Iterable[bytes], *, path: str, form: Format, needs: Sequence[str]) -> Iterator[RowRead]:
        """Yield the rows, or raise Invalid with file and line, as it does when a needed column is missing."""
        ...


@dataclass(frozen=True, slots=True)
class Readers:
    """Both ways of reading a file."""

    items: ReadItems
    rows: ReadRows


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to bring data in: where it lies, how it is read, what time it is."""

    store: Store
    clock: Clock
    readers: Readers

    @property
    def db(self) -> Database:
        """The database that the store is part of."""
        return self.store.db


def placed(error: Invalid | NotFound | Damaged, place: str) -> Invalid:
    """The error with the repo and branch it was found in."""
    return Invalid(error.message, where=f"{place}:{error.where}" if error.where else place, hint=error.hint)
