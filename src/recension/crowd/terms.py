"""The terms under which work in a project is done, as the queue reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from recension.crowd.policy import Policy, decode_policy
from recension.db import Tx
from recension.errors import NotFound
from recension.label import Schema, schema_from_json

ProjectState = Literal["open", "paused", "closed"]


@dataclass(frozen=True, slots=True)
class Terms:
    """A project as far as the queue needs it; decoded from the stored policy, never from the project document."""

    project: int
    name: str
    state: ProjectState
    policy: Policy
    schema: Schema
    schema_hash: str
    guideline_hash: str


def terms_of(tx: Tx, project_id: int) -> Terms:
    """The present terms of a project.

    Raises:
        NotFound: there is no such project.
    """
    row = tx.execute(
        "SELECT name, state, policy, label_schema, schema_hash, guideline_hash FROM project WHERE id = :project",
        {"project": project_id},
    ).first()
    if row is None:
        raise NotFound(f"no project {project_id}", where="project", hint="list the projects to see what there is")
    name, state, policy, schema, schema_hash, guideline_hash = row
    return Terms(project_id, name, state, _policy(policy), _schema(schema), schema_hash, guideline_hash)


# The same few documents are decoded for every page and answer; both results cannot change.
_policy = lru_cache(maxsize=256)(decode_policy)


@lru_cache(maxsize=256)
def _schema(text: str) -> Schema:
    return schema_from_json(json.loads(text))
