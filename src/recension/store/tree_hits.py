"""Which files of which commits refer to blobs or nodes that are not as they should be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from recension.db import Database
from recension.errors import Damaged
from recension.ids import NodeId
from recension.store.model import Commit
from recension.store.node import Leaf, Node
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.rows import select_commits

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
    """The bad ids below ``root`` that were not met before, each with the path of a file, or of a stretch of files."""
    yield from _below(hits, root, "/", "/")


def _below(hits: Hits, identity: NodeId, low: str, high: str) -> Iterator[tuple[bytes, str]]:
    if identity in hits.seen:
        return
    hits.seen.add(identity)
    node = _readable(hits, identity)
    if node is None:
        yield identity, f"{low} ... {high}" if low != high else low
        return
    if isinstance(node, Leaf):
        rows = node.rows()
        gone = hits.unknown([row[1] for row in rows])
        for path, blob, *_ in rows:
            if blob in gone or blob in hits.bad:
                yield blob, path.decode()
        return
    for position in range(node.count):
        key = node.key(position).decode()
        yield from _below(hits, node.child(position), low, key)
        low = key


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
