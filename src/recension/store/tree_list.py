"""Listing a folder: what lies directly in it, a folder in it being passed in one step, whatever it holds."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import groupby, repeat
from typing import NamedTuple

from recension.ids import NodeId
from recension.store import range_read
from recension.store.model import Entry, Folder
from recension.store.node import Layout, LeafRow
from recension.store.nodes import Nodes
from recension.store.range_read import Span
from recension.store.tree_read import below, entry_of, find, is_plain


class Step(NamedTuple):
    """A file (its row) or a folder (its key ends with a slash), with what it adds to files and bytes."""

    key: bytes
    row: LeafRow | None
    files: int
    size: int


def listing(nodes: Nodes, root: NodeId, folder: str, after: str | None) -> Iterator[Entry | Folder]:
    """What lies directly in a folder, in path order.

    Args:
        nodes: where nodes are read.
        root: a tree or an overlay.
        folder: its path.
        after: only what follows this path of an earlier answer.
    """
    start, stop = below(folder)
    depth = len(start)
    if after is not None:
        key = after.encode()
        # A file is followed by whatever sorts after its name, a folder by what sorts after everything in it.
        start = key + b"\0" if find(nodes, root, key) else key + b"0"
    layout = nodes.layout(root)
    if is_plain(layout):
        steps = _steps(nodes, layout.base, (start, stop), depth)
    else:
        steps = _put_together(nodes, layout, (start, stop), depth)
    for step in steps:
        yield Folder(step.key[:-1].decode(), step.files, step.size) if step.row is None else entry_of(step.row)


def _put_together(nodes: Nodes, layout: Layout, span: Span, depth: int) -> Iterator[Step]:
    """The steps of an overlay: what the delta takes from folders and adds to them, and the files it hides and puts."""
    streams = (
        zip(_steps(nodes, tree, span, depth), repeat(weight))
        for tree, weight in ((layout.base, 1), (layout.minus, -1), (layout.plus, 1))
    )
    for key, group in groupby(merge(*streams, key=_key), key=_key):
        steps = list(group)
        files = sum(step.files * weight for step, weight in steps)
        if files:
            # The merge is stable, so what the delta puts comes last.
            yield Step(key, steps[-1][0].row, files, sum(step.size * weight for step, weight in steps))


def _key(weighed: tuple[Step, int]) -> bytes:
    return weighed[0].key


def _steps(nodes: Nodes, root: NodeId, span: Span, depth: int) -> Iterator[Step]:
    """What the keys of a span, cut at the next slash after ``depth``, come to."""
    start, stop = span
    while start < stop:
        leaf = range_read.leaf_of(nodes, root, start)
        at, end = leaf.find(start), leaf.find(stop)
        if at >= end:
            return
        start = stop if end < leaf.count else leaf.key(leaf.count - 1) + b"\0"
        while at < end:
            key = leaf.key(at)
            slash = key.find(b"/", depth)
            if slash < 0:
                row = leaf.row(at)
                yield Step(key, row, 1, row[2])
                at += 1
                continue
            folder = key[: slash + 1]
            inside = (folder, key[:slash] + b"0")
            upto = leaf.find(inside[1], at)
            if upto < leaf.count:
                yield Step(folder, None, upto - at, leaf.size_between(at, upto))
            else:
                yield Step(folder, None, *range_read.totals(nodes, root, inside))
                start = inside[1]
            at = upto
