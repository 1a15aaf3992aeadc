"""How a folder on disk differs from a folder of a commit; only files whose stats say nothing are read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from blake3 import blake3

from recension.errors import NotFound
from recension.ids import check_path
from recension.slotted import field, frozen, slotted
from recension.store import stat_cache
from recension.store.folder_scan import STATS, ScannedFolder, open_folders
from recension.store.ingest import unreadable
from recension.store.model import EXECUTABLE_MODE, FILE_MODE, LINK_MODE, Commit
from recension.store.node import decode_style
from recension.store.reading import Reading
from recension.store.stat_cache import KnownFolder
from recension.store.tree_read import below, scan, totals

_READ_BYTES: Final = 1 << 20


@frozen
class FolderStatus:
    """Paths below the folder, sorted: those that the commit has not, has otherwise, and has while the folder has not.

    ``files`` were looked at; ``read`` of them had to be read.
    """

    added: list[str]
    changed: list[str]
    missing: list[str]
    files: int
    read: int

    @property
    def clean(self) -> bool:
        """Whether folder and commit hold the same."""
        return not (self.added or self.changed or self.missing)


def folder_status(store: Reading, commit: Commit, folder: Path, *, path: str = "/") -> FolderStatus:
    """Compare a folder with ``path`` in the commit.

    Names on disk that are not UTF-8, which no commit can hold, count as added.

    Raises:
        NotFound: there is no such folder on disk.
        Invalid: something in it can be neither read nor kept.
    """
    base = "" if path in {"", "/"} else check_path(path.rstrip("/"))
    text = os.fspath(folder)
    if not folder.is_dir():
        raise NotFound("there is no such folder", where=text)
    cache = stat_cache.load(stat_cache.cache_file(store.home, text))
    # What an earlier put has noted: all that the cache knows lies at this place of this very tree.
    settled = any(root == commit.root.hex() and at.endswith(f":{base}/") for at, root in cache.roots.items())
    scanned = [(found.scan(), cache.folders.get(found.prefix)) for found in open_folders(text)]
    unsure = [(now, before) for now, before in scanned if not (settled and before is not None and before.is_as(now))]
    files = sum(len(now.names) for now, _ in scanned)
    if not unsure and files == totals(store.nodes, commit.root, below(base))[0]:
        return FolderStatus([], [], [], files, 0)
    wanted = _wanted(store, commit, base)
    missing = wanted.keys() - {key for now, _ in scanned for key in _keys(now)}
    added, changed, read = list[bytes](), list[bytes](), 0
    for now, before in unsure:
        comparison = _compare(wanted, text, now, before)
        added += comparison.added
        changed += comparison.changed
        read += comparison.read
    return FolderStatus(_names(added), _names(changed), _names(missing), files, read)


def _names(keys: Iterable[bytes]) -> list[str]:
    return [os.fsdecode(key) for key in sorted(keys)]


def _wanted(store: Reading, commit: Commit, base: str) -> dict[bytes, tuple[bytes, int]]:
    """Blob and mode of every file below ``base``, by its path below it."""
    skip = len(base.encode()) + 1
    rows = scan(store.nodes, commit.root, below(base))
    return {row[0][skip:]: (row[1], decode_style(row[3])[0]) for row in rows}


def _keys(folder: ScannedFolder) -> list[bytes]:
    prefix = os.fsencode(folder.prefix)
    return [prefix + os.fsencode(name) for name in folder.names]


@slotted
class _Comparison:
    """What was found in one folder."""

    added: list[bytes] = field(default_factory=list)
    changed: list[bytes] = field(default_factory=list)
    read: int = 0


def _compare(
    wanted: Mapping[bytes, tuple[bytes, int]], place: str, folder: ScannedFolder, before: KnownFolder | None
) -> _Comparison:
    """Compare the files directly in one folder."""
    found = _Comparison()
    known = before.by_name() if before is not None else {}
    for number, (key, mode) in enumerate(zip(_keys(folder), map(_kept, folder.column(4)), strict=True)):
        there = wanted.get(key)
        if there is None:
            found.added.append(key)
            continue
        stats = folder.stats[number * STATS : number * STATS + STATS].tobytes()
        last, blob = known.get(folder.names[number], (b"", b""))
        if mode == there[1] and last != stats:
            blob = _hash(os.path.join(os.fsencode(place), key), mode)  # noqa: PTH118
            found.read += 1
        if (blob, mode) != there:
            found.changed.append(key)
    return found


def _kept(mode: int) -> int:
    """The mode under which a put keeps a file."""
    return LINK_MODE if stat.S_ISLNK(mode) else EXECUTABLE_MODE if mode & stat.S_IXUSR else FILE_MODE


def _hash(path: bytes, mode: int) -> bytes:
    """The blob that a file would be."""
    try:
        if mode == LINK_MODE:
            return blake3(os.readlink(path)).digest()  # noqa: PTH115
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            hasher = blake3()
            while piece := file.read(_READ_BYTES):
                hasher.update(piece)
            return hasher.digest()
    except OSError as error:
        raise unreadable(error, os.fsdecode(path)) from error
