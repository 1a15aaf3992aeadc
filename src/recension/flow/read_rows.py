"""Reads as rows: what each job found at which address, and what datums of a key were seen to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from recension.db import Tx
from recension.flow.batches import batches
from recension.flow.reads import Read
from recension.ids import BlobId


def reads_of_job(tx: Tx, job: str) -> list[Read]:
    """What a job read or, while it is not finished, resolved."""
    rows = tx.execute(
        "SELECT address, commit_id, content FROM job_read WHERE job = :job ORDER BY address", {"job": job}
    )
    return [Read(*row) for row in rows]


def keep_reads(tx: Tx, job: str, reads: Iterable[Read]) -> None:
    """Add to what a job has resolved; what it resolved before stays."""
    tx.executemany(
        "INSERT INTO job_read(job, address, commit_id, content) VALUES(:job, :address, :commit, :content) "
        "ON CONFLICT(job, address) DO NOTHING",
        [{"job": job, "address": one.address, "commit": one.commit, "content": one.content} for one in reads],
    )


def settle_reads(tx: Tx, job: str, reads: Iterable[Read]) -> None:
    """Replace what a job resolved by what its output was made from."""
    tx.execute("DELETE FROM job_read WHERE job = :job", {"job": job})
    keep_reads(tx, job, reads)


def note_addresses(tx: Tx, seen: Mapping[BlobId, Sequence[Read]]) -> None:
    """Remember which addresses a datum of a key read."""
    tx.executemany(
        "INSERT INTO memo_read(key, addresses) VALUES(:key, :addresses) ON CONFLICT(key, addresses) DO NOTHING",
        [
            {"key": key, "addresses": json.dumps(sorted(read.address for read in reads), ensure_ascii=False)}
            for key, reads in seen.items()
            if reads
        ],
    )


def addresses_of(tx: Tx, keys: Iterable[BlobId]) -> list[tuple[BlobId, tuple[str, ...]]]:
    """The lists of addresses that datums of these keys were seen to read."""
    found: list[tuple[BlobId, tuple[str, ...]]] = []
    for batch in batches(keys):
        marks = ", ".join(f":k{number}" for number in range(len(batch)))
        params = {f"k{number}": key for number, key in enumerate(batch)}
        rows = tx.execute(f"SELECT key, addresses FROM memo_read WHERE key IN ({marks})", params)
        found += [(BlobId(bytes(row[0])), tuple(json.loads(row[1]))) for row in rows]
    return found
