"""Deciding what a job has to run: every datum that may differ gets its key, and keys that are known are not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from recension.db import Tx
from recension.flow.datums import Found, commits_of, datum_of, datum_path, find_datums, input_refs
from recension.flow.inputs import Datum, Inputs
from recension.flow.job_rows import Job, newest_success
from recension.flow.keys import InputFile, Preimage, datum_preimage
from recension.flow.layout import entries_of
from recension.flow.memo import Remembered, recall_datums
from recension.flow.pins import Pins
from recension.flow.read_index import addresses_in, moved
from recension.flow.read_rows import reads_of_job
from recension.flow.reads import Read, result_key
from recension.flow.work import DatumRef, InputRef
from recension.ids import BlobId, CommitId, NodeId
from recension.store import Entry, Store, Upload

_LISTINGS = 64


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job's work.

    Attributes:
        base: the earlier job of equal code and inputs' shape that it continues, if any.
        found: the datums looked at.
        refs: those present now, by id, in the order to run them.
        unchanged: the ids among them that are as in ``base``.
        remembered: what is known of other keys.
        base_reads: what ``base`` read beyond its inputs.
        records: the records of the datums looked at in the base's tree, by id.
        previous: the key each datum had in the newest earlier job, whatever its code was.
    """

    base: Job | None
    found: Found
    refs: Mapping[str, DatumRef]
    unchanged: frozenset[str]
    remembered: Mapping[BlobId, Remembered]
    base_reads: Sequence[Read]
    records: Mapping[str, Entry]
    previous: Mapping[str, BlobId]

    @property
    def to_run(self) -> list[DatumRef]:
        """What is neither unchanged nor remembered."""
        return [ref for ref in self.refs.values() if ref.id not in self.unchanged and ref.key not in self.remembered]

    @property
    def total(self) -> int:
        """How many datums the job has."""
        gone = len(self.found.delta.before.keys() - self.found.delta.after.keys())
        new = len(self.found.delta.after.keys() - self.found.delta.before.keys())
        return (0 if self.base is None else self.base.total - gone) + new


def prepare(
    store: Store, upload: Upload, inputs: Inputs, job: Job, pins: Pins, *, code: BlobId, shape: str
) -> Prepared:
    """Find the job's datums and their keys; preimages of keys that are not settled yet go into ``upload``."""
    with store.db.read() as tx:
        earlier = newest_success(tx, job)
        base = next((one for one in earlier if (one.code, one.shape) == (code, shape) and one.datums), None)
        again = _recovered(tx, inputs, base)
        base_reads = [] if base is None else reads_of_job(tx, base.id)
    commits = commits_of(job.inputs)
    tree = None if base is None else base.datums
    if tree is not None:
        again += moved(store, inputs, tree, base_reads, pins)
    found = find_datums(
        store, inputs, commits, earlier=None if base is None else commits_of(base.inputs), tree=tree, again=again
    )
    records = _records(store, tree, found)
    preimages = _preimages(store, inputs, found, commits, code)
    unchanged = frozenset(
        id_ for id_, (_, preimage) in preimages.items() if id_ in records and _stands(records[id_], preimage.key, pins)
    )
    remembered = recall_datums(
        store.db, (preimage.key for id_, (_, preimage) in preimages.items() if id_ not in unchanged), pins
    )
    for id_, (_, preimage) in preimages.items():
        if id_ not in unchanged and preimage.key not in remembered:
            upload.add_bytes(preimage.text)
    newest = earlier[0].datums if earlier else None
    previous = records if newest == tree else _records(store, newest, found)
    return Prepared(
        base,
        found,
        {id_: ref for id_, (ref, _) in preimages.items()},
        unchanged,
        remembered,
        base_reads,
        records,
        {id_: entry.blob for id_, entry in previous.items()},
    )


def _stands(record: Entry, key: BlobId, pins: Pins) -> bool:
    """Whether a record is of a success with this key, and what was read is as it was."""
    if record.meta["state"] != "success":
        return False
    with_reads = result_key(key, [pins.read(address) for address in addresses_in(record)])
    return record.blob == (key if with_reads is None else with_reads.key)


def _recovered(tx: Tx, inputs: Inputs, base: Job | None) -> list[Datum]:
    """The datums that have no output in the base, because its error command accepted that; they are tried again."""
    if base is None:
        return []
    rows = tx.execute("SELECT label FROM job_datum WHERE job = :job AND state = 'recovered'", {"job": base.id})
    return [datum_of(inputs, row[0]) for row in rows]


def _records(store: Store, tree: NodeId | None, found: Found) -> dict[str, Entry]:
    if tree is None:
        return {}
    looked_at = {**found.delta.before, **found.delta.after}
    records = ((id_, store.tree.stat(tree, datum_path(datum))) for id_, datum in looked_at.items())
    return {id_: entry for id_, entry in records if entry is not None}


def _preimages(
    store: Store, inputs: Inputs, found: Found, commits: Sequence[CommitId], code: BlobId
) -> dict[str, tuple[DatumRef, Preimage]]:
    look_up = cache(store.commit)

    @lru_cache(maxsize=_LISTINGS)
    def listing(ref: InputRef) -> tuple[InputFile, ...]:
        return tuple(
            InputFile(entry.path, None if ref.empty_files else entry.blob, entry.mode)
            for entry in entries_of(store, ref, look_up)
        )

    def order(datum: Datum) -> tuple[str, str]:
        return datum.near, datum.id

    done: dict[str, tuple[DatumRef, Preimage]] = {}
    for datum in sorted(found.delta.after.values(), key=order):
        refs = input_refs(inputs, datum, commits)
        preimage = datum_preimage(code, ((ref.name, listing(ref)) for ref in refs))
        done[datum.id] = DatumRef(datum.id, preimage.key, refs), preimage
    return done
