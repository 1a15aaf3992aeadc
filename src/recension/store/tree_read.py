"""Reading the files behind a root: a tree of ranges, or an overlay of such trees, which is seen as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from recension.ids import BlobId, NodeId
from recension.store import range_read
from recension.store.model import Entry
from recension.store.node import NO_MD5, NO_TIME, Columns, Layout, LeafRow, decode_style
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.range_read import ALL, Span

__all__ = ["ALL", "Span", "below", "columns", "columns_of", "edits_of", "entry_of", "find", "first", "scan", "totals"]

_TOGETHER: Final = 4096


def below(folder: str) -> Span:
    """The span of every path in ``folder``, at any depth. ``/`` or the empty text: all."""
    path = folder.rstrip("/").encode()
    return path + b"/", path + b"0"


def entry_of(row: LeafRow) -> Entry:
    """The row as a caller sees it."""
    path, blob, size, style, time, md5 = row
    mode, content_type, meta = decode_style(style)
    return Entry(
        path.decode(),
        BlobId(blob),
        size,
        mode,
        content_type,
        meta,
        None if time == NO_TIME else time,
        None if md5 == NO_MD5 else md5,
    )


def is_plain(layout: Layout) -> bool:
    """Whether nothing lies over the base."""
    return layout.minus == EMPTY_ID == layout.plus


def find(nodes: Nodes, root: NodeId, key: bytes) -> LeafRow | None:
    """The row of a path, or None."""
    layout = nodes.layout(root)
    if is_plain(layout):
        return range_read.find(nodes, layout.base, key)
    row = range_read.find(nodes, layout.plus, key)
    if row is not None or range_read.find(nodes, layout.minus, key) is not None:
        return row
    return range_read.find(nodes, layout.base, key)


def edits_of(nodes: Nodes, layout: Layout, span: Span = ALL) -> Iterator[tuple[bytes, LeafRow | None]]:
    """What an overlay does to its base, in path order: the row to have at a path, or None."""
    gone = (row[0] for row in range_read.scan(nodes, layout.minus, span))
    key = next(gone, None)
    for row in range_read.scan(nodes, layout.plus, span):
        while key is not None and key < row[0]:
            yield key, None
            key = next(gone, None)
        if key == row[0]:
            key = next(gone, None)
        yield row[0], row
    while key is not None:
        yield key, None
        key = next(gone, None)


def scan(nodes: Nodes, root: NodeId, span: Span = ALL) -> Iterator[LeafRow]:
    """The rows of a span, in path order; a few leaves at a time are held."""
    layout = nodes.layout(root)
    if is_plain(layout):
        return range_read.scan(nodes, layout.base, span)
    return _merged(nodes, layout, span)


def columns(nodes: Nodes, root: NodeId, span: Span = ALL) -> Iterator[Columns]:
    """The files of a span in columns, some thousand at a time, in path order."""
    layout = nodes.layout(root)
    if is_plain(layout):
        return (leaf.columns(low, high) for leaf, low, high in range_read.slices(nodes, layout.base, span))
    rows = _merged(nodes, layout, span)
    return map(columns_of, iter(lambda: list(islice(rows, _TOGETHER)), []))


def columns_of(rows: Iterable[LeafRow]) -> Columns:
    """Rows, of which there is one at least, in columns."""
    keys, blobs, sizes, styles, _, _ = zip(*rows, strict=True)
    return keys, blobs, sizes, styles


def _merged(nodes: Nodes, layout: Layout, span: Span) -> Iterator[LeafRow]:
    edits = edits_of(nodes, layout, span)
    edit = next(edits, None)
    for leaf, low, high in range_read.slices(nodes, layout.base, span):
        at = low
        while edit is not None and edit[0] <= leaf.key(high - 1):
            position = leaf.find(edit[0], at)
            yield from leaf.rows(at, position)
            if edit[1] is not None:
                yield edit[1]
            at = position + (leaf.key(position) == edit[0])
            edit = next(edits, None)
        yield from leaf.rows(at, high)
    while edit is not None:
        if edit[1] is not None:
            yield edit[1]
        edit = next(edits, None)


def first(nodes: Nodes, root: NodeId, span: Span) -> bytes | None:
    """The first path of a span, or None."""
    layout = nodes.layout(root)
    if is_plain(layout):
        return range_read.first(nodes, layout.base, span)
    new = range_read.first(nodes, layout.plus, span)
    old = range_read.first(nodes, layout.base, span)
    while old is not None and (new is None or old < new) and range_read.find(nodes, layout.minus, old) is not None:
        old = range_read.first(nodes, layout.base, (old + b"\0", span[1]))
    return old if new is None or (old is not None and old < new) else new


def totals(nodes: Nodes, root: NodeId, span: Span = ALL) -> tuple[int, int]:
    """Files and bytes of a span; reads the nodes at its two ends only."""
    layout = nodes.layout(root)
    files, size = range_read.totals(nodes, layout.base, span)
    if is_plain(layout):
        return files, size
    less, more = (range_read.totals(nodes, tree, span) for tree in (layout.minus, layout.plus))
    return files - less[0] + more[0], size - less[1] + more[1]
