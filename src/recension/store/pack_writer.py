"""Writing packs: records are gathered in memory and written in few large pieces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from recension.store.backends import Backend, Bytes
from recension.store.pack import HEADER, PackIndex

PACK_BYTES: Final = 64 << 20
"""A pack takes no further record once it has grown to this."""
_FLUSH_BYTES: Final = 8 << 20


def pack_key(name: str) -> str:
    """Where a pack lies in the object store."""
    return f"packs/{name}"


class SealedPack(NamedTuple):
    """A pack that is durable, with what is in it."""

    name: str
    size: int
    contents: PackIndex


class PackWriter:
    """One pack being written."""

    def __init__(self, backend: Backend, name: str) -> None:
        self.name = name
        self.index = PackIndex()
        self.position = len(HEADER)
        self._writer = backend.create(pack_key(name))
        self._parts: list[Bytes] = [HEADER]
        self._held = len(HEADER)

    @property
    def full(self) -> bool:
        """Whether the next record belongs in another pack."""
        return self.position >= PACK_BYTES

    def append(self, identity: bytes, kind: int, stored: bytes, size: int) -> None:
        """Add one record."""
        self.index.add(identity, kind, self.position, len(stored), size)
        self.position += len(stored)
        self._parts.append(stored)
        self._held += len(stored)
        if self._held >= _FLUSH_BYTES:
            self.flush()

    def append_run(self, ids: Sequence[bytes], kind: int, lengths: Sequence[int], data: memoryview) -> None:
        """Add plain records that lie one behind the other in ``data``, which is written before this returns."""
        index, position = self.index, self.position
        index.ids.extend(ids)
        index.stored.extend(lengths)
        index.sizes.extend(lengths)
        index.kinds.extend(bytes([kind]) * len(ids))
        index.positions.extend(accumulate(lengths[:-1], initial=position))
        self.flush()
        self._writer.write(data)
        self.position = position + len(data)

    def flush(self) -> None:
        """Hand what is gathered to the backend."""
        if self._parts:
            self._writer.write(self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))
            self._parts, self._held = [], 0

    def seal(self) -> SealedPack:
        """Write the index and make the pack durable."""
        end = self.index.encode(self.position)
        self._parts.append(end)
        self.flush()
        self._writer.finish()
        return SealedPack(self.name, self.position + len(end), self.index)

    def abort(self) -> None:
        """Forget the pack."""
        self._writer.abort()
