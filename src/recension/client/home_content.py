"""What a repo in a home of this machine holds."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from recension.client import values
from recension.client.home_names import HomeNames
from recension.client.home_values import node_value
from recension.client.repo_interface import MAIN
from recension.ids import check_path
from recension.store import Entry, Folder, Store

_PAGE: Final = 1000


class HomeContent(HomeNames):
    """Listings and bytes."""

    def ls(self, path: str = "/", ref: str = MAIN) -> Iterator[values.File | values.Folder]:  # noqa: D102
        with self._store() as store:
            commit, after = self._view(store, ref), None
            if not store.is_folder(commit, path):
                yield from _nodes(store, [store.stat(commit, path)])
                return
            while page := store.ls(commit, path, after=after, limit=_PAGE):
                yield from _nodes(store, page)
                after = page[-1].path

    def walk(self, path: str = "/", ref: str = MAIN) -> Iterator[values.File]:  # noqa: D102
        with self._store() as store:
            commit, page = self._view(store, ref), list[Entry]()
            if not store.is_folder(commit, path):
                store.stat(commit, path)
            for entry in store.walk(commit, prefix=path):
                page.append(entry)
                if len(page) == _PAGE:
                    yield from _files(store, page)
                    page = []
            yield from _files(store, page)

    def stat(self, path: str, ref: str = MAIN) -> values.File | values.Folder:  # noqa: D102
        with self._store() as store:
            commit = self._view(store, ref)
            found = store.folder(commit, path) if store.is_folder(commit, path) else store.stat(commit, path)
            return next(_nodes(store, [found]))

    def read(self, path: str, ref: str = MAIN, *, start: int = 0, end: int | None = None) -> bytes:  # noqa: D102
        with self._store() as store:
            return store.read_bytes(self._view(store, ref), check_path(path), start=start, end=end)

    def get(self, path: str = "/", ref: str = MAIN) -> Path:  # noqa: D102
        from recension.client.get import get  # noqa: PLC0415 - it brings caches that others do not need

        return get(f"{self.workspace}/{self.name}@{ref}:{path}", home=self.home)

    def checkout(  # noqa: D102
        self, folder: str | os.PathLike[str], ref: str = MAIN, *, path: str = "/"
    ) -> values.Checkout:
        with self._store() as store:
            done = store.checkout(self._commit(store, ref), Path(folder), path=path)
            return values.Checkout(done.written, done.kept, done.removed, done.size)


def _nodes(store: Store, nodes: Sequence[Entry | Folder]) -> Iterator[values.File | values.Folder]:
    links = store.records.links.of([node.blob for node in nodes if isinstance(node, Entry)])
    for node in nodes:
        yield node_value(node, links.get(node.blob, []) if isinstance(node, Entry) else [])


def _files(store: Store, entries: Sequence[Entry]) -> Iterator[values.File]:
    return (node for node in _nodes(store, entries) if isinstance(node, values.File))
