"""What a commit will change: filled inside ``with repo.commit(...) as c``."""

from __future__ import annotations

import os
from typing import Protocol

from recension.ids import check_path

Data = bytes | str | os.PathLike[str]
"""Bytes, a text (kept as UTF-8), or the path of a local file."""


class Sink(Protocol):
    """Where changes go: into this process's store, or to a server."""

    def put(self, path: str, data: Data) -> None:
        """Take one file."""

    def remove(self, paths: list[str], folders: list[str]) -> None:
        """Remove files, and what folders hold."""


class Changes:
    """What a commit will change. ``id`` is its id once it is made; ``None`` before."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.id: str | None = None

    def put(self, path: str, data: Data) -> None:
        """Make ``path`` hold bytes, a text (as UTF-8), or what a local file (a ``Path``) holds.

        Raises:
            Invalid: the path may not name a file.
        """
        self._sink.put(check_path(path), data)

    def delete(self, path: str) -> None:
        """Remove a file; no change when it is not there."""
        self._sink.remove([check_path(path)], [])

    def delete_folder(self, path: str) -> None:
        """Remove everything in a folder; ``/`` removes all."""
        self._sink.remove([], [path if path == "/" else check_path(path)])
