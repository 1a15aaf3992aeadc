"""The files that a folder is to hold, in columns: an object for each of many thousand would cost more than the file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from recension.slotted import frozen
from recension.store.node import Columns
from recension.store.stat_cache import STAT, KnownFolder


@frozen
class Wanted:
    """Files in path order; each has a number, its position in the columns.

    ``keys`` are paths below the place, ``folders`` the part of them up to the last slash, that included; equal ones
    are one object. ``stats`` are those of the files that are there, one behind the other as the stat cache keeps them.
    """

    keys: Sequence[bytes]
    folders: Sequence[bytes]
    blobs: Sequence[bytes]
    sizes: Sequence[int]
    styles: Sequence[bytes]
    stats: bytearray

    @staticmethod
    def of(files: Iterable[Columns], skip: int) -> Wanted:
        """These files; the first ``skip`` bytes of their paths lead to the place."""
        keys: list[bytes] = []
        blobs: list[bytes] = []
        sizes: list[int] = []
        styles: list[bytes] = []
        for columns in files:
            keys += [key[skip:] for key in columns[0]]
            blobs += columns[1]
            sizes += columns[2]
            styles += columns[3]
        return Wanted(keys, _folders(keys), blobs, sizes, styles, bytearray(STAT.size * len(keys)))

    def __len__(self) -> int:
        return len(self.keys)

    def name(self, number: int) -> str:
        """The path of a file below the place."""
        return os.fsdecode(self.keys[number])

    def note(self, number: int, seen: os.stat_result) -> None:
        """Keep the stat of a file."""
        numbers = seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_mode
        STAT.pack_into(self.stats, STAT.size * number, *numbers)

    def known(self) -> dict[str, KnownFolder]:
        """What to remember of every folder; each file must have its stat."""
        found: dict[bytes, KnownFolder] = {}
        start, folders = 0, self.folders
        for end in range(1, len(folders) + 1):
            if end == len(folders) or folders[end] is not folders[start]:
                folder, run = folders[start], self._run(start, end)
                before = found.get(folder)
                found[folder] = run if before is None else before.followed_by(run)
                start = end
        return {os.fsdecode(folder): known for folder, known in found.items()}

    def _run(self, start: int, end: int) -> KnownFolder:
        """Files of one folder that stand one behind the other."""
        skip, row = len(self.folders[start]), STAT.size
        return KnownFolder(
            b"\0".join([key[skip:] for key in self.keys[start:end]]),
            bytes(self.stats[row * start : row * end]),
            b"".join(self.blobs[start:end]),
        )


def _folders(keys: Sequence[bytes]) -> list[bytes]:
    """The folder of each key."""
    every: dict[bytes, bytes] = {}
    folders: list[bytes] = []
    for key in keys:
        folder = key[: key.rfind(b"/") + 1]
        folders.append(every.setdefault(folder, folder))
    return folders
