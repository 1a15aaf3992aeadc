"""Copying, moving and removing files of commits. Rows change, bytes stay where they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Unpack

from recension.errors import Invalid, NotFound
from recension.ids import check_path
from recension.store.glob import compile_glob
from recension.store.model import Commit, Delete, DeleteFolder, Edit, Entry, Put
from recension.store.on_head import About, Place, on_head
from recension.store.reading import Reading
from recension.store.writing import Writing

_WILD: Final = re.compile(r"[*?\[{(]")


def as_put(entry: Entry, path: str) -> Put:
    """The same file under another path."""
    return Put(path, entry.blob, entry.size, entry.mode, entry.content_type, entry.meta, entry.mtime_us, entry.md5)


def copy(store: Writing, source: Commit, path: str, place: Place, to: str, **about: Unpack[About]) -> Commit:
    """Copy a file, what a folder holds, or what a glob matches, from any commit to a branch; no bytes move.

    A file goes to ``to``, or into it when that is a folder or ends with a slash. A folder contributes what it holds.
    What lies there is overwritten. A copy out of another repo is recorded as made from it.

    Args:
        store: the store.
        source: the commit to copy from.
        path: what to copy of it.
        place: the branch to copy to.
        to: where to.
        about: message, author and the like.

    Raises:
        NotFound: there is nothing to copy.
        Invalid: a file would lie where a folder is, or the other way round.
    """
    if (source.workspace, source.repo) != (place.workspace, place.repo):
        about["provenance"] = (*about.get("provenance", ()), source.id)
    return on_head(store, place, lambda head: list(_copies(store, source, path, head, to)), **about)


def move(store: Writing, place: Place, path: str, to: str, **about: Unpack[About]) -> Commit:
    """Move a file, what a folder holds, or what a glob matches, within a branch.

    Raises:
        NotFound: there is nothing to move.
        Invalid: a folder would be moved into itself, or a file would lie where a folder is.
    """
    folder, target = path.rstrip("/") + "/", to.rstrip("/") + "/"
    if not _WILD.search(path) and target.startswith(folder) and target != folder:
        raise Invalid("a folder cannot be moved into itself", where=to)

    def make(head: Commit | None) -> list[Edit]:
        seen = _committed(head, place)
        copies = list(_copies(store, seen, path, seen, to))
        kept = {put.path for put in copies}
        gone = [Delete(entry.path) for entry, _ in _chosen(store, seen, path) if entry.path not in kept]
        return [*gone, *copies]

    return on_head(store, place, make, **about)


def remove(
    store: Writing, place: Place, paths: Iterable[str], *, recursive: bool = False, **about: Unpack[About]
) -> Commit:
    """Remove files, what globs match, and with ``recursive`` folders.

    Raises:
        NotFound: a path or glob means nothing that is there.
        Invalid: a path is a folder, and ``recursive`` was not said.
    """
    wanted = list(paths)

    def make(head: Commit | None) -> list[Edit]:
        seen = _committed(head, place)
        return [edit for path in wanted for edit in _removal(store, seen, path, recursive=recursive)]

    return on_head(store, place, make, **about)


def _removal(store: Reading, seen: Commit, path: str, *, recursive: bool) -> Sequence[Edit]:
    if store.is_folder(seen, path):
        if not recursive:
            raise Invalid("is a folder", where=f"{seen.address}:{path}", hint="-r removes everything in it")
        return [DeleteFolder(path)]
    return [Delete(entry.path) for entry, _ in _chosen(store, seen, path)]


def _committed(head: Commit | None, place: Place) -> Commit:
    if head is None:
        raise NotFound("nothing was committed yet", where=f"{place.repo}@{place.branch}")
    return head


def _copies(store: Reading, source: Commit, path: str, head: Commit | None, to: str) -> Iterator[Put]:
    """The chosen files of ``source`` as they will lie in a branch that stands at ``head``."""
    base = to.rstrip("/")
    inside = to.endswith("/") or not base or (head is not None and store.is_folder(head, base))
    return placed(store, source, path, base, inside=inside)


def placed(store: Reading, source: Commit, path: str, to: str, *, inside: bool = False) -> Iterator[Put]:
    """The files that a path of a commit means, as they will lie under another path.

    What a folder holds, or a glob matches, goes below ``to``; a file becomes ``to``, or with ``inside`` goes below it.

    Raises:
        NotFound: it means none. Invalid: there may be no file where one would lie.
    """
    for entry, name in _chosen(store, source, path):
        below = entry.path.rpartition("/")[2] if name is None and inside else name
        yield as_put(entry, check_path(to if below is None else f"{to}/{below}"))


def _chosen(store: Reading, seen: Commit, path: str) -> Iterator[tuple[Entry, str | None]]:
    """The files that a path means, each with its name below the folder that was meant; None: the file itself.

    Raises:
        NotFound: it means none.
    """
    clean = path.rstrip("/")
    found = False
    if _WILD.search(clean) and not store.is_folder(seen, clean) and not _has(store, seen, clean):
        glob = compile_glob(clean)
        for entry in store.walk(seen, prefix=glob.literal_prefix.rpartition("/")[0] or "/"):
            if glob.match(entry.path):
                found = True
                yield entry, entry.path.rpartition("/")[2]
    else:
        for entry in store.walk(seen, prefix=clean or "/"):
            found = True
            yield entry, entry.path[len(clean) + 1 :] if entry.path != clean else None
    if not found:
        raise NotFound("there is no such file or folder", where=f"{seen.address}:{path}")


def _has(store: Reading, seen: Commit, path: str) -> bool:
    return next(iter(store.walk(seen, prefix=path)), None) is not None
