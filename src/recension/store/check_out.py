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
from itertools import chain
from pathlib import Path
from typing import Final

from recension.errors import Conflict
from recension.ids import BlobId, check_path
from recension.slotted import field, slotted
from recension.store import stat_cache
from recension.store.checkout import CheckoutReport, unwritable
from recension.store.file_writer import FileWriter
from recension.store.folder_scan import STATS, scan_folder
from recension.store.ingest import Told
from recension.store.model import EXECUTABLE_MODE, LINK_MODE, Commit
from recension.store.node import decode_style
from recension.store.reading import Reading
from recension.store.stat_cache import STAT, KnownFolder
from recension.store.tree_read import below, columns, columns_of, find
from recension.store.wanted import Wanted

_SLASH: Final = ord("/")


@slotted
class _Present:
    """What the folder holds: blob, mode and stat of the files that are known, the names of the others."""

    known: dict[bytes, tuple[bytes, int, bytes]] = field(default_factory=dict)
    unknown: set[bytes] = field(default_factory=set)


def check_out(
    store: Reading, commit: Commit, dest: Path, path: str, told: Told | None, *, force: bool, track: bool
) -> CheckoutReport:
    """Make ``dest`` hold a folder of the commit; see :meth:`recension.store.checkout.CheckingOut.checkout`."""
    wanted = _wanted(store, commit, path)
    place = os.fspath(dest)
    try:
        fresh = not os.path.isdir(place) or _is_empty(place)
        os.makedirs(place, exist_ok=True)
    except OSError as error:
        raise unwritable(error, place) from error
    cache = stat_cache.cache_file(store.home, place)
    present = _Present() if fresh else _look(place, stat_cache.load(cache).folders)
    todo = _missing(wanted, present)
    if not force:
        _refuse_overwriting(store, place, wanted, todo, present)
    gone = sorted(present.known.keys() - set(wanted.keys)) if track else []
    root = os.fsencode(place) + b"/"
    for name in gone:
        os.unlink(root + name)
    _remove_empty_folders(root, gone)
    label = f"{commit.address}:{path.rstrip('/')}/"
    try:
        FileWriter(store.records, place, wanted, fresh=fresh, label=label).write(todo, told)
    except OSError as error:
        raise unwritable(error, f"{place}/{os.fsdecode(error.filename or '')}") from error
    if track:
        stat_cache.save(cache, wanted.known(), {})
    size = sum(map(wanted.sizes.__getitem__, todo))
    return CheckoutReport(len(todo), len(wanted) - len(todo), len(gone), size)


def _wanted(store: Reading, commit: Commit, path: str) -> Wanted:
    clean = "" if path in {"", "/"} else check_path(path.rstrip("/"))
    row = find(store.nodes, commit.root, clean.encode()) if clean else None
    if row is not None:
        return Wanted.of([columns_of([row])], len(clean.rpartition("/")[0].encode()) + 1)
    if clean:
        store.folder(commit, clean)
    return Wanted.of(columns(store.nodes, commit.root, below(clean)), len(clean.encode()) + 1)


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
                present.known[prefix + os.fsencode(name)] = (seen[1], _bits(mode), seen[0])
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
            wanted.stats[STAT.size * number : STAT.size * (number + 1)] = known[2]
    return todo


def _refuse_overwriting(store: Reading, place: str, wanted: Wanted, todo: Sequence[int], present: _Present) -> None:
    """Make sure that no file to be written hits one whose bytes are not known to be stored.

    Those are that are the start of the very file: a checkout that was killed, or found the disk full, has left it.
    """
    if not present.unknown:
        return
    parents = set(chain.from_iterable(map(_above, present.unknown)))
    for number in todo:
        key = wanted.keys[number]
        if key in present.unknown and _is_start_of(store, Path(place, wanted.name(number)), wanted, number):
            continue
        if key in present.unknown or key in parents or not present.unknown.isdisjoint(_above(key)):
            raise Conflict(
                "a file that was not committed, or was changed, is in the way",
                where=f"{place}/{wanted.name(number)}",
                hint="put it first, move it away, or use --force",
            )


def _is_start_of(store: Reading, file: Path, wanted: Wanted, number: int) -> bool:
    """Whether a file on disk holds the first bytes of a file of the commit, or all of them."""
    blob, size = BlobId(wanted.blobs[number]), wanted.sizes[number]
    is_link = decode_style(wanted.styles[number])[0] == LINK_MODE
    seen = file.lstat()
    if stat.S_ISLNK(seen.st_mode):
        return is_link and os.fsencode(file.readlink()) == b"".join(store.records.pieces(blob))
    if is_link or not stat.S_ISREG(seen.st_mode) or seen.st_size > size:
        return False
    with file.open("rb") as there:
        return all(there.read(len(piece)) == piece for piece in store.records.pieces(blob, 0, seen.st_size))


def _above(key: bytes) -> list[bytes]:
    """Every folder that a file is in, the place itself not among them."""
    return [key[:at] for at, letter in enumerate(key) if letter == _SLASH]


def _remove_empty_folders(root: bytes, gone: Sequence[bytes]) -> None:
    for folder in sorted(set(chain.from_iterable(map(_above, gone))), key=len, reverse=True):
        with suppress(OSError):
            os.rmdir(root + folder)
