"""Pipelines as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from recension.db import Tx
from recension.errors import NotFound
from recension.flow.graph import RepoName
from recension.flow.spec import Spec
from recension.flow.spec_reader import read_spec
from recension.ids import DEFAULT_WORKSPACE, CommitId

SPECS = "pipelines"
"""The repo that holds every version of every specification, with the declared files."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline at its present version.

    ``since`` is the newest event when that version came in; ``paused_us`` is when it was paused, if it is.
    """

    workspace: str
    name: str
    version: int
    spec: Spec
    spec_commit: CommitId
    since: int
    created_us: int
    updated_us: int
    paused_us: int | None = None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Spec:
    return read_spec(text.encode())


def _pipeline(row: Sequence[Any]) -> Pipeline:
    return Pipeline(row[0], row[1], row[2], _parsed(row[3]), *row[4:])


_SELECT = "SELECT workspace, name, version, spec, spec_commit, since, created_us, updated_us, paused_us FROM pipeline"


def pipelines(tx: Tx, *, workspace: str | None = None) -> list[Pipeline]:
    """Every pipeline, of one workspace or of all, by name."""
    where = "" if workspace is None else " WHERE workspace = :workspace"
    params = {} if workspace is None else {"workspace": workspace}
    return [_pipeline(row) for row in tx.execute(f"{_SELECT}{where} ORDER BY workspace, name", params)]


def pipeline(tx: Tx, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> Pipeline:
    """One pipeline.

    Raises:
        NotFound: there is none of this name.
    """
    row = tx.execute(
        f"{_SELECT} WHERE workspace = :workspace AND name = :name", {"workspace": workspace, "name": name}
    ).first()
    if row is None:
        raise NotFound(f"there is no pipeline {name!r}", where="pipeline", hint="list them: recension pipeline list")
    return _pipeline(row)


def owned_repos(tx: Tx) -> Mapping[RepoName, str]:
    """The repos that only this room writes, and which pipeline each belongs to; the specifications' repo to none."""
    rows = tx.execute("SELECT workspace, name FROM pipeline").all()
    specs = {(workspace, SPECS): "" for workspace in {DEFAULT_WORKSPACE, *(row[0] for row in rows)}}
    return {**specs, **{(workspace, name): name for workspace, name in rows}}


def save_pipeline(tx: Tx, spec: Spec, text: str, *, commit: CommitId, since: int, at_us: int) -> None:
    """Insert a pipeline, or put its next version in place."""
    tx.execute(
        "INSERT INTO pipeline(workspace, name, version, spec, spec_commit, since, created_us, updated_us) "
        "VALUES(:workspace, :name, 1, :spec, :commit, :since, :at, :at) "
        "ON CONFLICT(workspace, name) DO UPDATE SET version = pipeline.version + 1, spec = excluded.spec, "
        "spec_commit = excluded.spec_commit, since = excluded.since, updated_us = excluded.updated_us",
        {
            "workspace": spec.workspace,
            "name": spec.name,
            "spec": text,
            "commit": commit,
            "since": since,
            "at": at_us,
        },
    )
