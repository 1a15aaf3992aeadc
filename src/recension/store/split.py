"""Where a sorted run of keys is cut into nodes.

The rule looks only at the keys since the last cut, so equal keys are cut equally whatever order they came in, and a
change moves no cut but those near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from xxhash import xxh3_64_intdigest


class Rule(NamedTuple):
    """A node ends at the first key from the ``minimum``-th on whose hash says so, at the latest at ``maximum``."""

    minimum: int
    one_in: int
    """Every so many keys' hash says so; a node has ``minimum + one_in`` rows on average."""
    maximum: int


LEAF: Final = Rule(512, 1536, 8192)
INDEX: Final = Rule(64, 192, 1024)


def rule_of(level: int) -> Rule:
    """The rule for nodes of a level: 0 for leaves."""
    return LEAF if level == 0 else INDEX


class Splitter:
    """Cuts rows, each a tuple that starts with its key, into the runs that become nodes."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._rule = rule_of(level)
        self._pending: list[tuple[Any, ...]] = []
        self.runs: list[list[tuple[Any, ...]]] = []

    @property
    def at_cut(self) -> bool:
        """Whether everything fed so far is in complete runs."""
        return not self._pending

    def feed(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows that follow, in key order, those fed before."""
        minimum, one_in, maximum = self._rule
        limit, level = (1 << 64) // one_in, self._level
        scanned = len(self._pending)
        self._pending.extend(rows)
        pending, start = self._pending, 0
        end = len(pending)
        at = max(scanned, minimum - 1)
        while at < end:
            if at - start + 1 >= maximum or xxh3_64_intdigest(pending[at][0], level) < limit:
                self.runs.append(pending[start : at + 1])
                start = at + 1
                at = start + minimum - 1
            else:
                at += 1
        if start:
            self._pending = pending[start:]

    def finish(self) -> None:
        """End the last run where the rows end."""
        if self._pending:
            self.runs.append(self._pending)
            self._pending = []
