"""A bell between the requests that make work and the threads that do it."""

from __future__ import annotations

import threading


class Wake:
    """Threads sleep until it rings, their time is up, or the server stops."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Whether the server is about to end."""
        return self._stopping

    def ring(self) -> None:
        """There may be something to do."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def stop(self) -> None:
        """End every sleep for good."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def sleep(self, seconds: float, heard: int) -> int:
        """Wait for a ring since ``heard``, at most ``seconds``; return what to pass as ``heard`` next time."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != heard or self._stopping, seconds)
            return self._count
