"""Looking up many paths of a tree at once: each leaf is opened one time, the next ones are read meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from recension.ids import NodeId
from recension.store import range_read
from recension.store.node import Leaf, LeafRow, Node
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.tree_read import is_plain

_DENSE = 8
"""Where more than one row in so many is wanted, a leaf is turned into a table instead of being searched."""


class Seen(NamedTuple):
    """What stands at a path. ``free``: a new file may be put there, for no file lies above it and none below."""

    row: LeafRow | None
    free: bool


def probe(nodes: Nodes, root: NodeId, keys: Sequence[bytes]) -> Iterator[Seen]:
    """What stands at each of some paths, which are sorted.

    ``free`` is only said where the leaves that are open show it: False may mean that nobody has looked.
    """
    layout = nodes.layout(root)
    if is_plain(layout):
        return _in_tree(nodes, layout.base, keys)
    return _in_overlay(nodes, root, keys)


def _in_overlay(nodes: Nodes, root: NodeId, keys: Sequence[bytes]) -> Iterator[Seen]:
    layout = nodes.layout(root)
    three = (_in_tree(nodes, tree, keys) for tree in (layout.base, layout.minus, layout.plus))
    for base, minus, plus in zip(*three, strict=True):
        row = plus.row or (None if minus.row else base.row)
        # The neighbours that were seen may be among what is gone, and others among what has come.
        yield Seen(row, row is not None)


def _in_tree(nodes: Nodes, root: NodeId, keys: Sequence[bytes]) -> Iterator[Seen]:
    if root == EMPTY_ID:
        for _ in keys:
            yield Seen(None, free=True)
        return
    groups = range_read.leaves_of(nodes, root, keys)

    def look(node: Node, position: int) -> list[Seen]:
        assert isinstance(node, Leaf), "keys are sought in leaves"
        _, low, high = groups[position]
        return _in_leaf(node, keys[low:high])

    for found in nodes.each_through([group[0] for group in groups], look):
        yield from found


def _in_leaf(leaf: Leaf, keys: Sequence[bytes]) -> list[Seen]:
    if len(keys) * _DENSE > leaf.count:
        table = {row[0]: row for row in leaf.rows()}
        rows = map(table.get, keys)
        return [
            Seen(row, row is not None or _is_free(leaf, key, leaf.find(key)))
            for key, row in zip(keys, rows, strict=True)
        ]
    found: list[Seen] = []
    at = 0
    for key in keys:
        at = leaf.find(key, at)
        there = at < leaf.count and leaf.key(at) == key
        found.append(Seen(leaf.row(at), free=True) if there else Seen(None, _is_free(leaf, key, at)))
    return found


def _is_free(leaf: Leaf, key: bytes, at: int) -> bool:
    """Whether the files around a position show that the folder of ``key`` is one, and that ``key`` itself is none."""
    folder = key.rpartition(b"/")[0] + b"/"
    beside = (at > 0 and leaf.key(at - 1).startswith(folder)) or (at < leaf.count and leaf.key(at).startswith(folder))
    if not beside and folder != b"/":
        return False
    inside = leaf.find(key + b"/", at)
    return inside < leaf.count and not leaf.key(inside).startswith(key + b"/")
