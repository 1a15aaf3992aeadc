"""Running a job: from its row to its output commit, again and again until it is through.

Theory of operation: every step can be repeated. What is to run follows from the job's input commits and the memo
table; finished datums enter that table in groups, each in one transaction; the output commit and the job's last state
are written by one transaction. A job whose process died is simply run again.
"""

from __future__ import annotations

import json
import threading

from recension.clock import Clock
from recension.db import Database, Tx
from recension.errors import Busy, RecensionError
from recension.flow.creation import load
from recension.flow.datums import label
from recension.flow.dispatch import Results, run_datums
from recension.flow.engines import Engine
from recension.flow.inputs import Inputs
from recension.flow.job_log import JobLog
from recension.flow.job_rows import Job, job, move, runnable
from recension.flow.keys import LOCKED, UNLOCKED, canonical, code_preimage
from recension.flow.pins import Pins
from recension.flow.planning import strand
from recension.flow.prepare import Prepared, prepare
from recension.flow.publish import Accounts, publish
from recension.flow.read_rows import keep_reads, reads_of_job
from recension.flow.spec import Spec, shape
from recension.flow.states import JobEvent, JobState
from recension.flow.watch import Context, Interrupted, JobEnded, Watch, watching
from recension.flow.work import Step
from recension.ids import Address, BlobId, CommitId
from recension.store import Store


def run_job(
    store: Store, db: Database, clock: Clock, job_id: str, engine: Engine, *, stop: threading.Event | None = None
) -> Job:
    """Run a job to its end, or take it up where it was left.

    A job that is finished already is returned as it is. A step that fails makes the job fail; it raises nothing.

    Args:
        store: where the data are.
        db: the database of the same home.
        clock: tells the time.
        job_id: the job.
        engine: runs its datums.
        stop: when it is set, the job is left as it is, to be run again later.

    Raises:
        NotFound: there is no such job.
        Busy: an older job of the same pipeline and branch is not finished, or the pipeline is paused.
    """
    with db.read() as tx:
        found = job(tx, job_id)
        if found.finished:
            return found
        line = (one for one in runnable(tx) if (one.output, one.branch) == (found.output, found.branch))
        first = next(line, None)
    if first is None:
        raise Busy("its pipeline is paused", where=f"job {job_id}", hint=f"recension pipeline resume {found.pipeline}")
    if first.id != found.id:
        raise Busy(f"job {first.id} comes first", where=f"job {job_id}", hint="run the older job first")
    context = Context(store, db, clock, JobLog(db, clock, found.id), found)
    try:
        _through(context, engine, stop or threading.Event())
    except Interrupted:
        context.log.add("interrupted; it goes on when the server is back")
    except JobEnded as end:
        _end(context, end.event, end.reason)
    except RecensionError as error:
        _end(context, JobEvent.FAIL, str(error))
    except OSError as error:
        _end(context, JobEvent.FAIL, f"the machine refused: {error}")
    finally:
        context.log.flush()
    with db.read() as tx:
        return job(tx, job_id)


def cancel_job(db: Database, clock: Clock, job_id: str) -> JobState:
    """Ask for a job to be ended; one that nobody runs ends at once.

    Raises:
        NotFound: there is no such job.
        Conflict: it is finished.
    """

    def cancel(tx: Tx) -> JobState:
        found = job(tx, job_id)
        if found.state is JobState.CREATED or found.finished:
            return move(tx, job_id, JobEvent.KILL, clock.now_us(), reason="cancelled")
        tx.execute("UPDATE job SET kill_wanted = 1 WHERE id = :id", {"id": job_id})
        return found.state

    return db.write(cancel)


def _end(context: Context, event: JobEvent, reason: str) -> None:
    """Write down that a job came to nothing, and what cannot run because of that."""
    now_us = context.clock.now_us()

    def write(tx: Tx) -> bool:
        if job(tx, context.job.id).finished:
            return False
        move(tx, context.job.id, event, now_us, reason=reason)
        return True

    if context.db.write(write):
        with context.db.read() as tx:
            ended = job(tx, context.job.id)
        strand(context.db, context.store, context.clock, ended)


def _through(context: Context, engine: Engine, stop: threading.Event) -> None:
    if context.job.kill_wanted:
        raise JobEnded(JobEvent.KILL, "cancelled")
    now_us = context.clock.now_us()
    context.db.write(lambda tx: move(tx, context.job.id, JobEvent.START, now_us, run=0, failed=0, recovered=0))
    spec, files = load(context.store, context.job.workspace, context.job.pipeline, context.job.spec_commit)
    with watching(context, stop, spec.job_timeout_s) as watch:
        lock = _environment(context, engine, spec, watch)
        inputs = Inputs(spec.input)
        afresh = context.job.id if spec.every_job else None
        code = code_preimage(spec, files, lock=lock, python=engine.python, job=afresh)
        heads = _heads(context.job)
        pins = _pins(context, heads)
        prepared = _prepare(context, inputs, spec, code.key, code.text, pins)
        delta = prepared.found.delta
        labels = {id_: label(inputs, datum) for id_, datum in {**delta.before, **delta.after}.items()}
        done_before = sum(known.job == context.job.id for known in prepared.remembered.values())
        _note(context, prepared, done_before)
        step = Step(context.job.id, spec, files, lock, heads, pins.reads)
        results = _run(context, engine, watch, step, prepared, labels)
        watch.check()
        run = done_before + len({ref.key for ref in prepared.to_run})
        environment = UNLOCKED if lock is None else LOCKED
        accounts = Accounts(prepared.total, run, code.key, environment)
        commit = publish(context, spec, inputs, prepared, results, labels=labels, accounts=accounts)
    context.log.add(f"{run} of {prepared.total} datums run; output {commit.address}")


def _environment(context: Context, engine: Engine, spec: Spec, watch: Watch) -> str | None:
    """Make the environment ready, and remember what its requirements were resolved to the first time."""
    requirements = spec.transform.requirements
    if requirements is None:
        return engine.prepare(None, None, context.log.add, watch.halt)
    row = {"requirements": json.dumps(requirements), "python": engine.python}
    with context.db.read() as tx:
        known = tx.execute(
            "SELECT lock FROM environment_lock WHERE requirements = :requirements AND python = :python", row
        ).scalar()
    try:
        lock = engine.prepare(requirements, known, context.log.add, watch.halt)
    except RecensionError:
        watch.check()
        raise
    if known is None:
        now_us = context.clock.now_us()
        context.db.write(
            lambda tx: tx.execute(
                "INSERT INTO environment_lock(requirements, python, lock, at_us) "
                "VALUES(:requirements, :python, :lock, :at) ON CONFLICT(requirements, python) DO NOTHING",
                {**row, "lock": lock, "at": now_us},
            )
        )
    return lock


def _heads(of: Job) -> dict[str, CommitId]:
    """The commits of a job's inputs by ``repo@branch``."""
    return {str(Address(entry.workspace, entry.repo, entry.branch)): entry.commit for entry in of.inputs}


def _pins(context: Context, heads: dict[str, CommitId]) -> Pins:
    with context.db.read() as tx:
        known = reads_of_job(tx, context.job.id)
    return Pins(context.store, context.job.output.repo_name, heads, known)


def _prepare(  # noqa: PLR0917
    context: Context, inputs: Inputs, spec: Spec, code: BlobId, code_text: bytes, pins: Pins
) -> Prepared:
    form = canonical(shape(spec.input)).decode()
    environment = UNLOCKED if spec.transform.requirements is None else LOCKED
    with context.store.upload() as upload:
        upload.add_bytes(code_text)
        prepared = prepare(context.store, upload, inputs, context.job, pins, code=code, shape=form)

    def write(tx: Tx) -> None:
        keep_reads(tx, context.job.id, pins.reads)
        tx.execute(
            "UPDATE job SET code = :code, shape = :shape, environment = :environment WHERE id = :id",
            {"id": context.job.id, "code": code, "shape": form, "environment": environment},
        )

    context.db.write(write)
    return prepared


def _note(context: Context, prepared: Prepared, done_before: int) -> None:
    """Say how much there is to do."""
    to_run = len({ref.key for ref in prepared.to_run})
    total = prepared.total
    context.log.add(f"{total} datums, {to_run} to run, {total - to_run} known")
    context.log.flush()
    context.db.write(
        lambda tx: tx.execute(
            "UPDATE job SET total = :total, skipped = :skipped, run = :run WHERE id = :id",
            {"id": context.job.id, "total": total, "skipped": total - to_run - done_before, "run": done_before},
        )
    )


def _run(  # noqa: PLR0917
    context: Context, engine: Engine, watch: Watch, step: Step, prepared: Prepared, labels: dict[str, str]
) -> Results:
    if not prepared.to_run:
        return Results()
    watch.check()
    limit = step.spec.parallelism
    session = engine.open(step)
    try:
        return run_datums(
            context,
            watch,
            session,
            prepared.to_run,
            labels=labels,
            previous=prepared.previous,
            batches=2 * engine.slots if limit is None else min(limit, 2 * engine.slots),
        )
    finally:
        session.close()
