"""Manifest nodes by id, the recently used ones kept decoded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from recension.ids import NodeId
from recension.store.node import Leaf, Node, decode, encode_leaf

EMPTY_ID, EMPTY_RAW = encode_leaf(())
"""The tree without entries. It is known by heart and never stored."""

_KEPT_BYTES: Final = 32 << 20


class Nodes:
    """Decoded nodes, least recently used ones dropped beyond a number of bytes.

    Args:
        load: the bytes of a stored node.
    """

    def __init__(self, load: Callable[[NodeId], bytes]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._kept: OrderedDict[NodeId, Node] = OrderedDict()
        self._bytes = 0
        self._empty = Leaf(EMPTY_ID, EMPTY_RAW)

    def get(self, identity: NodeId) -> Node:
        """The node.

        Raises:
            Damaged: it is missing or not what its id says.
        """
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

    def _keep(self, node: Node) -> None:
        with self._lock:
            if node.id in self._kept:
                return
            self._kept[node.id] = node
            self._bytes += len(node.raw)
            while self._bytes > _KEPT_BYTES and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.raw)
