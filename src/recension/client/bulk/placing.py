"""Writing files that came from a server below one folder. A server is not believed: nothing is written elsewhere."""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH101, PTH103, PTH104, PTH106, PTH108, PTH211

from __future__ import annotations

import os
import shutil
import stat
import struct
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from recension.errors import Conflict, Invalid, RecensionError
from recension.ids import check_path
from recension.store.backends import Bytes
from recension.store.folder_scan import STATS
from recension.store.model import EXECUTABLE_MODE, LINK_MODE

_STAT: Final = struct.Struct(f"<{STATS}q")
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class File(NamedTuple):
    """A file to be written: ``name`` is below the place, ``path`` is what the server calls it.

    ``linked``: 1 when the server has to read the bytes elsewhere, 2 when besides ``blob`` is not their hash.
    """

    name: str
    path: str
    blob: bytes
    size: int
    mode: int
    linked: int = 0


class Placing:
    """Writes files below ``place``, over whatever files are there.

    Folders on the way are made, and links and files that stand in their place are replaced: so no link leads out of
    the place. Links are made last, when nothing is written behind them any more.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._made: set[str] = set()
        self._links: list[tuple[File, bytes]] = []
        self.stats: dict[str, bytes] = {}
        """The stat of every file written, as the stat cache keeps it."""

    def write(self, file: File, data: Bytes) -> None:
        """Write a file of which all bytes are here."""
        if file.mode == LINK_MODE:
            self._links.append((file, bytes(data)))
            return
        target = self._free(file)
        fd = os.open(target, _NEW, _permissions(file))
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]
            # Written by this very process: these times may be trusted.
            self.stats[file.name] = _stats(os.fstat(fd))
        finally:
            os.close(fd)

    def part(self, file: File) -> str:
        """Where the bytes of a large file are gathered until all of them are here."""
        folder = self._free(file, replaced=False).rpartition("/")[0]
        return f"{folder}/.{file.blob.hex()[:24]}.part"

    def finish_part(self, file: File, part: str) -> None:
        """Make what was gathered the file."""
        if file.mode == LINK_MODE:
            raise Invalid("no link is that long", where=file.path)
        target = self._free(file)
        os.rename(part, target)
        self._settle(file, target)

    def _settle(self, file: File, target: str) -> None:
        mask = os.umask(0o077)
        os.umask(mask)
        os.chmod(target, _permissions(file) & ~mask)
        self.stats[file.name] = _stats(os.lstat(target))

    def copy(self, file: File, twin: File) -> None:
        """Write a file that has the bytes of another one that was written here."""
        target = self._free(twin)
        shutil.copyfile(f"{self._place}/{file.name}", target)
        self._settle(twin, target)

    def finish(self) -> None:
        """Make the links."""
        for file, target in self._links:
            path = os.fsencode(self._free(file))
            os.symlink(target, path)
            self.stats[file.name] = _stats(os.lstat(path))
        self._links.clear()

    def _free(self, file: File, *, replaced: bool = True) -> str:
        """Where a file goes: its folders are there, and with ``replaced`` no file is in its way."""
        name = check_path("/" + file.name)[1:]
        self._make_folder(name.rpartition("/")[0])
        target = f"{self._place}/{name}"
        if replaced:
            with suppress(FileNotFoundError):
                os.unlink(target)
        return target

    def _make_folder(self, folder: str) -> None:
        if not folder or folder in self._made:
            return
        self._make_folder(folder.rpartition("/")[0])
        full = f"{self._place}/{folder}"
        with suppress(FileNotFoundError):
            if not stat.S_ISDIR(os.lstat(full).st_mode):
                os.unlink(full)
        os.makedirs(full, exist_ok=True)
        self._made.add(folder)


def remove(place: str, names: Iterable[str]) -> None:
    """Remove files, and the folders that hold nothing then."""
    folders = set()
    for name in names:
        os.unlink(f"{place}/{name}")
        folders |= {name[:at] for at, letter in enumerate(name) if letter == "/"}
    for folder in sorted(folders, key=len, reverse=True):
        with suppress(OSError):
            os.rmdir(f"{place}/{folder}")


def unwritable(error: OSError, place: str) -> RecensionError:
    """What it means that something cannot be written."""
    if isinstance(error, (NotADirectoryError, FileExistsError, IsADirectoryError)):
        return Conflict(f"cannot be written: {error.strerror}", where=place, hint="move away what is there")
    if isinstance(error, PermissionError):
        return Invalid(f"cannot be written: {error.strerror}", where=place)
    # not Unavailable: to ask the server again makes no room here
    return RecensionError(f"cannot be written: {error.strerror}", where=place, hint="check space and permissions")


def _stats(seen: os.stat_result) -> bytes:
    """One file's stat as the stat cache keeps it."""
    return _STAT.pack(seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_mode)


def _permissions(file: File) -> int:
    return 0o777 if file.mode == EXECUTABLE_MODE else 0o666
