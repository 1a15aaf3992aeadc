"""Writing many files of a commit below one folder, in the order in which their blobs lie in the packs."""
# A path object for each of many thousand files would cost more than the file.
# ruff: noqa: PTH102, PTH108, PTH112, PTH114, PTH211

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from blake3 import blake3

from recension.errors import Damaged
from recension.ids import BlobId
from recension.store.backends import Bytes
from recension.store.ingest import Told
from recension.store.model import EXECUTABLE_MODE, LINK_MODE
from recension.store.pack import Kind, Record, unpack
from recension.store.pack_window import PackWindow
from recension.store.records import Records, by_place, check
from recension.store.stat_cache import stats_of

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_TELL_FILES: Final = 512
_TELL_BYTES: Final = 8 << 20


class File(NamedTuple):
    """A file to be written; ``folder`` (empty, or with a slash at its end) and ``name`` are below the place."""

    name: str
    folder: str
    blob: BlobId
    size: int
    mode: int


class FileWriter:
    """Writes files below ``place``.

    Args:
        records: where the blobs are.
        place: an existing folder.
        fresh: it is empty, so nothing has to be replaced.
        tracked: whether ``stats`` is wanted.
        label: the address that the files come from, for errors.
    """

    def __init__(self, records: Records, place: str, *, fresh: bool, tracked: bool, label: str) -> None:
        self._records = records
        self._place = place
        self._fresh = fresh
        self._tracked = tracked
        self._label = label
        self._made = {""}
        self._folder: str | None = None
        self._fd = -1
        self.stats: dict[str, bytes] = {}
        """The stat of every file written, as the stat cache keeps it."""

    def write(self, todo: Sequence[File], told: Told | None = None) -> None:
        """Write the files.

        Raises:
            Damaged: the bytes of one are; the error names it.
            OSError: the disk refuses.
        """
        for folder in sorted({file.folder for file in todo}):
            self._make_folder(folder)
        files: dict[bytes, list[File]] = {}
        for file in todo:
            files.setdefault(file.blob, []).append(file)
        places = self._records.locate(list(files))
        current = ""
        try:
            for missing in files.keys() - places.keys():
                current = files[missing][0].name
                self._records.find(missing)
            window, written, size = PackWindow(self._records), 0, 0
            for record in by_place(places.values()):
                group = files[record.id]
                current = group[0].name
                self._write_group(record, group, window)
                written += len(group)
                size += record.size * len(group)
                if told is not None and (written >= _TELL_FILES or size >= _TELL_BYTES):
                    told(written, size)
                    written = size = 0
            if told is not None:
                told(written, size)
        except Damaged as error:
            raise Damaged(error.message, where=f"{self._label}{current} in {error.where}", hint=error.hint) from error
        finally:
            self._leave_folder()

    def _write_group(self, record: Record, group: Sequence[File], window: PackWindow) -> None:
        """Write the files that have one blob."""
        if record.kind == Kind.CHUNKS:
            for file in group:
                self._write_pieces(file)
            return
        data: Bytes = window.read(record)
        if record.kind != Kind.PLAIN:
            data = unpack(record, data)
        if blake3(data).digest() != record.id:
            check(record, data)
        for file in group:
            if file.mode == LINK_MODE:
                self._write_link(file, bytes(data))
                continue
            fd = self._open(file)
            try:
                if os.write(fd, data) != len(data):
                    os.lseek(fd, 0, os.SEEK_SET)
                    _write_all(fd, data)
                if self._tracked:
                    # Written by this very process: these times may be trusted.
                    self.stats[file.name] = stats_of(os.fstat(fd))
            finally:
                os.close(fd)

    def _write_pieces(self, file: File) -> None:
        fd = self._open(file)
        try:
            for piece in self._records.pieces(file.blob):
                _write_all(fd, piece)
            if self._tracked:
                self.stats[file.name] = stats_of(os.fstat(fd))
        finally:
            os.close(fd)

    def _open(self, file: File) -> int:
        name, place, _, _, mode = file
        if place != self._folder:
            self._leave_folder()
            self._fd, self._folder = os.open(f"{self._place}/{place}", os.O_RDONLY | os.O_DIRECTORY), place
        name = name[len(place) :]
        if not self._fresh:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=self._fd)
        return os.open(name, _NEW, 0o777 if mode == EXECUTABLE_MODE else 0o666, dir_fd=self._fd)

    def _leave_folder(self) -> None:
        if self._folder is not None:
            os.close(self._fd)
            self._folder = None

    def _write_link(self, file: File, target: bytes) -> None:
        path = os.fsencode(f"{self._place}/{file.name}")
        if not self._fresh:
            with suppress(FileNotFoundError):
                os.unlink(path)
        os.symlink(target, path)
        self.stats[file.name] = stats_of(os.lstat(path))

    def _make_folder(self, folder: str) -> None:
        """Make a folder and those above it, replacing links and files that stand in its place."""
        parts = folder.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth]) + "/"
            if path in self._made:
                continue
            full = f"{self._place}/{path[:-1]}"
            if not self._fresh and os.path.lexists(full) and (os.path.islink(full) or not os.path.isdir(full)):
                os.unlink(full)
            with suppress(FileExistsError):
                os.mkdir(full)
            self._made.add(path)


def _write_all(fd: int, data: Bytes) -> None:
    """Write all of ``data``, however little the disk takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
