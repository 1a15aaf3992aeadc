"""Folding: the files of a commit that has a delta beside its tree are brought into one tree, while others work.

The steps: the new tree is made and stored, its pack is durable; then one transaction registers it, notes which layout
it was folded from, and lets the commit point to it, if the commit still has that layout. The commit itself stays the
same: its id, its files, its history. A kill before the transaction leaves a pack that nothing refers to.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final, NamedTuple

from recension.db import Tx
from recension.errors import NotFound
from recension.ids import NodeId
from recension.store.condemned import epoch
from recension.store.delta import apply_to, rows_beside
from recension.store.fold_rows import folded, insert_fold
from recension.store.model import Commit
from recension.store.parts import Parts
from recension.store.rows import commit_by_id, select_commits
from recension.store.tree_read import is_plain
from recension.store.trees import Spill, keep_nodes
from recension.store.upload import Upload

WORTH: Final = 1 << 14
"""Rows beside a tree from which on a head is folded without being asked."""
QUIET_S: Final = 600.0
"""A head that has stood for so long is folded whatever lies beside it."""


class _Collected(Exception):
    """Something was removed while the tree was made: what it shares with others has to be looked for again."""


class Folded(NamedTuple):
    """A commit with its layout known to be one tree; ``rows`` is how many lay beside it."""

    commit: Commit
    rows: int


def fold(parts: Parts, commit: Commit) -> Folded:
    """Give a commit the one canonical tree of its files as its layout; nothing is done where it has that.

    Raises:
        NotFound: the commit has been removed meanwhile.
    """
    with parts.db.read() as tx:
        commit = commit_by_id(tx, commit.id)
    if is_plain(parts.nodes.layout(commit.root)):
        return Folded(commit, 0)
    rows = rows_beside(parts.nodes, commit.root)
    while True:
        try:
            return Folded(_fold(parts, commit), rows)
        except _Collected:
            continue


def fold_heads(parts: Parts, *, worth: int = WORTH, quiet_s: float = QUIET_S) -> list[Folded]:
    """Fold the heads of branches beside whose trees at least ``worth`` rows lie, or that are older than ``quiet_s``."""
    with parts.db.read() as tx:
        heads = select_commits(
            tx, "WHERE c.id IN (SELECT head FROM branch) AND c.content_id = :none ORDER BY c.id", {"none": b""}
        )
    before_us = parts.clock.now_us() - int(quiet_s * 1_000_000)
    done: list[Folded] = []
    for head in heads:
        if head.at_us <= before_us or rows_beside(parts.nodes, head.root) >= worth:
            with suppress(NotFound):  # it has been dropped meanwhile
                done.append(fold(parts, head))
    return done


def content_id(parts: Parts, commit: Commit) -> str:
    """The content id of a commit: known from the start where its change was local, else found out by folding it."""
    if commit.content_id is not None:
        return commit.content_id
    with parts.db.read() as tx:
        known, stored = folded(tx, commit.root), commit_by_id(tx, commit.id)
    if known is not None:
        return known.hex()
    if stored.root != commit.root:  # what is staged on it makes files that no commit has
        return apply_to(parts.nodes, commit.root, [], _forget).root.hex()
    return fold(parts, commit).commit.root.hex()


def _forget(_identity: NodeId, _raw: bytes) -> None:
    """What nobody will read needs no place."""


def _fold(parts: Parts, commit: Commit) -> Commit:
    with parts.db.read() as tx:
        collected = epoch(tx)
    with parts.upload() as upload:
        root = _tree(parts, upload, commit.root)
        packs = upload.seal()

        def register(tx: Tx) -> Commit:
            if epoch(tx) != collected:
                raise _Collected
            parts.records.insert(tx, packs, parts.clock.now_us())
            return _point(tx, commit, root)

        now = parts.db.write(register)
        upload.registered(packs)
    return now


def _tree(parts: Parts, upload: Upload, layout: NodeId) -> NodeId:
    """Make and store the tree of a layout."""
    spill = Spill(parts, upload)
    outcome = apply_to(parts.nodes, layout, [], spill)
    spill.flush()
    keep_nodes(parts, upload, outcome.nodes)
    return outcome.root


def _point(tx: Tx, commit: Commit, root: NodeId) -> Commit:
    """Note the fold, and let the commit point to the tree if it still has the layout that this was made from."""
    insert_fold(tx, commit.root, root)
    tx.execute(
        "UPDATE repo_commit SET root = :root, content_id = :root WHERE id = :id AND root = :layout",
        {"root": root, "id": commit.id, "layout": commit.root},
    )
    return commit_by_id(tx, commit.id)
