"""What a put takes from disk: files and folders become rows, read only where their stats say nothing."""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH115, PTH116, PTH119

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from recension.errors import Invalid, NotFound
from recension.ids import MAX_PATH_BYTES
from recension.slotted import field, slotted
from recension.store.content_types import content_type_of
from recension.store.edits import Edits, plain_style
from recension.store.folder_scan import STATS, OpenFolder, ScannedFolder, open_folders
from recension.store.ingest import unreadable
from recension.store.model import EXECUTABLE_MODE, FILE_MODE, LINK_MODE
from recension.store.node import NO_MD5
from recension.store.stat_cache import KnownFolder, StatCache, known_folder


class Intake(Protocol):
    """What reads files: into the store (:class:`recension.store.ingest.Ingest`), or to send them to another one."""

    def add_folder(self, folder: OpenFolder) -> tuple[list[bytes], list[int], array[int]]:
        """Read every file of a folder that holds plain files only; return their blobs, sizes and stats."""

    def add(self, path: str, size: int) -> tuple[bytes, int]:
        """Read one file; return its blob and size."""

    def add_link(self, target: bytes) -> tuple[bytes, int]:
        """Keep the target of a symbolic link; return its blob and size."""


@slotted
class Run:
    """One put in progress."""

    edits: Edits
    ingest: Intake
    files: int = 0
    read: int = 0
    bytes_read: int = 0
    caches: list[tuple[str, dict[str, KnownFolder], StatCache]] = field(default_factory=list)


class _Place(NamedTuple):
    """A folder on disk and in the repo; both end with a slash."""

    source: str
    path: str


def add_file(run: Run, source: str, base: str) -> None:
    """Put one file under its name.

    Raises:
        NotFound: there is none.
        Invalid: it is no file, or cannot be read.
    """
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
    name = os.path.basename(source)
    stats = array("q", (size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_mode))
    _add_rows(run, f"{base}/", ScannedFolder("", [name], stats, 0), ([blob], [size]), [0])


def add_folder(run: Run, source: str, cache: StatCache, base: str, *, unchanged_is_there: bool) -> None:
    """Add what a folder holds.

    Args:
        run: the put.
        source: the folder.
        cache: what is known of it.
        base: where its files go.
        unchanged_is_there: what the cache knows is in the head already, and may be passed over.
    """
    known: dict[str, KnownFolder] = {}
    for found in open_folders(source):
        before = cache.folders.get(found.prefix)
        run.files += len(found.names)
        place = _Place(found.place, f"{base}/{found.prefix}")
        if before is None and found.plain:
            known[found.prefix] = _read_new(run, place, found)
            continue
        folder = found.scan()
        if before is not None and before.is_as(folder):
            known[folder.prefix] = before
            if not unchanged_is_there:
                count = len(folder.names)
                blobs = [before.blobs[32 * at : 32 * at + 32] for at in range(count)]
                _add_rows(run, place.path, folder, (blobs, folder.column(0)), range(count))
            continue
        known[folder.prefix] = _read_folder(run, place, folder, before, skip=unchanged_is_there)
    run.caches.append((source, known, cache))


def _read_new(run: Run, place: _Place, found: OpenFolder) -> KnownFolder:
    """Put the files of a folder of which nothing is known."""
    blobs, sizes, stats = run.ingest.add_folder(found)
    folder = ScannedFolder(found.prefix, found.names, stats, found.at_ns)
    run.read += len(blobs)
    run.bytes_read += sum(sizes)
    _add_rows(run, place.path, folder, (blobs, sizes), range(len(blobs)))
    return known_folder(folder, blobs)


def _read_folder(
    run: Run, place: _Place, folder: ScannedFolder, before: KnownFolder | None, *, skip: bool
) -> KnownFolder:
    """Put the files of one folder, reading those that are not known; ``skip`` those that are as they were."""
    names, sizes, modes = folder.names, folder.column(0), folder.column(4)
    blobs = _known_blobs(folder, before)
    new = [at for at in range(len(names)) if at not in blobs]
    for at in new:
        if stat.S_ISLNK(modes[at]):
            blobs[at], sizes[at] = _read_link(run, place.source + names[at])
        else:
            blobs[at], sizes[at] = run.ingest.add(place.source + names[at], sizes[at])
    run.read += len(new)
    run.bytes_read += sum(sizes[at] for at in new)
    every = [blobs[at] for at in range(len(names))]
    _add_rows(run, place.path, folder, (every, sizes), new if skip else range(len(names)))
    return known_folder(folder, every)


def _known_blobs(folder: ScannedFolder, before: KnownFolder | None) -> dict[int, bytes]:
    """The blobs of the files that have the stat they had, by their number in the folder."""
    if before is None:
        return {}
    remembered, stats = before.by_name(), folder.stats
    seen = ((at, remembered.get(name)) for at, name in enumerate(folder.names))
    return {
        at: known[1] for at, known in seen if known and known[0] == stats[at * STATS : at * STATS + STATS].tobytes()
    }


def _read_link(run: Run, path: str) -> tuple[bytes, int]:
    try:
        return run.ingest.add_link(os.readlink(os.fsencode(path)))
    except OSError as error:
        raise unreadable(error, path) from error


def _add_rows(
    run: Run, path: str, folder: ScannedFolder, content: tuple[Sequence[bytes], Sequence[int]], which: Sequence[int]
) -> None:
    """Put those files of a folder whose numbers are ``which``; ``content`` is the blobs and the sizes of all.

    Raises:
        Invalid: a path is not UTF-8, or too long.
    """
    names, modes, times = folder.names, folder.column(4), folder.column(1)
    prefix = _key(path)
    rows, (blobs, sizes) = run.edits.rows, content
    for at in which:
        name = names[at]
        try:
            key = prefix + name.encode()
        except UnicodeEncodeError:
            key = _key(path + name)
        if len(key) > MAX_PATH_BYTES:
            raise _too_long(path + name)
        style = _style(modes[at], name.rpartition(".")[2])
        rows[key] = key, blobs[at], sizes[at], style, times[at] // 1000, NO_MD5


def _key(path: str) -> bytes:
    try:
        return path.encode()
    except UnicodeEncodeError:
        raise Invalid(f"the name {path!r} is not UTF-8", where="path", hint="rename the file") from None


def _too_long(path: str) -> Invalid:
    return Invalid(f"path is longer than {MAX_PATH_BYTES} bytes", where=path)


@lru_cache(maxsize=4096)
def _style(mode: int, suffix: str) -> bytes:
    if stat.S_ISLNK(mode):
        return plain_style(LINK_MODE, content_type_of(""))
    return plain_style(EXECUTABLE_MODE if mode & stat.S_IXUSR else FILE_MODE, content_type_of(f".{suffix}"))
