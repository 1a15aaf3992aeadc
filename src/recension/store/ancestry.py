"""How commits descend from one another."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Final

from recension.db import Tx
from recension.ids import CommitId
from recension.store.model import Commit
from recension.store.rows import commit_by_id

_OURS: Final = 1
_THEIRS: Final = 2
_BOTH: Final = _OURS | _THEIRS
_PARENTS: Final = (
    "SELECT c.id, c.depth FROM commit_parent p JOIN repo_commit c ON c.id = p.parent WHERE p.commit_id = :id"
)
_BELOW: Final = 4
"""An ancestor of a common ancestor that was found already."""


def merge_base(tx: Tx, ours: Commit, theirs: Commit) -> Commit | None:
    """The newest common ancestor; None when there is none.

    Where histories cross there may be several that do not descend from one another; it is then the one with the
    greatest depth and, among those, the greatest id, from whichever side one looks.
    """
    bases = merge_bases(tx, [ours], [theirs])
    return bases[0] if bases else None


def merge_bases(tx: Tx, ours: Sequence[Commit], theirs: Sequence[Commit]) -> list[Commit]:
    """Every common ancestor of some of either side that no other one descends from, deepest first.

    Commits are looked at from the deepest up. Whatever descends from a commit is deeper than it, so when a commit is
    reached all ways to it are known. The walk ends when only ancestors of what was found are left, so its cost follows
    the distance.
    """
    sides: dict[CommitId, int] = {}
    queue: list[tuple[int, tuple[int, ...], CommitId]] = []
    for side, commits in ((_OURS, ours), (_THEIRS, theirs)):
        for commit in commits:
            if commit.id not in sides:
                heappush(queue, _entry(commit.depth, commit.id))
            sides[commit.id] = sides.get(commit.id, 0) | side
    found: list[CommitId] = []
    open_ends = len(queue)
    while open_ends:
        identity = heappop(queue)[2]
        seen = sides[identity]
        open_ends -= not seen & _BELOW
        if seen == _BOTH:
            found.append(identity)
            seen |= _BELOW
        for parent, depth in tx.execute(_PARENTS, {"id": identity}):
            before = sides.get(parent)
            sides[parent] = seen | (before or 0)
            if before is None:
                heappush(queue, _entry(depth, parent))
                open_ends += not seen & _BELOW
            else:
                open_ends -= not before & _BELOW and bool(seen & _BELOW)
    return [commit_by_id(tx, identity) for identity in found]


def _entry(depth: int, identity: CommitId) -> tuple[int, tuple[int, ...], CommitId]:
    """Deepest first, then greatest id."""
    return -depth, tuple(-ord(character) for character in identity), identity


def children_of(tx: Tx, commit: Commit) -> list[CommitId]:
    """The commits that have this one as a parent, oldest first."""
    rows = tx.execute("SELECT commit_id FROM commit_parent WHERE parent = :id ORDER BY commit_id", {"id": commit.id})
    return [row[0] for row in rows]
