"""Reading one tree of ranges: look up, scan a span, add up a span.

These functions know nothing of overlays; :mod:`recension.store.tree_read` reads any layout by them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from recension.ids import NodeId
from recension.store.folder_runs import FolderRuns
from recension.store.node import Index, Leaf, LeafRow
from recension.store.nodes import Nodes

Span = tuple[bytes, bytes]
"""Keys from the first, included, to the second, excluded."""

ALL: Span = (b"/", b"0")
"""Every path: each starts with a slash, which ``0`` follows in ASCII."""

_ONE_BY_ONE = 8
"""So many leaves of a scan are read only when they are asked for: most readers want no more."""


def leaf_of(nodes: Nodes, root: NodeId, key: bytes) -> Leaf:
    """The leaf that holds ``key`` if any does."""
    node = nodes.get(root)
    while not isinstance(node, Leaf):
        node = nodes.get(node.child(min(node.find(key), node.count - 1)))
    return node


def index_of(nodes: Nodes, root: NodeId, key: bytes) -> Index | None:
    """The lowest index node that holds ``key`` if any does; None in a tree of one leaf."""
    node = nodes.get(root)
    while isinstance(node, Index) and node.level > 1:
        node = nodes.get(node.child(min(node.find(key), node.count - 1)))
    return node if isinstance(node, Index) else None


def find(nodes: Nodes, root: NodeId, key: bytes) -> LeafRow | None:
    """The row of a path, or None."""
    leaf = leaf_of(nodes, root, key)
    position = leaf.find(key)
    return leaf.row(position) if position < leaf.count and leaf.key(position) == key else None


def leaves_of(nodes: Nodes, root: NodeId, keys: Sequence[bytes]) -> list[tuple[NodeId, int, int]]:
    """The leaves that hold some sorted keys if any do, each with the range of positions in ``keys`` that fall in it."""
    found = [(root, 0, len(keys))] if keys else []
    for _ in range(nodes.get(root).level):
        below: list[tuple[NodeId, int, int]] = []
        for identity, low, high in found:
            node = nodes.get(identity)
            assert not isinstance(node, Leaf), "leaves are on one level"
            ends = node.keys()
            at, child, last = low, 0, node.count - 1
            while at < high:
                child = min(bisect_left(ends, keys[at], child), last)
                upto = high if child == last else bisect_right(keys, ends[child], at, high)
                below.append((node.child(child), at, upto))
                at = upto
        found = below
    return found


def slices(nodes: Nodes, root: NodeId, span: Span) -> Iterator[tuple[Leaf, int, int]]:
    """The leaves that hold a span, in order, each with the rows from and to which it does."""
    start, stop = span
    for leaf in _leaves(nodes, root, span):
        low, high = leaf.find(start), leaf.find(stop)
        if low < high:
            yield leaf, low, high


def _leaves(nodes: Nodes, root: NodeId, span: Span) -> Iterator[Leaf]:
    node = nodes.get(root)
    if isinstance(node, Leaf):
        yield node
        return
    low, high = node.find(span[0]), min(node.find(span[1]) + 1, node.count)
    if node.level > 1:
        for position in range(low, high):
            yield from _leaves(nodes, node.child(position), span)
        return
    near = min(low + _ONE_BY_ONE, high)
    for position in range(low, near):
        yield from _leaves(nodes, node.child(position), span)
    for leaf in nodes.each(node.children(near, high)):
        if isinstance(leaf, Leaf):
            yield leaf


def scan(nodes: Nodes, root: NodeId, span: Span = ALL) -> Iterator[LeafRow]:
    """The rows of a span, in path order; a few leaves at a time are held."""
    for leaf, low, high in slices(nodes, root, span):
        yield from leaf.rows(low, high)


def first(nodes: Nodes, root: NodeId, span: Span) -> bytes | None:
    """The first path of a span, or None."""
    for leaf, low, _ in slices(nodes, root, span):
        return leaf.key(low)
    return None


def totals(nodes: Nodes, root: NodeId, span: Span = ALL) -> tuple[int, int]:
    """Files and bytes of a span; reads the nodes at its two ends only."""
    start, stop = span
    node = nodes.get(root)
    low, high = node.find(start), node.find(stop)
    if isinstance(node, Leaf):
        return high - low, node.size_between(low, high)
    known = node.totals_between(0, node.count) if span == ALL else _totals_of_runs(node, span)
    if known is not None:
        return known
    # Child `low` may start before the span and child `high` may hold its end; those between lie in it wholly.
    if low >= node.count:
        return 0, 0
    files, size = totals(nodes, node.child(low), span)
    if high > low:
        files, size = _plus((files, size), node.totals_between(low + 1, high))
        if high < node.count:
            files, size = _plus((files, size), totals(nodes, node.child(high), span))
    return files, size


def _totals_of_runs(index: Index, span: Span) -> tuple[int, int] | None:
    """Files and bytes of a span below one index node, where the folders beside it tell them."""
    runs = index.folders
    if runs is None:
        return None
    low, high = (bisect_left(runs.firsts, key) for key in span)
    if any(at and may_hold(index, runs, at - 1, key) for at, key in ((low, span[0]), (high, span[1]))):
        return None
    return runs.between(low, high)


def may_hold(index: Index, runs: FolderRuns, at: int, key: bytes) -> bool:
    """Whether a run that begins before ``key`` may have files from there on.

    The files of one folder are all on one side of a key, unless that lies in the folder.
    """
    folder = runs.firsts[at].rpartition(b"/")[0] + b"/"
    return (runs.mixed[at] or key.startswith(folder)) and key <= index.key(runs.child[at])


def _plus(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] + b[0], a[1] + b[1]
