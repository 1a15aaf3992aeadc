"""Projects as they are stored: find, list, pause and close them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast, get_args

from recension.crowd.spec import ProjectSpec, decode_spec, hash_guideline
from recension.crowd.terms import ProjectState
from recension.db import Tx
from recension.errors import Invalid, NotFound
from recension.ids import DEFAULT_WORKSPACE, CommitId
from recension.label import Schema, schema_from_json

STATES: Final[tuple[ProjectState, ...]] = get_args(ProjectState)
_COLUMNS: Final = "id, workspace, name, spec_commit, spec, label_schema, schema_hash, state, created_us, work_schema"


@dataclass(frozen=True, slots=True)
class Project:
    """A labelling project.

    Args:
        spec: its document, with the guideline's text in place.
        spec_commit: the commit in repo ``projects`` that holds the document.
        work_schema: hash of the schema that work is identified by; the present one's unless labels were carried over.
    """

    id: int
    workspace: str
    name: str
    spec: ProjectSpec
    spec_commit: CommitId
    schema: Schema
    schema_hash: str
    state: ProjectState
    created_us: int
    work_schema: str

    @property
    def guideline(self) -> str:
        """The guideline's text (Markdown)."""
        return cast("str", self.spec.guideline)

    @property
    def guideline_hash(self) -> str:
        """The guideline's version."""
        return hash_guideline(self.guideline)


@dataclass(frozen=True, slots=True)
class InputState:
    """Where a project stands with one branch of its input.

    Args:
        commit_id: the input commit that was taken in last; empty while none could be.
        error: why a newer commit could not be taken in.
    """

    branch: str
    commit_id: str
    global_id: str
    error: str | None


def project(tx: Tx, project_id: int) -> Project:
    """The project with this id.

    Raises:
        NotFound: there is none.
    """
    row = tx.execute(f"SELECT {_COLUMNS} FROM project WHERE id = :id", {"id": project_id}).first()
    return _project(row, str(project_id))


def project_named(tx: Tx, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> Project:
    """The project of this name.

    Raises:
        NotFound: there is none.
    """
    sql = f"SELECT {_COLUMNS} FROM project WHERE workspace = :workspace AND name = :name"
    return _project(tx.execute(sql, {"workspace": workspace, "name": name}).first(), name)


def projects(tx: Tx, *, workspace: str | None = None) -> list[Project]:
    """All projects, by workspace and name."""
    sql = (
        f"SELECT {_COLUMNS} FROM project WHERE CAST(:workspace AS TEXT) IS NULL OR workspace = :workspace"
        " ORDER BY workspace, name"
    )
    return [_project(row, "") for row in tx.execute(sql, {"workspace": workspace})]


def inputs(tx: Tx, project_id: int) -> list[InputState]:
    """Where the project stands with each branch of its input, by branch."""
    sql = "SELECT branch, commit_id, global_id, error FROM input WHERE project = :project ORDER BY branch"
    return [InputState(*row) for row in tx.execute(sql, {"project": project_id})]


def problems(tx: Tx, project_id: int) -> list[str]:
    """What keeps the project from taking in newer data: one line each, with place and remedy."""
    sql = """
        SELECT error FROM input WHERE project = :project AND error IS NOT NULL
        UNION ALL SELECT error FROM task_source WHERE project = :project AND error IS NOT NULL
    """
    return sorted({error for (error,) in tx.execute(sql, {"project": project_id})})


def set_state(tx: Tx, project_id: int, state: str) -> None:
    """Open, pause or close a project; a closed one can be opened again.

    Raises:
        Invalid: no such state.
        NotFound: no such project.
    """
    if state not in STATES:
        raise Invalid(f"{state!r} is no state of a project", where="state", hint=f"one of: {', '.join(STATES)}")
    changed = tx.execute("UPDATE project SET state = :state WHERE id = :id", {"state": state, "id": project_id})
    if not changed.rowcount:
        raise _missing(str(project_id))


def _project(row: tuple[object, ...] | None, name: str) -> Project:
    if row is None:
        raise _missing(name)
    values = cast("tuple[str, ...]", row)
    number, workspace, own_name, spec_commit, spec, schema, schema_hash, state, created_us, work_schema = values
    return Project(
        id=int(number),
        workspace=workspace,
        name=own_name,
        spec=_spec(spec),
        spec_commit=CommitId(spec_commit),
        schema=_schema(schema),
        schema_hash=schema_hash,
        state=cast("ProjectState", state),
        created_us=int(created_us),
        work_schema=work_schema or schema_hash,
    )


def _missing(name: str) -> NotFound:
    return NotFound(f"no project {name!r}", where="project", hint="`recension project list` shows what there is")


# The same few documents are decoded again and again; the results cannot change.
_spec = lru_cache(maxsize=64)(decode_spec)


@lru_cache(maxsize=64)
def _schema(text: str) -> Schema:
    return schema_from_json(json.loads(text))
