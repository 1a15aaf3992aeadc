"""Listing a folder: what lies directly in it, a folder in it being passed in one step, whatever it holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Iterator
from heapq import merge
from itertools import groupby, repeat
from typing import NamedTuple

from recension.ids import NodeId
from recension.store import range_read
from recension.store.folder_runs import FolderRuns
from recension.store.model import Entry, Folder
from recension.store.node import Index, Layout, Leaf, LeafRow
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
        steps = _Walk(nodes, layout.base, depth).steps((start, stop))
    else:
        steps = _put_together(nodes, layout, (start, stop), depth)
    for step in steps:
        yield Folder(step.key[:-1].decode(), step.files, step.size) if step.row is None else entry_of(step.row)


def _put_together(nodes: Nodes, layout: Layout, span: Span, depth: int) -> Iterator[Step]:
    """The steps of an overlay: what the delta takes from folders and adds to them, and the files it hides and puts."""
    streams = (
        zip(_Walk(nodes, tree, depth).steps(span), repeat(weight))
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


class _Walk(NamedTuple):
    """A tree whose keys are listed, cut at the next slash after ``depth``."""

    nodes: Nodes
    root: NodeId
    depth: int

    def steps(self, span: Span) -> Iterator[Step]:
        """What the keys of a span come to."""
        start, stop = span
        while start < stop:
            index = range_read.index_of(self.nodes, self.root, start)
            runs = None if index is None else index.folders
            if index is None or runs is None:
                start = yield from self._in_leaf(range_read.leaf_of(self.nodes, self.root, start), start, stop)
            else:
                start = yield from self._in_index(index, runs, start, stop)

    def _in_leaf(self, leaf: Leaf, start: bytes, stop: bytes) -> Generator[Step, None, bytes]:
        """The steps of one leaf, and of the folder that leads out of it; returns where to go on."""
        at, end = leaf.find(start), leaf.find(stop)
        if at >= end:
            return stop
        going_on = stop if end < leaf.count else leaf.key(end - 1) + b"\0"
        while at < end:
            key = leaf.key(at)
            slash = key.find(b"/", self.depth)
            if slash < 0:
                row = leaf.row(at)
                yield Step(key, row, 1, row[2])
                at += 1
                continue
            after = key[:slash] + b"0"
            # In the small trees of a delta most folders have one file.
            alone = at + 1 < leaf.count and leaf.key(at + 1) >= after
            upto = at + 1 if alone else leaf.find(after, at)
            if upto < leaf.count:
                yield Step(key[: slash + 1], None, upto - at, leaf.size_between(at, upto))
            else:
                yield self._whole(key[: slash + 1], after)
                going_on = after
            at = upto
        return going_on

    def _whole(self, folder: bytes, after: bytes) -> Step:
        return Step(folder, None, *range_read.totals(self.nodes, self.root, (folder, after)))

    def _in_index(self, index: Index, runs: FolderRuns, start: bytes, stop: bytes) -> Generator[Step, None, bytes]:
        """The steps of the leaves below one index node, of which those are opened that hold files of the folder."""
        last = index.key(index.count - 1)
        if start > last:
            return stop
        while start < stop and start <= last:
            at = bisect_left(runs.firsts, start)
            at -= at > 0 and range_read.may_hold(index, runs, at - 1, start)
            first = runs.firsts[at]
            if first >= stop:
                return stop
            slash = first.find(b"/", self.depth)
            if first < start or slash < 0 or runs.mixed[at]:
                leaf = self.nodes.get(index.child(runs.child[at]))
                assert isinstance(leaf, Leaf), "leaves are below the lowest index"
                start = yield from self._in_leaf(leaf, start, stop)
                continue
            after = first[:slash] + b"0"
            upto = bisect_left(runs.firsts, after, at)
            if after > last or runs.mixed[upto - 1]:
                yield self._whole(first[: slash + 1], after)
            else:
                yield Step(first[: slash + 1], None, *runs.between(at, upto))
            start = after
        return start
