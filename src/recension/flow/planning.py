"""From events to jobs: when a branch moves, which pipelines run on which commits.

Theory of operation: events are planned one after another, in the order of the outbox. A job reads every input as it
stood at its event, never later: a branch that has moved since is read where the earliest later event says it was.

A pipeline waits (it is not planned at all) while another of its inputs is still to get a commit of the same global
id: from a job that has not succeeded, from an event not yet planned, or from a pipeline that either of them will
trigger. So it runs once where several paths of a cascade meet, when the last of them arrives; and when one of them
fails, it does not mix the cascade's commits with older ones, but is recorded as unrunnable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from recension.clock import Clock
from recension.db import Database, Tx, outbox
from recension.db.outbox import Event
from recension.errors import Conflict, NotFound
from recension.flow.graph import Known, Ref, Wiring
from recension.flow.job_rows import InputCommit, Job, insert_job, jobs_of_global_id
from recension.flow.pipeline_rows import SPECS, Pipeline, pipelines
from recension.flow.spec import Spec, leaves
from recension.flow.states import JobState
from recension.ids import CommitId, GlobalId, new_commit_id
from recension.store import Store

_PAGE: Final = 1000
JobId = str


@dataclass(frozen=True, slots=True)
class _Situation:
    """Pipelines and heads as of one event, the later events, and outputs that a cascade has not got (yet)."""

    known: list[Pipeline]
    wiring: Wiring
    later: list[Event]
    unsettled: set[Ref]


@dataclass(frozen=True, slots=True)
class _Planned:
    pipeline: Pipeline
    branch: str
    inputs: list[InputCommit]


def on_ref(db: Database, store: Store, event: Event) -> list[JobId]:
    """Plan the jobs that a moved branch calls for.

    Repeating the call for an event plans nothing more. A commit to the specifications' repo plans a run of the
    pipelines it changed, on every branch that has all inputs.

    Returns:
        The ids of jobs newly planned.
    """
    body = event.body
    if event.topic != "ref" or body.get("new") is None:
        return []
    ref = Ref(str(body["workspace"]), str(body["repo"]), str(body["branch"]))
    if ref.repo != SPECS and not _concerns_any(db, ref, event.seq):
        return []
    global_id = GlobalId(str(body["global_id"]))
    situation = _situation(db, store, event.seq, global_id)
    heads = {**situation.wiring.heads, ref: CommitId(body["new"])}
    situation = replace(situation, wiring=replace(situation.wiring, heads=heads))
    if ref.repo == SPECS:
        chosen = _changed(situation, CommitId(body["new"]))
    else:
        chosen = _triggered(situation, ref, event.seq, global_id)
    return _insert(db, chosen, cause=f"event:{event.seq}", global_id=global_id, at_us=event.at_us)


def _concerns_any(db: Database, ref: Ref, seq: int) -> bool:
    """Whether a pipeline reads the repo and listens to the event; most events of a long past end here."""
    with db.read() as tx:
        listening = [known.spec for known in pipelines(tx) if seq > known.since]
    return any((leaf.workspace, leaf.repo) == ref.repo_name for spec in listening for leaf in leaves(spec.input))


def plan_run(db: Database, store: Store, clock: Clock, name: str, branch: str, *, workspace: str) -> JobId:
    """Plan a run that somebody asked for; a cascade of its own starts with it.

    Raises:
        NotFound: there is no such pipeline.
        Conflict: an input has no commit on that branch yet.
    """
    with db.read() as tx:
        seq = outbox.latest(tx)
    situation = _situation(db, store, seq)
    found = [known for known in situation.known if (known.workspace, known.name) == (workspace, name)]
    if not found:
        raise NotFound(f"there is no pipeline {name!r}", where="pipeline", hint="list them: recension pipeline list")
    planned = _on_branch(situation.wiring, found[0], branch)
    if planned is None:
        missing = sorted(
            f"{read.repo}@{read.branch}"
            for read in (situation.wiring.reads(leaf, branch) for leaf in leaves(found[0].spec.input))
            if read not in situation.wiring.heads
        )
        raise Conflict(f"nothing was committed to {', '.join(missing)} yet", where=name, hint="commit to it first")
    now_us = clock.now_us()
    job_id = new_commit_id(now_us)
    return _insert(db, [planned], cause=f"manual:{job_id}", global_id=GlobalId(job_id), at_us=now_us, job_id=job_id)[0]


def strand(db: Database, store: Store, clock: Clock, failed: Job) -> list[JobId]:
    """Record, for each pipeline that waited for a job which came to nothing, that it cannot run for this cascade."""
    situation = _situation(db, store, None)
    lost = situation.wiring.reach([(failed.output, None)])
    reason = f"its input {failed.pipeline} has no commit of this cascade: job {failed.id} ended as {failed.state}"
    now_us = clock.now_us()

    def insert(tx: Tx) -> list[JobId]:
        found: list[JobId] = []
        for known in situation.known:
            for branch in situation.wiring.run_branches(known.spec, lost):
                output = situation.wiring.output(known.spec, branch)
                job_id = new_commit_id(now_us)
                if output in lost and insert_job(
                    tx,
                    job_id=job_id,
                    output=output,
                    branch=branch,
                    spec_commit=known.spec_commit,
                    cause=f"job:{failed.id}",
                    global_id=failed.global_id,
                    inputs=(),
                    at_us=now_us,
                    state=JobState.UNRUNNABLE,
                    reason=reason,
                ):
                    found.append(job_id)
        return found

    return db.write(insert)


def _situation(db: Database, store: Store, seq: int | None, global_id: GlobalId | None = None) -> _Situation:
    # Heads first, events second: a branch that moves in between is then seen at its old head, and its event says so.
    with db.read() as tx:
        known = pipelines(tx)
    repos = {(known_.workspace, known_.name) for known_ in known}
    repos |= {(leaf.workspace, leaf.repo) for known_ in known for leaf in leaves(known_.spec.input)}
    heads: dict[Ref, CommitId] = {}
    for workspace, repo in sorted(repos):
        for branch in _branches(store, workspace, repo):
            heads[branch[0]] = branch[1]
    with db.read() as tx:
        later = [] if seq is None else _later(tx, seq)
        cascade = [] if global_id is None else jobs_of_global_id(tx, global_id)
    for event in reversed(later):
        ref = Ref(str(event.body["workspace"]), str(event.body["repo"]), str(event.body["branch"]))
        if event.body.get("old") is None:
            heads.pop(ref, None)
        else:
            heads[ref] = CommitId(event.body["old"])
    by_name = {(one.workspace, one.name): Known(one.spec, one.since) for one in known}
    states = {job.output: job.state for job in cascade}  # oldest first: the newest of each output stays
    unsettled = {output for output, state in states.items() if state is not JobState.SUCCESS}
    return _Situation(known, Wiring(by_name, heads), later, unsettled)


def _branches(store: Store, workspace: str, repo: str) -> Iterable[tuple[Ref, CommitId]]:
    try:
        found = store.branches(repo, workspace=workspace)
    except NotFound:
        return []
    return [(Ref(workspace, repo, one.name), one.head) for one in found if one.head is not None]


def _later(tx: Tx, seq: int) -> list[Event]:
    found: list[Event] = []
    while True:
        page = outbox.after(tx, seq, _PAGE)
        found.extend(event for event in page if event.topic == "ref")
        if len(page) < _PAGE:
            return found
        seq = page[-1].seq


def _changed(situation: _Situation, commit: CommitId) -> list[_Planned]:
    changed = [known for known in situation.known if known.spec_commit == commit]
    runs = [
        _on_branch(situation.wiring, known, branch)
        for known in changed
        for branch in situation.wiring.run_branches(known.spec)
    ]
    return [run for run in runs if run is not None]


def _triggered(situation: _Situation, ref: Ref, seq: int, global_id: GlobalId) -> list[_Planned]:
    wiring = situation.wiring
    coming = set(situation.unsettled)
    for event in situation.later:
        if event.body.get("global_id") == global_id and event.body.get("new") is not None:
            coming.add(Ref(str(event.body["workspace"]), str(event.body["repo"]), str(event.body["branch"])))
    coming |= wiring.reach([(ref, seq), *((other, None) for other in coming)])
    by_name = {(known.workspace, known.name): known for known in situation.known}
    found = []
    for spec, branch in wiring.readers(ref, seq):
        if _waits(wiring, spec, branch, ref, coming):
            continue
        run = _on_branch(wiring, by_name[spec.workspace, spec.name], branch)
        if run is not None:
            found.append(run)
    return found


def _waits(wiring: Wiring, spec: Spec, branch: str, ref: Ref, coming: set[Ref]) -> bool:
    return any(
        read != ref and read in coming for read in (wiring.reads(leaf, branch, coming) for leaf in leaves(spec.input))
    )


def _on_branch(wiring: Wiring, known: Pipeline, branch: str) -> _Planned | None:
    refs = wiring.inputs(known.spec, branch)
    if refs is None:
        return None
    inputs = [
        InputCommit(leaf.name, ref.workspace, ref.repo, ref.branch, wiring.heads[ref])
        for leaf, ref in zip(leaves(known.spec.input), refs, strict=True)
    ]
    return _Planned(known, branch, inputs)


def _insert(
    db: Database, runs: list[_Planned], *, cause: str, global_id: GlobalId, at_us: int, job_id: str | None = None
) -> list[JobId]:
    def insert(tx: Tx) -> list[JobId]:
        found: list[JobId] = []
        for run in runs:
            new_id = job_id or new_commit_id(at_us)
            spec = run.pipeline.spec
            output = Wiring({}, {}).output(spec, run.branch)
            if insert_job(
                tx,
                job_id=new_id,
                output=output,
                branch=run.branch,
                spec_commit=run.pipeline.spec_commit,
                cause=cause,
                global_id=global_id,
                inputs=run.inputs,
                at_us=at_us,
            ):
                found.append(new_id)
        return found

    return db.write(insert) if runs else []
