"""What a step read beyond its inputs, and what that makes of the identity of its result.

A datum's key says what it was given. What it asks for while it runs is known only afterwards: so the *result key* is
the hash of the datum's key together with each address read and the content found there. A result is found again by
resolving the addresses that datums of its key were seen to read, and looking up the result key that this gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from recension.flow.document import Plain
from recension.flow.keys import KEY_VERSION, Preimage, hashed
from recension.ids import BlobId, CommitId

NOTHING: Final = ""
"""The content of an address at which nothing was found."""


@dataclass(frozen=True, slots=True)
class Read:
    """An address that was read: the commit it stood for, and its content.

    ``content`` is ``NOTHING`` when the commit lacks the path, or there is no such commit at all (``None``).
    """

    address: str
    commit: CommitId | None
    content: str


def result_key(key: BlobId, reads: Iterable[Read]) -> Preimage | None:
    """The identity of a result that depends on reads; ``None`` without reads, when it is the datum's key itself."""
    rows: list[Plain] = [[read.address, read.content] for read in sorted(reads, key=lambda read: read.address)]
    return hashed({"version": KEY_VERSION, "datum": key.hex(), "reads": rows}) if rows else None


def datum_key(preimage: bytes) -> BlobId | None:
    """The datum's key that a result key was made from; ``None`` when the preimage is that of a datum's key."""
    found = json.loads(preimage).get("datum")
    return None if found is None else BlobId(bytes.fromhex(found))


def compare_reads(old: bytes, new: bytes) -> Iterator[str]:
    """What differs between the reads of two preimages, one line per address."""
    before, after = _contents(old), _contents(new)
    for address in sorted(before.keys() | after.keys()):
        if address not in after:
            yield f"{address} is no longer read"
        elif address not in before:
            yield f"{address} was not read before"
        elif before[address] != after[address]:
            yield f"{address} has other content" if after[address] else f"{address} is gone"


def _contents(preimage: bytes) -> dict[str, Any]:
    return dict(json.loads(preimage).get("reads", ()))
