"""Branches that something writes by itself, and that nobody else may write.

What a pipeline or a project publishes says where it comes from; a hand-made commit in between would make that a lie.
So writes to such a branch are refused with the reason, and people work on a branch of another name or repo.
"""

from __future__ import annotations

from recension.crowd.published import owned_branches
from recension.crowd.spec_checks import PROJECTS_REPO
from recension.errors import Forbidden
from recension.flow import owned_repos
from recension.store import Store


def check_free(store: Store, workspace: str, repo: str, branch: str | None) -> None:
    """Do nothing when people may write to the branch, or with ``branch`` None to any branch of the repo.

    Raises:
        Forbidden: something else writes it; the message says what.
    """
    if repo == PROJECTS_REPO:
        raise _documents(repo, "recension project create")
    with store.db.read() as tx:
        pipeline = owned_repos(tx).get((workspace, repo))
        owned = owned_branches(tx)
    if pipeline is not None:
        if not pipeline:
            raise _documents(repo, "recension pipeline create")
        raise Forbidden(
            f"repo {repo!r} is written by the pipeline of that name",
            where=repo,
            hint="put into one of its inputs, or into a repo of another name",
        )
    for each in owned:
        if (each.workspace, each.repo) == (workspace, repo) and branch in {None, each.branch}:
            raise Forbidden(
                f"{repo}@{each.branch} is written by the project {each.project!r}",
                where=f"{repo}@{each.branch}",
                hint="answer tasks to change labels, or work on another branch",
            )


def _documents(repo: str, command: str) -> Forbidden:
    return Forbidden(f"repo {repo!r} holds documents", where=repo, hint=f"change them with {command}")
