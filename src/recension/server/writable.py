"""Whoever writes without the server refuses branches that projects or pipelines write: one rule for all of them."""

from __future__ import annotations

import json
from typing import Final

from recension.db import Tx
from recension.store import Commit, Store

_DOCUMENTS: Final = frozenset({"projects", "pipelines"})


def check_writable(store: Store, workspace: str, repo: str, branch: str | None) -> None:
    """Do nothing when people may write to the branch; with ``branch`` None, to every branch of the repo.

    Raises:
        Forbidden: a project or a pipeline writes it.
    """
    if _is_concerned(store, workspace, repo):
        from recension.server.ownership import check_free  # noqa: PLC0415 - two rooms that most commands need not load

        check_free(store, workspace, repo, branch)


def check_unused(tx: Tx, commit: Commit) -> None:
    """Do nothing when no job, project or publication refers to the commit.

    Raises:
        Conflict: one does; the error lists them.
    """
    from recension.server.dependants import refuse_while_used  # noqa: PLC0415 - as above

    refuse_while_used(tx, commit)


def check_unread(tx: Tx, workspace: str, repo: str, to: str) -> None:
    """Do nothing when no pipeline or project names the repo; grants on it follow its new name.

    Raises:
        Conflict: one does; the error lists them.
    """
    from recension.server.dependants import refuse_while_read  # noqa: PLC0415 - as above

    refuse_while_read(tx, workspace, repo, to)


def check_unpopulated(tx: Tx, workspace: str) -> None:
    """Do nothing when no pipeline or project is in the workspace; roles in it are forgotten.

    Raises:
        Conflict: one is; the error lists them.
    """
    from recension.server.dependants import refuse_while_populated  # noqa: PLC0415 - as above

    refuse_while_populated(tx, workspace)


def _is_concerned(store: Store, workspace: str, repo: str) -> bool:
    """Whether a project or pipeline has to do with the repo: a cheap look that errs on the side of yes."""
    names = {"workspace": workspace, "repo": repo}
    with store.db.read() as tx:
        rooms = {room for (room,) in tx.execute("SELECT DISTINCT room FROM migration")}
        if not {"crowd", "flow"} <= rooms:
            return False  # the home was never served
        if repo in _DOCUMENTS:
            return True
        if tx.execute("SELECT 1 FROM pipeline WHERE workspace = :workspace AND name = :repo", names).first():
            return True
        specs = tx.execute("SELECT spec FROM project WHERE workspace = :workspace", {"workspace": workspace})
        return any(json.loads(spec)["output"]["repo"] == repo for (spec,) in specs)
