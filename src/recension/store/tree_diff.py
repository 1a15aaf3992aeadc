"""What differs between two roots, whatever their layouts; the cost follows the difference.

Two overlays of one base differ where their own small trees do. Where the bases differ in many places, one of them
may be known as what another layout was folded into: then both sides are followed back to a base that they share,
and what lies between it and either side is put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Final

from recension.ids import NodeId
from recension.store import range_diff
from recension.store.node import Layout
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.range_diff import RowChange, alike, key_of
from recension.store.range_read import ALL, Span, scan
from recension.store.tree_read import is_plain

__all__ = ["RowChange", "diff", "key_of"]

_FEW: Final = 32
"""Leaves that are compared before anybody asks for another way round."""
_DEEP: Final = 16
"""Folds that are followed back at most."""

_Way = tuple[Layout, ...]
"""Overlays from a base up to a root, each on what the one before it was folded into."""


def diff(nodes: Nodes, before: NodeId, after: NodeId, span: Span = ALL) -> Iterator[RowChange]:
    """The rows that differ in identity, in path order, as (before, after)."""
    if before == after:
        return iter(())
    left, right = nodes.layout(before), nodes.layout(after)
    if left.base == right.base:
        return _over_one_base(nodes, left, right, span)
    leaves = range_diff.different(nodes, left.base, right.base, span)
    if len(leaves.left) + len(leaves.right) > _FEW:
        ways = _meeting(_ways(nodes, left), _ways(nodes, right))
        if ways is not None:
            return _along(nodes, *ways, span)
    between = range_diff.rows_of(nodes, leaves, span)
    return compose(invert(_made(nodes, left, span)), between, _made(nodes, right, span))


def _made(nodes: Nodes, layout: Layout, span: Span) -> Iterator[RowChange]:
    """What an overlay changes in its base."""
    return range_diff.merge(scan(nodes, layout.minus, span), scan(nodes, layout.plus, span))


def _over_one_base(nodes: Nodes, left: Layout, right: Layout, span: Span) -> Iterator[RowChange]:
    """The difference of two overlays with the same base.

    Every row that either has taken from the base is known: so what it was before is known where only one has.
    """
    taken = range_diff.diff(nodes, left.minus, right.minus, span)
    put = range_diff.diff(nodes, left.plus, right.plus, span)
    for gone, new in _paired(taken, put):
        before, after = new or (None, None)
        if gone is not None:
            # Both sides of `gone` are rows of the base, so only one of them is there.
            before = before if gone[0] is not None else gone[1]
            after = after if gone[1] is not None else gone[0]
        yield before, after


def _ways(nodes: Nodes, layout: Layout) -> dict[NodeId, _Way]:
    """Every base that a layout is known to be built upon, each with the overlays in between."""
    ways: dict[NodeId, _Way] = {layout.base: () if is_plain(layout) else (layout,)}
    pending = [layout.base]
    while pending and len(ways) < _DEEP:
        top = pending.pop(0)
        for origin in nodes.origins(top):
            under = nodes.layout(origin)
            if under.base not in ways:
                ways[under.base] = (under, *ways[top])
                pending.append(under.base)
    return ways


def _meeting(left: dict[NodeId, _Way], right: dict[NodeId, _Way]) -> tuple[NodeId, _Way, _Way] | None:
    """The shared base with the fewest overlays above it, and these."""
    shared = [base for base in left if base in right]
    if not shared:
        return None
    base = min(shared, key=lambda each: len(left[each]) + len(right[each]))
    return base, left[base], right[base]


def _along(nodes: Nodes, base: NodeId, left: _Way, right: _Way, span: Span) -> Iterator[RowChange]:
    if len(left) <= 1 and len(right) <= 1:
        bare = Layout(base, EMPTY_ID, EMPTY_ID)
        return _over_one_base(nodes, left[0] if left else bare, right[0] if right else bare, span)
    back = (invert(_made(nodes, layout, span)) for layout in reversed(left))
    return compose(*back, *(_made(nodes, layout, span) for layout in right))


def invert(changes: Iterable[RowChange]) -> Iterator[RowChange]:
    """The changes that undo these."""
    return ((after, before) for before, after in changes)


def compose(*steps: Iterator[RowChange]) -> Iterator[RowChange]:
    """One list of changes for several made one after the other, each in path order."""
    return reduce(_composed, steps)


def _composed(one: Iterator[RowChange], two: Iterator[RowChange]) -> Iterator[RowChange]:
    for first, second in _paired(one, two):
        before = first[0] if first is not None else second[0] if second is not None else None
        after = second[1] if second is not None else first[1] if first is not None else None
        if not alike(before, after):
            yield before, after


def _paired(one: Iterator[RowChange], two: Iterator[RowChange]) -> Iterator[tuple[RowChange | None, RowChange | None]]:
    """Two lists of changes in path order as one; changes of one path come together."""
    left, right = next(one, None), next(two, None)
    while left is not None or right is not None:
        if right is None or (left is not None and key_of(left) < key_of(right)):
            yield left, None
            left = next(one, None)
        elif left is None or key_of(right) < key_of(left):
            yield None, right
            right = next(two, None)
        else:
            yield left, right
            left, right = next(one, None), next(two, None)
