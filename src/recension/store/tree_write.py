"""Applying sorted changes to a manifest tree: the nodes that hold them are rewritten, all others kept by id.

Each level is rewritten by the same rule, leaves first: from the node that holds a change, rows are fed to the
splitter until a cut falls where an old node ended; from there on the old nodes stand. What became of the nodes of
one level are the changes of the level above. The result is the very tree that a build from nothing would give. Where
rows only give way to others of the same keys no cut can move, and the node is written over where they stand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from recension.ids import NodeId
from recension.slotted import field, slotted
from recension.store.folder_runs import Resized, Runs, resized, runs_of
from recension.store.node import Index, Leaf, LeafRow, Node, encode_index, encode_leaf
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.range_read import totals
from recension.store.split import Splitter

Row = tuple[Any, ...]
Edits = Sequence[tuple[bytes, Row | None]]
"""Sorted by key, each key once: the row to have there, or None to have none."""

_key = itemgetter(0)
_SLICE: Final = 50_000


@slotted
class Outcome:
    """A tree after changes.

    ``nodes`` are the bytes of every node that is new in it; ``added``, ``changed`` and ``removed`` count entries,
    ``files`` and ``size`` are the totals. ``written`` counts the bytes of the entries added and changed. ``spill``
    takes leaves as they are made, instead of ``nodes``: there may be more of them than memory should hold.
    ``canonical`` says that the root is that of the one tree of these files, and so their content id.
    """

    root: NodeId = EMPTY_ID
    nodes: dict[NodeId, bytes] = field(default_factory=dict)
    added: int = 0
    changed: int = 0
    removed: int = 0
    files: int = 0
    size: int = 0
    written: int = 0
    canonical: bool = True
    spill: Callable[[NodeId, bytes], None] | None = None

    @property
    def differs(self) -> bool:
        """Whether any entry is not as it was."""
        return bool(self.added or self.changed or self.removed)

    def keep(self, identity: NodeId, raw: bytes, level: int) -> None:
        """Take a new node."""
        if self.spill is not None and level == 0:
            self.spill(identity, raw)
        else:
            self.nodes[identity] = raw


def apply(
    nodes: Nodes,
    root: NodeId,
    edits: Sequence[tuple[bytes, LeafRow | None]],
    spill: Callable[[NodeId, bytes], None] | None = None,
) -> Outcome:
    """The tree ``root`` with ``edits`` made; rows of equal identity change nothing."""
    if root == EMPTY_ID:
        return build([row for _, row in edits if row is not None], spill)
    outcome = Outcome(root, spill=spill)
    outcome.files, outcome.size = totals(nodes, root)
    height = nodes.get(root).level
    pending: Edits = edits
    tops: list[Row] = []
    for level in range(height + 1):
        if not pending:
            return outcome
        pending, tops = _rewrite(nodes, root, level, pending, outcome)
    if pending or not tops:
        outcome.root = _crown(nodes, tops, height, outcome)
    return outcome


def build(rows: Iterable[LeafRow], spill: Callable[[NodeId, bytes], None] | None = None) -> Outcome:
    """The tree of rows given in path order, each path once; with ``spill`` any number of them, in bounded memory."""
    outcome = Outcome(spill=spill)
    splitter = Splitter(0)
    tops: list[Row] = []
    rest = iter(rows)
    while some := list(islice(rest, _SLICE)):
        splitter.feed(some)
        tops += [_store(run, 0, outcome) for run in splitter.runs]
        splitter.runs.clear()
    splitter.finish()
    tops += [_store(run, 0, outcome) for run in splitter.runs]
    outcome.added = outcome.files = sum(row[2] for row in tops)
    outcome.size = outcome.written = sum(row[3] for row in tops)
    outcome.root = _crown(None, tops, 0, outcome)
    return outcome


def _store(run: list[Row], level: int, outcome: Outcome, known: Collection[NodeId] = ()) -> Row:
    """Encode one node and keep it unless it is ``known``; return its row in the level above."""
    folders: Runs | None = None
    if level == 0:
        identity, raw = encode_leaf(run)
        sizes = [row[2] for row in run]
        files, size, folders = len(run), sum(sizes), runs_of([row[0] for row in run], sizes)
    else:
        identity, raw = encode_index(run, level)
        files, size = sum(row[2] for row in run), sum(row[3] for row in run)
    if identity not in known:
        outcome.keep(identity, raw, level)
    return run[-1][0], identity, files, size, folders


def _crown(nodes: Nodes | None, tops: list[Row], level: int, outcome: Outcome) -> NodeId:
    """Put index levels upon ``tops``, nodes of ``level``, until one node is left; that is the root."""
    if not tops:
        return EMPTY_ID
    while len(tops) > 1:
        level += 1
        splitter = Splitter(level)
        splitter.feed(tops)
        splitter.finish()
        tops = [_store(run, level, outcome) for run in splitter.runs]
    root = NodeId(tops[0][1])
    # A level of one node is the root: an index above it with that single child would be a second spelling.
    while nodes is not None and level > 0:
        raw = outcome.nodes.get(root)
        node: Node = Index(root, raw) if raw is not None else nodes.get(root)
        if isinstance(node, Leaf) or node.count > 1:
            break
        outcome.nodes.pop(root, None)
        root, level = node.child(0), level - 1
    return root


class _Level:
    """The nodes of one level of a tree, walked from any key on."""

    def __init__(self, nodes: Nodes, root: NodeId, level: int) -> None:
        self._nodes = nodes
        self._root = root
        self._level = level
        self._path: list[tuple[Index, int]] = []

    def seek(self, key: bytes) -> Node:
        """The node that holds ``key``, or would."""
        self._path.clear()
        node = self._nodes.get(self._root)
        while isinstance(node, Index) and node.level > self._level:
            position = min(node.find(key), node.count - 1)
            self._path.append((node, position))
            node = self._nodes.get(node.child(position))
        return node

    @property
    def last(self) -> bool:
        """Whether no node follows."""
        return all(position == node.count - 1 for node, position in self._path)

    def following(self) -> Node:
        """The node after the current one; there must be one."""
        while self._path[-1][1] == self._path[-1][0].count - 1:
            self._path.pop()
        parent, position = self._path[-1]
        self._path[-1] = (parent, position + 1)
        node = self._nodes.get(parent.child(position + 1))
        while isinstance(node, Index) and node.level > self._level:
            self._path.append((node, 0))
            node = self._nodes.get(node.child(0))
        return node


def _rewrite(
    nodes: Nodes, root: NodeId, level: int, edits: Edits, outcome: Outcome
) -> tuple[list[tuple[bytes, Row | None]], list[Row]]:
    """Make ``edits`` in the nodes of one level.

    Returns:
        The edits for the level above, and every new node of this level.
    """
    above: dict[bytes, Row | None] = {}
    made: list[Row] = []
    old = _Level(nodes, root, level)
    at = 0
    while at < len(edits):
        node = old.seek(edits[at][0])
        upto = len(edits) if old.last else _upto(edits, at, node)
        row = _replaced(node, edits[at:upto], outcome)
        if row is not None:
            if row[1] != node.id:
                above[row[0]] = row
            made.append(row)
            at = upto
            continue
        splitter = Splitter(level)
        gone: list[Node] = []
        while True:
            last = old.last
            upto = len(edits) if last else _upto(edits, at, node)
            rows = _merged(node, edits[at:upto], outcome)
            at = upto
            gone.append(node)
            splitter.feed(rows)
            if last:
                splitter.finish()
            if splitter.at_cut:
                break
            node = old.following()
        made.extend(_replace(gone, splitter.runs, level, above, outcome))
    return sorted(above.items()), made


def _replaced(node: Node, edits: Edits, outcome: Outcome) -> Row | None:
    """The row, in the level above, of a node in which rows give way to others of the same keys; None: not only that."""
    found: list[tuple[int, Any]] = []
    at = 0
    for key, row in edits:
        at = node.find(key, at)
        if row is None or at >= node.count or node.key(at) != key:
            return None
        found.append((at, row))
    folders: Resized | None = None
    if isinstance(node, Index):
        patched = node.replaced(found)
        if patched is None:
            return None
        identity, raw = patched
        files, size = Index(identity, raw).totals_between(0, node.count)
    else:
        befores = [node.row(position) for position, _ in found]
        pairs = [(at, before, row) for (at, row), before in zip(found, befores, strict=True) if before[1:4] != row[1:4]]
        patched = node.replaced([(at, row) for at, _, row in pairs]) if pairs else (node.id, node.raw)
        if patched is None:
            return None
        identity, raw = patched
        files, size = node.count, node.size_between(0, node.count)
        for _, before, row in pairs:
            _counted(before, row, outcome)
            size += row[2] - before[2]
        folders = Resized(tuple((row[0], row[2] - before[2]) for _, before, row in pairs))
    if identity != node.id:
        outcome.keep(identity, raw, node.level)
    return node.key(node.count - 1), identity, files, size, folders


def _upto(edits: Edits, start: int, node: Node) -> int:
    """The number of edits, from the first, that fall in ``node`` or before."""
    if start < len(edits) and edits[start][0] > node.key(node.count - 1):
        return start
    return bisect_left(edits, node.key(node.count - 1) + b"\0", lo=start, key=_key)


def _replace(
    gone: list[Node], runs: list[list[Row]], level: int, above: dict[bytes, Row | None], outcome: Outcome
) -> list[Row]:
    """Note for the level above that the nodes ``gone`` gave way to ``runs``; return the rows of these."""
    known = {node.id for node in gone}
    for node in gone:
        if node.count:
            above.setdefault(node.key(node.count - 1), None)
    made = [_store(run, level, outcome, known) for run in runs]
    for row in made:
        if row[1] in known:  # nothing changed in it after all
            del above[row[0]]
        else:
            above[row[0]] = row
    return made


def _merged(node: Node, edits: Edits, outcome: Outcome) -> list[Row]:
    """The rows of a node with edits made, counting what happens to entries."""
    rows: Sequence[Row] = node.rows()
    counting = isinstance(node, Leaf)
    merged: list[Row] = []
    at = 0
    for key, row in edits:
        position = bisect_left(rows, key, lo=at, key=_key)
        merged.extend(rows[at:position])
        before = rows[position] if position < len(rows) and rows[position][0] == key else None
        at = position + (before is not None)
        if counting:
            row = _counted(before, row, outcome)  # noqa: PLW2901
        elif row is not None and isinstance(row[4], Resized):
            row = (*row[:4], _resized(before, row[4]))  # noqa: PLW2901
        if row is not None:
            merged.append(row)
    merged.extend(rows[at:])
    return merged


def _resized(before: Row | None, change: Resized) -> Runs | None:
    """The folders of a leaf in which only sizes have changed, from those it had."""
    return None if before is None or before[4] is None else resized(before[4], change)


def _counted(before: Row | None, after: Row | None, outcome: Outcome) -> Row | None:
    """What stands in the place of ``before`` from now on."""
    if before is not None and after is not None and before[1:4] == after[1:4]:
        return before
    outcome.added += before is None and after is not None
    outcome.removed += before is not None and after is None
    outcome.changed += before is not None and after is not None
    outcome.files += (after is not None) - (before is not None)
    outcome.written += after[2] if after else 0
    outcome.size += (after[2] if after else 0) - (before[2] if before else 0)
    return after
