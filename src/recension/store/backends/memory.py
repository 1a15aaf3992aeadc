"""Objects in memory: gone with the process, otherwise a backend like any other."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from recension.errors import NotFound
from recension.store.backends import Bytes


class MemoryBackend:
    """Objects in a dict."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def create(self, key: str) -> _MemoryWriter:
        """Begin an object."""
        return _MemoryWriter(self, key)

    def put(self, key: str, data: Bytes) -> None:
        """Write a whole object."""
        with self._lock:
            self._objects[key] = bytes(data)

    def read(self, key: str, start: int, length: int) -> bytes:
        """Bytes of an object; fewer than ``length`` where it ends."""
        return self._get(key)[start : start + length]

    def size(self, key: str) -> int:
        """Length of an object in bytes."""
        return len(self._get(key))

    def _get(self, key: str) -> bytes:
        with self._lock:
            data = self._objects.get(key)
        if data is None:
            raise NotFound("there is no such object", where=key)
        return data

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with ``prefix``, sorted."""
        with self._lock:
            found = [key for key in self._objects if key.startswith(prefix)]
        yield from sorted(found)

    def delete(self, key: str) -> None:
        """Remove an object; no error when it is not there."""
        with self._lock:
            self._objects.pop(key, None)

    def remove_unfinished(self, idle_s: float, *, dry_run: bool = False) -> tuple[int, int]:  # noqa: ARG002
        """Nothing outlives its writer."""
        return 0, 0

    def close(self) -> None:
        """Nothing is open."""


class _MemoryWriter:
    """Collects what is written."""

    def __init__(self, backend: MemoryBackend, key: str) -> None:
        self._backend = backend
        self._key = key
        self._parts = bytearray()

    def write(self, data: Bytes) -> None:
        """Append."""
        self._parts += data

    def finish(self) -> None:
        """Make the object visible."""
        self._backend.put(self._key, self._parts)

    def abort(self) -> None:
        """Forget it."""
        self._parts = bytearray()
