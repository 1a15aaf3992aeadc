"""What a collection makes of known folds: they are kept for as long as they lead somewhere, and keep nothing alive.

A fold says that a tree holds the files of an overlay, which lets two versions on both sides of it be compared by their
deltas. That is of use while both the tree and the base of the overlay are needed by somebody; then the small trees of
the overlay are kept too.
"""

from __future__ import annotations

from recension.errors import Damaged
from recension.ids import NodeId
from recension.store.fold_rows import folds, forget_folds
from recension.store.gc_marks import Marks
from recension.store.gc_reach import Reach
from recension.store.nodes import EMPTY_ID
from recension.store.parts import Parts


def forget_lost_folds(parts: Parts, marks: Marks, reach: Reach, *, dry_run: bool) -> None:
    """Mark the overlays of folds that are of use, and forget the other folds before their nodes are removed."""
    with parts.db.read() as tx:
        known = list(folds(tx))
    lost: list[NodeId] = []
    for layout, root in known:
        if marks.has(layout):
            continue
        if _leads_somewhere(parts, marks, layout, root):
            reach.follow([("tree", layout)])
        else:
            lost.append(layout)
    if lost and not dry_run:
        parts.db.write(lambda tx: forget_folds(tx, lost))


def _leads_somewhere(parts: Parts, marks: Marks, layout: NodeId, root: NodeId) -> bool:
    if root != EMPTY_ID and not marks.has(root):
        return False
    try:
        base = parts.nodes.layout(layout).base
    except Damaged:
        return False
    return base == EMPTY_ID or marks.has(base)
