"""The base of a merge whose histories cross: the merge of all common ancestors, as a tree that nobody committed.

Of two branches that have merged one another there may be several newest common ancestors. Each knows of changes that
the others lack; taking one alone would bring back what was settled long ago. So they are merged with one another
first, each pair again upon its own common ancestors, as git's recursive merge does. Where they disagree, the base says
nothing that either side could equal: such a path is a conflict unless both sides hold the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from recension.db import Tx
from recension.ids import NodeId
from recension.store.ancestry import merge_bases
from recension.store.delta import put_over
from recension.store.model import Commit
from recension.store.node import LeafRow
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.parts import Parts
from recension.store.three_way import Side, three_way, unclear_row
from recension.store.tree_read import find

_ROUNDS: Final = 100
"""Beyond so many crossings behind one another the newest ancestor alone has to do."""


class VirtualBases:
    """Trees of merged ancestors; their nodes are held here and stored nowhere."""

    def __init__(self, parts: Parts, tx: Tx) -> None:
        self._tx = tx
        self._made: dict[NodeId, bytes] = {}
        self.nodes = Nodes(lambda identity: self._made.get(identity) or parts.records.node(identity))

    def root(self, bases: Sequence[Commit], rounds: int = _ROUNDS) -> NodeId:
        """The tree that several ancestors make together; the empty one for none."""
        if not bases:
            return EMPTY_ID
        if rounds == 0 or len(bases) == 1:
            return bases[0].root
        # From the oldest on, as it was with every other order: what comes out does not depend on who asks.
        first, *others = reversed(bases)
        merged, root = [first], first.root
        for other in others:
            below = self.root(merge_bases(self._tx, merged, [other]), rounds - 1)
            root = self._merged(below, root, other.root)
            merged.append(other)
        return root

    def _merged(self, base: NodeId, one: NodeId, other: NodeId) -> NodeId:
        """Two trees merged, with rows that equal nothing where they disagree."""

        def decide(path: str) -> Side | LeafRow:
            rows = [find(self.nodes, root, path.encode()) for root in (one, other)]
            # A file here and a folder there: neither is in the base, so that it is asked about again.
            clash = rows[0] is None and find(self.nodes, base, path.encode()) is None
            return "base" if clash else unclear_row(path.encode(), rows)

        found = three_way(self.nodes, base, one, other, decide)
        outcome = put_over(self.nodes, one, sorted(found.edits.rows.items()))
        self._made.update(outcome.nodes)
        return outcome.root
