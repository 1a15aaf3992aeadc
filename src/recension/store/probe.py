"""Looking up many paths at once: each leaf is opened one time, the next ones are read meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from recension.ids import NodeId
from recension.store import range_read
from recension.store.node import Layout, Leaf, LeafRow, Node
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.tree_read import is_plain

T = TypeVar("T")

_DENSE: Final = 8
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
        return _each(nodes, layout.base, keys, _seen)
    return _over(nodes, layout, keys)


def _over(nodes: Nodes, layout: Layout, keys: Sequence[bytes]) -> Iterator[Seen]:
    new, gone, left = _beside(nodes, layout, keys, _rows)
    base = _each(nodes, layout.base, left, _seen)
    for key, row in zip(keys, new, strict=True):
        if row is not None:
            yield Seen(row, free=True)
            continue
        # Where the base has a file or a folder it has no file above: only what came with the delta can be in the way.
        below = Seen(None, free=True) if key in gone else next(base)
        yield Seen(below.row, below.row is not None or (below.free and _is_clear(nodes, layout.plus, key)))


def blobs_of(nodes: Nodes, root: NodeId, keys: Sequence[bytes]) -> Iterator[bytes | None]:
    """The blobs of the files at some sorted paths, in any layout."""
    layout = nodes.layout(root)
    if is_plain(layout):
        return _each(nodes, layout.base, keys, _blobs)
    new, gone, left = _beside(nodes, layout, keys, _blobs)
    base = _each(nodes, layout.base, left, _blobs)
    return (blob or (None if key in gone else next(base)) for key, blob in zip(keys, new, strict=True))


def _beside(
    nodes: Nodes, layout: Layout, keys: Sequence[bytes], look: Callable[[Leaf, Sequence[bytes]], list[T | None]]
) -> tuple[list[T | None], set[bytes], list[bytes]]:
    """What a delta has at some paths; the paths that it has only taken away; those to ask the base for."""
    new = list(_each(nodes, layout.plus, keys, look))
    rest = [key for key, found in zip(keys, new, strict=True) if found is None]
    blobs = _each(nodes, layout.minus, rest, _blobs)
    gone = {key for key, blob in zip(rest, blobs, strict=True) if blob is not None}
    return new, gone, [key for key in rest if key not in gone]


def rows_at(nodes: Nodes, tree: NodeId, keys: Sequence[bytes]) -> Iterator[LeafRow | None]:
    """The rows that a tree has at some sorted paths."""
    return _each(nodes, tree, keys, _rows)


def _each(
    nodes: Nodes, tree: NodeId, keys: Sequence[bytes], look: Callable[[Leaf, Sequence[bytes]], list[T]]
) -> Iterator[T]:
    """What ``look`` finds for each key, told the leaf that it falls in and all the keys that do."""
    groups = range_read.leaves_of(nodes, tree, keys)

    def opened(node: Node, position: int) -> list[T]:
        assert isinstance(node, Leaf), "keys are sought in leaves"
        _, low, high = groups[position]
        return look(node, keys[low:high])

    for found in nodes.each_through([group[0] for group in groups], opened):
        yield from found


def _rows(leaf: Leaf, keys: Sequence[bytes]) -> list[LeafRow | None]:
    if len(keys) * _DENSE > leaf.count:
        return list(map({row[0]: row for row in leaf.rows()}.get, keys))
    found: list[LeafRow | None] = []
    at = 0
    for key in keys:
        at = leaf.find(key, at)
        found.append(leaf.row(at) if at < leaf.count and leaf.key(at) == key else None)
    return found


def _blobs(leaf: Leaf, keys: Sequence[bytes]) -> list[bytes | None]:
    found: list[bytes | None] = []
    at = 0
    for key in keys:
        at = leaf.find(key, at)
        found.append(leaf.blob(at) if at < leaf.count and leaf.key(at) == key else None)
    return found


def _seen(leaf: Leaf, keys: Sequence[bytes]) -> list[Seen]:
    rows = zip(keys, _rows(leaf, keys), strict=True)
    return [Seen(row, row is not None or _is_free(leaf, key)) for key, row in rows]


def _is_free(leaf: Leaf, key: bytes) -> bool:
    """Whether the files around a position show that the folder of ``key`` is one, and that ``key`` itself is none."""
    if not leaf.count:
        return True
    at = leaf.find(key)
    folder = key.rpartition(b"/")[0] + b"/"
    beside = (at > 0 and leaf.key(at - 1).startswith(folder)) or (at < leaf.count and leaf.key(at).startswith(folder))
    if not beside and folder != b"/":
        return False
    inside = leaf.find(key + b"/", at)
    return inside < leaf.count and not leaf.key(inside).startswith(key + b"/")


def _is_clear(nodes: Nodes, plus: NodeId, key: bytes) -> bool:
    """Whether no file of a delta lies above or below a path."""
    if plus == EMPTY_ID:
        return True
    above = key
    while above := above.rpartition(b"/")[0]:
        if range_read.find(nodes, plus, above) is not None:
            return False
    return range_read.first(nodes, plus, (key + b"/", key + b"0")) is None
