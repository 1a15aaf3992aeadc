"""Writing many files of a commit below one folder, in the order in which their blobs lie in the packs."""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH102, PTH108, PTH112, PTH114

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Final

from blake3 import blake3

from recension.errors import Damaged
from recension.ids import BlobId
from recension.store.backends import Bytes
from recension.store.ingest import Told
from recension.store.model import EXECUTABLE_MODE, LINK_MODE
from recension.store.node import decode_style
from recension.store.pack import Kind, Record, Row, unpack
from recension.store.pack_window import PackWindow
from recension.store.records import Records
from recension.store.stat_cache import STAT
from recension.store.wanted import Wanted

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_LINK: Final = -1
_PLAIN: Final = int(Kind.PLAIN)
_IN_PIECES: Final = frozenset({Kind.CHUNKS, Kind.LINK})
_AT_ONCE: Final = 64
"""Files between two words about progress."""


class FileWriter:
    """Writes files below ``place``.

    Args:
        records: where the blobs are.
        place: an existing folder.
        wanted: the files of the commit; their stats are noted there as they are written.
        fresh: the folder is empty, so nothing has to be replaced.
        label: the address that the files come from, for errors.
    """

    def __init__(self, records: Records, place: str, wanted: Wanted, *, fresh: bool, label: str) -> None:
        self._records = records
        self._place = os.fsencode(place) + b"/"
        self._wanted = wanted
        self._fresh = fresh
        self._label = label
        self._made = {b""}
        self._folder: bytes | None = None
        self._fd = -1
        self._window = PackWindow(records)
        self._number = 0

    def write(self, todo: Sequence[int], told: Told | None = None) -> None:
        """Write the files with these numbers.

        Raises:
            Damaged: the bytes of one are; the error names it.
            OSError: the disk refuses.
        """
        folders = self._wanted.folders
        for folder in sorted({folders[number] for number in todo}):
            self._make_folder(folder)
        first, again = _by_blob(self._wanted.blobs, todo)
        try:
            for rows in self._records.in_order(first):
                for at in range(0, len(rows), _AT_ONCE):
                    files, size = self._write_some(rows[at : at + _AT_ONCE], first, again)
                    if told is not None:
                        told(files, size)
            for identity in list(first):
                # In no pack: where else it may be is known to whoever reads single blobs.
                files, size = self._write_pieces(identity, (first.pop(identity), *again.get(identity, ())))
                if told is not None:
                    told(files, size)
        except Damaged as error:
            name = self._wanted.name(self._number)
            raise type(error)(error.message, where=f"{self._label}{name} in {error.where}", hint=error.hint) from error
        finally:
            self._leave_folder()

    def _write_some(
        self, rows: Sequence[Row], first: dict[bytes, int], again: dict[bytes, list[int]]
    ) -> tuple[int, int]:
        """Write the files whose blobs lie there, and take them off those to be found; return files and bytes.

        A long checkout is this loop: what most files need stands in it, without calls that are not needed.
        """
        keys, folders, styles, stats = self._wanted.keys, self._wanted.folders, self._wanted.styles, self._wanted.stats
        take, make, write, look, done = first.pop, os.open, os.write, os.fstat, os.close
        note, width, fresh, files, total = STAT.pack_into, STAT.size, self._fresh, 0, 0
        hasher, within, held, begin, end = blake3(), "", memoryview(b""), 0, 0
        for row in rows:
            identity, kind, pack, position, stored, size = row
            number = take(identity, None)
            if number is None:
                continue  # a second copy of one that is written
            self._number = number
            mode, folder = _permissions(styles[number]), folders[number]
            if kind != _PLAIN or mode == _LINK or not fresh or identity in again:
                more, more_bytes = self._write_other(Record(*row), (number, *again.get(identity, ())))
                files, total = files + more, total + more_bytes
                continue
            if pack != within or position < begin or position + stored > end:
                held, begin = self._window.around(pack, position, stored)
                within, end = pack, begin + len(held)
            data: Bytes = held[position - begin : position - begin + stored]
            hasher.reset()
            hasher.update(data)
            if hasher.digest() != identity:
                data = self._checked(Record(*row), data)
            if folder is not self._folder:
                self._enter(folder)
            fd = make(keys[number][len(folder) :], _NEW, mode, dir_fd=self._fd)
            try:
                if write(fd, data) != size:
                    os.lseek(fd, 0, os.SEEK_SET)
                    _write_all(fd, data)
                # Written by this very process: these times may be trusted.
                seen = look(fd)
            finally:
                done(fd)
            note(stats, width * number, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_mode)
            files += 1
            total += size
        return files, total

    def _write_other(self, record: Record, numbers: Sequence[int]) -> tuple[int, int]:
        """Write the files of one record, whatever they are; return how many, and their bytes."""
        if record.kind not in {Kind.PLAIN, Kind.ZSTD}:
            return self._write_pieces(record.id, numbers)
        data = self._checked(record, self._window.read(record))
        for number in numbers:
            self._fill(number, (data,))
        return len(numbers), len(data) * len(numbers)

    def _write_pieces(self, identity: bytes, numbers: Sequence[int]) -> tuple[int, int]:
        """Write the files that have a blob, which may be too large to be held."""
        for self._number in numbers:
            self._fill(self._number, self._records.pieces(BlobId(identity)))
        return len(numbers), sum(map(self._wanted.sizes.__getitem__, numbers))

    def _fill(self, number: int, pieces: Iterable[Bytes]) -> None:
        fd = self._open(number)
        if fd == _LINK:
            self._write_link(number, b"".join(pieces))
            return
        try:
            for piece in pieces:
                _write_all(fd, piece)
            self._wanted.note(number, os.fstat(fd))
        finally:
            os.close(fd)

    def _checked(self, record: Record, stored: Bytes) -> Bytes:
        """The plain bytes of a record; from where the table says it is now, when what was found is not they."""
        try:
            data = unpack(record, stored)
        except Damaged:
            data = b""
        return data if blake3(data).digest() == record.id else self._records.blob(BlobId(record.id))

    def _open(self, number: int) -> int:
        """A new file to be written to; :data:`_LINK` when it has to be a link. What is in its place is removed."""
        folder, mode = self._wanted.folders[number], _permissions(self._wanted.styles[number])
        if folder is not self._folder:
            self._enter(folder)
        name = self._wanted.keys[number][len(folder) :]
        if not self._fresh:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=self._fd)
        return _LINK if mode == _LINK else os.open(name, _NEW, mode, dir_fd=self._fd)

    def _enter(self, folder: bytes) -> None:
        self._leave_folder()
        self._fd, self._folder = os.open(self._place + folder, os.O_RDONLY | os.O_DIRECTORY), folder

    def _leave_folder(self) -> None:
        if self._folder is not None:
            os.close(self._fd)
            self._folder = None

    def _write_link(self, number: int, target: bytes) -> None:
        folder, key = self._wanted.folders[number], self._wanted.keys[number]
        os.symlink(target, key[len(folder) :], dir_fd=self._fd)
        self._wanted.note(number, os.lstat(self._place + key))

    def _make_folder(self, folder: bytes) -> None:
        """Make a folder and those above it, replacing links and files that stand in its place."""
        parts = folder.split(b"/")[:-1]
        for depth in range(1, len(parts) + 1):
            path = b"/".join(parts[:depth]) + b"/"
            if path in self._made:
                continue
            full = self._place + path[:-1]
            if not self._fresh and os.path.lexists(full) and (os.path.islink(full) or not os.path.isdir(full)):
                os.unlink(full)
            with suppress(FileExistsError):
                os.mkdir(full)
            self._made.add(path)


def _by_blob(blobs: Sequence[bytes], todo: Sequence[int]) -> tuple[dict[bytes, int], dict[bytes, list[int]]]:
    """One file of each blob, and the other files of those blobs that have more."""
    first = dict(zip(map(blobs.__getitem__, todo), todo, strict=True))
    again: dict[bytes, list[int]] = {}
    if len(first) < len(todo):
        for number in todo:
            if first[blobs[number]] != number:
                again.setdefault(blobs[number], []).append(number)
    return first, again


@lru_cache(maxsize=4096)
def _permissions(style: bytes) -> int:
    """What a file of this style may get at most; :data:`_LINK` for one that is a link."""
    mode = decode_style(style)[0]
    return _LINK if mode == LINK_MODE else 0o777 if mode == EXECUTABLE_MODE else 0o666


def _write_all(fd: int, data: Bytes) -> None:
    """Write all of ``data``, however little the disk takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
