"""What was published: one row per publication, written in the transaction that moves the branch.

Only the project that owns a branch of its output writes it: what people want to change there they change by answering,
withdrawing or reviewing, so that the log stays the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from recension.crowd.branches import home_branch, live_branch, release_branch
from recension.crowd.registry import inputs, projects
from recension.db import Tx
from recension.errors import Conflict, Forbidden
from recension.ids import DEFAULT_WORKSPACE, CommitId, GlobalId

_NAMES: Final = (
    *("project", "output_branch", "number", "branch", "upto", "commit_id", "global_id"),
    *("input_commit", "spec_commit", "settled", "took_us", "at_us"),
)
_COLUMNS: Final = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication: the commit says what the log said up to ``upto`` about an input commit.

    Args:
        number: counts the publications to one branch of the output, from 1.
        branch: the input branch.
        settled: items that were settled.
        took_us: how long it took to make; what makes no haste is made less often.
    """

    project: int
    output_branch: str
    number: int
    branch: str
    upto: int
    commit_id: CommitId
    global_id: GlobalId
    input_commit: str
    spec_commit: str
    settled: int
    took_us: int
    at_us: int


class Ownership(NamedTuple):
    """A branch that only one project writes."""

    workspace: str
    repo: str
    branch: str
    project: str


def last_publication(tx: Tx, project_id: int, output_branch: str) -> Publication | None:
    """The newest publication to a branch of the output."""
    sql = (
        f"SELECT {_COLUMNS} FROM publication WHERE project = :project AND output_branch = :output "
        "ORDER BY number DESC LIMIT 1"
    )
    row = tx.execute(sql, {"project": project_id, "output": output_branch}).first()
    return None if row is None else Publication(*row)


def is_told(tx: Tx, project_id: int, output_branch: str, global_id: str) -> bool:
    """Whether a commit with this global id was published to the branch: what is downstream has heard of it."""
    sql = (
        "SELECT 1 FROM publication WHERE project = :project AND output_branch = :output AND global_id = :global LIMIT 1"
    )
    return bool(tx.execute(sql, {"project": project_id, "output": output_branch, "global": global_id}).first())


def record(tx: Tx, publication: Publication) -> None:
    """Add a publication.

    Raises:
        Conflict: its number is not the next one: another publication came in between.
    """
    last = last_publication(tx, publication.project, publication.output_branch)
    if publication.number != (1 if last is None else last.number + 1):
        message = "another publication came in between"
        raise Conflict(message, where=publication.output_branch, hint="publish again")
    sql = f"INSERT INTO publication ({_COLUMNS}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
    tx.execute(sql, {name: getattr(publication, name) for name in _NAMES})


def owned_branches(tx: Tx) -> set[Ownership]:
    """Every branch that a project publishes to."""
    owned = set()
    for each in projects(tx):
        spec = each.spec
        branches = {home_branch(spec)} | {state.branch for state in inputs(tx, each.id)}
        names = {name for branch in branches for name in (release_branch(spec, branch), live_branch(spec, branch))}
        owned |= {Ownership(each.workspace, spec.output.repo, name, each.name) for name in names}
    return owned


def check_not_owned(tx: Tx, repo: str, branch: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
    """Refuse to write a branch that belongs to a project.

    Raises:
        Forbidden: it does.
    """
    for owned in owned_branches(tx):
        if (owned.workspace, owned.repo, owned.branch) == (workspace, repo, branch):
            message = f"only project {owned.project!r} writes this branch"
            raise Forbidden(message, where=f"{repo}@{branch}", hint="answer, withdraw or review in the project instead")
