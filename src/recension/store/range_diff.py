"""What differs between two trees of ranges; equal subtrees are never opened, equal columns never looked into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from recension.ids import NodeId
from recension.store.node import Leaf, LeafRow
from recension.store.nodes import Nodes
from recension.store.range_read import Span

RowChange = tuple[LeafRow | None, LeafRow | None]
"""A row before and after; one of them is there."""


class Different(NamedTuple):
    """The leaves that are in one of two trees only, in path order."""

    left: list[NodeId]
    right: list[NodeId]


def different(nodes: Nodes, before: NodeId, after: NodeId, span: Span) -> Different:
    """The leaves, of those that may hold the span, in which two trees differ."""
    left, right = [before], [after]
    levels = [nodes.get(before).level, nodes.get(after).level]
    while True:
        if levels[0] == levels[1]:
            # Equal nodes hold equal rows, and a path is in one node only: both may be left out.
            common = set(left) & set(right)
            left = [node for node in left if node not in common]
            right = [node for node in right if node not in common]
            if levels[0] == 0:
                return Different(left, right)
        deepest = max(levels)
        if levels[0] == deepest:
            left, levels[0] = _children(nodes, left, span), deepest - 1
        if levels[1] == deepest:
            right, levels[1] = _children(nodes, right, span), deepest - 1


def diff(nodes: Nodes, before: NodeId, after: NodeId, span: Span) -> Iterator[RowChange]:
    """The rows that differ in identity, in path order, as (before, after)."""
    return rows_of(nodes, different(nodes, before, after, span), span)


def _children(nodes: Nodes, parents: list[NodeId], span: Span) -> list[NodeId]:
    found: list[NodeId] = []
    for parent in parents:
        node = nodes.get(parent)
        if not isinstance(node, Leaf):
            found.extend(node.children(node.find(span[0]), min(node.find(span[1]) + 1, node.count)))
    return found


def rows_of(nodes: Nodes, leaves: Different, span: Span) -> Iterator[RowChange]:
    """The rows of a span that differ between the leaves of two trees."""
    for left, right in _stretches(nodes, leaves):
        alone = len(left) == len(right) == 1
        found = leaf_diff(left[0], right[0]) if alone else merge(_rows(left), _rows(right))
        for change in found:
            if span[0] <= key_of(change) < span[1]:
                yield change


def _stretches(nodes: Nodes, leaves: Different) -> Iterator[tuple[list[Leaf], list[Leaf]]]:
    """The leaves of both sides in groups that end at the same path: most changes leave a leaf its last one."""
    sides = [_opened(nodes, leaves.left), _opened(nodes, leaves.right)]
    held: list[list[Leaf]] = [[], []]
    heads = [next(side, None) for side in sides]
    while any(heads):
        # The side that is behind gives its next leaf, an ended one none.
        ends = [None if head is None else head.key(head.count - 1) for head in heads]
        lower = min(end for end in ends if end is not None)
        for side, head in enumerate(heads):
            if head is not None and ends[side] == lower:
                held[side].append(head)
                heads[side] = next(sides[side], None)
        if ends[0] == ends[1]:
            yield held[0], held[1]
            held = [[], []]
    if held[0] or held[1]:
        yield held[0], held[1]


def _opened(nodes: Nodes, ids: list[NodeId]) -> Iterator[Leaf]:
    return (node for node in nodes.each(ids) if isinstance(node, Leaf) and node.count)


def _rows(leaves: list[Leaf]) -> Iterator[LeafRow]:
    return (row for leaf in leaves for row in leaf.rows())


def leaf_diff(before: Leaf, after: Leaf) -> Iterator[RowChange]:
    """The rows that differ between two leaves."""
    if before.same_keys(after) and before.same_values(after, 0, 0, 0):
        return ((before.row(at), after.row(at)) for at in _unlike(before, after, 0, before.count))
    low = _common(before, after)
    return merge(before.rows(low), after.rows(low))


def _unlike(one: Leaf, other: Leaf, low: int, count: int) -> Iterator[int]:
    """Positions, of ``count`` from ``low``, at which two leaves with the same paths and styles differ."""
    if count <= 0 or one.same_values(other, low, low, count):
        return
    if count == 1:
        yield low
        return
    half = count >> 1
    yield from _unlike(one, other, low, half)
    yield from _unlike(one, other, low + half, count - half)


def _common(one: Leaf, other: Leaf) -> int:
    """How many rows, from the first, are surely alike in both."""
    low, high = 0, min(one.count, other.count)
    while low < high:
        middle = (low + high + 1) >> 1
        if one.same_keys(other, middle) and one.same_values(other, 0, 0, middle):
            low = middle
        else:
            high = middle - 1
    return low


def merge(left: Iterable[LeafRow], right: Iterable[LeafRow]) -> Iterator[RowChange]:
    """The rows that differ between two sides in path order."""
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


def alike(one: LeafRow | None, other: LeafRow | None) -> bool:
    """Whether two rows of one path have the same identity, or neither is there."""
    return (one and one[1:4]) == (other and other[1:4])


def key_of(change: RowChange) -> bytes:
    """The path of a change."""
    row = change[0] or change[1]
    assert row is not None, "a change has a side"
    return row[0]
