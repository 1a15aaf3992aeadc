"""Making a folder on disk hold what a commit holds.

New files are written in the order in which they lie in the packs, so packs are read from front to back. A folder that
was checked out, or put, before is brought up to date: what it holds already is left alone. Nothing is overwritten or
removed unless its bytes are known to be stored.
"""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH103, PTH106, PTH108, PTH112

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final, cast

from recension.errors import Conflict, Invalid, RecensionError, Unavailable
from recension.ids import check_path
from recension.store import stat_cache
from recension.store.file_writer import FileWriter
from recension.store.folder_scan import STATS, scan_folder
from recension.store.ingest import Told
from recension.store.model import EXECUTABLE_MODE, LINK_MODE, Commit
from recension.store.node import decode_style
from recension.store.putting import Putting
from recension.store.stat_cache import KnownFolder, Stat
from recension.store.tree_read import below, find, scan
from recension.store.wanted import Wanted

_SLASH: Final = ord("/")


@dataclass(frozen=True, slots=True)
class CheckoutReport:
    """What a checkout did: files written, left as they were, and removed; bytes written."""

    written: int
    kept: int
    removed: int
    size: int


@dataclass(slots=True)
class _Present:
    """What the folder holds: blob, mode and stat of the files that are known, the names of the others."""

    known: dict[bytes, tuple[bytes, int, Stat]] = field(default_factory=dict)
    unknown: set[bytes] = field(default_factory=set)


class CheckingOut(Putting):
    """Bulk output."""

    def checkout(
        self,
        commit: Commit,
        dest: Path,
        *,
        path: str = "/",
        force: bool = False,
        track: bool = True,
        told: Told | None = None,
    ) -> CheckoutReport:
        """Make ``dest`` hold the files of a folder of the commit, or one file of it.

        Files that an earlier checkout or put knows are changed and removed as needed; files that are unknown are left
        alone. A checkout that was interrupted is finished by another one with ``force``.

        Args:
            commit: the version.
            dest: the folder; made when it is missing.
            path: which folder or file of the commit.
            force: overwrite unknown files that are in the way.
            track: remember what is written, so that the next checkout can bring it up to date; without, this is a
                plain copy that removes nothing.
            told: hears of progress.

        Raises:
            NotFound: there is no such folder or file in the commit.
            Conflict: an unknown file is in the way, or a known one was changed since.
            Damaged: stored bytes are; the error names the file.
        """
        wanted = self._wanted(commit, path)
        place = os.fspath(dest)
        try:
            fresh = not os.path.isdir(place) or _is_empty(place)
            os.makedirs(place, exist_ok=True)
        except OSError as error:
            raise _unwritable(error, place) from error
        cache = stat_cache.cache_file(self.home, place)
        present = _Present() if fresh else _look(place, stat_cache.load(cache).folders)
        todo = _missing(wanted, present)
        if not force:
            _refuse_overwriting(place, wanted, todo, present)
        gone = sorted(present.known.keys() - set(wanted.keys)) if track else []
        root = os.fsencode(place) + b"/"
        for name in gone:
            os.unlink(root + name)
        _remove_empty_folders(root, gone)
        label = f"{commit.address}:{path.rstrip('/')}/"
        try:
            FileWriter(self.records, place, wanted, fresh=fresh, label=label).write(todo, told)
        except OSError as error:
            raise _unwritable(error, f"{place}/{os.fsdecode(error.filename or '')}") from error
        if track:
            stat_cache.save(cache, wanted.known(), {})
        size = sum(map(wanted.sizes.__getitem__, todo))
        return CheckoutReport(len(todo), len(wanted) - len(todo), len(gone), size)

    def copy_file(self, commit: Commit, path: str, dest: Path, *, told: Told | None = None) -> None:
        """Write one file of a commit to ``dest``, over whatever file is there; it appears complete or not at all.

        Raises:
            NotFound: there is no such file in the commit.
            Damaged: its stored bytes are.
        """
        entry = self.stat(commit, path)
        part = dest.with_name(f".{dest.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                for piece in self.read_stream(commit, path):
                    file.write(piece)
                    if told is not None:
                        told(0, len(piece))
            part.chmod((0o777 if entry.mode == EXECUTABLE_MODE else 0o666) & ~_umask())
            part.replace(dest)
        except OSError as error:
            raise _unwritable(error, os.fspath(dest)) from error
        finally:
            part.unlink(missing_ok=True)

    def _wanted(self, commit: Commit, path: str) -> Wanted:
        clean = "" if path in {"", "/"} else check_path(path.rstrip("/"))
        row = find(self.nodes, commit.root, clean.encode()) if clean else None
        if row is not None:
            return Wanted.of([row], len(clean.rpartition("/")[0].encode()) + 1)
        if clean:
            self.folder(commit, clean)
        return Wanted.of(scan(self.nodes, commit.root, below(clean)), len(clean.encode()) + 1)


def _bits(mode: int) -> int:
    """What of a mode the disk can tell: a link, an executable file, or another file."""
    return LINK_MODE if mode == LINK_MODE else EXECUTABLE_MODE if mode & stat.S_IXUSR else 0


def _look(place: str, cached: dict[str, KnownFolder]) -> _Present:
    present = _Present()
    for folder in scan_folder(place):
        known = cached.get(folder.prefix)
        before = known.by_name() if known else {}
        prefix = os.fsencode(folder.prefix)
        for number, name in enumerate(folder.names):
            stats = folder.stats[number * STATS : number * STATS + STATS]
            seen = before.get(name)
            if seen is not None and seen[0] == stats.tobytes():
                mode = LINK_MODE if stat.S_ISLNK(stats[4]) else stats[4]
                present.known[prefix + os.fsencode(name)] = (seen[1], _bits(mode), cast("Stat", tuple(stats)))
            else:
                present.unknown.add(prefix + os.fsencode(name))
    return present


def _is_empty(folder: str) -> bool:
    with os.scandir(folder) as entries:
        return next(entries, None) is None


def _missing(wanted: Wanted, present: _Present) -> Sequence[int]:
    """The numbers of the files that have to be written; the stats of the others are noted."""
    if not present.known:
        return range(len(wanted))
    todo = []
    columns = zip(wanted.keys, wanted.blobs, wanted.styles, strict=True)
    for number, (key, blob, style) in enumerate(columns):
        known = present.known.get(key)
        if known is None or known[:2] != (blob, _bits(decode_style(style)[0])):
            todo.append(number)
        else:
            wanted.stats[number] = known[2]
    return todo


def _refuse_overwriting(place: str, wanted: Wanted, todo: Sequence[int], present: _Present) -> None:
    """Make sure that no file to be written hits one whose bytes are not known to be stored."""
    if not present.unknown:
        return
    parents = set(chain.from_iterable(map(_above, present.unknown)))
    for number in todo:
        key = wanted.keys[number]
        if key in present.unknown or key in parents or not present.unknown.isdisjoint(_above(key)):
            raise Conflict(
                "a file that was not committed, or was changed, is in the way",
                where=f"{place}/{wanted.name(number)}",
                hint="put it first, move it away, or use --force",
            )


def _above(key: bytes) -> list[bytes]:
    """Every folder that a file is in, the place itself not among them."""
    return [key[:at] for at, letter in enumerate(key) if letter == _SLASH]


def _remove_empty_folders(root: bytes, gone: Sequence[bytes]) -> None:
    for folder in sorted(set(chain.from_iterable(map(_above, gone))), key=len, reverse=True):
        with suppress(OSError):
            os.rmdir(root + folder)


def _umask() -> int:
    """The permissions that new files of this process do not get; there is no way to ask but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _unwritable(error: OSError, place: str) -> RecensionError:
    if isinstance(error, (NotADirectoryError, FileExistsError, IsADirectoryError)):
        return Conflict(f"cannot be written: {error.strerror}", where=place, hint="move away what is there")
    if isinstance(error, PermissionError):
        return Invalid(f"cannot be written: {error.strerror}", where=place)
    return Unavailable(f"cannot be written: {error.strerror}", where=place, hint="check space and permissions")
