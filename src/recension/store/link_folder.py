"""A folder that links lead to. Neither a link on disk nor a name leads out of it."""
# A path object for each of many thousand files would cost more than the file.

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recension.errors import Invalid, NotFound, RecensionError, Unavailable
from recension.store.link_source import PIECE, Listed, changed

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# A name that became a pipe meanwhile must not be waited for.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


# A link on disk, or a socket, is there now.
_NO_FILE = frozenset({errno.ELOOP, errno.ENXIO})


class FolderSource:
    """Files below a folder; ``etag`` is the time of modification in nanoseconds.

    Symbolic links below the folder, and what is neither a file nor a folder, are passed over.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url

    def listed(self) -> Iterator[Listed]:
        """Every plain file below the folder."""
        if not self._folder.is_dir():
            raise NotFound("there is no such folder", where=str(self._folder))
        yield from self._below("")

    def _below(self, prefix: str) -> Iterator[Listed]:
        folders: list[str] = []
        try:
            with os.scandir(self._folder / prefix) as found:
                for each in found:
                    if each.is_dir(follow_symlinks=False):
                        folders.append(f"{prefix}{each.name}/")
                    elif each.is_file(follow_symlinks=False):
                        yield _listed(prefix + each.name, each.stat(follow_symlinks=False))
        except OSError as error:
            raise _unreadable(error, self._folder / prefix) from error
        for folder in folders:
            yield from self._below(folder)

    def read(self, wanted: Listed, start: int, end: int) -> Iterator[bytes]:
        """The bytes of a file, looked at again after every piece: what was written meanwhile is not given."""
        with self._opened(wanted) as fd:
            self._check(fd, wanted)
            while start < end:
                try:
                    piece = os.pread(fd, min(PIECE, end - start), start)
                except OSError as error:
                    raise _unreadable(error, self._folder / wanted.key) from error
                self._check(fd, wanted)
                if not piece:
                    raise changed(self._url, wanted.key, "is shorter than it was")
                start += len(piece)
                yield piece

    def _check(self, fd: int, wanted: Listed) -> None:
        seen = os.fstat(fd)
        if not stat.S_ISREG(seen.st_mode) or (seen.st_size, str(seen.st_mtime_ns)) != (wanted.size, wanted.etag):
            raise changed(self._url, wanted.key, "has changed")

    @contextmanager
    def _opened(self, wanted: Listed) -> Iterator[int]:
        """The file, reached folder by folder: a link on disk that was put in the way meanwhile is not followed."""
        *folders, name = wanted.key.split("/")
        fds: list[int] = []
        try:
            try:
                fds.append(os.open(self._folder, _FOLDER | os.O_NOFOLLOW))
                for folder in folders:
                    fds.append(os.open(folder, _FOLDER | os.O_NOFOLLOW, dir_fd=fds[-1]))
                fds.append(os.open(name, _FILE, dir_fd=fds[-1]))
            except (FileNotFoundError, NotADirectoryError):
                raise changed(self._url, wanted.key, "is not there any more") from None
            except OSError as error:
                if error.errno in _NO_FILE:
                    raise changed(self._url, wanted.key, "is not there any more") from None
                raise _unreadable(error, self._folder / wanted.key) from error
            yield fds[-1]
        finally:
            for fd in fds:
                os.close(fd)


def _listed(key: str, seen: os.stat_result) -> Listed:
    try:
        key.encode()
    except UnicodeEncodeError:
        raise Invalid("a name is not UTF-8", where=repr(key), hint="rename it") from None
    return Listed(key, seen.st_size, str(seen.st_mtime_ns), seen.st_mtime_ns // 1000)


def _unreadable(error: OSError, path: Path) -> RecensionError:
    return Unavailable(f"cannot be read: {error.strerror}", where=str(path), hint="check its permissions")
