"""Manifests without commits: content-addressed trees of entries for whoever keeps their roots elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from recension.errors import Invalid
from recension.ids import NodeId
from recension.store.delta import apply_to
from recension.store.edits import Edits, refuse_clashes, row_of
from recension.store.model import Change, Edit, Entry
from recension.store.nodes import EMPTY_ID, Nodes, readers
from recension.store.parts import Parts
from recension.store.reading import change_of
from recension.store.tree_diff import diff, key_of
from recension.store.tree_read import below, entry_of, find, scan
from recension.store.tree_write import Outcome, build
from recension.store.upload import Upload

EMPTY = EMPTY_ID
"""The tree without entries."""
_TOGETHER: Final = 32
"""Leaves that a spill holds at most: some MB."""


class Trees:
    """Builds, changes and compares trees; equal entries give equal roots.

    The root of a commit may be read and compared like any other, also where it is an overlay of trees.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def build(self, entries: Iterable[Entry], upload: Upload | None = None) -> NodeId:
        """The tree of these entries, in any order.

        Args:
            entries: each path once.
            upload: takes the new nodes; without one they are durable when this returns.

        Raises:
            Invalid: a path comes twice, is no path, or is a file and a folder.
        """
        rows = {}
        for entry in entries:
            row = row_of(entry)
            if row[0] in rows:
                raise Invalid("this path comes twice", where=entry.path)
            rows[row[0]] = row
        refuse_clashes(self._parts.nodes, EMPTY_ID, rows)
        return self._keep(build([rows[key] for key in sorted(rows)]), upload)

    def apply(self, root: NodeId, changes: Iterable[Edit], upload: Upload | None = None) -> NodeId:
        """The tree with changes made, in order.

        Args:
            root: the tree to start from; with ``upload``, also one that this upload has not made durable yet.
            changes: as for ``Store.write``.
            upload: takes the new nodes; without one they are durable when this returns.
        """
        nodes = self._parts.nodes if upload is None else nodes_with(self._parts, upload)
        found = [(key_of(each), each[1]) for each in Edits.of(changes).on(nodes, root)]
        return self._keep(apply_to(nodes, root, found), upload)

    def _keep(self, outcome: Outcome, upload: Upload | None) -> NodeId:
        if upload is None:
            with self._parts.upload() as own:
                keep_nodes(self._parts, own, outcome.nodes)
        else:
            keep_nodes(self._parts, upload, outcome.nodes)
        return outcome.root

    def diff(self, before: NodeId, after: NodeId, *, prefix: str = "/") -> Iterator[Change]:
        """What differs below a folder, in path order."""
        return (change_of(*pair) for pair in diff(self._parts.nodes, before, after, below(prefix)))

    def walk(self, root: NodeId, *, prefix: str = "/") -> Iterator[Entry]:
        """Every entry below a folder, in path order."""
        return map(entry_of, scan(self._parts.nodes, root, below(prefix)))

    def stat(self, root: NodeId, path: str) -> Entry | None:
        """The entry of a path, or None."""
        row = find(self._parts.nodes, root, path.encode())
        return None if row is None else entry_of(row)


def keep_nodes(parts: Parts, upload: Upload, nodes: Mapping[NodeId, bytes], *, held: bool = True) -> None:
    """Add to an upload those of some new nodes that are not stored yet."""
    known = parts.records.reusable(list(nodes))
    for identity, raw in nodes.items():
        if identity not in known:
            upload.add_node(identity, raw, held=held)


class Spill:
    """Brings new leaves into an upload while more are made: of a large tree only some are in memory at any time.

    They can be read only when they are registered. Call :meth:`flush` at the end.
    """

    def __init__(self, parts: Parts, upload: Upload) -> None:
        self._parts = parts
        self._upload = upload
        self._held: dict[NodeId, bytes] = {}

    def __call__(self, identity: NodeId, raw: bytes) -> None:
        """Take one leaf."""
        self._held[identity] = raw
        if len(self._held) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Bring in what is left."""
        keep_nodes(self._parts, self._upload, self._held, held=False)
        self._held.clear()


def nodes_with(parts: Parts, upload: Upload) -> Nodes:
    """Stored nodes together with those that an upload still holds."""
    return Nodes(*readers(parts.records, upload.node), parts.nodes.origins)
