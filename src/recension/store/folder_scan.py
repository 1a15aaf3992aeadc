"""What lies in a folder on disk: names and stats, folder by folder, in one pass."""

from __future__ import annotations

import os
import stat
import time
from array import array
from dataclasses import dataclass
from typing import Final

from recension.errors import Invalid, NotFound

STATS: Final = 5
"""Numbers kept of each file: size, mtime_ns, ctime_ns, inode, mode."""

_RACY_NS: Final = 100_000_000
NEVER: Final = -1
"""In place of an mtime: this stat must not be trusted later."""


@dataclass(frozen=True, slots=True)
class ScannedFolder:
    """The files directly in one folder, sorted by name.

    ``prefix`` is relative to where the scan began, and ends with a slash unless it is empty. ``stats`` holds
    :data:`STATS` numbers for each name.
    """

    prefix: str
    names: list[str]
    stats: array[int]
    at_ns: int

    def column(self, number: int) -> list[int]:
        """One of the numbers kept, of every file."""
        return self.stats[number::STATS].tolist()

    def trusted(self) -> array[int]:
        """The stats, those marked that a later change might leave as they are.

        The clock that stamps files ticks every few milliseconds: a file that was changed right before it was looked
        at can be changed again without a new time.
        """
        kept = array("q", self.stats)
        for at in range(0, len(kept), STATS):
            if max(kept[at + 1], kept[at + 2]) > self.at_ns - _RACY_NS:
                kept[at + 1] = NEVER
        return kept


def scan_folder(root: str) -> list[ScannedFolder]:
    """Every folder below ``root`` that holds files, itself included; symbolic links are not followed.

    Raises:
        NotFound: there is no such folder.
        Invalid: something in it can be neither read nor kept (a socket, a device).
    """
    found: list[ScannedFolder] = []
    pending = [""]
    base = root if root.endswith("/") else root + "/"
    while pending:
        prefix = pending.pop()
        try:
            folder, below = _scan_one(base, prefix)
        except FileNotFoundError:
            raise NotFound("there is no such folder, or it is just being removed", where=base + prefix) from None
        except OSError as error:
            raise Invalid(f"cannot be read: {error.strerror}", where=base + prefix) from error
        if folder.names:
            found.append(folder)
        pending.extend(reversed(below))
    return found


def _scan_one(base: str, prefix: str) -> tuple[ScannedFolder, list[str]]:
    names: list[str] = []
    below: list[str] = []
    stats = array("q")
    at_ns = time.time_ns()
    with os.scandir(base + prefix) as entries:
        for entry in sorted(entries, key=_name):
            if entry.is_dir(follow_symlinks=False):
                below.append(f"{prefix}{entry.name}/")
                continue
            seen = entry.stat(follow_symlinks=False)
            mode = seen.st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
                raise Invalid("is neither a file, a folder nor a link", where=entry.path, hint="remove it, or move it")
            names.append(entry.name)
            stats.extend((seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, mode))
    return ScannedFolder(prefix, names, stats, at_ns), below


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
