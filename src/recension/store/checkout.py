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
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from recension.errors import Conflict, Invalid, RecensionError, Unavailable
from recension.ids import BlobId, check_path
from recension.store import stat_cache
from recension.store.file_writer import File, FileWriter
from recension.store.folder_scan import STATS, scan_folder
from recension.store.ingest import Told
from recension.store.model import EXECUTABLE_MODE, LINK_MODE, Commit
from recension.store.node import LeafRow, decode_style
from recension.store.putting import Putting
from recension.store.stat_cache import KnownFolder
from recension.store.tree_read import below, find, scan


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

    known: dict[str, tuple[bytes, int, bytes]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


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
        gone = [name for name in present.known if name not in wanted] if track else []
        todo = [file for file in wanted.values() if not _holds(present, file)]
        if not force:
            _refuse_overwriting(place, todo, present)
        for name in gone:
            os.unlink(f"{place}/{name}")
        _remove_empty_folders(place, gone)
        writer = FileWriter(
            self.records, place, fresh=fresh, tracked=track, label=f"{commit.address}:{path.rstrip('/')}/"
        )
        try:
            writer.write(todo, told)
        except OSError as error:
            raise _unwritable(error, f"{place}/{error.filename or ''}") from error
        if track:
            stats = {name: known[2] for name, known in present.known.items()} | writer.stats
            _remember(cache, wanted.values(), stats)
        size = sum(file.size for file in todo)
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

    def _wanted(self, commit: Commit, path: str) -> dict[str, File]:
        clean = "" if path in {"", "/"} else check_path(path.rstrip("/"))
        row = find(self.nodes, commit.root, clean.encode()) if clean else None
        if row is not None:
            return {file.name: file for file in [_file(row, len(clean.rpartition("/")[0]) + 1)]}
        if clean:
            self.folder(commit, clean)
        skip = len(clean.encode()) + 1
        files = [_file(row, skip) for row in scan(self.nodes, commit.root, below(clean))]
        return {file.name: file for file in files}


def _file(row: LeafRow, skip: int) -> File:
    name = row[0][skip:].decode()
    return File(name, name[: name.rfind("/") + 1], BlobId(row[1]), row[2], decode_style(row[3])[0])


def _bits(mode: int) -> int:
    """What of a mode the disk can tell: a link, an executable file, or another file."""
    return LINK_MODE if mode == LINK_MODE else EXECUTABLE_MODE if mode & stat.S_IXUSR else 0


def _look(place: str, cached: dict[str, KnownFolder]) -> _Present:
    present = _Present()
    for folder in scan_folder(place):
        known = cached.get(folder.prefix)
        before = known.by_name() if known else {}
        for number, name in enumerate(folder.names):
            stats = folder.stats[number * STATS : number * STATS + STATS]
            seen = before.get(name)
            if seen is not None and seen[0] == stats.tobytes():
                mode = LINK_MODE if stat.S_ISLNK(stats[4]) else stats[4]
                present.known[folder.prefix + name] = (seen[1], _bits(mode), seen[0])
            else:
                present.unknown.add(folder.prefix + name)
    return present


def _is_empty(folder: str) -> bool:
    with os.scandir(folder) as entries:
        return next(entries, None) is None


def _holds(present: _Present, file: File) -> bool:
    known = present.known.get(file.name)
    return known is not None and known[:2] == (file.blob, _bits(file.mode))


def _refuse_overwriting(place: str, todo: Sequence[File], present: _Present) -> None:
    """Make sure that no file to be written hits one whose bytes are not known to be stored."""
    if not present.unknown:
        return
    parents = {name[:at] for name in present.unknown for at, letter in enumerate(name) if letter == "/"}
    for file in todo:
        blocked = file.name in present.unknown or file.name in parents
        ancestors = (file.name[:at] for at, letter in enumerate(file.name) if letter == "/")
        if blocked or any(ancestor in present.unknown for ancestor in ancestors):
            raise Conflict(
                "a file that was not committed, or was changed, is in the way",
                where=f"{place}/{file.name}",
                hint="put it first, move it away, or use --force",
            )


def _remove_empty_folders(place: str, gone: Sequence[str]) -> None:
    folders = {name[:at] for name in gone for at, letter in enumerate(name) if letter == "/"}
    for folder in sorted(folders, key=len, reverse=True):
        with suppress(OSError):
            os.rmdir(f"{place}/{folder}")


def _remember(cache: Path, wanted: Iterable[File], stats: dict[str, bytes]) -> None:
    """Note which file has which blob now, so that the next checkout or put need not read it."""
    folders: dict[str, list[File]] = {}
    for file in wanted:
        folders.setdefault(file.folder, []).append(file)
    known = {
        folder: KnownFolder(
            stat_cache.join_names([file.name[len(folder) :] for file in files]),
            b"".join([stats[file.name] for file in files]),
            b"".join([file.blob for file in files]),
        )
        for folder, files in folders.items()
    }
    stat_cache.save(cache, known, {})


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
