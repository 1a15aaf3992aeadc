"""The end of a job that went well: its tree of datums, and the output commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recension.db import Tx
from recension.errors import Invalid
from recension.flow.datums import datum_path, describe, key_edits, output_of, record
from recension.flow.dispatch import Results
from recension.flow.inputs import Inputs
from recension.flow.job_rows import Job, move
from recension.flow.memo import Remembered
from recension.flow.output import Merged, merge, on_head
from recension.flow.prepare import Prepared
from recension.flow.read_index import Addresses, addresses_in, index_edits, still_read
from recension.flow.read_rows import reads_of_job, settle_reads
from recension.flow.reads import Read
from recension.flow.spec import Spec
from recension.flow.states import JobEvent
from recension.flow.watch import Context
from recension.flow.work import DatumState
from recension.ids import BlobId, CommitId, NodeId
from recension.store import EMPTY, Commit, Delete, Edit, Upload


@dataclass(frozen=True, slots=True)
class Accounts:
    """The numbers of a job, for its row and its commit."""

    total: int
    run: int
    code: BlobId
    environment: str

    @property
    def skipped(self) -> int:
        """The datums that this job did not run."""
        return self.total - self.run


def publish(
    context: Context,
    spec: Spec,
    inputs: Inputs,
    prepared: Prepared,
    results: Results,
    *,
    labels: Mapping[str, str],
    accounts: Accounts,
) -> Commit:
    """Commit the union of all datums' outputs; the job's success is part of that transaction.

    Raises:
        Invalid: two datums wrote the same path, or one wrote a file where another has a folder.
        Conflict: the job was ended, or its output branch moved, by somebody else.
    """
    outputs = _outputs(prepared, results)
    with context.store.upload() as upload:
        addresses = _addresses(prepared, results)
        tree = _tree(context, inputs, prepared, results, outputs, addresses, labels, upload)
        reads = _reads(context, prepared, addresses)
        merged = _merged(context, prepared, outputs, labels)
        try:
            return _commit(context, spec, prepared, merged, tree, reads, accounts, upload)
        except Invalid as error:
            # Only paths can be wrong here: a file where another datum has a folder, or the other way round.
            wrote = merged.writers.get(error.where or "")
            by = "" if wrote is None else f", written by datum {wrote} ({describe(labels[wrote])})"
            raise Invalid(f"{error.message}{by}", where=f"/pfs/out{error.where}", hint=error.hint) from None


def _outputs(prepared: Prepared, results: Results) -> dict[str, NodeId | None]:
    """The output of every datum present that was looked at; ``None`` for those recovered."""
    found: dict[str, NodeId | None] = {}
    for id_, ref in prepared.refs.items():
        if id_ in prepared.unchanged:
            found[id_] = output_of(prepared.records[id_])
        else:
            known = _known(prepared, results, ref.key)
            found[id_] = None if known is None else known.output
    return found


def _known(prepared: Prepared, results: Results, key: BlobId) -> Remembered | None:
    return prepared.remembered.get(key) or results.outputs.get(key)


def _addresses(prepared: Prepared, results: Results) -> dict[str, Addresses]:
    """What every datum present that was looked at has read."""
    found: dict[str, Addresses] = {}
    for id_, ref in prepared.refs.items():
        if id_ in prepared.unchanged:
            found[id_] = addresses_in(prepared.records[id_])
        else:
            known = _known(prepared, results, ref.key)
            found[id_] = () if known is None else known.addresses
    return found


def _reads(context: Context, prepared: Prepared, addresses: Mapping[str, Addresses]) -> list[Read]:
    """What all of the job's datums have read beyond their inputs, also those that were not looked at."""
    wanted = {address for each in addresses.values() for address in each}
    if prepared.base is not None and prepared.base.datums is not None:
        tree, looked_at = prepared.base.datums, prepared.found.delta.before
        for read in prepared.base_reads:
            if read.address not in wanted and still_read(context.store, tree, read.address, not_by=looked_at):
                wanted.add(read.address)
    with context.db.read() as tx:
        return [read for read in reads_of_job(tx, context.job.id) if read.address in wanted]


def _merged(
    context: Context, prepared: Prepared, outputs: Mapping[str, NodeId | None], labels: Mapping[str, str]
) -> Merged:
    before = ((id_, output_of(prepared.records[id_])) for id_ in prepared.found.delta.before if id_ in prepared.records)
    base = prepared.base
    standing = None
    if base is not None and base.output_commit is not None:
        standing = context.store.commit(base.output_commit).root
    return merge(
        context.store,
        gone={id_: root for id_, root in before if root is not None},
        new={id_: root for id_, root in outputs.items() if root is not None},
        tree=None if base is None else base.datums,
        standing=standing,
        name=lambda id_: f"{id_} ({describe(labels[id_])})" if id_ in labels else id_,
    )


def _tree(  # noqa: PLR0917
    context: Context,
    inputs: Inputs,
    prepared: Prepared,
    results: Results,
    outputs: Mapping[str, NodeId | None],
    addresses: Mapping[str, Addresses],
    labels: Mapping[str, str],
    upload: Upload,
) -> NodeId:
    delta = prepared.found.delta
    edits: list[Edit] = [Delete(datum_path(datum)) for id_, datum in delta.before.items() if id_ not in delta.after]
    for id_, datum in delta.after.items():
        if id_ not in prepared.unchanged:
            key = prepared.refs[id_].key
            state = DatumState.RECOVERED if key in results.recovered else DatumState.SUCCESS
            known = _known(prepared, results, key)
            edits.append(record(datum, known.key if known else key, outputs[id_], state.value, addresses[id_]))
    edits.extend(key_edits(inputs, prepared.found.touched))
    read_before = {id_: addresses_in(prepared.records[id_]) for id_ in delta.before if id_ in prepared.records}
    edits.extend(index_edits(read_before, addresses, labels))
    base = prepared.base
    start = EMPTY if base is None or base.datums is None else base.datums
    return context.store.tree.apply(start, edits, upload)


def _commit(  # noqa: PLR0917
    context: Context,
    spec: Spec,
    prepared: Prepared,
    merged: Merged,
    tree: NodeId,
    reads: list[Read],
    accounts: Accounts,
    upload: Upload,
) -> Commit:
    job, store = context.job, context.store
    base = None if prepared.base is None else prepared.base.output_commit
    now_us = context.clock.now_us()
    context.db.write(lambda tx: move(tx, job.id, JobEvent.SETTLE, now_us))

    def succeed(tx: Tx, commit: Commit) -> None:
        columns = {"output_commit": commit.id, "datums": tree, "total": accounts.total, "run": accounts.run}
        settle_reads(tx, job.id, reads)
        move(tx, job.id, JobEvent.COMMIT, context.clock.now_us(), **columns, skipped=accounts.skipped)

    head = store.head(job.pipeline, job.output_branch, job.workspace)
    return store.write(
        job.pipeline,
        job.output_branch,
        on_head(store, merged.edits, base=base, head=head),
        upload=upload,
        message=f"{accounts.run} of {accounts.total} datums run",
        author=f"pipeline {job.pipeline}",
        kind="job",
        meta=_meta(context, spec, accounts),
        provenance=_provenance(job, reads),
        global_id=job.global_id,
        workspace=job.workspace,
        base=None if head is None else head.id,
        also=succeed,
    )


def _provenance(job: Job, reads: Iterable[Read]) -> list[CommitId]:
    read = (one.commit for one in reads if one.commit is not None)
    return list(dict.fromkeys([*(entry.commit for entry in job.inputs), job.spec_commit, *read]))


def _meta(context: Context, spec: Spec, accounts: Accounts) -> dict[str, object]:
    job = context.job
    started_us = job.started_us or context.clock.now_us()
    return {
        "pipeline": job.pipeline,
        "job": job.id,
        "datums_total": accounts.total,
        "datums_run": accounts.run,
        "datums_skipped": accounts.skipped,
        "seconds": round((context.clock.now_us() - started_us) / 1e6, 3),
        "code": accounts.code.hex(),
        "environment": accounts.environment,
        "parameters": dict(spec.parameters),
    }
