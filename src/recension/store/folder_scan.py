"""What lies in a folder on disk: names and stats, folder by folder, in one pass."""

from __future__ import annotations

import os
import stat
import time
from array import array
from collections.abc import Iterator
from typing import Final

from recension.errors import Invalid, NotFound, RecensionError
from recension.slotted import frozen

STATS: Final = 5
"""Numbers kept of each file: size, mtime_ns, ctime_ns, inode, mode."""

_RACY_NS: Final = 100_000_000
NEVER: Final = -1
"""In place of an mtime: this stat must not be trusted later."""


@frozen
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
        kept, limit = array("q", self.stats), self.at_ns - _RACY_NS
        if max(kept[1::STATS], default=0) > limit or max(kept[2::STATS], default=0) > limit:
            for at in range(0, len(kept), STATS):
                if max(kept[at + 1], kept[at + 2]) > limit:
                    kept[at + 1] = NEVER
        return kept


@frozen
class OpenFolder:
    """A folder being scanned: the names of the files directly in it, sorted; its descriptor lives until the next.

    ``plain`` says that all were files, neither links nor anything else, when they were listed.
    """

    prefix: str
    place: str
    names: list[str]
    plain: bool
    fd: int
    at_ns: int

    def scan(self) -> ScannedFolder:
        """Look at every file.

        Raises:
            Invalid: something can be neither read nor kept (a socket, a device).
        """
        stats = array("q")
        look, fd, extend = os.stat, self.fd, stats.extend
        try:
            for name in self.names:
                seen = look(name, dir_fd=fd, follow_symlinks=False)
                extend((seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_mode))
        except OSError as error:
            raise _unreadable(error, self.place) from error
        for mode, name in zip(stats[4::STATS], self.names, strict=True):
            if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
                hint = "remove it, or move it"
                raise Invalid("is neither a file, a folder nor a link", where=self.place + name, hint=hint)
        return ScannedFolder(self.prefix, self.names, stats, self.at_ns)


def scan_folder(root: str) -> list[ScannedFolder]:
    """Every folder below ``root`` that holds files, itself included; symbolic links are not followed.

    Raises:
        NotFound: there is no such folder.
        Invalid: something in it can be neither read nor kept (a socket, a device).
    """
    return [folder.scan() for folder in open_folders(root)]


def open_folders(root: str) -> Iterator[OpenFolder]:
    """Like :func:`scan_folder`, one folder at a time, its files not yet looked at."""
    pending = [""]
    base = root if root.endswith("/") else root + "/"
    while pending:
        prefix = pending.pop()
        place = base + prefix
        try:
            fd = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise _unreadable(error, place) from error
        try:
            at_ns = time.time_ns()
            try:
                names, others, folders = _listed(fd)
            except OSError as error:
                raise _unreadable(error, place) from error
            if names or others:
                yield OpenFolder(prefix, place, sorted(names + others), not others, fd, at_ns)
        finally:
            os.close(fd)
        pending.extend(f"{prefix}{name}/" for name in sorted(folders, reverse=True))


def _listed(fd: int) -> tuple[list[str], list[str], list[str]]:
    """The names in a folder: of files, of what is neither a file nor a folder, and of folders."""
    names: list[str] = []
    others: list[str] = []
    folders: list[str] = []
    with os.scandir(fd) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                names.append(entry.name)
            else:
                (folders if entry.is_dir(follow_symlinks=False) else others).append(entry.name)
    return names, others, folders


def _unreadable(error: OSError, place: str) -> RecensionError:
    if isinstance(error, FileNotFoundError):
        return NotFound("there is no such folder, or it is just being changed", where=place, hint="run it again")
    return Invalid(f"cannot be read: {error.strerror}", where=place)
