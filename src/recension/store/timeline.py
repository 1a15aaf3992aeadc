"""Every commit of a repo, whatever branch it is on: what a drawing of the history shows."""

from __future__ import annotations

from recension.ids import DEFAULT_WORKSPACE, CommitId
from recension.store.model import Commit
from recension.store.parts import Parts
from recension.store.rows import repo_id, select_commits


def timeline(
    parts: Parts, repo: str, *, after: CommitId | None = None, limit: int = 100, workspace: str = DEFAULT_WORKSPACE
) -> list[Commit]:
    """The commits of a repo, newest first, on branches or not; the cost follows ``limit``, not the history.

    Args:
        parts: the store.
        repo: its name.
        after: continue below this commit of an earlier answer.
        limit: at most so many.
        workspace: where the repo is.

    Raises:
        NotFound: there is no such repo.
    """
    with parts.db.read() as tx:
        below = "" if after is None else "AND c.id < :after "
        return select_commits(
            tx,
            f"WHERE c.repo = :repo {below}ORDER BY c.id DESC LIMIT :limit",
            {"repo": repo_id(tx, workspace, repo), "limit": limit} | ({} if after is None else {"after": after}),
        )
