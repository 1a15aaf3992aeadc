"""Pipelines and their jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse

from recension.flow import datums_run, explain, job, jobs, log_page, logs, pipeline, pipelines, plan_run
from recension.ids import DEFAULT_WORKSPACE
from recension.server.access import Identity, Need
from recension.server.deps import At, needs
from recension.server.pipelines import cancel, remove_pipeline, save_pipeline, set_paused
from recension.server.routes.pipeline_shapes import job_detail, job_shape, pipeline_shape
from recension.server.wire import pipelines as wire
from recension.server.wire.people import Done

router = APIRouter(prefix="/api/v1", tags=["pipelines"])
Watcher = Annotated[Identity, Depends(needs(Need.SEE_PIPELINES))]
Engineer = Annotated[Identity, Depends(needs(Need.RUN_PIPELINES))]
Limit = Annotated[int, Query(ge=1, le=1000)]
Lines = Annotated[int | None, Query(ge=1, le=10_000)]
_PAGE: Final = 1000


@router.get("/pipelines")
def listing(_who: Watcher, at: At) -> list[wire.Pipeline]:
    """Every pipeline, by name."""
    with at.db.read() as tx:
        return [pipeline_shape(at.store, tx, found) for found in pipelines(tx)]


@router.post("/pipelines", status_code=201)
def save(body: wire.NewPipeline, who: Engineer, at: At) -> wire.Pipeline:
    """Create the pipeline that the document describes, or change it to that."""
    made = save_pipeline(at, body.yaml.encode(), body.files, author=who.name, where=body.file_name)
    with at.db.read() as tx:
        return pipeline_shape(at.store, tx, made.pipeline, notes=made.notes)


@router.get("/pipelines/{name}")
def inspect(name: str, _who: Watcher, at: At) -> wire.Pipeline:
    """One pipeline."""
    with at.db.read() as tx:
        return pipeline_shape(at.store, tx, pipeline(tx, name))


@router.delete("/pipelines/{name}")
def delete(name: str, who: Engineer, at: At) -> Done:
    """Delete a pipeline; its specification stays in the history of `pipelines`, its output as a repo."""
    remove_pipeline(at, name, author=who.name)
    return Done()


@router.post("/pipelines/{name}/pause")
def pause(name: str, _who: Engineer, at: At) -> wire.Pipeline:
    """Begin no further job; what calls for a run is kept."""
    found = set_paused(at, name, paused=True)
    with at.db.read() as tx:
        return pipeline_shape(at.store, tx, found)


@router.post("/pipelines/{name}/resume")
def resume(name: str, _who: Engineer, at: At) -> wire.Pipeline:
    """Run again, first what was called for meanwhile."""
    found = set_paused(at, name, paused=False)
    with at.db.read() as tx:
        return pipeline_shape(at.store, tx, found)


@router.get("/pipelines/{name}/jobs")
def pipeline_jobs(name: str, _who: Watcher, at: At, limit: Limit = 50) -> list[wire.Job]:
    """The jobs of a pipeline, newest first."""
    with at.db.read() as tx:
        pipeline(tx, name)
        return [job_shape(found) for found in jobs(tx, name, limit)]


@router.post("/pipelines/{name}/run", status_code=202)
def run(name: str, body: wire.Run, _who: Engineer, at: At) -> wire.Started:
    """Run a pipeline on a branch now; what is known already is not worked out again."""
    made = plan_run(at.db, at.store, at.clock, name, body.branch, workspace=DEFAULT_WORKSPACE)
    at.news.publish("job", job=made, pipeline=name)
    at.wake.ring()
    return wire.Started(jobs=[made])


@router.get("/jobs/{job_id}")
def one_job(job_id: str, _who: Watcher, at: At) -> wire.JobDetail:
    """One job, with the datums it ran."""
    with at.db.read() as tx:
        return job_detail(job(tx, job_id), datums_run(tx, job_id))


@router.get("/jobs/{job_id}/reasons")
def job_reasons(job_id: str, _who: Watcher, at: At) -> wire.Reasons:
    """Why each datum of a job ran, and how many were skipped."""
    with at.db.read() as tx:
        found, seen = explain(at.store, tx, job_id), job_shape(job(tx, job_id))
    return wire.Reasons(
        job=job_id,
        total=seen.datums_total,
        skipped=seen.datums_skipped,
        reasons=[
            wire.Reason(
                datum=each.datum.id,
                label=each.datum.label,
                state=each.datum.state,
                kind=each.kind,
                differences=list(each.differences),
            )
            for each in found
        ],
    )


@router.get("/jobs/{job_id}/logs", response_class=PlainTextResponse)
def job_logs(
    job_id: str, _who: Watcher, at: At, datum: str = "", after: str = "", limit: Lines = None
) -> PlainTextResponse:
    """What a job said, or one of its datums, as plain text, also what runs at present.

    With `limit`, at most so many lines; the header `Next` of the answer is the `after` of the next page, and missing
    when nothing will follow. While a datum runs, `after` gives what it has said since.
    """
    running = at.live.of(job_id)
    with at.db.read() as tx:
        if limit is None and not after:
            return _plain(logs(at.store, tx, job_id, datum or None, running=running))
        wanted = limit or _PAGE
        page = log_page(at.store, tx, job_id, datum or None, running=running, after=after or None, limit=wanted)
    return _plain(page.lines, {} if page.next is None else {"Next": page.next})


def _plain(lines: Iterable[str], headers: dict[str, str] | None = None) -> PlainTextResponse:
    return PlainTextResponse("".join(f"{line}\n" for line in lines), headers=headers)


@router.post("/jobs/{job_id}/cancel")
def stop(job_id: str, _who: Engineer, at: At) -> Done:
    """End a job; what its datums had worked out by then is kept."""
    cancel(at, job_id)
    return Done()
