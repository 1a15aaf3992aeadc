"""Reading files to send them: hashed in one buffer, asked about together, and only what the server lacks is packed."""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Callable
from typing import Final, NamedTuple

from blake3 import blake3

from recension.client.bulk.outgoing import Outgoing
from recension.store.chunks import LARGE, MAX_CHUNK, cut
from recension.store.folder_scan import OpenFolder
from recension.store.ingest import Told, unreadable
from recension.store.parcel import MOST_BLOBS

Ask = Callable[[list[bytes]], set[bytes]]
"""Which of some blobs the server need not be sent."""

_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PACKED_ALREADY: Final = re.compile(
    r"7z|aac|avif?|br|bz2|docx|flac|gif|gz|heic|jpe?g|m4a|mkv|mov|mp[34]|npz|ogg|onnx|parquet|pdf|png|pptx|web[mp]|whl|"
    r"xlsx|xz|zip|zst"
)


class LargeFile(NamedTuple):
    """A file that is sent as chunks and put together there."""

    blob: bytes
    size: int
    chunks: list[bytes]


class _Held(NamedTuple):
    """A blob in the buffer."""

    id: bytes
    start: int
    end: int
    squeezed: bool


class Packing:
    """Takes files in as :class:`recension.store.put_folders.Intake` asks for; memory stays bounded.

    Args:
        ask: asks the server what it has, for a buffer full of blobs at a time.
        outgoing: takes what it lacks.
        told: hears how many files and bytes were read.
    """

    def __init__(self, ask: Ask, outgoing: Outgoing, told: Told) -> None:
        self._ask = ask
        self._outgoing = outgoing
        self._told = told
        self._view = memoryview(bytearray(MAX_CHUNK + 1))
        self._at = 0
        self._held: list[_Held] = []
        self._seen: set[bytes] = set()
        self._files = 0
        self._bytes = 0
        self.large: list[LargeFile] = []

    def add_folder(self, folder: OpenFolder) -> tuple[list[bytes], list[int], array[int]]:
        """Read every file of a folder that holds plain files only; return their blobs, sizes and stats."""
        found = folder.scan()
        pairs = [self.add(folder.place + name, size) for name, size in zip(found.names, found.column(0), strict=True)]
        return [blob for blob, _ in pairs], [size for _, size in pairs], found.stats

    def add(self, path: str, size: int) -> tuple[bytes, int]:
        """Read one file; return its blob and size, which may differ from what its stat said.

        Raises:
            Conflict: the file has gone since it was listed.
            Invalid: it cannot be read.
        """
        try:
            fd = os.open(path, _FLAGS)
            try:
                squeezed = not _PACKED_ALREADY.fullmatch(path.rpartition(".")[2].lower())
                found = self._add_small(fd, size, squeezed=squeezed) if size <= LARGE else None
                blob, count = found or self._add_large(fd, squeezed=squeezed)
            finally:
                os.close(fd)
        except OSError as error:
            raise unreadable(error, path) from error
        self._files += 1
        return blob, count

    def add_link(self, target: bytes) -> tuple[bytes, int]:
        """Send the target of a symbolic link; return its blob and size."""
        self._files += 1
        return self._keep(memoryview(target), squeezed=False), len(target)

    def flush(self) -> None:
        """Ask about what is in the buffer, and hand over what the server lacks."""
        known = self._ask([held.id for held in self._held]) if self._held else set()
        for held in self._held:
            if held.id not in known:
                self._outgoing.add(held.id, self._view[held.start : held.end], squeezed=held.squeezed)
        self._held.clear()
        self._at = 0
        self._told(self._files, self._bytes)
        self._files = self._bytes = 0

    def _add_small(self, fd: int, size: int, *, squeezed: bool) -> tuple[bytes, int] | None:
        """Read a file right into the buffer; None when it has grown since it was looked at."""
        self._make_room(size + 1)
        at = self._at
        count = os.preadv(fd, (self._view[at : at + size + 1],), 0)
        if count > size:
            return None
        return self._note(blake3(self._view[at : at + count]).digest(), count, squeezed=squeezed), count

    def _add_large(self, fd: int, *, squeezed: bool) -> tuple[bytes, int]:
        whole, chunks, size = blake3(), [], 0
        for chunk in cut(lambda buffer: os.readv(fd, (buffer,))):
            whole.update(chunk)
            chunks.append(self._keep(chunk, squeezed=squeezed))
            size += len(chunk)
        blob = whole.digest()
        if chunks != [blob]:  # else it has shrunk to one chunk
            self.large.append(LargeFile(blob, size, chunks))
        return blob, size

    def _keep(self, data: memoryview, *, squeezed: bool) -> bytes:
        """Copy bytes into the buffer; return their blob."""
        self._make_room(len(data))
        self._view[self._at : self._at + len(data)] = data
        return self._note(blake3(data).digest(), len(data), squeezed=squeezed)

    def _note(self, identity: bytes, count: int, *, squeezed: bool) -> bytes:
        """Keep the blob that was just put behind the others in the buffer, unless it was met before."""
        self._bytes += count
        if identity not in self._seen:
            self._seen.add(identity)
            self._held.append(_Held(identity, self._at, self._at + count, squeezed))
            self._at += count
        return identity

    def _make_room(self, size: int) -> None:
        if self._at + size > len(self._view) or len(self._held) == MOST_BLOBS:
            self.flush()
