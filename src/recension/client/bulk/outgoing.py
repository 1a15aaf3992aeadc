"""Parcels on their way to the server: one is sent while the next is filled."""

from __future__ import annotations

import threading
from typing import Final

from recension.client.bulk.line import Line
from recension.store.parcel import MOST_BLOBS, Parcel

PARCEL_BYTES: Final = 16 << 20
"""A parcel grows no further than this; two of them are in memory at most."""


class Outgoing:
    """Sends parcels one after another by a thread of its own. Not to be shared between threads."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._parcel = Parcel()
        self._under_way: threading.Thread | None = None
        self._fault: BaseException | None = None
        self.sent = 0
        """Bytes that the server has taken."""

    def add(self, identity: bytes, plain: memoryview, *, squeezed: bool) -> None:
        """Send a blob; it is copied."""
        full = self._parcel.size + len(plain) > PARCEL_BYTES or len(self._parcel) == MOST_BLOBS
        if full and len(self._parcel):
            self._send()
        self._parcel.add(identity, plain, squeezed=squeezed)

    def finish(self) -> None:
        """Send what is left; everything is on the server's disk when this returns.

        Raises:
            RecensionError: the server refuses, or does not answer.
        """
        if len(self._parcel):
            self._send()
        self._wait()

    def _send(self) -> None:
        body = self._parcel.encode()
        self._parcel = Parcel()
        self._wait()
        self._under_way = threading.Thread(target=self._carry, args=(body,), daemon=True)
        self._under_way.start()

    def _carry(self, body: bytes) -> None:
        where = self._line.at("bulk", "parcel", "upload")
        try:
            self._line.again(lambda: self._line.http.upload(where, body))
            self.sent += len(body)
        except BaseException as fault:  # noqa: BLE001 - raised where the result is waited for
            self._fault = fault

    def _wait(self) -> None:
        if self._under_way is not None:
            self._under_way.join()
            self._under_way = None
        if self._fault is not None:
            raise self._fault
