"""From matches to datums: pfs, cross, union, join and group, whole or as the difference between two states.

Pure: what is in a repo comes in through :class:`View`. The rules are Pachyderm's. In a join, a key that some part
lacks yields datums of the parts with ``outer_join`` that do have it, and none when no such part is there.

The incremental form returns the datums *touched* by a change, as they were and as they are: those that hold a touched
match, or whose key gained or lost a partner. All others are as they were.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Final, Protocol, TypeAlias

from blake3 import blake3

from recension.errors import TooLarge
from recension.flow.matching import Match
from recension.flow.spec import Cross, Group, Input, Join, Pfs, Union

_ID_BYTES: Final = 16
MAX_DATUMS: Final = 2_000_000
"""More combinations than this are refused: they come from a glob or key that is not what was meant."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A numbered pfs input; ``by`` is the template of its key, when it is ``keyed`` by a join or group."""

    index: int
    pfs: Pfs
    by: str = ""
    keyed: bool = False
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A numbered cross, union, join or group."""

    kind: type[Cross | Union | Join | Group]
    parts: tuple[Node, ...]


Node: TypeAlias = "Leaf | Branch"


def number(node: Input) -> Node:
    """The input tree with its pfs leaves numbered in the order they are written."""
    return _number(node, None, iter(range(1 << 30)))


def _number(node: Input, within: type[Input] | None, counter: Iterator[int]) -> Node:
    if isinstance(node, Pfs):
        joined, grouped = within is Join, within is Group
        by = node.join_on if joined else node.group_by if grouped else ""
        return Leaf(next(counter), node, by, joined or grouped, grouped)
    return Branch(type(node), tuple(_number(part, type(node), counter) for part in node.parts))


def leaves_of(node: Node) -> list[Leaf]:
    """The numbered leaves; the i-th has index i."""
    if isinstance(node, Leaf):
        return [node]
    return [leaf for part in node.parts for leaf in leaves_of(part)]


@dataclass(frozen=True, slots=True)
class Datum:
    """One unit of work. ``id`` stays the same as long as the same paths (or group keys) are meant."""

    id: str
    matches: tuple[Match, ...]
    near: str = ""
    """A path to keep its record next to those of its neighbours; as constant as ``id``."""


Datums: TypeAlias = dict[str, Datum]


@dataclass(frozen=True, slots=True)
class Delta:
    """The touched datums by id, as they were and as they are now."""

    before: Datums
    after: Datums


@dataclass(frozen=True, slots=True)
class Touched:
    """The touched matches of one leaf by path, as far as they were there and are there now."""

    before: Mapping[str, Match] = field(default_factory=dict)
    after: Mapping[str, Match] = field(default_factory=dict)

    def keys(self) -> set[str]:
        """The join or group keys of the touched matches."""
        return {match.key for match in (*self.before.values(), *self.after.values())}


class View(Protocol):
    """All matches in one state of the inputs."""

    def matches(self, leaf: int) -> Iterable[Match]:
        """Every match of a leaf."""
        ...

    def keyed(self, leaf: int, key: str) -> Iterable[Match]:
        """The matches of a keyed leaf that have ``key``."""
        ...


class Inputs:
    """The datums of one input tree."""

    def __init__(self, node: Input) -> None:
        self.root = number(node)
        self.leaves = leaves_of(self.root)

    def datums(self, view: View) -> Datums:
        """Every datum by id."""
        return self._all(self.root, view)

    def delta(self, touched: Sequence[Touched], before: View, after: View) -> Delta:
        """The datums touched by a change; ``touched`` has one entry per leaf."""
        return self._delta(self.root, touched, before, after)

    def datum(self, matches: Iterable[Match]) -> Datum:
        """The datum made of ``matches``; a group counts as one identity, whatever its members are."""
        members = tuple(matches)
        identity: dict[tuple[str, ...], None] = {}
        for match in members:
            leaf = self.leaves[match.leaf]
            pfs = leaf.pfs
            selected = ("group", match.key) if leaf.grouped else ("path", match.path)
            identity[(pfs.name, pfs.workspace, pfs.repo, pfs.branch or "", *selected)] = None
        text = json.dumps(list(identity), ensure_ascii=False, separators=(",", ":"))
        near = "" if self.leaves[members[0].leaf].grouped else members[0].path
        return Datum(blake3(text.encode()).hexdigest(_ID_BYTES), members, near)

    def _collect(self, found: Iterable[Iterable[Match]]) -> Datums:
        datums = (self.datum(matches) for matches in found)
        return {datum.id: datum for datum in datums}

    def _all(self, node: Node, view: View) -> Datums:
        if isinstance(node, Leaf):
            return self._collect((match,) for match in view.matches(node.index))
        if node.kind is Union:
            return {id_: datum for part in node.parts for id_, datum in self._all(part, view).items()}
        if node.kind is Cross:
            return self._combine([self._all(part, view) for part in node.parts])
        buckets: dict[str, list[list[Match]]] = {}
        for position, leaf in enumerate(leaves_of(node)):
            for match in view.matches(leaf.index):
                members = buckets.setdefault(match.key, [[] for _ in node.parts])
                members[position].append(match)
        return {id_: datum for members in buckets.values() for id_, datum in self._of_key(node, members).items()}

    def _combine(self, parts: Sequence[Datums]) -> Datums:
        _refuse_too_many(parts)
        rows = product(*(part.values() for part in parts))
        return self._collect([match for datum in row for match in datum.matches] for row in rows)

    def _of_key(self, node: Branch, members: Sequence[Sequence[Match]]) -> Datums:
        """The datums of one key, given the matches that each part has of it."""
        if node.kind is Group:
            everything = sorted(match for part in members for match in part)
            return self._collect([everything] if everything else [])
        present = [(part, leaf.pfs) for part, leaf in zip(members, leaves_of(node), strict=True) if part]
        if len(present) < len(members):
            present = [(part, pfs) for part, pfs in present if pfs.outer_join]
        _refuse_too_many([part for part, _ in present])
        return self._collect(product(*(part for part, _ in present)) if present else [])

    def _delta(self, node: Node, touched: Sequence[Touched], before: View, after: View) -> Delta:
        if isinstance(node, Leaf):
            mine = touched[node.index]
            sides = (mine.before, mine.after)
            return Delta(*(self._collect((match,) for match in side.values()) for side in sides))
        if node.kind is Union:
            deltas = [self._delta(part, touched, before, after) for part in node.parts]
            return Delta(_merged(delta.before for delta in deltas), _merged(delta.after for delta in deltas))
        if node.kind is Cross:
            deltas = [self._delta(part, touched, before, after) for part in node.parts]
            return Delta(
                self._crossed(node, [delta.before for delta in deltas], before),
                self._crossed(node, [delta.after for delta in deltas], after),
            )
        return self._keyed_delta(node, touched, before, after)

    def _crossed(self, node: Branch, changed: Sequence[Datums], view: View) -> Datums:
        """Every combination with a touched datum in at least one place: the change times the other parts."""
        found: Datums = {}
        whole: dict[int, Datums] = {}
        for place, some in enumerate(changed):
            if some:
                for other in range(len(changed)):
                    if other != place and other not in whole:
                        whole[other] = self._all(node.parts[other], view)
                parts = [some if other == place else whole[other] for other in range(len(changed))]
                found |= self._combine(parts)
        return found

    def _keyed_delta(self, node: Branch, touched: Sequence[Touched], before: View, after: View) -> Delta:
        leaves = leaves_of(node)
        hit = {
            match
            for leaf in leaves
            for side in (touched[leaf.index].before, touched[leaf.index].after)
            for match in side.values()
        }
        delta = Delta({}, {})
        for key in sorted(set().union(*(touched[leaf.index].keys() for leaf in leaves))):
            was = self._of_key(node, [sorted(before.keyed(leaf.index, key)) for leaf in leaves])
            now = self._of_key(node, [sorted(after.keyed(leaf.index, key)) for leaf in leaves])
            for id_ in was.keys() & now.keys():
                if was[id_].matches == now[id_].matches and hit.isdisjoint(now[id_].matches):
                    del was[id_], now[id_]
            delta.before.update(was)
            delta.after.update(now)
        return delta


def _refuse_too_many(parts: Iterable[Sized]) -> None:
    count = prod(len(part) for part in parts)
    if count > MAX_DATUMS:
        hint = "narrow the globs, or join by a key"
        raise TooLarge(f"the inputs combine to {count:,} datums, more than {MAX_DATUMS:,}", where="input", hint=hint)


def _merged(parts: Iterable[Datums]) -> Datums:
    return {id_: datum for part in parts for id_, datum in part.items()}
