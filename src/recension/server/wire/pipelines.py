"""Shapes about pipelines and their jobs."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from recension.server.wire.base import Answer, Ask


class NewPipeline(Ask):
    """A pipeline document; ``files`` holds the declared files, base64, by the paths it uses."""

    yaml: str
    files: dict[str, str] = Field(default_factory=dict)
    file_name: str = "pipeline.yaml"


class Job(Answer):
    """One run of a pipeline for one set of input commits."""

    id: str
    pipeline: str
    branch: str
    state: str
    error: str | None
    global_id: str
    output_commit: str | None
    created: str
    started: str | None
    finished: str | None
    datums_total: int
    datums_run: int
    datums_skipped: int
    datums_failed: int


class Datum(Answer):
    """One unit of work of a job."""

    id: str
    state: str
    inputs: list[str]
    seconds: float | None
    error: str | None


class Reason(Answer):
    """Why a datum ran.

    ``kind``: ``new`` (its matches were not there before), ``inputs`` or ``code`` (they have changed), ``reads`` (what
    it asked for while it ran has), or ``again`` (the same was run before without a result). ``differences`` say what.
    """

    datum: str
    label: str
    state: str
    kind: str
    differences: list[str]


class Reasons(Answer):
    """Why each datum of a job ran that did, at most the first thousand.

    ``skipped`` of ``total`` did not: for their code and inputs there was a result already.
    """

    job: str
    total: int
    skipped: int
    reasons: list[Reason]


class JobInput(Answer):
    """A commit that a job read."""

    name: str
    id: str
    repo: str
    branch: str


class JobDetail(Job):
    """A job with its datums; at most the first thousand."""

    inputs: list[JobInput]
    states: dict[str, int]
    datums: list[Datum]


class Pipeline(Answer):
    """A pipeline and where it stands."""

    name: str
    description: str
    input: Any
    transform: Any
    state: str
    paused: bool
    branches: list[str]
    notes: list[str]
    last_job: Job | None


class Run(Ask):
    """The branch to run on."""

    branch: str = "main"


class Started(Answer):
    """The jobs that will run; none when there is nothing to run on."""

    jobs: list[str]
