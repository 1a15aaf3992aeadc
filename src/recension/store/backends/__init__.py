"""Where objects lie: immutable runs of bytes under a key.

A backend promises: an object is there completely or not at all; once ``finish`` or ``put`` has returned it survives a
crash; a key is written once (writing it again with other bytes is an error of the caller). Differences between
backends show in speed only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

Bytes = bytes | bytearray | memoryview


class Writer(Protocol):
    """An object being written; nobody sees it before ``finish``."""

    def write(self, data: Bytes) -> None:
        """Append; ``data`` may be reused by the caller afterwards."""
        ...

    def finish(self) -> None:
        """Make the object durable and visible."""
        ...

    def abort(self) -> None:
        """Forget it; harmless after ``finish``."""
        ...


class Backend(Protocol):
    """A place for objects; safe to share between threads."""

    def create(self, key: str) -> Writer:
        """Begin an object. Keys are made of ``a-z0-9./-``."""
        ...

    def put(self, key: str, data: Bytes) -> None:
        """Write a whole object."""
        ...

    def read(self, key: str, start: int, length: int) -> bytes:
        """Bytes of an object; fewer than ``length`` where it ends.

        Raises:
            NotFound: there is no such object.
        """
        ...

    def size(self, key: str) -> int:
        """Length of an object in bytes.

        Raises:
            NotFound: there is no such object.
        """
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with ``prefix``, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; no error when it is not there."""
        ...

    def remove_unfinished(self, idle_s: float, *, dry_run: bool = False) -> tuple[int, int]:
        """Remove what writers have left that did not finish, when nothing has come of it for so long.

        Returns:
            How many, and their bytes where those are known.
        """
        ...

    def close(self) -> None:
        """Let go of open files and connections."""
        ...
