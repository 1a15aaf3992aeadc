"""Sending an object in parts while it is still being written: a thread pulls what the writer pushes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Final

PART_BYTES: Final = 8 << 20
_WAITING: Final = 2
_LOOK_S: Final = 0.5


class _Given(Exception):
    """The writer wants no object after all."""


class PartedUpload:
    """One object on its way; memory holds a few parts of it.

    Args:
        send: takes an iterator of pieces and returns when all have arrived; when the iterator raises, it removes what
            has arrived and raises.
    """

    def __init__(self, send: Callable[[Iterator[bytes]], None]) -> None:
        self._send = send
        self._pieces: queue.Queue[bytes | _Given | None] = queue.Queue(_WAITING)
        self._fault: Exception | None = None
        # a writer that neither finishes nor aborts keeps nobody from leaving
        self._thread = threading.Thread(target=self._run, name="parted-upload", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._send(self._pull())
        except Exception as error:  # noqa: BLE001  raised again in the thread that writes
            self._fault = error

    def _pull(self) -> Iterator[bytes]:
        while True:
            piece = self._pieces.get()
            if piece is None:
                return
            if isinstance(piece, _Given):
                raise piece
            yield piece

    def add(self, piece: bytes) -> None:
        """Send a piece; waits while too many are on their way, and raises what went wrong with earlier ones."""
        if self._fault is not None:
            raise self._fault
        self._push(piece)

    def _push(self, piece: bytes | _Given | None) -> None:
        while self._thread.is_alive():
            try:
                self._pieces.put(piece, timeout=_LOOK_S)
            except queue.Full:
                continue
            return

    def finish(self) -> None:
        """Return when everything has arrived; raises what went wrong on the way."""
        self._push(None)
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def abort(self) -> None:
        """Have what has arrived removed."""
        self._push(_Given())
        self._thread.join()
