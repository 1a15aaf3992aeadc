"""Pipelines and jobs in the shapes of the HTTP API."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from recension.clock import iso
from recension.db import Tx
from recension.flow import DatumRow, Job, Pipeline, jobs
from recension.flow.document import read_document
from recension.server.wire import pipelines as wire
from recension.store import Store


def pipeline_shape(store: Store, tx: Tx, found: Pipeline, *, notes: Sequence[str] | None = None) -> wire.Pipeline:
    """A pipeline and where it stands."""
    document = _document(store, found)
    newest = jobs(tx, found.name, 1, workspace=found.workspace)
    last = job_shape(newest[0]) if newest else None
    return wire.Pipeline(
        name=found.name,
        description=found.spec.description,
        input=document.get("input"),
        transform=document.get("transform"),
        state="idle" if last is None else last.state,
        paused=found.paused_us is not None,
        branches=[branch.name for branch in store.branches(found.name, workspace=found.workspace)],
        notes=list(found.spec.notes if notes is None else notes),
        last_job=last,
    )


def _document(store: Store, found: Pipeline) -> dict[str, Any]:
    text = store.read_bytes(store.commit(found.spec_commit), f"/{found.name}/pipeline.yaml")
    plain = read_document(text, file="pipeline.yaml").plain()
    body: dict[str, Any] = json.loads(json.dumps(plain))
    return body


def job_shape(found: Job) -> wire.Job:
    """A job in a list."""
    return wire.Job(
        id=found.id,
        pipeline=found.pipeline,
        branch=found.branch,
        state=found.state.value,
        error=found.reason,
        global_id=found.global_id,
        output_commit=found.output_commit,
        created=iso(found.created_us),
        started=None if found.started_us is None else iso(found.started_us),
        finished=None if found.finished_us is None else iso(found.finished_us),
        datums_total=found.total,
        datums_run=found.run,
        datums_skipped=found.skipped,
        datums_failed=found.failed,
    )


def job_detail(found: Job, datums: Sequence[DatumRow]) -> wire.JobDetail:
    """A job with the datums it ran."""
    return wire.JobDetail(
        **job_shape(found).model_dump(),
        inputs=[wire.JobInput(name=i.name, id=i.commit, repo=i.repo, branch=i.branch) for i in found.inputs],
        states=dict(Counter(datum.state for datum in datums)) | {"skipped": found.skipped},
        datums=[
            wire.Datum(
                id=datum.id,
                state=datum.state,
                inputs=datum.label.split(" + "),
                seconds=datum.spent_us / 1_000_000,
                error=datum.error,
            )
            for datum in datums
        ],
    )
