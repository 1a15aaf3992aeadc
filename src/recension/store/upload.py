"""Bringing bytes into the store: blobs are hashed, packed and made durable before anything refers to them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, Self

from blake3 import blake3

from recension.clock import Clock
from recension.db import Database, Tx
from recension.errors import Invalid, NotFound
from recension.ids import BlobId, NodeId, new_commit_id
from recension.store.backends import Backend
from recension.store.chunks import LARGE, stretches
from recension.store.pack import Kind, Trial, squeeze, store_node
from recension.store.pack_writer import PackWriter, SealedPack
from recension.store.records import Records, encode_chunks

_READ_BYTES: Final = 1 << 20


class Upload:
    """Blobs on their way into the store; safe to share between threads.

    What was added may be referred to by the ``write`` it is handed to. Blobs that no write took are registered when
    the upload ends without an error, so that their ids can be used later.
    """

    def __init__(self, db: Database, objects: Backend, records: Records, clock: Clock) -> None:
        self._db = db
        self._objects = objects
        self._records = records
        self._clock = clock
        self._lock = threading.RLock()
        self._pack: PackWriter | None = None
        self._sealed: list[SealedPack] = []
        self._added: set[bytes] = set()
        self._nodes: dict[NodeId, bytes] = {}
        self._began_empty: bool | None = None

    def add_bytes(self, data: bytes | bytearray | memoryview) -> BlobId:
        """Add a blob; one that is stored already costs nothing."""
        view = memoryview(data)
        if len(view) > LARGE:
            return self.add_stream([bytes(view)])[0]
        return self._add_small(view)

    def add_file(self, path: Path, *, squeezed: bool = True) -> tuple[BlobId, int]:
        """Add the content of a file; return its id and size. Large files are read in pieces.

        Args:
            path: the file.
            squeezed: whether to try to compress it.

        Raises:
            NotFound: there is no such file.
            Invalid: it is a folder or cannot be read.
        """
        try:
            with path.open("rb", buffering=0) as file:
                if os.fstat(file.fileno()).st_size > LARGE:
                    return self._add_large(file.readinto, squeezed=squeezed)
                data = b"".join(iter(lambda: file.read(_READ_BYTES), b""))
                return self.add_bytes(data), len(data)
        except FileNotFoundError:
            raise NotFound("there is no such file", where=str(path)) from None
        except OSError as error:
            raise Invalid(f"cannot be read: {error.strerror}", where=str(path)) from error

    def add_stream(self, parts: Iterable[bytes]) -> tuple[BlobId, int]:
        """Add a blob that comes in parts; return its id and size. Memory stays bounded."""
        source = iter(parts)
        head = bytearray()
        for part in source:
            head += part
            if len(head) > LARGE:
                return self._add_large(_reader(head, source))
        return self._add_small(memoryview(head)), len(head)

    def _add_small(self, view: memoryview) -> BlobId:
        identity = BlobId(blake3(view).digest())
        with self._lock:
            if not self.has(identity):
                packed = squeeze(view)
                if packed is None:
                    self._append(identity, Kind.PLAIN, bytes(view), len(view))
                else:
                    self._append(identity, Kind.ZSTD, packed, len(view))
        return identity

    def _add_large(self, read_into: Callable[[memoryview], int], *, squeezed: bool = True) -> tuple[BlobId, int]:
        whole, size, chunks = blake3(), 0, list[tuple[bytes, int]]()
        trial = Trial() if squeezed else None
        for stretch in stretches(read_into):
            ids = []
            for chunk in stretch:
                ids.append(blake3(chunk).digest())
                whole.update(chunk)
                size += len(chunk)
            self._add_chunks(ids, stretch, trial)
            chunks += zip(ids, map(len, stretch), strict=True)
        identity = BlobId(whole.digest())
        with self._lock:
            if not self.has(identity):
                self._append(identity, Kind.CHUNKS, encode_chunks(chunks), size)
        return identity, size

    def _add_chunks(self, ids: list[bytes], chunks: list[memoryview], trial: Trial | None) -> None:
        """Add some blobs; those that are stored plain are written from where they lie."""
        with self._lock:
            known = self._known_chunks([identity for identity in ids if identity not in self._added])
            for identity, chunk in zip(ids, chunks, strict=True):
                if identity in known or identity in self._added:
                    continue
                packed = trial.squeeze(chunk) if trial else None
                if packed is None:
                    self.pack().append_run((identity,), Kind.PLAIN, (len(chunk),), chunk)
                    self._added.add(identity)
                else:
                    self._append(identity, Kind.ZSTD, packed, len(chunk))

    def _known_chunks(self, ids: list[bytes]) -> set[bytes]:
        """Those of some chunks that need not be added: in a store that began without anything, none."""
        if self._began_empty is None:
            self._began_empty = not self._records.any()
        return set() if self._began_empty else self._records.reusable(ids)

    def has(self, identity: bytes) -> bool:
        """Whether the blob is in this upload or in the store, and need not be added."""
        return identity in self._added or bool(self._records.reusable([identity]))

    def lacks(self, ids: set[bytes]) -> list[bytes]:
        """Those of some blobs that did not come with this upload."""
        return list(ids - self._added)

    def add_node(self, identity: NodeId, raw: bytes, *, held: bool = True) -> None:
        """Add a manifest node; the caller has made sure that it is not stored yet.

        ``held``: :meth:`node` gives it until it is registered.
        """
        with self._lock:
            if identity not in self._added:
                if held:
                    self._nodes[identity] = raw
                self._append(identity, Kind.NODE, store_node(raw), len(raw))

    def node(self, identity: NodeId) -> bytes | None:
        """A node that was added and is not registered yet."""
        return self._nodes.get(identity)

    def _append(self, identity: bytes, kind: Kind, stored: bytes, size: int) -> None:
        self.pack().append(identity, kind, stored, size)
        self._added.add(identity)

    def pack(self) -> PackWriter:
        """The pack that takes the next record."""
        if self._pack is not None and self._pack.full:
            self._sealed.append(self._pack.seal())
            self._pack = None
        if self._pack is None:
            self._pack = PackWriter(self._objects, new_commit_id(self._clock.now_us()))
        return self._pack

    def note(self, ids: Iterable[bytes]) -> None:
        """Count blobs that were appended to the pack directly as added."""
        self._added.update(ids)

    def seal(self) -> list[SealedPack]:
        """Make everything added so far durable; return the packs that are not registered yet."""
        with self._lock:
            if self._pack is not None:
                self._sealed.append(self._pack.seal())
                self._pack = None
            return list(self._sealed)

    def registered(self, packs: Iterable[SealedPack]) -> None:
        """Note that a transaction has registered these packs."""
        done = {pack.name for pack in packs}
        with self._lock:
            self._sealed = [pack for pack in self._sealed if pack.name not in done]
            if not self._sealed and self._pack is None:
                self._nodes.clear()

    def finish(self) -> None:
        """Make durable and register what no write has taken."""
        packs = self.seal()
        if packs:
            at_us = self._clock.now_us()

            def register(tx: Tx) -> None:
                self._records.insert(tx, packs, at_us)

            self._db.write(register)
            self.registered(packs)

    def abort(self) -> None:
        """Forget the pack being written."""
        with self._lock:
            if self._pack is not None:
                self._pack.abort()
                self._pack = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.finish()
        else:
            self.abort()


def _reader(head: bytearray, rest: Iterator[bytes]) -> Callable[[memoryview], int]:
    """A function that fills buffers from ``head`` and what follows it."""
    pending = memoryview(bytes(head))

    def read_into(buffer: memoryview) -> int:
        nonlocal pending
        while not pending:
            part = next(rest, None)
            if part is None:
                return 0
            pending = memoryview(part)
        count = min(len(buffer), len(pending))
        buffer[:count] = pending[:count]
        pending = pending[count:]
        return count

    return read_into
