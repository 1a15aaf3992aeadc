"""Putting files and folders from disk into a branch, as one commit."""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH115, PTH116, PTH119

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from recension.errors import Invalid, NotFound
from recension.ids import DEFAULT_WORKSPACE, MAX_PATH_BYTES, GlobalId, check_name, check_path
from recension.store import stat_cache
from recension.store.content_types import content_type_of
from recension.store.edits import Edits, plain_style
from recension.store.folder_scan import STATS, ScannedFolder, scan_folder
from recension.store.ingest import Ingest, Told, unreadable
from recension.store.model import ANY, EXECUTABLE_MODE, FILE_MODE, LINK_MODE, Commit
from recension.store.node import NO_MD5, LeafRow
from recension.store.stat_cache import KnownFolder, StatCache, known_folder
from recension.store.tree_read import below, scan
from recension.store.writing import Draft, Writing


@dataclass(frozen=True, slots=True)
class PutReport:
    """What a put did. ``commit`` is the head afterwards; ``new`` says whether it was made by it.

    ``files`` were looked at, ``read`` of them had to be read, with ``bytes_read`` bytes.
    """

    commit: Commit
    new: bool
    files: int
    read: int
    bytes_read: int


@dataclass(slots=True)
class _Run:
    """One put in progress."""

    edits: Edits
    ingest: Ingest
    files: int = 0
    read: int = 0
    bytes_read: int = 0
    caches: list[tuple[str, dict[str, KnownFolder], StatCache]] = field(default_factory=list)
    present: set[bytes] = field(default_factory=set)


class _Place(NamedTuple):
    """A folder on disk and in the repo; both end with a slash."""

    source: str
    path: str


class Putting(Writing):
    """Bulk input."""

    def put_files(
        self,
        repo: str,
        branch: str,
        sources: Sequence[Path],
        *,
        into: str = "/",
        delete: bool = False,
        message: str = "",
        author: str = "",
        meta: Mapping[str, Any] | None = None,
        global_id: GlobalId | None = None,
        workspace: str = DEFAULT_WORKSPACE,
        told: Told | None = None,
    ) -> PutReport:
        """Commit files and the contents of folders; durable when this returns. Nothing is done when nothing differs.

        Unchanged files are recognised by their stats and not read again. Modes are kept as 644 or 755, symbolic links
        as links; empty folders are not kept. Memory stays bounded, whatever the size of the files.

        Args:
            repo: its name.
            branch: its name; made when it is missing.
            sources: files, which go by their names, and folders, which contribute what they hold.
            into: the folder that takes them.
            delete: remove from ``into`` whatever the sources do not hold.
            message: what was done, in words.
            author: who did it.
            meta: anything that JSON can say.
            global_id: of the cascade this belongs to.
            workspace: where the repo is.
            told: hears of progress.

        Raises:
            NotFound: there is no such repo, or no such source.
            Invalid: a file cannot be read, or cannot be kept under its name.
        """
        check_name("branch", branch)
        base = "" if into in {"", "/"} else check_path(into.rstrip("/"))
        head = self.head(repo, branch, workspace)
        address = f"{workspace}/{repo}@{branch}:{base}/"
        with self.upload() as upload, Ingest(upload, self.records, told or _deaf) as ingest:
            run = _Run(Edits(), ingest)
            for source in sources:
                text = os.fspath(source)
                if source.is_dir():
                    skip = head is not None and not delete and not run.caches
                    self._add_folder(run, text, base, address, head.root.hex() if skip and head else None)
                else:
                    self._add_file(run, text, base)
            ingest.flush()
            if delete and head is not None:
                rows = run.edits.rows
                rows.update({row[0]: None for row in scan(self.nodes, head.root, below(base)) if row[0] not in rows})
            draft = Draft(
                workspace, repo, branch, run.edits, False, ANY, False, message, author, "user", dict(meta or {}), (),
                global_id, None,
            )  # fmt: skip
            commit = self.land(draft, upload) if run.edits.rows or head is None else head
        for folder, known, cache in run.caches:
            changed = known != cache.folders
            if changed or cache.roots.get(address) != commit.root.hex():
                roots = {} if changed else cache.roots
                stat_cache.save(stat_cache.cache_file(self.home, folder), known, {**roots, address: commit.root.hex()})
        return PutReport(commit, head is None or commit.id != head.id, run.files, run.read, run.bytes_read)

    def _add_file(self, run: _Run, source: str, base: str) -> None:
        try:
            seen = os.stat(source)  # a link given by name means the file behind it
        except FileNotFoundError:
            raise NotFound("there is no such file or folder", where=source) from None
        except OSError as error:
            raise unreadable(error, source) from error
        if not stat.S_ISREG(seen.st_mode):
            raise Invalid("is neither a file nor a folder", where=source)
        blob, size = run.ingest.add(os.path.realpath(source), seen.st_size)
        run.files += 1
        run.read += 1
        run.bytes_read += size
        row = _row(f"{base}/{os.path.basename(source)}", blob, size, (seen.st_mode, seen.st_mtime_ns))
        run.edits.rows[row[0]] = row

    def _add_folder(self, run: _Run, source: str, base: str, address: str, root: str | None) -> None:
        """Add what a folder holds.

        Args:
            run: the put.
            source: the folder.
            base: where its files go.
            address: the same with repo and branch, as the cache knows it.
            root: the tree of the head, when files that it is known to hold may be passed over.
        """
        cache = stat_cache.load(stat_cache.cache_file(self.home, source))
        unchanged_is_there = root is not None and cache.roots.get(address) == root
        known: dict[str, KnownFolder] = {}
        for folder in scan_folder(source):
            before = cache.folders.get(folder.prefix)
            run.files += len(folder.names)
            if before is not None and before.is_as(folder):
                known[folder.prefix] = before
                if not unchanged_is_there:
                    _add_known(run, base, folder, before)
                continue
            place = _Place(f"{source.rstrip('/')}/{folder.prefix}", f"{base}/{folder.prefix}")
            known[folder.prefix] = self._read_folder(run, place, folder, before, skip=unchanged_is_there)
        run.caches.append((source, known, cache))

    def _read_folder(
        self, run: _Run, place: _Place, folder: ScannedFolder, before: KnownFolder | None, *, skip: bool
    ) -> KnownFolder:
        """Put the files of one folder, reading those that are not known; ``skip`` those that are as they were."""
        stats, names, sizes, modes = folder.stats, folder.names, folder.column(0), folder.column(4)
        known = _known_blobs(folder, before)
        read = [at for at, mode in enumerate(modes) if at not in known and not stat.S_ISLNK(mode)]
        found = run.ingest.add_all(place.source, [names[at] for at in read], [sizes[at] for at in read])
        blobs = known | dict(zip(read, found[0], strict=True))
        for at, size in zip(read, found[1], strict=True):
            sizes[at] = size
        for at in range(len(names)):
            if at not in blobs:
                blobs[at], sizes[at] = _read_link(run, place.source + names[at])
        new = [at for at in range(len(names)) if at not in known]
        run.read += len(new)
        run.bytes_read += sum(sizes[at] for at in new)
        for at in new if skip else range(len(names)):
            row = _row(place.path + names[at], blobs[at], sizes[at], (modes[at], stats[at * STATS + 1]))
            run.edits.rows[row[0]] = row
        return known_folder(folder, [blobs[at] for at in range(len(names))])


def _known_blobs(folder: ScannedFolder, before: KnownFolder | None) -> dict[int, bytes]:
    """The blobs of the files that have the stat they had, by their number in the folder."""
    if before is None:
        return {}
    remembered, stats = before.by_name(), folder.stats
    seen = ((at, remembered.get(name)) for at, name in enumerate(folder.names))
    return {
        at: known[1] for at, known in seen if known and known[0] == stats[at * STATS : at * STATS + STATS].tobytes()
    }


def _read_link(run: _Run, path: str) -> tuple[bytes, int]:
    try:
        return run.ingest.add_link(os.readlink(os.fsencode(path)))
    except OSError as error:
        raise unreadable(error, path) from error


def _add_known(run: _Run, base: str, folder: ScannedFolder, known: KnownFolder) -> None:
    """Put the files of a folder that is as it was, without reading them."""
    stats, blobs, prefix = folder.stats, known.blobs, f"{base}/{folder.prefix}"
    for number, name in enumerate(folder.names):
        at = number * STATS
        blob = blobs[32 * number : 32 * number + 32]
        row = _row(prefix + name, blob, stats[at], (stats[at + 4], stats[at + 1]))
        run.edits.rows[row[0]] = row


def _deaf(_files: int, _bytes: int) -> None:
    """Hears nothing."""


def _row(path: str, blob: bytes, size: int, mode_and_mtime_ns: tuple[int, int]) -> LeafRow:
    """The row of a file.

    Raises:
        Invalid: its path is not UTF-8, or too long.
    """
    try:
        key = path.encode()
    except UnicodeEncodeError:
        raise Invalid(f"the name {path!r} is not UTF-8", where="path", hint="rename the file") from None
    if len(key) > MAX_PATH_BYTES:
        raise Invalid(f"path is longer than {MAX_PATH_BYTES} bytes", where=path)
    mode, mtime_ns = mode_and_mtime_ns
    return key, blob, size, _style(mode, path.rpartition(".")[2]), mtime_ns // 1000, NO_MD5


@lru_cache(maxsize=4096)
def _style(mode: int, suffix: str) -> bytes:
    if stat.S_ISLNK(mode):
        return plain_style(LINK_MODE, content_type_of(""))
    return plain_style(EXECUTABLE_MODE if mode & stat.S_IXUSR else FILE_MODE, content_type_of(f".{suffix}"))
