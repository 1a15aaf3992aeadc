"""Work remembered by key, over all branches and pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from recension.db import Database, Tx
from recension.flow.batches import batches
from recension.flow.pins import Pins
from recension.flow.read_rows import addresses_of, note_addresses
from recension.flow.reads import result_key
from recension.flow.work import DatumState, Outcome
from recension.ids import BlobId, NodeId


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a result key was worked out to, and by which job; ``addresses`` are what the key depends on by reading."""

    key: BlobId
    output: NodeId
    files: int
    size: int
    log: BlobId | None
    job: str
    addresses: tuple[str, ...] = ()


def recall(tx: Tx, keys: Iterable[BlobId]) -> dict[BlobId, Remembered]:
    """What is remembered of these result keys."""
    found: dict[BlobId, Remembered] = {}
    for batch in batches(keys):
        marks = ", ".join(f":k{number}" for number in range(len(batch)))
        params = {f"k{number}": key for number, key in enumerate(batch)}
        rows = tx.execute(f"SELECT key, output, files, size, log, job FROM memo WHERE key IN ({marks})", params)
        for row in rows:
            found[BlobId(bytes(row[0]))] = Remembered(*row)
    return found


def recall_datums(db: Database, keys: Iterable[BlobId], pins: Pins) -> dict[BlobId, Remembered]:
    """What is remembered of datums of these keys, given what the addresses they read stand for now."""
    wanted = list(dict.fromkeys(keys))
    with db.read() as tx:
        found = recall(tx, wanted)
        seen = addresses_of(tx, (key for key in wanted if key not in found))
    candidates: dict[BlobId, tuple[BlobId, tuple[str, ...]]] = {}
    for key, addresses in seen:
        preimage = result_key(key, [pins.read(address) for address in addresses])
        if preimage is not None:
            candidates[preimage.key] = key, addresses
    with db.read() as tx:
        for result, known in recall(tx, candidates).items():
            key, addresses = candidates[result]
            found[key] = replace(known, addresses=addresses)
    return found


def remember(tx: Tx, outcomes: Sequence[Outcome], job: str, at_us: int) -> None:
    """Keep what succeeded. Whoever came first stays: the second run of a key changes nothing."""
    good = [outcome for outcome in outcomes if outcome.state is DatumState.SUCCESS]
    tx.executemany(
        "INSERT INTO memo(key, output, files, size, log, job, spent_us, at_us) "
        "VALUES(:key, :output, :files, :size, :log, :job, :spent, :at) ON CONFLICT(key) DO NOTHING",
        [
            {
                "key": outcome.result_key,
                "output": outcome.output,
                "files": outcome.files,
                "size": outcome.size,
                "log": outcome.log,
                "job": job,
                "spent": outcome.spent_us,
                "at": at_us,
            }
            for outcome in good
        ],
    )
    # Also of those that failed: who explains them looks for the key that their reads were added to.
    note_addresses(tx, {outcome.key: outcome.reads for outcome in outcomes})
