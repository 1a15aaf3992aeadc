"""Commits that follow the change: a delta over a base where a change is scattered, folded into a tree later.

A change that falls in few leaves rewrites these; the result is the canonical tree. One that is scattered over many
would rewrite them all, so it is kept beside them: two small trees, of the rows of the base that do not hold any more
and of those that hold instead, and an overlay node that names the three. Further changes go into the small trees;
what was changed back leaves them, so that over one base equal files have equal layouts. When they have grown, they
are folded: the base is rewritten once for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from recension.ids import NodeId
from recension.store import range_read
from recension.store.node import Layout, LeafRow, encode_overlay
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.probe import probe, rows_at
from recension.store.range_diff import RowChange, alike, key_of
from recension.store.tree_read import edits_of, is_plain, totals
from recension.store.tree_write import Outcome, apply

Spill = Callable[[NodeId, bytes], None]


class Rule(NamedTuple):
    """When a change is kept beside the tree."""

    leaves: int
    """Changes that fall in at most so many leaves are made in the tree itself."""
    one_in: int
    """A delta has at most one row for so many files of the base."""
    rows: int
    """The rows that a delta has at most."""


RULE = Rule(leaves=32, one_in=16, rows=1 << 16)


def change(nodes: Nodes, root: NodeId, changes: Sequence[RowChange], spill: Spill | None = None) -> Outcome:
    """The files of ``root`` with changes made, in the layout that costs least.

    Args:
        nodes: where nodes are read.
        root: a tree or an overlay.
        changes: in path order, each path once: the row that is there, and the row to have there.
        spill: takes leaves as they are made, where a whole base is rewritten.
    """
    layout = nodes.layout(root)
    plain = is_plain(layout)
    if not changes:
        outcome = Outcome(root, canonical=plain)
        outcome.files, outcome.size = totals(nodes, root)
    elif (not plain or _is_scattered(nodes, root, changes)) and _fits(nodes, layout, len(changes)):
        outcome = _over(nodes, layout, changes)
    else:
        outcome = apply_to(nodes, root, [(key_of(each), each[1]) for each in changes], spill)
    return _count(outcome, changes)


def put_over(nodes: Nodes, root: NodeId, edits: Sequence[tuple[bytes, LeafRow | None]]) -> Outcome:
    """Like :func:`change`, for edits of which nobody has looked yet what they change; they are sorted by path."""
    seen = probe(nodes, root, [key for key, _ in edits])
    changes = [(each.row, row) for each, (_, row) in zip(seen, edits, strict=True) if not alike(each.row, row)]
    return change(nodes, root, changes)


def apply_to(
    nodes: Nodes, root: NodeId, edits: Sequence[tuple[bytes, LeafRow | None]], spill: Spill | None = None
) -> Outcome:
    """The canonical tree of the files of any layout, with edits made; the counts are those against the base."""
    layout = nodes.layout(root)
    if is_plain(layout):
        return apply(nodes, layout.base, edits, spill)
    merged = dict(edits_of(nodes, layout))
    merged.update(edits)
    return apply(nodes, layout.base, sorted(merged.items()), spill)


def rows_beside(nodes: Nodes, root: NodeId) -> int:
    """How many rows lie beside the base of a layout: what a fold would take in."""
    layout = nodes.layout(root)
    return sum(range_read.totals(nodes, tree)[0] for tree in (layout.minus, layout.plus))


def _count(outcome: Outcome, changes: Iterable[RowChange]) -> Outcome:
    """Count what the changes do, whatever was done to make them."""
    outcome.added = outcome.changed = outcome.removed = outcome.written = 0
    for before, after in changes:
        outcome.added += before is None
        outcome.removed += after is None
        outcome.changed += before is not None and after is not None
        outcome.written += after[2] if after is not None else 0
    return outcome


def _is_scattered(nodes: Nodes, base: NodeId, changes: Sequence[RowChange]) -> bool:
    if len(changes) <= RULE.leaves:
        return False
    return len(range_read.leaves_of(nodes, base, [key_of(each) for each in changes])) > RULE.leaves


def _fits(nodes: Nodes, layout: Layout, more: int) -> bool:
    files = range_read.totals(nodes, layout.base)[0]
    beside = max(range_read.totals(nodes, tree)[0] for tree in (layout.minus, layout.plus))
    return beside + more <= min(RULE.rows, files // RULE.one_in)


def _over(nodes: Nodes, layout: Layout, changes: Sequence[RowChange]) -> Outcome:
    """The overlay with changes made in its small trees; the base itself when nothing is left in these."""
    keys = [key_of(each) for each in changes]
    gone: list[tuple[bytes, LeafRow | None]] = []
    new: list[tuple[bytes, LeafRow | None]] = []
    seen = zip(rows_at(nodes, layout.minus, keys), rows_at(nodes, layout.plus, keys), strict=True)
    for key, (before, after), (minus, plus) in zip(keys, changes, seen, strict=True):
        # A row that is there and did not come with the delta is the base's own.
        base = minus if minus is not None or plus is not None else before
        back = base is not None and after is not None and base[1:4] == after[1:4]
        gone.append((key, None if back else base))
        new.append((key, None if back else after))
    less, more = apply(nodes, layout.minus, gone), apply(nodes, layout.plus, new)
    files, size = range_read.totals(nodes, layout.base)
    outcome = Outcome(layout.base, less.nodes | more.nodes)
    outcome.files, outcome.size = files - less.files + more.files, size - less.size + more.size
    made = Layout(layout.base, less.root, more.root)
    if made != Layout(layout.base, EMPTY_ID, EMPTY_ID):
        outcome.canonical = False
        outcome.root, raw = encode_overlay(made, outcome.files, outcome.size)
        outcome.nodes[outcome.root] = raw
    return outcome
