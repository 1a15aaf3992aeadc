"""Reading a manifest tree: look up, scan a range, add up a range, list a folder."""

from __future__ import annotations

from collections.abc import Iterator

from recension.ids import BlobId, NodeId
from recension.store.model import Entry, Folder
from recension.store.node import NO_MD5, NO_TIME, Leaf, LeafRow, decode_style
from recension.store.nodes import Nodes

Span = tuple[bytes, bytes]
"""Keys from the first, included, to the second, excluded."""

ALL: Span = (b"/", b"0")
"""Every path: each starts with a slash, which ``0`` follows in ASCII."""


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


def leaf_of(nodes: Nodes, root: NodeId, key: bytes) -> Leaf:
    """The leaf that holds ``key`` if any does."""
    node = nodes.get(root)
    while not isinstance(node, Leaf):
        node = nodes.get(node.child(min(node.find(key), node.count - 1)))
    return node


def find(nodes: Nodes, root: NodeId, key: bytes) -> LeafRow | None:
    """The row of a path, or None."""
    leaf = leaf_of(nodes, root, key)
    position = leaf.find(key)
    return leaf.row(position) if position < leaf.count and leaf.key(position) == key else None


def slices(nodes: Nodes, root: NodeId, span: Span) -> Iterator[tuple[Leaf, int, int]]:
    """The leaves that hold a span, in order, each with the rows from and to which it does."""
    start, stop = span
    node = nodes.get(root)
    low = node.find(start)
    if isinstance(node, Leaf):
        high = node.find(stop)
        if low < high:
            yield node, low, high
        return
    for position in range(low, node.count):
        yield from slices(nodes, node.child(position), span)
        if node.key(position) >= stop:
            return


def scan(nodes: Nodes, root: NodeId, span: Span = ALL) -> Iterator[LeafRow]:
    """The rows of a span, in path order; a leaf at a time is held."""
    for leaf, low, high in slices(nodes, root, span):
        yield from leaf.rows() if high - low == leaf.count else leaf.rows()[low:high]


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
    # Child `low` may start before the span and child `high` may hold its end; those between lie in it wholly.
    if low >= node.count:
        return 0, 0
    files, size = totals(nodes, node.child(low), span)
    if high > low:
        files, size = _plus((files, size), node.totals_between(low + 1, high))
        if high < node.count:
            files, size = _plus((files, size), totals(nodes, node.child(high), span))
    return files, size


def _plus(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] + b[0], a[1] + b[1]


def listing(nodes: Nodes, root: NodeId, folder: str, after: str | None) -> Iterator[Entry | Folder]:
    """What lies directly in a folder, in path order; a folder in it is passed in one step, whatever it holds."""
    start, stop = below(folder)
    depth = len(start)
    if after is not None:
        key = after.encode()
        # A file is followed by whatever sorts after its name, a folder by what sorts after everything in it.
        start = key + b"\0" if find(nodes, root, key) else key + b"0"
    while start < stop:
        restart = stop
        for leaf, position, folder_path in _in_order(nodes, root, (start, stop), depth):
            if folder_path is None:
                yield entry_of(leaf.row(position))
                continue
            yield Folder(folder_path.decode(), *totals(nodes, root, (folder_path + b"/", folder_path + b"0")))
            restart = folder_path + b"0"
            break
        start = restart


def _in_order(nodes: Nodes, root: NodeId, span: Span, depth: int) -> Iterator[tuple[Leaf, int, bytes | None]]:
    """Each row of a span, with the path of the folder it is in when that is below ``depth``."""
    for leaf, low, high in slices(nodes, root, span):
        for position in range(low, high):
            key = leaf.key(position)
            slash = key.find(b"/", depth)
            yield leaf, position, key[:slash] if slash >= 0 else None
