"""Who needs a repo or a commit: asked before a name changes or a commit goes away.

Commands ask too, on homes that no server ever ran on; so a table that is not there is a room that needs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from recension.crowd.published import owned_branches
from recension.crowd.registry import projects
from recension.db import Tx
from recension.errors import Conflict
from recension.flow import leaves, pipelines
from recension.store import Commit
from recension.store.rows import repo_label


def readers_of(tx: Tx, workspace: str, repo: str) -> list[str]:
    """What names the repo: ``pipeline 'x' reads it``, ``project 'y' writes it``."""
    found = []
    if tx.has_table("pipeline"):
        for line in pipelines(tx):
            if (line.workspace, line.name) == (workspace, repo):
                found.append(f"pipeline {line.name!r} writes it")
            if any((leaf.workspace, leaf.repo) == (workspace, repo) for leaf in leaves(line.spec.input)):
                found.append(f"pipeline {line.name!r} reads it")
    if tx.has_table("project"):
        for project in projects(tx, workspace=workspace):
            spec = project.spec
            if repo in {spec.input.repo, *(source.repo for source in spec.sources().values())}:
                found.append(f"project {project.name!r} reads it")
        found += sorted(
            {f"project {own.project!r} writes it" for own in owned_branches(tx) if own[:2] == (workspace, repo)}
        )
    return found


def refuse_while_read(tx: Tx, workspace: str, repo: str, to: str) -> None:
    """Do nothing when no pipeline or project names the repo; grants on it follow its new name.

    Raises:
        Conflict: one does; the error lists them.
    """
    found = readers_of(tx, workspace, repo)
    if found:
        raise Conflict(
            f"it is named elsewhere: {'; '.join(found)}",
            where=repo_label(workspace, repo),
            hint="change those first, or keep the name",
        )
    if tx.has_table("account_grant"):
        row = {"workspace": workspace, "repo": repo, "to": to}
        # Grants of an earlier repo of the new name must not open this one.
        tx.execute("DELETE FROM account_grant WHERE workspace = :workspace AND repo = :to", row)
        tx.execute("UPDATE account_grant SET repo = :to WHERE workspace = :workspace AND repo = :repo", row)


def refuse_while_populated(tx: Tx, workspace: str) -> None:
    """Do nothing when no pipeline or project is in the workspace; roles in it are forgotten.

    Raises:
        Conflict: one is; the error lists them.
    """
    row = {"workspace": workspace}
    found = []
    for table in ("pipeline", "project"):
        if tx.has_table(table):
            names = tx.execute(f"SELECT name FROM {table} WHERE workspace = :workspace ORDER BY name", row)
            found += [f"{table} {name!r}" for (name,) in names]
    if found:
        raise Conflict(f"the workspace holds {', '.join(found)}", where=workspace, hint="delete those first")
    if tx.has_table("account_role"):
        tx.execute("DELETE FROM account_role WHERE workspace = :workspace", row)


_COMMITS: Final[Mapping[str, str]] = {
    "job": (
        "SELECT 'job ' || id || ' of pipeline ' || pipeline FROM job "
        "WHERE inputs LIKE :within OR spec_commit = :id OR output_commit = :id"
    ),
    "input": (
        "SELECT 'project ' || p.name || ' (stands at it)' FROM input i JOIN project p ON p.id = i.project "
        "WHERE i.commit_id = :id"
    ),
    "publication": (
        "SELECT 'a publication of project ' || p.name FROM publication u JOIN project p ON p.id = u.project "
        "WHERE :id IN (u.commit_id, u.input_commit, u.spec_commit)"
    ),
}
"""By table, who refers to a commit."""


def refuse_while_used(tx: Tx, commit: Commit) -> None:
    """Do nothing when no job, project or publication refers to the commit.

    Raises:
        Conflict: one does; the error lists them.
    """
    row = {"id": commit.id, "within": f"%{commit.id}%"}
    found = [
        name for table, sql in _COMMITS.items() if tx.has_table(table) for (name,) in tx.execute(f"{sql} LIMIT 3", row)
    ]
    if found:
        raise Conflict(f"needed by {', '.join(found)}", where=commit.address, hint="it stays while it is needed")
