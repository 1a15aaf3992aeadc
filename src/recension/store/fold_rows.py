"""What is known of folds, as rows: which overlay was folded into which tree.

Both hold the same files, so this is a fact that never changes, and whoever adds it twice says the same. The rows
keep nothing alive: a collection forgets those whose overlay nobody refers to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from recension.db import Database, Tx
from recension.ids import NodeId
from recension.store.condemned import batches


def insert_fold(tx: Tx, layout: NodeId, root: NodeId) -> None:
    """Note that an overlay holds the files of a tree."""
    tx.execute(
        "INSERT INTO fold(layout, root) VALUES(:layout, :root) ON CONFLICT(layout) DO NOTHING",
        {"layout": layout, "root": root},
    )


def folded(tx: Tx, layout: NodeId) -> NodeId | None:
    """The tree that an overlay was folded into, or None."""
    row = tx.execute("SELECT root FROM fold WHERE layout = :layout", {"layout": layout}).first()
    return None if row is None else NodeId(bytes(row[0]))


def origins_of(db: Database, root: NodeId) -> Sequence[NodeId]:
    """The overlays that were folded into a tree."""
    with db.read() as tx:
        rows = tx.execute("SELECT layout FROM fold WHERE root = :root ORDER BY layout", {"root": root})
        return [NodeId(bytes(row[0])) for row in rows]


def folds(tx: Tx) -> Iterator[tuple[NodeId, NodeId]]:
    """Every overlay that was folded, with its tree."""
    rows = tx.execute("SELECT layout, root FROM fold ORDER BY layout").all()
    return ((NodeId(bytes(layout)), NodeId(bytes(root))) for layout, root in rows)


def forget_folds(tx: Tx, layouts: Collection[NodeId]) -> None:
    """Forget these; the trees stay."""
    for batch in batches(list(layouts)):
        tx.execute(f"DELETE FROM fold WHERE layout IN ({','.join('?' * len(batch))})", batch)
