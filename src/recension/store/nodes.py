"""Manifest nodes by id, the recently used ones kept decoded; many are read ahead by threads."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

from recension.errors import Damaged
from recension.ids import NodeId
from recension.store.node import Layout, Leaf, Node, Overlay, decode, encode_leaf

T = TypeVar("T")

EMPTY_ID, EMPTY_RAW = encode_leaf(())
"""The tree without entries. It is known by heart and never stored."""

_KEPT_BYTES: Final = 32 << 20
_TOGETHER: Final = 16
"""Nodes that one thread reads at a time: some MB, so that a few such lots ahead stay small."""
_AHEAD: Final = 3
_WORTH_KEEPING: Final = 96
"""Nodes of one pass that are kept: those of more would only push out one another, and what is used often."""

Origins = Callable[[NodeId], Sequence[NodeId]]
"""Overlays that were folded into a tree: other layouts of the same files."""


Load = Callable[[NodeId], bytes]
LoadMany = Callable[[Sequence[NodeId]], Iterator[bytes]]


class Stored(Protocol):
    """Where nodes are stored."""

    def node(self, identity: NodeId) -> bytes:
        """The bytes of one."""

    def nodes(self, ids: Sequence[NodeId]) -> Iterator[bytes]:
        """The bytes of several, one after the other."""


def readers(stored: Stored, held: Callable[[NodeId], bytes | None]) -> tuple[Load, LoadMany]:
    """What reads nodes of which some are held in memory and the others stored."""

    def load(identity: NodeId) -> bytes:
        return held(identity) or stored.node(identity)

    def load_many(ids: Sequence[NodeId]) -> Iterator[bytes]:
        here = {identity: raw for identity in ids if (raw := held(identity)) is not None}
        left = stored.nodes([identity for identity in ids if identity not in here])
        return (here[identity] if identity in here else next(left) for identity in ids)

    return load, load_many


def _no_origins(_: NodeId) -> Sequence[NodeId]:
    return ()


class Nodes:
    """Decoded nodes, least recently used ones dropped beyond a number of bytes.

    Args:
        load: the bytes of a stored node.
        load_many: the bytes of several, called by several threads at once; None: one after the other by ``load``.
        origins: the overlays that a tree was folded from, as far as that is known.
    """

    def __init__(
        self,
        load: Load,
        load_many: LoadMany | None = None,
        origins: Origins = _no_origins,
    ) -> None:
        self._load = load
        self._load_many = load_many
        self.origins = origins
        self._lock = threading.Lock()
        self._kept: OrderedDict[NodeId, Node | Overlay] = OrderedDict()
        self._bytes = 0
        self._empty = Leaf(EMPTY_ID, EMPTY_RAW)
        self._lots: list[_Lot[Any]] = []

    def get(self, identity: NodeId) -> Node:
        """The node of a tree.

        Raises:
            Damaged: it is missing or not what its id says.
        """
        return _of_a_tree(self._get(identity))

    def layout(self, root: NodeId) -> Layout:
        """The trees that a root stands for: itself, or those of an overlay."""
        node = self._get(root)
        return node.layout if isinstance(node, Overlay) else Layout(root, EMPTY_ID, EMPTY_ID)

    def raw(self, identity: NodeId) -> bytes:
        """The bytes of any node, checked."""
        return self._get(identity).raw

    def _get(self, identity: NodeId) -> Node | Overlay:
        with self._lock:
            node = self._kept.get(identity)
            if node is not None:
                self._kept.move_to_end(identity)
                return node
        if identity == EMPTY_ID:
            return self._empty
        node = decode(identity, self._load(identity))
        self._keep(node)
        return node

    def _keep(self, node: Node | Overlay) -> None:
        with self._lock:
            if node.id in self._kept:
                return
            self._kept[node.id] = node
            self._bytes += len(node.raw)
            while self._bytes > _KEPT_BYTES and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.raw)

    def each(self, ids: Sequence[NodeId]) -> Iterator[Node]:
        """The nodes of some trees, in the order of their ids; of long lists the next ones are read meanwhile."""
        return self.each_through(ids, lambda node, _: node)

    def each_through(self, ids: Sequence[NodeId], look: Callable[[Node, int], T]) -> Iterator[T]:
        """What ``look`` finds in each of some nodes, given with its position in ``ids``; in their order.

        Of a long list the next ones are read and looked at by threads: ``look`` may not read nodes itself.
        """
        load = self._load_many
        if load is None or len(ids) <= _TOGETHER or self._lacking(ids) <= _TOGETHER:
            for position, identity in enumerate(ids):
                yield look(self.get(identity), position)
            return
        lots = deque(range(start, min(start + _TOGETHER, len(ids))) for start in range(0, len(ids), _TOGETHER))
        running: deque[_Lot[list[T]]] = deque()
        while lots or running:
            while lots and len(running) < _AHEAD:
                running.append(self._begin(partial(self._look, load, ids, lots.popleft(), look)))
            yield from running.popleft().result()

    def _lacking(self, ids: Sequence[NodeId]) -> int:
        with self._lock:
            return sum(identity not in self._kept for identity in ids)

    def _look(self, load: LoadMany, ids: Sequence[NodeId], lot: range, look: Callable[[Node, int], T]) -> list[T]:
        with self._lock:
            known = {ids[at]: self._kept[ids[at]] for at in lot if ids[at] in self._kept}
        known[EMPTY_ID] = self._empty
        raws = load([ids[at] for at in lot if ids[at] not in known])
        found: list[T] = []
        for at in lot:
            # One after the other: the bytes of a node are looked at while they are in the processor's cache.
            node = known.get(ids[at])
            if node is None:
                node = decode(ids[at], next(raws))
                if len(ids) <= _WORTH_KEEPING:
                    self._keep(node)
            found.append(look(_of_a_tree(node), at))
        return found

    def close(self) -> None:
        """Wait for the threads that read ahead."""
        with self._lock:
            lots, self._lots = self._lots, []
        for lot in lots:
            lot.join()

    def _begin(self, work: Callable[[], T]) -> _Lot[T]:
        lot = _Lot(work)
        with self._lock:
            self._lots = [*(each for each in self._lots if each.is_alive()), lot]
            lot.start()
        return lot


class _Lot(threading.Thread, Generic[T]):
    """Work done by a thread of its own. A pool of them would take longer to load than most commands to run."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(name="recension-nodes")
        self._work = work
        self._found: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do it, and keep what it gives or raises."""
        try:
            self._found.append(self._work())
        except BaseException as error:  # noqa: BLE001  raised again in the thread that waits for it
            self._error = error

    def result(self) -> T:
        """What the work has given, once, when it is done."""
        self.join()
        if self._error is not None:
            raise self._error
        return self._found.pop()


def _of_a_tree(node: Node | Overlay) -> Node:
    if isinstance(node, Overlay):
        raise Damaged("a layout stands where a node of a tree should be", where=node.id.hex())
    return node
