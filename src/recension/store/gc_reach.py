"""What is reachable: every tree and blob that some room says it needs, and all that these refer to.

A room says so in the table ``needed_content``, in a migration of its own: a query that gives the ids. ``tree`` are
roots of manifests, ``blob`` are blobs; the kind ``nothing`` says that a room needs none. The registrations lie in the
database beside the rows they speak of, so every program that collects knows them, whichever rooms it has loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from recension.db import Tx
from recension.errors import Conflict
from recension.ids import NodeId
from recension.store.condemned import batches
from recension.store.gc_marks import Marks
from recension.store.node import Leaf
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.pack import Kind
from recension.store.parts import Parts
from recension.store.records import decode_chunks

Need = tuple[str, bytes]
"""``tree`` or ``blob``, and the id."""

_SILENT: Final = (
    "SELECT DISTINCT m.room FROM migration m WHERE NOT EXISTS (SELECT 1 FROM needed_content n WHERE n.room = m.room)"
)


def needs(tx: Tx) -> Iterator[Need]:
    """Everything that a room refers to at present.

    Raises:
        Conflict: a room that has tables here has not said what it needs.
    """
    silent = [row[0] for row in tx.execute(_SILENT)]
    if silent:
        raise Conflict(
            f"what {', '.join(sorted(silent))} needs is not known",
            where="needed_content",
            hint="start the server once: it brings the tables up to date",
        )
    for kind, query in tx.execute("SELECT kind, query FROM needed_content ORDER BY room, query").all():
        if kind != "nothing":
            for (identity,) in tx.execute(query):
                if identity is not None:
                    yield kind, bytes(identity)


class Reach:
    """Marks what is reachable, more and more of it as needs become known."""

    def __init__(self, parts: Parts, marks: Marks) -> None:
        self._parts = parts
        self._marks = marks
        self._nodes = Nodes(parts.records.node)
        self._known: set[Need] = set()
        self._seen: set[NodeId] = {EMPTY_ID}
        self._opened: set[bytes] = set()

    def unknown(self, found: Iterable[Need]) -> list[Need]:
        """Those needs that were not followed yet."""
        return [need for need in set(found) if need not in self._known]

    def follow(self, found: Iterable[Need]) -> None:
        """Mark everything below some needs.

        Raises:
            Damaged: a node cannot be read, so nobody knows what is below it.
        """
        for need in self.unknown(found):
            kind, identity = need
            if kind == "tree":
                self._walk(NodeId(identity))
            else:
                self._marks.add([identity])
            self._known.add(need)
        self._open_chunked()

    def _walk(self, root: NodeId) -> None:
        layout = self._nodes.layout(root)
        if layout.base != root:
            self._marks.add([root])
        pending = list(layout)
        while pending:
            identity = pending.pop()
            if identity in self._seen:
                continue
            self._seen.add(identity)
            node = self._nodes.get(identity)
            rows = node.rows()
            if isinstance(node, Leaf):
                self._marks.add([identity, *(row[1] for row in rows)])
            else:
                self._marks.add([identity])
                pending.extend(NodeId(row[1]) for row in rows)

    def _open_chunked(self) -> None:
        """Mark the chunks of large blobs that are marked."""
        with self._parts.db.read() as tx:
            found = tx.execute("SELECT id FROM record WHERE kind = :kind", {"kind": int(Kind.CHUNKS)}).all()
        large = [row[0] for row in found if row[0] not in self._opened and self._marks.has(row[0])]
        for batch in batches(large):
            for record in self._parts.records.locate(batch).values():
                self._marks.add(chunk for chunk, _ in decode_chunks(record, self._parts.records.stored(record)))
        self._opened.update(large)
