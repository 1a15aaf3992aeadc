"""Waiting until what the answers caused is done: labels, then the data made with them, then the model."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from recension.cli.demo.stage import PROJECT
from recension.client.http import Http
from recension.client.paths import path
from recension.errors import NotFound, RecensionError, Unavailable

_LOOK_S: Final = 0.2
_PATIENCE_S: Final = 900.0
_FAILED: Final = frozenset({"failure", "failed", "killed", "error"})


def head(http: Http, repo: str) -> Mapping[str, Any] | None:
    """The newest commit of a repo's branch ``main``; None where nothing was committed yet."""
    try:
        commits = http.get(path("repos", repo, "log"), ref="main", limit=1)["commits"]
    except NotFound:
        return None
    return dict(commits[0]) if commits else None


def publish(http: Http) -> None:
    """Publish everything that was said, control answers included: the labels are final afterwards."""
    while http.post(path("projects", PROJECT, "publish"))["commits"]:
        pass


def wait_for_tasks(http: Http) -> None:
    """Return when the pool's headlines have become tasks.

    Raises:
        RecensionError: the project cannot take them in.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while not http.get(path("projects", PROJECT, "progress"))["tasks"]["total"]:
        problem = http.get(path("projects", PROJECT))["input_error"]
        if problem or time.monotonic() > deadline:
            raise RecensionError(problem or "the headlines did not become tasks", where=f"project {PROJECT}")
        time.sleep(_LOOK_S)


def wait_for_model(http: Http) -> None:
    """Return when the model stands on the labels as they are now.

    Raises:
        RecensionError: a step failed; the message says which, the hint how to read its log.
        Unavailable: it takes too long.
    """
    deadline = time.monotonic() + _PATIENCE_S
    for repo, source in (("enriched", "labels"), ("model", "enriched")):
        while not _stands_on(http, repo, source):
            _check(http, repo)
            if time.monotonic() > deadline:
                raise Unavailable(f"pipeline {repo} is not done after {_PATIENCE_S:.0f} s", where=repo)
            time.sleep(_LOOK_S)


def _stands_on(http: Http, repo: str, source: str) -> bool:
    newest, wanted = head(http, repo), head(http, source)
    return newest is not None and wanted is not None and wanted["id"] in {one["id"] for one in newest["provenance"]}


def _check(http: Http, pipeline: str) -> None:
    job = http.get(path("pipelines", pipeline))["last_job"]
    if job is not None and job["state"] in _FAILED:
        said = http.call("GET", path("jobs", job["id"], "logs")).text.strip().splitlines()
        raise RecensionError(
            f"the job failed: {job['error'] or 'no reason given'}",
            where=f"pipeline {pipeline}",
            hint=said[-1] if said else None,
        )
