"""Committing millions of changes in bounded memory: slice by slice into a tree, then one commit with that tree.

The nodes of the tree are stored before the commit refers to them; when another writer gets in first, the changes are
found anew on the new head. What an interrupted run has stored is collected later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final, Literal, NamedTuple

from recension.errors import Conflict
from recension.slotted import replace
from recension.store.model import Commit, Edit, Put
from recension.store.nodes import EMPTY_ID
from recension.store.tree_read import totals
from recension.store.tree_write import Outcome
from recension.store.trees import Trees
from recension.store.writing import Draft, Writing

SLICE: Final = 20_000


class Step(NamedTuple):
    """One change, and what it does to the head that it was found on."""

    edit: Edit
    kind: Literal["added", "changed", "removed"]


def commit_many(store: Writing, draft: Draft, find: Callable[[Commit | None], Iterable[Step]]) -> Commit | None:
    """Commit what ``find`` finds to do on the head of a branch; the head itself when that is nothing.

    Args:
        store: the store.
        draft: the commit to be; its edits are left out of account.
        find: the changes for a head, each path once, with their blobs stored or linked; called again when the branch
            has moved meanwhile. What makes room for another change comes before it; path order is fastest.

    Raises:
        Invalid: a file would lie where a folder is, or the other way round.
    """
    place = draft.repo, draft.branch, draft.workspace
    while True:
        store.close_staged(*place)
        head = store.head(*place)
        made = _tree(store, head, find)
        if made is None:
            return head
        base = None if head is None else head.id
        try:
            return store.land(replace(draft, base=base, made=made), None)
        except Conflict:
            now = store.head(*place)
            if (None if now is None else now.id) == base:
                raise


def _tree(store: Writing, head: Commit | None, find: Callable[[Commit | None], Iterable[Step]]) -> Outcome | None:
    """The tree with all changes made, its nodes stored; None when there is none to make."""
    trees = Trees(store)
    outcome = Outcome(EMPTY_ID if head is None else head.root)
    steps = iter(find(head))
    while some := list(islice(steps, SLICE)):
        with store.upload() as upload:
            outcome.root = trees.apply(outcome.root, [step.edit for step in some], upload)
        outcome.written += sum(step.edit.size for step in some if isinstance(step.edit, Put))
        kinds = [step.kind for step in some]
        outcome.added += kinds.count("added")
        outcome.changed += kinds.count("changed")
        outcome.removed += kinds.count("removed")
    if not outcome.added + outcome.changed + outcome.removed:
        return None
    outcome.files, outcome.size = totals(store.nodes, outcome.root)
    return outcome
