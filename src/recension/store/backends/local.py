"""Objects as files in a folder, written so that power loss takes nothing that was finished.

An object is written under a temporary name, flushed to disk, renamed, and then its folder is flushed: without the
last step the name itself could be lost. Unfinished temporary files of a crash stay behind and are never read.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from recension.errors import NotFound, RecensionError, Unavailable
from recension.store.backends import Bytes

_OPEN_FILES: Final = 64
TEMPORARY: Final = ".part"


class LocalBackend:
    """Objects below one folder.

    Args:
        folder: made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _OpenFile] = OrderedDict()
        self._made: set[Path] = set()

    def create(self, key: str) -> _LocalWriter:
        """Begin an object."""
        path = self.folder / key
        if path.parent not in self._made:
            _make_durable_folder(path.parent)
            self._made.add(path.parent)
        return _LocalWriter(path)

    def put(self, key: str, data: Bytes) -> None:
        """Write a whole object."""
        writer = self.create(key)
        try:
            writer.write(data)
            writer.finish()
        finally:
            writer.abort()

    def read(self, key: str, start: int, length: int) -> bytes:
        """Bytes of an object; fewer than ``length`` where it ends."""
        with self._file(key) as fd:
            data = os.pread(fd, length, start)
            if len(data) == length:
                return data
            parts = [data]
            while data and sum(map(len, parts)) < length:
                done = sum(map(len, parts))
                data = os.pread(fd, length - done, start + done)
                parts.append(data)
            return b"".join(parts)

    def size(self, key: str) -> int:
        """Length of an object in bytes."""
        with self._file(key) as fd:
            return os.fstat(fd).st_size

    def _file(self, key: str) -> _OpenFile:
        with self._lock:
            file = self._open.get(key)
            if file is not None:
                self._open.move_to_end(key)
                return file
            try:
                fd = os.open(self.folder / key, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                raise NotFound("there is no such object", where=key) from None
            except OSError as error:
                raise _unavailable(error, self.folder / key) from error
            file = self._open[key] = _OpenFile(fd)
            while len(self._open) > _OPEN_FILES:
                self._open.popitem(last=False)[1].drop()
            return file

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with ``prefix``, sorted."""
        found = [str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()]
        yield from sorted(key for key in found if key.startswith(prefix) and not key.endswith(TEMPORARY))

    def delete(self, key: str) -> None:
        """Remove an object; no error when it is not there."""
        with self._lock:
            file = self._open.pop(key, None)
        if file is not None:
            file.drop()
        with suppress(FileNotFoundError):
            (self.folder / key).unlink()

    def remove_unfinished(self, idle_s: float, *, dry_run: bool = False) -> tuple[int, int]:
        """Remove temporary files that nobody has written to for so long; return how many, and their bytes."""
        count, size, latest = 0, 0, time.time() - idle_s
        for path in self.folder.rglob(f"*{TEMPORARY}"):
            with suppress(FileNotFoundError):
                seen = path.stat()
                if seen.st_mtime <= latest:
                    if not dry_run:
                        path.unlink()
                    count, size = count + 1, size + seen.st_size
        return count, size

    def close(self) -> None:
        """Close the files kept open for reading."""
        with self._lock:
            files, self._open = list(self._open.values()), OrderedDict()
        for file in files:
            file.drop()


class _OpenFile:
    """A file that is closed when it was dropped and nobody reads it any more."""

    __slots__ = ("_dropped", "_fd", "_lock", "_readers")

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()
        self._readers = 0
        self._dropped = False

    def __enter__(self) -> int:
        with self._lock:
            self._readers += 1
        return self._fd

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._readers -= 1
            unused = self._dropped and self._readers == 0
        if unused:
            os.close(self._fd)

    def drop(self) -> None:
        with self._lock:
            unused = not self._dropped and self._readers == 0
            self._dropped = True
        if unused:
            os.close(self._fd)


class _LocalWriter:
    """Writes beside the final name and moves it there at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f"{path.name}{TEMPORARY}")
        try:
            self._fd = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _unavailable(error, path) from error

    def write(self, data: Bytes) -> None:
        """Append."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as error:
            raise _unavailable(error, self._path) from error

    def finish(self) -> None:
        """Make the object durable and visible."""
        try:
            os.fsync(self._fd)
            os.close(self._fd)
            self._fd = -1
            self._temporary.rename(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise _unavailable(error, self._path) from error

    def abort(self) -> None:
        """Forget it; harmless after ``finish``."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            with suppress(FileNotFoundError):
                self._temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _make_durable_folder(folder: Path) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in missing:
            sync_folder(path.parent)
    except OSError as error:
        raise _unavailable(error, folder) from error


def _unavailable(error: OSError, path: Path) -> RecensionError:
    return Unavailable(
        f"cannot use the object store: {error.strerror}",
        where=str(path),
        hint="check space and permissions; nothing was committed",
    )
