"""Reading many files into packs: one thread, one reused buffer, one write for many files.

Opening, reading and closing a small file costs more than hashing it; threads only add hand-overs. So every file is
read into the next free place of one buffer, hashed there, and the buffer is written to the pack as a whole, while the
processor still holds it in its cache.
"""

from __future__ import annotations

import os
import re
import stat
from array import array
from collections.abc import Callable
from mmap import mmap
from pathlib import Path
from typing import Final, Self

from blake3 import blake3

from recension.errors import Conflict, Invalid, RecensionError
from recension.store.chunks import LARGE
from recension.store.folder_scan import STATS, OpenFolder
from recension.store.pack import TRY_COMPRESSION_FROM, Kind, squeeze
from recension.store.records import Records
from recension.store.upload import Upload

Told = Callable[[int, int], None]
"""Hears how many files and bytes were read since it last heard."""

_BUFFER: Final = 1 << 20
# A name that became a pipe meanwhile must not be waited for.
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PACKED_ALREADY: Final = re.compile(
    r"7z|aac|avif?|br|bz2|docx|flac|gif|gz|heic|jpe?g|m4a|mkv|mov|mp[34]|npz|ogg|onnx|parquet|pdf|png|pptx|web[mp]|whl|"
    r"xlsx|xz|zip|zst"
)
"""Files named like this hold compressed bytes: trying again is time lost."""


class Ingest:
    """Adds files to an upload; use it as a context, so that the last ones are written too."""

    def __init__(self, upload: Upload, records: Records, told: Told) -> None:
        self._upload = upload
        self._records = records
        self._told = told
        # The largest file that is not cut fits behind an empty buffer; memory that is never used costs nothing.
        self._view = memoryview(mmap(-1, _BUFFER + LARGE + 1))
        self._at = 0
        self._files = 0
        self._bytes = 0
        self._ids: list[bytes] = []
        self._lengths: list[int] = []
        self._seen: set[bytes] = set()
        # In a store without anything nothing can be there already.
        self._dedup = records.any()

    def add_folder(self, folder: OpenFolder) -> tuple[list[bytes], list[int], array[int]]:
        """Read every file of a folder that holds plain files only; return their blobs, sizes and stats.

        The same as a look at each and :meth:`add`, but each file is found by its name once only.

        Raises:
            Conflict: a file has gone since it was listed.
            Invalid: one cannot be read, or is no file any more.
        """
        blobs: list[bytes] = []
        lengths: list[int] = []
        stats: list[int] = []
        view, seen, at, name, hasher = self._view, self._seen, self._at, "", blake3()
        try:
            for name in folder.names:
                fd = os.open(name, _FLAGS, dir_fd=folder.fd)
                try:
                    found = os.fstat(fd)
                    size = found.st_size
                    stats += (size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_mode)
                    count = size + 1
                    if size < TRY_COMPRESSION_FROM and at + size < _BUFFER:
                        count = os.readv(fd, (view[at : at + size + 1],))
                    if count <= size:
                        hasher.reset()
                        hasher.update(view[at : at + count])
                        blob = hasher.digest()
                        if blob not in seen:
                            seen.add(blob)
                            self._ids.append(blob)
                            self._lengths.append(count)
                            at += count
                    else:
                        self._at = at
                        blob, count = self._add_open(fd, folder.place + name, size)
                        at = self._at
                finally:
                    os.close(fd)
                blobs.append(blob)
                lengths.append(count)
        except OSError as error:
            raise unreadable(error, folder.place + name) from error
        self._at = at
        self._files += len(blobs)
        self._bytes += sum(lengths)
        if not all(map(stat.S_ISREG, set(stats[4::STATS]))):
            raise Conflict("a file was replaced while it was being put", where=folder.place, hint="run it again")
        return blobs, lengths, array("q", stats)

    def add(self, path: str, size: int) -> tuple[bytes, int]:
        """Read one file; return its blob and size, which may differ from what its stat said.

        Raises:
            Conflict: the file has gone since it was listed.
            Invalid: it cannot be read.
        """
        try:
            fd = os.open(path, _FLAGS)
            try:
                blob, count = self._add_open(fd, path, size)
            finally:
                os.close(fd)
        except OSError as error:
            raise unreadable(error, path) from error
        self._count(count)
        return blob, count

    def _add_open(self, fd: int, path: str, size: int) -> tuple[bytes, int]:
        if size > LARGE:
            self._tell()
            return self._upload.add_file(Path(path), squeezed=not _is_packed(path))
        if self._at and self._at + size + 1 > _BUFFER:
            self.flush()
        at = self._at
        count = os.preadv(fd, (self._view[at : at + size + 1],), 0)
        if count > size:  # it has grown since it was looked at
            return self._upload.add_file(Path(path))
        blob = blake3(self._view[at : at + count]).digest()
        if blob not in self._seen:
            self._seen.add(blob)
            self._keep(blob, at, count, path)
        return blob, count

    def add_link(self, target: bytes) -> tuple[bytes, int]:
        """Keep the target of a symbolic link; return its blob and size."""
        self._count(len(target))
        return self._upload.add_bytes(target), len(target)

    def _keep(self, blob: bytes, at: int, count: int, path: str) -> None:
        if count >= TRY_COMPRESSION_FROM and not _is_packed(path):
            packed = squeeze(self._view[at : at + count])
            if packed is not None:
                if not (self._dedup and self._upload.has(blob)):
                    self._upload.pack().append(blob, Kind.ZSTD, packed, count)
                    self._upload.note((blob,))
                return
        self._ids.append(blob)
        self._lengths.append(count)
        self._at = at + count

    def flush(self) -> None:
        """Write what is in the buffer to the pack."""
        known = self._records.reusable(self._ids) if self._dedup else set()
        first = start = position = 0
        for number, (blob, length) in enumerate(zip(self._ids, self._lengths, strict=True) if known else ()):
            if blob in known:
                self._write(first, number, start, position)
                first, start = number + 1, position + length
            position += length
        self._write(first, len(self._ids), start, self._at)
        self._ids.clear()
        self._lengths.clear()
        self._at = 0
        self._tell()

    def _write(self, first: int, last: int, start: int, end: int) -> None:
        """Write the files numbered from ``first``, which lie from ``start`` to ``end``."""
        if first < last:
            ids = self._ids[first:last]
            self._upload.pack().append_run(ids, Kind.PLAIN, self._lengths[first:last], self._view[start:end])
            self._upload.note(ids)

    def _count(self, size: int) -> None:
        self._files += 1
        self._bytes += size

    def _tell(self) -> None:
        self._told(self._files, self._bytes)
        self._files = self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.flush()


def _is_packed(path: str) -> bool:
    return _PACKED_ALREADY.fullmatch(path.rpartition(".")[2].lower()) is not None


def unreadable(error: OSError, path: str) -> RecensionError:
    """What it means that a listed file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return Conflict("the file has gone while it was being put", where=path, hint="run it again")
    return Invalid(f"cannot be read: {error.strerror}", where=path)
