"""Work remembered by key, over all branches and pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from recension.db import Tx
from recension.flow.work import DatumState, Outcome
from recension.ids import BlobId, NodeId

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a key was worked out to, and by which job."""

    key: BlobId
    output: NodeId
    files: int
    size: int
    log: BlobId | None
    job: str


def recall(tx: Tx, keys: Iterable[BlobId]) -> dict[BlobId, Remembered]:
    """What is remembered of these keys."""
    found: dict[BlobId, Remembered] = {}
    for batch in _batches(keys):
        marks = ", ".join(f":k{number}" for number in range(len(batch)))
        params = {f"k{number}": key for number, key in enumerate(batch)}
        rows = tx.execute(f"SELECT key, output, files, size, log, job FROM memo WHERE key IN ({marks})", params)
        for row in rows:
            found[BlobId(bytes(row[0]))] = Remembered(*row)
    return found


def remember(tx: Tx, outcomes: Sequence[Outcome], job: str, at_us: int) -> None:
    """Keep what succeeded. Whoever came first stays: the second run of a key changes nothing."""
    tx.executemany(
        "INSERT INTO memo(key, output, files, size, log, job, spent_us, at_us) "
        "VALUES(:key, :output, :files, :size, :log, :job, :spent, :at) ON CONFLICT(key) DO NOTHING",
        [
            {
                "key": outcome.key,
                "output": outcome.output,
                "files": outcome.files,
                "size": outcome.size,
                "log": outcome.log,
                "job": job,
                "spent": outcome.spent_us,
                "at": at_us,
            }
            for outcome in outcomes
            if outcome.state is DatumState.SUCCESS
        ],
    )


def _batches(keys: Iterable[BlobId]) -> Iterator[list[BlobId]]:
    rest = iter(keys)
    while batch := list(islice(rest, _BATCH)):
        yield batch
