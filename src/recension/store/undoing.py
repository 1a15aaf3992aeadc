"""Undoing: a commit that takes another one back, and commits that leave the history.

Reverting adds a commit. Squashing and dropping take one away, and refuse whatever would leave somebody pointing at
nothing: a branch, a tag, a child, a commit that was made from it, or what the caller's own check finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from recension.db import Tx
from recension.errors import Conflict, Invalid
from recension.ids import CommitId, NodeId
from recension.slotted import replace
from recension.store.ancestry import children_of
from recension.store.catalog import descends
from recension.store.merging import Resolution, Strategy, decider, draft_of, until_stable
from recension.store.model import Commit
from recension.store.nodes import EMPTY_ID
from recension.store.on_head import Place
from recension.store.refs import point, read_ref, refuse_protected
from recension.store.rows import commit_by_id
from recension.store.three_way import MergeConflicts, check_used, three_way
from recension.store.tree_diff import diff
from recension.store.upload import Upload
from recension.store.writing import Writing

Check = Callable[[Tx, Commit], None]
"""Runs in the transaction that removes a commit; what it raises keeps the commit."""
_KEPT = frozenset({"job", "people"})


def revert(
    store: Writing,
    place: Place,
    commit: Commit,
    *,
    strategy: Strategy = (),
    resolve: Mapping[str, Resolution] | None = None,
    upload: Upload | None = None,
    message: str | None = None,
    author: str = "",
) -> Commit:
    """Take back on a branch what one of its commits has changed against its first parent.

    Where later commits changed the same paths, there is a conflict: ``ours`` keeps what is there, ``theirs`` brings
    back what was before the commit, ``base`` what the commit made of it.

    Args:
        store: the store.
        place: the branch.
        commit: the commit to take back.
        strategy: as for a merge.
        resolve: as for a merge.
        upload: as for a merge.
        message: what was done, in words.
        author: who did it.

    Returns:
        The new commit; the head when nothing of the other is left.

    Raises:
        MergeConflicts: paths are left that nothing decides; the branch stays as it was.
        Invalid: the commit is not in the history of the branch.
    """
    decide = decider(strategy, resolve or {})
    label = f"{place.repo}@{place.branch}"

    def attempt(head: Commit | None) -> Commit:
        with store.db.read() as tx:
            if head is None or not descends(tx, head.id, commit.id):
                raise Invalid(f"commit {commit.id} is not in its history", where=label, hint="recension log lists it")
            before = commit_by_id(tx, commit.parents[0]).root if commit.parents else EMPTY_ID
        found = three_way(store.nodes, commit.root, head.root, before, decide)
        if found.conflicts:
            raise MergeConflicts(tuple(found.conflicts), where=label)
        check_used(resolve or {}, found)
        told = f"Revert {commit.message or commit.id}" if message is None else message
        draft = draft_of(place, found.edits, told, author, {"reverts": commit.id})
        return store.land(replace(draft, base=head.id, allow_empty=False), upload)

    return until_stable(store, place, attempt)


def squash(store: Writing, commit: Commit, *, check: Check | None = None) -> list[Commit]:
    """Take a commit out of the history; its children then hold its changes too, and what it was made from.

    Args:
        store: the store.
        commit: the commit to fold into its children.
        check: a further look at who needs it.

    Returns:
        The children as they are now; their ids stay.

    Raises:
        Conflict: it has no child, or somebody needs it; the error says who.
    """
    with store.db.read() as tx:
        children = children_of(tx, commit)
        before = commit_by_id(tx, commit.parents[0]).root if commit.parents else EMPTY_ID
        followers = [commit_by_id(tx, child) for child in children]
    counts = {child.id: _counts(store, before, child) for child in followers if child.parents[0] == commit.id}

    def fold(tx: Tx) -> list[Commit]:
        if not children_of(tx, commit):
            raise Conflict("the commit has no child to fold into", where=commit.address, hint="recension drop")
        _refuse_needed(tx, commit, check)
        if children_of(tx, commit) != children:
            raise Conflict("the commit has got another child", where=commit.address, hint="try again")
        _lift_generations(tx, commit)
        for child in children:
            _adopt(tx, commit_by_id(tx, child), commit)
        for child, (added, changed, removed) in counts.items():
            row = {"id": child, "added": added, "changed": changed, "removed": removed}
            tx.execute(
                "UPDATE repo_commit SET added = :added, changed = :changed, removed = :removed WHERE id = :id", row
            )
        tx.execute("DELETE FROM repo_commit WHERE id = :id", {"id": commit.id})
        return [commit_by_id(tx, child) for child in children]

    return store.db.write(fold)


def drop(store: Writing, commit: Commit, *, check: Check | None = None) -> list[str]:
    """Forget a commit that nothing follows; branches at it go back to its first parent.

    Args:
        store: the store.
        commit: the commit to forget.
        check: a further look at who needs it.

    Returns:
        The branches that went back.

    Raises:
        Conflict: somebody needs it; the error says who.
        Forbidden: a protected branch stands at it.
    """

    def forget(tx: Tx) -> list[str]:
        children = children_of(tx, commit)
        if children:
            raise Conflict(
                f"commit {children[0]} follows it", where=commit.address, hint="recension squash folds it into that"
            )
        _refuse_needed(tx, commit, check, but_branches=True)
        parent = commit_by_id(tx, commit.parents[0]) if commit.parents else None
        names = _branches_at(tx, commit)
        for name in names:
            ref = read_ref(tx, commit.workspace, commit.repo, name)
            refuse_protected(ref, "moved back")
            point(tx, ref, parent, store.clock.now_us(), cause="drop")
        tx.execute("DELETE FROM repo_commit WHERE id = :id", {"id": commit.id})
        return names

    return store.settled(forget)


def _refuse_needed(tx: Tx, commit: Commit, check: Check | None, *, but_branches: bool = False) -> None:
    """Make sure that nobody needs a commit.

    Raises:
        Conflict: somebody does; the error lists them.
    """
    row = {"id": commit.id}
    commit_by_id(tx, commit.id)
    found = [f"tag {name!r} names it" for (name,) in tx.execute("SELECT name FROM tag WHERE commit_id = :id", row)]
    if not but_branches:
        found += [f"branch {name!r} stands at it" for name in _branches_at(tx, commit)]
    made = tx.execute("SELECT commit_id FROM commit_source WHERE source = :id ORDER BY commit_id", row)
    found += [f"{commit_by_id(tx, other).address} was made from it" for (other,) in made]
    if commit.kind in _KEPT:
        found.append("it says what a job or people have done")
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise Conflict("; ".join(found[:3]) + more, where=commit.address, hint="it stays while it is needed")
    if check is not None:
        check(tx, commit)


def _branches_at(tx: Tx, commit: Commit) -> list[str]:
    return [row[0] for row in tx.execute("SELECT name FROM branch WHERE head = :id ORDER BY name", {"id": commit.id})]


def _counts(store: Writing, before: NodeId, child: Commit) -> tuple[int, int, int]:
    """Files added, changed and removed against another tree."""
    added = changed = removed = 0
    for old, new in diff(store.nodes, before, child.root):
        added += old is None
        removed += new is None
        changed += old is not None and new is not None
    return added, changed, removed


def _lift_generations(tx: Tx, commit: Commit) -> None:
    """Count one first parent less behind everything that follows the commit by first parents."""
    tx.execute(
        "UPDATE repo_commit SET generation = generation - 1 WHERE id IN ("
        "WITH RECURSIVE line(id) AS (SELECT commit_id FROM commit_parent WHERE parent = :id AND position = 0 UNION "
        "SELECT p.commit_id FROM commit_parent p JOIN line ON p.parent = line.id WHERE p.position = 0) "
        "SELECT id FROM line)",
        {"id": commit.id},
    )


def _adopt(tx: Tx, child: Commit, gone: Commit) -> None:
    """Make a child follow the parents of a commit in its place, and be made from what that was made from."""
    parents: list[CommitId] = []
    for parent in child.parents:
        parents += gone.parents if parent == gone.id else [parent]
    sources = [*child.provenance, *(each for each in gone.provenance if each != child.id)]
    for table, column, ids in (("commit_parent", "parent", parents), ("commit_source", "source", sources)):
        tx.execute(f"DELETE FROM {table} WHERE commit_id = :id", {"id": child.id})
        tx.executemany(
            f"INSERT INTO {table}(commit_id, position, {column}) VALUES(:id, :position, :other)",
            [{"id": child.id, "position": at, "other": each} for at, each in enumerate(dict.fromkeys(ids))],
        )
