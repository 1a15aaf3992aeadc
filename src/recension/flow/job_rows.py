"""Jobs as rows: reading them, and moving them from state to state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recension.db import Tx
from recension.errors import Conflict, NotFound
from recension.flow.graph import Ref
from recension.flow.states import UNFINISHED, JobEvent, JobState, advance
from recension.ids import BlobId, CommitId, GlobalId, NodeId

_COLUMNS: Final = (
    "id, number, workspace, pipeline, branch, output_branch, spec_commit, cause, global_id, state, reason, "
    "kill_wanted, inputs, code, shape, environment, datums, output_commit, total, run, skipped, failed, recovered, "
    "created_us, started_us, finished_us"
)
_UNFINISHED: Final = ", ".join(f"'{state}'" for state in sorted(UNFINISHED))


@dataclass(frozen=True, slots=True)
class InputCommit:
    """The commit that one pfs input is read at."""

    name: str
    workspace: str
    repo: str
    branch: str
    commit: CommitId


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a pipeline for one set of input commits.

    ``branch`` is the run's branch name; ``output_branch`` is where it writes. ``environment`` is ``locked`` or
    ``unlocked``. ``code``, ``shape`` and ``datums`` are known once it has run. ``total`` counts its datums, of which
    ``run`` were executed by this job and ``skipped`` were not; ``failed`` and ``recovered`` are among those run.
    """

    id: str
    number: int
    workspace: str
    pipeline: str
    branch: str
    output_branch: str
    spec_commit: CommitId
    cause: str
    global_id: GlobalId
    state: JobState
    reason: str | None
    kill_wanted: bool
    inputs: tuple[InputCommit, ...]
    code: BlobId | None
    shape: str | None
    environment: str | None
    datums: NodeId | None
    output_commit: CommitId | None
    total: int
    run: int
    skipped: int
    failed: int
    recovered: int
    created_us: int
    started_us: int | None
    finished_us: int | None

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in UNFINISHED

    @property
    def output(self) -> Ref:
        """The branch it writes to."""
        return Ref(self.workspace, self.pipeline, self.output_branch)


def _job(row: Sequence[Any]) -> Job:
    values: dict[str, Any] = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values["state"] = JobState(str(values["state"]))
    values["kill_wanted"] = bool(values["kill_wanted"])
    values["inputs"] = tuple(InputCommit(**entry) for entry in json.loads(str(values["inputs"])))
    return Job(**values)


def _select(tx: Tx, where: str, params: Mapping[str, object]) -> list[Job]:
    return [_job(row) for row in tx.execute(f"SELECT {_COLUMNS} FROM job WHERE {where}", params)]


def job(tx: Tx, job_id: str) -> Job:
    """One job.

    Raises:
        NotFound: there is none of this id.
    """
    found = _select(tx, "id = :id", {"id": job_id})
    if not found:
        raise NotFound(f"there is no job {job_id!r}", where="job", hint="list them: recension pipeline jobs NAME")
    return found[0]


def jobs(tx: Tx, pipeline: str | None = None, limit: int = 50, *, workspace: str = "default") -> list[Job]:
    """The newest jobs of one pipeline, or of all."""
    where = "workspace = :workspace" + ("" if pipeline is None else " AND pipeline = :pipeline")
    params: dict[str, object] = {"workspace": workspace, "limit": limit}
    if pipeline is not None:
        params["pipeline"] = pipeline
    return _select(tx, f"{where} ORDER BY number DESC LIMIT :limit", params)


def jobs_of_global_id(tx: Tx, global_id: str) -> list[Job]:
    """The jobs of one cascade, oldest first."""
    return _select(tx, "global_id = :global_id ORDER BY number", {"global_id": global_id})


def unfinished(tx: Tx) -> list[Job]:
    """Every job that is not finished, oldest first."""
    return _select(tx, f"state IN ({_UNFINISHED}) ORDER BY number", {})


def runnable(tx: Tx) -> list[Job]:
    """The oldest unfinished job of each pipeline and branch: those that may run now, also after a crash.

    Those of paused pipelines may not.
    """
    found: dict[tuple[str, str, str], Job] = {}
    for waiting in unfinished(tx):
        found.setdefault((waiting.workspace, waiting.pipeline, waiting.branch), waiting)
    if not found:
        return []
    paused = set(tx.execute("SELECT workspace, name FROM pipeline WHERE paused_us IS NOT NULL"))
    return [one for key, one in found.items() if key[:2] not in paused]


def newest_success(tx: Tx, of: Job) -> list[Job]:
    """The newest successful job before ``of`` on each branch of its pipeline; its own branch first, then the newest."""
    newest = (
        "number IN (SELECT MAX(number) FROM job WHERE workspace = :workspace AND pipeline = :pipeline "
        "AND state = 'success' AND number < :number GROUP BY branch) ORDER BY number DESC"
    )
    params = {"workspace": of.workspace, "pipeline": of.pipeline, "number": of.number}
    return sorted(_select(tx, newest, params), key=lambda found: found.branch != of.branch)


def insert_job(
    tx: Tx,
    *,
    job_id: str,
    output: Ref,
    branch: str,
    spec_commit: CommitId,
    cause: str,
    global_id: GlobalId,
    inputs: Iterable[InputCommit],
    at_us: int,
    state: JobState = JobState.CREATED,
    reason: str | None = None,
) -> bool:
    """Insert a job unless there is one of the same pipeline, branch and cause; say whether it was."""
    listed = [
        {"name": i.name, "workspace": i.workspace, "repo": i.repo, "branch": i.branch, "commit": i.commit}
        for i in inputs
    ]
    done = tx.execute(
        "INSERT INTO job(id, workspace, pipeline, branch, output_branch, spec_commit, cause, global_id, state, reason, "
        "inputs, created_us, finished_us) VALUES(:id, :workspace, :pipeline, :branch, :output_branch, :spec_commit, "
        ":cause, :global_id, :state, :reason, :inputs, :at, :finished) "
        "ON CONFLICT(workspace, pipeline, branch, cause) DO NOTHING",
        {
            "id": job_id,
            "workspace": output.workspace,
            "pipeline": output.repo,
            "branch": branch,
            "output_branch": output.branch,
            "spec_commit": spec_commit,
            "cause": cause,
            "global_id": global_id,
            "state": state.value,
            "reason": reason,
            "inputs": json.dumps(listed),
            "at": at_us,
            "finished": at_us if state not in UNFINISHED else None,
        },
    )
    return done.rowcount > 0


def move(tx: Tx, job_id: str, event: JobEvent, at_us: int, **columns: object) -> JobState:
    """Advance a job's state, setting further columns with it.

    Raises:
        Conflict: the event cannot happen in its present state, or somebody else has moved it meanwhile.
    """
    before = job(tx, job_id).state
    after = advance(before, event)
    settings: dict[str, object] = {"state": after.value, **columns}
    if after not in UNFINISHED:
        settings["finished_us"] = at_us
    if event is JobEvent.START and before is JobState.CREATED:
        settings["started_us"] = at_us
    assignments = ", ".join(f"{name} = :{name}" for name in settings)
    done = tx.execute(
        f"UPDATE job SET {assignments} WHERE id = :id AND state = :before",
        {**settings, "id": job_id, "before": before.value},
    )
    if done.rowcount != 1:
        raise Conflict(f"job {job_id} was moved by somebody else", hint="look at the job again")
    return after
