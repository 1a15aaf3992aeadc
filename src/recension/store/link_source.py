"""Where the bytes of links lie: listing what a place holds, and reading it only as it was when it was linked.

A source never gives other bytes than those that were linked: every read says which state of the object it is for, and
what is there in another state is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from recension.errors import SourceChanged

PIECE: int = 4 << 20


class Listed(NamedTuple):
    """One object of a place: its name below it, and its state, of which ``etag`` changes whenever the bytes do."""

    key: str
    size: int
    etag: str
    mtime_us: int | None


class Source(Protocol):
    """A place that links lead to; safe to share between threads."""

    def listed(self) -> Iterator[Listed]:
        """Everything that is there, in any order.

        Raises:
            NotFound: there is no such place. Unavailable: it does not answer.
        """
        ...

    def read(self, wanted: Listed, start: int, end: int) -> Iterator[bytes]:
        """The bytes of an object from ``start`` to ``end``, which is not above its size, in bounded pieces.

        Raises:
            SourceChanged: it is not there any more, or not as it was.
            Unavailable: the place does not answer.
        """
        ...


def changed(url: str, key: str, what: str) -> SourceChanged:
    """What is said of an object that is not as it was."""
    return SourceChanged(
        f"the source of a link {what}",
        where=source_url(url, key),
        hint="import it again, or restore the source",
    )


def source_url(url: str, key: str) -> str:
    """The URL of one object of a place, without the options of the place."""
    return f"{url.partition('?')[0].rstrip('/')}/{key}"
