"""Why each datum of a job ran: a field-by-field comparison of keys with those of the job before."""

from __future__ import annotations

from dataclasses import dataclass

from recension.db import Tx
from recension.flow.datums import describe
from recension.flow.job_rows import Job, job
from recension.flow.keys import code_of, compare_code, compare_inputs
from recension.flow.reads import compare_reads, datum_key
from recension.ids import BlobId
from recension.store import Store


@dataclass(frozen=True, slots=True)
class DatumRow:
    """A datum that a job ran. ``label`` names its matches: ``images:/a.png + labels:/a.json``."""

    id: str
    label: str
    key: BlobId
    previous: BlobId | None
    state: str
    attempts: int
    spent_us: int
    error: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a datum ran: ``new``, ``code``, ``inputs``, ``reads`` or ``again``, and what exactly differs, by line."""

    datum: DatumRow
    kind: str
    differences: tuple[str, ...]


def datums_run(tx: Tx, job_id: str, *, limit: int = 1000) -> list[DatumRow]:
    """The datums that a job ran itself, failed ones first."""
    rows = tx.execute(
        "SELECT datum, label, key, previous, state, attempts, spent_us, error FROM job_datum WHERE job = :job "
        "ORDER BY CASE state WHEN 'failed' THEN 0 WHEN 'recovered' THEN 1 ELSE 2 END, datum LIMIT :limit",
        {"job": job_id, "limit": limit},
    )
    return [DatumRow(row[0], describe(row[1]), *row[2:]) for row in rows]


def explain(store: Store, tx: Tx, job_id: str, *, limit: int = 1000) -> list[Reason]:
    """Why each datum ran that a job ran; those it skipped had a key that was known.

    Raises:
        NotFound: there is no such job.
    """
    of: Job = job(tx, job_id)
    return [_reason(store, datum) for datum in datums_run(tx, of.id, limit=limit)]


def _reason(store: Store, datum: DatumRow) -> Reason:
    if datum.previous is None:
        return Reason(datum, "new", ())
    if datum.previous == datum.key:
        return Reason(datum, "again", ("the same key was run before without a result",))
    old_result, new_result = store.open_blob(datum.previous), store.open_blob(datum.key)
    reads = list(compare_reads(old_result, new_result))
    old, new = _given(store, old_result), _given(store, new_result)
    code = compare_code(store.open_blob(code_of(old)), store.open_blob(code_of(new)))
    inputs = compare_inputs(old, new)
    differences = (*(f"code: {field}" for field in code), *(f"input {line}" for line in inputs))
    kind = "code" if code else "inputs" if inputs else "reads"
    # Other inputs or other code may well ask for other things: that is a consequence, no reason.
    return Reason(datum, kind, differences or tuple(f"read {line}" for line in reads))


def _given(store: Store, preimage: bytes) -> bytes:
    """The preimage of a datum's key, given that of its result key."""
    key = datum_key(preimage)
    return preimage if key is None else store.open_blob(key)
