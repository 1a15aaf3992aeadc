"""A file of a commit as a Python file: read in pieces, from any place."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Final

from recension.client.values import File
from recension.errors import Invalid

if TYPE_CHECKING:
    from recension.client.repo_interface import Repo

_BUFFER: Final = 1 << 20


def open_file(repo: Repo, path: str, commit: str) -> io.BufferedReader:
    """The file of a commit, to read and seek in.

    Raises:
        NotFound: there is no such file. Invalid: it is a folder.
    """
    found = repo.stat(path, commit)
    if not isinstance(found, File):
        raise Invalid("is a folder", where=path)
    return io.BufferedReader(_Raw(repo, found, commit), _BUFFER)


class _Raw(io.RawIOBase):
    """Fetches what is asked for."""

    def __init__(self, repo: Repo, file: File, commit: str) -> None:
        self._repo = repo
        self._file = file
        self._commit = commit
        self._at = 0

    @property
    def name(self) -> str:
        return self._file.path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._file.size}[whence]
        if base + offset < 0:
            raise ValueError("before the start of the file")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        end = min(self._at + len(view), self._file.size)
        if end <= self._at:
            return 0
        data = self._repo.read(self._file.path, self._commit, start=self._at, end=end)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
