"""How commits descend from one another."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final

from recension.db import Tx
from recension.ids import CommitId
from recension.store.model import Commit
from recension.store.rows import commit_by_id

_OURS: Final = 1
_THEIRS: Final = 2
_BOTH: Final = _OURS | _THEIRS


def merge_base(tx: Tx, ours: Commit, theirs: Commit) -> Commit | None:
    """The newest common ancestor; None when there is none. The cost follows the distance to it.

    Commits are looked at from the deepest up. Whatever descends from a commit is deeper than it, so when a commit is
    reached all ways to it are known: the first that both sides lead to has no common descendant. Where histories cross
    there may be several such; it is then the one with the greatest depth and, among those, the greatest id, from
    whichever side one looks.
    """
    seen = {ours.id: _OURS}
    seen[theirs.id] = seen.get(theirs.id, 0) | _THEIRS
    queue: list[tuple[int, tuple[int, ...], CommitId]] = []
    for commit in {ours.id: ours, theirs.id: theirs}.values():
        heappush(queue, _entry(commit.depth, commit.id))
    while queue:
        identity = heappop(queue)[2]
        sides = seen[identity]
        if sides == _BOTH:
            return commit_by_id(tx, identity)
        rows = tx.execute(
            "SELECT c.id, c.depth FROM commit_parent p JOIN repo_commit c ON c.id = p.parent WHERE p.commit_id = :id",
            {"id": identity},
        )
        for parent, depth in rows:
            if parent not in seen:
                heappush(queue, _entry(depth, parent))
            seen[parent] = seen.get(parent, 0) | sides
    return None


def _entry(depth: int, identity: CommitId) -> tuple[int, tuple[int, ...], CommitId]:
    """Deepest first, then greatest id."""
    return -depth, tuple(-ord(character) for character in identity), identity


def children_of(tx: Tx, commit: Commit) -> list[CommitId]:
    """The commits that have this one as a parent, oldest first."""
    rows = tx.execute("SELECT commit_id FROM commit_parent WHERE parent = :id ORDER BY commit_id", {"id": commit.id})
    return [row[0] for row in rows]
