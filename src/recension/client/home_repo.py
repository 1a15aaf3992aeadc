"""A repo in a home of this machine: what is read and written is read and written by this very process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from recension.client import values
from recension.client.changes import Changes, Data
from recension.client.home_staging import HomeStaging
from recension.client.home_values import commit_value, conflict_value
from recension.client.repo_interface import MAIN, Resolution, Side, Strategy
from recension.ids import BlobId, check_path, parse_address
from recension.store import Commit, Delete, DeleteFolder, Edit, Put, Upload
from recension.store.appending import append
from recension.store.archives import put_archive
from recension.store.copying import copy, move, remove
from recension.store.link_import import import_links
from recension.store.link_materialise import materialise
from recension.store.link_place import read_place
from recension.store.merging import Resolution as StoreResolution
from recension.store.merging import merge, preview_merge
from recension.store.on_head import About, Place
from recension.store.three_way import MergeConflicts
from recension.store.undoing import drop, revert, squash

_PIECE: Final = 1 << 20


class HomeRepo(HomeStaging):
    """Changes."""

    @contextmanager
    def commit(  # noqa: D102
        self, branch: str = MAIN, *, message: str = "", author: str | None = None, meta: Mapping[str, Any] | None = None
    ) -> Iterator[Changes]:
        with self._writing(branch) as (store, place), store.upload() as upload:
            sink = HomeSink(upload)
            changes = Changes(sink)
            yield changes
            made = store.write(
                place.repo,
                branch,
                sink.edits,
                upload=upload,
                message=message,
                author=self.author if author is None else author,
                meta=meta,
                workspace=place.workspace,
            )
            changes.id = made.id

    def put(  # noqa: D102
        self,
        sources: Sequence[str | os.PathLike[str]],
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        message: str = "",
    ) -> values.Commit:
        with self._writing(branch) as (store, place):
            done = store.put_files(
                place.repo,
                branch,
                list(map(Path, sources)),
                into=path,
                delete=delete,
                message=message,
                author=self.author,
                workspace=place.workspace,
            )
            return commit_value(done.commit)

    def put_archive(  # noqa: D102
        self,
        archive: str | os.PathLike[str],
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        message: str | None = None,
    ) -> values.Commit:
        with self._writing(branch) as (store, place), Path(archive).open("rb") as body:
            about = self._about(message, f"Put an archive into {path}")
            return commit_value(put_archive(store, place, body, into=path, delete=delete, **about))

    def append(  # noqa: D102
        self, path: str, data: Data, *, branch: str = MAIN, message: str | None = None
    ) -> values.Commit:
        with self._writing(branch) as (store, place):
            about = self._about(message, f"Append to {check_path(path)}")
            return commit_value(append(store, place, path, _pieces(data), **about))

    def copy(  # noqa: D102
        self, source: str, to: str, *, branch: str = MAIN, message: str | None = None
    ) -> values.Commit:
        with self._writing(branch) as (store, place):
            named = parse_address(f"{self.workspace}/{self.name}@{branch}:{source}" if source[:1] == "/" else source)
            seen = store.pin(named)
            return commit_value(
                copy(store, seen, named.path or "/", place, to, **self._about(message, f"Copy {named}"))
            )

    def move(self, path: str, to: str, *, branch: str = MAIN, message: str | None = None) -> values.Commit:  # noqa: D102
        with self._writing(branch) as (store, place):
            return commit_value(move(store, place, path, to, **self._about(message, f"Move {path} to {to}")))

    def remove(  # noqa: D102
        self, paths: str | Sequence[str], *, branch: str = MAIN, recursive: bool = False, message: str | None = None
    ) -> values.Commit:
        wanted = [paths] if isinstance(paths, str) else list(paths)
        with self._writing(branch) as (store, place):
            about = self._about(message, f"Remove {', '.join(wanted)}")
            return commit_value(remove(store, place, wanted, recursive=recursive, **about))

    def merge(  # noqa: D102
        self,
        source: str,
        into: str = MAIN,
        *,
        strategy: Strategy = (),
        resolve: Mapping[str, Resolution] | None = None,
        fast_forward: bool = True,
        message: str | None = None,
    ) -> values.Merge:
        with self._writing(into) as (store, place), _conflicts_as_values(), store.upload() as upload:
            done = merge(
                store,
                place,
                self._commit(store, source),
                strategy=strategy,
                resolve=_resolutions(upload, resolve),
                upload=upload,
                fast_forward=fast_forward,
                message=message,
                author=self.author,
            )
            return values.Merge(done.how, commit_value(done.commit), _ids(done.bases, done.base))

    def preview_merge(  # noqa: D102
        self, source: str, into: str = MAIN, *, strategy: Side | None = None
    ) -> values.Merge:
        with self._store() as store:
            place = Place(self.name, into, self.workspace)
            shown = preview_merge(store, place, self._commit(store, source), strategy=strategy or ())
            conflicts = tuple(map(conflict_value, shown.conflicts))
            return values.Merge(shown.how, None, _ids(shown.bases, shown.base), conflicts)

    def revert(  # noqa: D102
        self,
        commit: str,
        branch: str = MAIN,
        *,
        strategy: Strategy = (),
        resolve: Mapping[str, Resolution] | None = None,
        message: str | None = None,
    ) -> values.Commit:
        with self._writing(branch) as (store, place), _conflicts_as_values(), store.upload() as upload:
            made = revert(
                store,
                place,
                self._commit(store, commit),
                strategy=strategy,
                resolve=_resolutions(upload, resolve),
                upload=upload,
                message=message,
                author=self.author,
            )
            return commit_value(made)

    def squash(self, commit: str) -> list[values.Commit]:  # noqa: D102
        with self._writing(None) as (store, _):
            children = squash(store, self._commit(store, commit), check=self._rules.check_unused)
            return list(map(commit_value, children))

    def drop(self, commit: str) -> list[str]:  # noqa: D102
        with self._writing(None) as (store, _):
            return drop(store, self._commit(store, commit), check=self._rules.check_unused)

    def import_from(  # noqa: D102
        self,
        url: str,
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        hashed: bool = False,
        skip_unfit: bool = False,
        message: str | None = None,
    ) -> values.Import:
        source = read_place(url, relative_to=Path.cwd())
        with self._writing(branch) as (store, place):
            done = import_links(
                store,
                source,
                place,
                path,
                delete=delete,
                hashed=hashed,
                skip_unfit=skip_unfit,
                **self._about(message, f"Import {source.plain_url}"),
            )
            commit, unfit = commit_value(done.commit), tuple(done.unfit)
            return values.Import(commit, done.new, done.listed, done.size, done.hashed, done.unfit_count, unfit)

    def materialise(  # noqa: D102
        self, path: str = "/", *, branch: str = MAIN, message: str | None = None
    ) -> values.Materialised:
        with self._writing(branch) as (store, place):
            done = materialise(store, place, path, **self._about(message, f"Materialise {path}"))
            return values.Materialised(commit_value(done.commit), done.new, done.files, done.size)

    def _about(self, message: str | None, otherwise: str) -> About:
        return {"message": otherwise if message is None else message, "author": self.author}


class HomeSink:
    """Brings files into an upload of this process."""

    def __init__(self, upload: Upload) -> None:
        self.edits: list[Edit] = []
        self._upload = upload

    def put(self, path: str, data: Data) -> None:
        """Take one file."""
        self.edits.append(Put(path, *_stored(self._upload, data)))

    def remove(self, paths: list[str], folders: list[str]) -> None:
        """Remove files, and what folders hold."""
        self.edits += map(Delete, paths)
        self.edits += map(DeleteFolder, folders)


def _stored(upload: Upload, data: Data) -> tuple[BlobId, int]:
    if isinstance(data, os.PathLike):
        return upload.add_file(Path(data))
    body = data.encode() if isinstance(data, str) else data
    return upload.add_bytes(body), len(body)


def _pieces(data: Data) -> Iterator[bytes]:
    if not isinstance(data, os.PathLike):
        yield data.encode() if isinstance(data, str) else data
        return
    with Path(data).open("rb") as file:
        yield from iter(lambda: file.read(_PIECE), b"")


def _resolutions(upload: Upload, wanted: Mapping[str, Resolution] | None) -> dict[str, StoreResolution]:
    found: dict[str, StoreResolution] = {}
    for name, choice in (wanted or {}).items():
        path = check_path(name)
        found[path] = choice if isinstance(choice, str) else Put(path, *_stored(upload, choice))
    return found


def _ids(bases: tuple[Commit, ...], base: Commit | None) -> tuple[str, ...]:
    """All common ancestors, of which a merge names several only where there are several."""
    return tuple(each.id for each in bases) or (() if base is None else (base.id,))


@contextmanager
def _conflicts_as_values() -> Iterator[None]:
    try:
        yield
    except MergeConflicts as fault:
        told = values.MergeConflicts(fault.message, where=fault.where, hint=fault.hint)
        told.conflicts = tuple(map(conflict_value, fault.conflicts))
        raise told from fault
