"""Which files of which commits refer to blobs or nodes that are not as they should be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, field
from functools import partial

from recension.db import Database
from recension.errors import Damaged
from recension.ids import NodeId
from recension.store.model import Commit
from recension.store.node import Leaf, Node
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.rows import select_commits
from recension.store.tree_read import find, is_plain

_PAGE = 500


@dataclass(slots=True)
class Hits:
    """What is looked for, and which nodes were looked at already.

    ``bad`` are ids known to be unreadable, ``unknown`` says which of some ids are not stored at all.
    """

    nodes: Nodes
    bad: Collection[bytes]
    unknown: Callable[[list[bytes]], set[bytes]]
    seen: set[NodeId] = field(default_factory=lambda: {EMPTY_ID})


def find_hits(hits: Hits, root: NodeId) -> Iterator[tuple[bytes, str]]:
    """The bad ids behind ``root`` that were not met before, each with the path of a file, or of a stretch of files."""
    try:
        layout = hits.nodes.layout(root)
    except Damaged:
        yield root, "/"
        return
    if is_plain(layout):
        yield from _below(hits, layout.base, "/", "/", _shown)
        return
    # A row that was taken from the base does not belong to this commit, whatever has become of its bytes.
    yield from _below(hits, layout.minus, "/", "/", _hidden)
    yield from _below(hits, layout.plus, "/", "/", _shown)
    yield from _below(hits, layout.base, "/", "/", partial(_is_gone, hits, layout.minus))


def _is_gone(hits: Hits, minus: NodeId, key: bytes) -> bool:
    try:
        return find(hits.nodes, minus, key) is not None
    except Damaged:
        return False


def _shown(_: bytes) -> bool:
    return False


def _hidden(_: bytes) -> bool:
    return True


def _below(
    hits: Hits, identity: NodeId, low: str, high: str, hidden: Callable[[bytes], bool]
) -> Generator[tuple[bytes, str], None, bool]:
    """The hits below a node, but for files that are hidden; returns False where there were any: they may show later."""
    if identity in hits.seen:
        return True
    node = _readable(hits, identity)
    if node is None:
        hits.seen.add(identity)
        yield identity, f"{low} ... {high}" if low != high else low
        return True
    whole = True
    if isinstance(node, Leaf):
        rows = node.rows()
        gone = hits.unknown([row[1] for row in rows])
        for path, blob, *_ in rows:
            if blob in gone or blob in hits.bad:
                if hidden(path):
                    whole = False
                else:
                    yield blob, path.decode()
    else:
        for position in range(node.count):
            key = node.key(position).decode()
            whole &= yield from _below(hits, node.child(position), low, key, hidden)
            low = key
    if whole:
        hits.seen.add(identity)
    return whole


def _readable(hits: Hits, identity: NodeId) -> Node | None:
    try:
        return None if identity in hits.bad else hits.nodes.get(identity)
    except Damaged:
        return None


def commits_newest_first(db: Database) -> Iterator[Commit]:
    """Every commit of every repo."""
    before = "~"
    while True:
        with db.read() as tx:
            page = select_commits(
                tx, "WHERE c.id < :before ORDER BY c.id DESC LIMIT :limit", {"before": before, "limit": _PAGE}
            )
        yield from page
        if len(page) < _PAGE:
            return
        before = page[-1].id
