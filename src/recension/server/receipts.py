"""Receipts for uploaded bytes: what a commit may later refer to.

Bytes are stored once whoever brings them, so an id alone would let a caller commit, and then read, what they have only
heard of. A receipt says that this account has sent these very bytes. It holds until the server ends.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from recension.errors import NotFound
from recension.ids import BlobId


class Receipts:
    """Makes and recognises receipts."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def issue(self, account: int, blob: BlobId, size: int) -> str:
        """The receipt for bytes that ``account`` has sent."""
        return f"{blob.hex()}-{size}-{self._sign(account, blob.hex(), str(size))}"

    def redeem(self, account: int, receipt: str) -> tuple[BlobId, int]:
        """The blob and its size.

        Raises:
            NotFound: it is no receipt of this account's and this run's.
        """
        blob, _, rest = receipt.partition("-")
        size, _, signature = rest.partition("-")
        if not hmac.compare_digest(self._sign(account, blob, size).encode(), signature.encode()):
            raise NotFound("these bytes were not uploaded by you", where="receipt", hint="upload them again")
        return BlobId(bytes.fromhex(blob)), int(size)

    def _sign(self, account: int, blob: str, size: str) -> str:
        return hashlib.blake2b(f"{account}-{blob}-{size}".encode(), key=self._key, digest_size=16).hexdigest()
