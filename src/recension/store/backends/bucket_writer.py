"""An object of a bucket while it is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from obstore.exceptions import BaseError

from recension.errors import Unavailable
from recension.store.backends import Bytes
from recension.store.backends.parted import PART_BYTES, PartedUpload

if TYPE_CHECKING:
    from recension.store.backends.s3 import BucketBackend


class BucketWriter:
    """Gathers a small object; sends a large one on in parts."""

    def __init__(self, backend: BucketBackend, key: str) -> None:
        self._backend = backend
        self._key = key
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._upload: PartedUpload | None = None
        self._done = False

    def write(self, data: Bytes) -> None:
        """Append."""
        self._held.append(bytes(data))
        self._held_bytes += len(data)
        if self._upload is not None or self._held_bytes > PART_BYTES:
            self._send_on()

    def _send_on(self) -> None:
        if self._upload is None:
            self._upload = PartedUpload(lambda parts: self._backend.put_parts(self._key, parts))
        try:
            for piece in self._held:
                self._upload.add(piece)
        except (BaseError, FileNotFoundError) as error:
            raise self._backend.explain(error, self._key) from error
        self._held.clear()

    def finish(self) -> None:
        """Make the object durable and visible."""
        if self._upload is None:
            self._backend.put(self._key, b"".join(self._held))
        else:
            self._finish_parts(self._upload)
        self._done = True

    def _finish_parts(self, upload: PartedUpload) -> None:
        try:
            upload.finish()
        except (BaseError, FileNotFoundError) as error:
            # the answer to the last request may have been lost: then the object is there
            if not self._backend.has(self._key, self._held_bytes):
                raise self._backend.explain(error, self._key) from error
            return
        if not self._backend.has(self._key, self._held_bytes):
            raise Unavailable("the object store has not kept all of an object", where=self._key, hint="try again")

    def abort(self) -> None:
        """Forget it; harmless after ``finish``."""
        self._held.clear()
        if self._upload is not None and not self._done:
            self._upload.abort()
            self._done = True
