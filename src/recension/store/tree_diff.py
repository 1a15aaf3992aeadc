"""What differs between two manifest trees; equal subtrees are never opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recension.ids import NodeId
from recension.store.node import Leaf, LeafRow
from recension.store.nodes import Nodes
from recension.store.tree_read import ALL, Span

RowChange = tuple[LeafRow | None, LeafRow | None]


def diff(nodes: Nodes, before: NodeId, after: NodeId, span: Span = ALL) -> Iterator[RowChange]:
    """The rows that differ in identity, in path order, as (before, after)."""
    left, right = [before], [after]
    levels = [nodes.get(before).level, nodes.get(after).level]
    while True:
        if levels[0] == levels[1]:
            # Equal nodes hold equal rows, and a path is in one node only: both may be left out.
            common = set(left) & set(right)
            left = [node for node in left if node not in common]
            right = [node for node in right if node not in common]
            if levels[0] == 0:
                break
        deepest = max(levels)
        if levels[0] == deepest:
            left, levels[0] = _children(nodes, left, span), deepest - 1
        if levels[1] == deepest:
            right, levels[1] = _children(nodes, right, span), deepest - 1
    return _merge(_rows(nodes, left, span), _rows(nodes, right, span))


def _children(nodes: Nodes, parents: list[NodeId], span: Span) -> list[NodeId]:
    found: list[NodeId] = []
    for parent in parents:
        node = nodes.get(parent)
        if not isinstance(node, Leaf):
            high = min(node.find(span[1]) + 1, node.count)
            found.extend(node.child(position) for position in range(node.find(span[0]), high))
    return found


def _rows(nodes: Nodes, leaves: list[NodeId], span: Span) -> Iterator[LeafRow]:
    for identity in leaves:
        leaf = nodes.get(identity)
        if isinstance(leaf, Leaf):
            low, high = leaf.find(span[0]), leaf.find(span[1])
            if low < high:
                yield from leaf.rows()[low:high]


def _merge(left: Iterable[LeafRow], right: Iterable[LeafRow]) -> Iterator[RowChange]:
    befores, afters = iter(left), iter(right)
    before, after = next(befores, None), next(afters, None)
    while before is not None and after is not None:
        if before[0] == after[0]:
            if before[1:4] != after[1:4]:
                yield before, after
            before, after = next(befores, None), next(afters, None)
        elif before[0] < after[0]:
            yield before, None
            before = next(befores, None)
        else:
            yield None, after
            after = next(afters, None)
    while before is not None:
        yield before, None
        before = next(befores, None)
    while after is not None:
        yield None, after
        after = next(afters, None)
