"""Bringing two lines of changes together: what one side changed is taken, what both changed differently is a conflict.

Only the differences from the common base to either side are looked at, so the cost follows the change. Equal changes
are no conflict. A file that one side added where the other added a folder of that name is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from blake3 import blake3

from recension.errors import Conflict, Invalid
from recension.ids import NodeId
from recension.store.edits import Edits
from recension.store.model import Entry
from recension.store.node import NO_MD5, NO_TIME, LeafRow, encode_style
from recension.store.nodes import Nodes
from recension.store.tree_diff import RowChange, diff
from recension.store.tree_read import entry_of

Side = Literal["ours", "theirs", "base"]
_CONTEXT: Final = "recension merge, disagreement"
# No entry has this mode, so no row that can be committed has this style.
_UNCLEAR: Final = encode_style(0, "disagreement", {})
SIDES: Final[tuple[Side, ...]] = ("ours", "theirs", "base")

Choice = Literal["ours", "theirs", "base", "delete"]
"""What may be said of one path: the side to take, or that it is to be there no more."""
CHOICES: Final[tuple[Choice, ...]] = (*SIDES, "delete")

Decide = Callable[[str], Choice | LeafRow | None]
"""What to take where both sides changed a path: a side, nothing, a row of its own, or None: it stays a conflict."""


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """One path that both sides changed, each in its own way; None: it is not there on that side.

    ``clash``: paths of ours that cannot stay beside theirs, because one of both would be a file and a folder.
    ``unclear``: histories have crossed and the common ancestors differ here, so there is no base to take.
    """

    path: str
    base: Entry | None
    ours: Entry | None
    theirs: Entry | None
    clash: tuple[str, ...] = ()
    unclear: bool = False


class MergeConflicts(Conflict):
    """Some paths need a decision; ``conflicts`` lists them all, in path order."""

    def __init__(self, conflicts: tuple[MergeConflict, ...], *, where: str) -> None:
        shown = ", ".join(each.path for each in conflicts[:3]) + (", …" if len(conflicts) > 3 else "")
        count = "1 path was" if len(conflicts) == 1 else f"{len(conflicts):,} paths were"
        super().__init__(
            f"{count} changed on both sides: {shown}",
            where=where,
            hint="resolve each (--resolve PATH=ours), or all alike (--strategy theirs)",
        )
        self.conflicts = conflicts


@dataclass(slots=True)
class ThreeWay:
    """What to do to ours so that it also holds what theirs changed since the base."""

    edits: Edits = field(default_factory=Edits)
    conflicts: list[MergeConflict] = field(default_factory=list)
    decided: dict[str, str] = field(default_factory=dict)


def three_way(nodes: Nodes, base: NodeId, ours: NodeId, theirs: NodeId, decide: Decide) -> ThreeWay:
    """Merge three trees."""
    found = ThreeWay()
    ours_added: list[bytes] = []
    theirs_added: list[LeafRow] = []
    for mine, yours in _paired(diff(nodes, base, ours), diff(nodes, base, theirs)):
        if mine is not None and mine[0] is None and mine[1] is not None:
            ours_added.append(mine[1][0])
        if yours is None:
            continue
        if mine is None:
            row = yours[1]
            found.edits.rows[_key(yours)] = row
            if yours[0] is None and row is not None:
                theirs_added.append(row)
        elif not _same(mine[1], yours[1]):
            _collide(found, mine, yours, decide)
    _refuse_to_share_names(found, ours_added, theirs_added, decide)
    found.conflicts.sort(key=lambda each: each.path.encode())
    return found


def _collide(found: ThreeWay, mine: RowChange, yours: RowChange, decide: Decide) -> None:
    """Both sides changed a path, each in its own way."""
    key = _key(mine)
    choice = decide(key.decode())
    unclear = is_unclear(mine[0])
    if choice is None or (choice == "base" and unclear):
        base = None if unclear else _entry(mine[0])
        found.conflicts.append(MergeConflict(key.decode(), base, _entry(mine[1]), _entry(yours[1]), unclear=unclear))
        return
    found.decided[key.decode()] = choice if isinstance(choice, str) else "new"
    if choice != "ours":
        found.edits.rows[key] = _taken(choice, mine[0], yours[1])


def _refuse_to_share_names(
    found: ThreeWay, ours_added: Iterable[bytes], theirs_added: Iterable[LeafRow], decide: Decide
) -> None:
    """Find what would be a file and a folder: the base has no such pair, so each side has added its part."""
    files = set(ours_added)
    folders: dict[bytes, list[bytes]] = {}
    for key in files:
        for folder in _above(key):
            folders.setdefault(folder, []).append(key)
    for row in theirs_added:
        key = row[0]
        clash = sorted([folder for folder in _above(key) if folder in files] + folders.get(key, []))
        if not clash:
            continue
        choice = decide(key.decode())
        if choice is None:
            names = tuple(other.decode() for other in clash)
            found.conflicts.append(MergeConflict(key.decode(), None, None, entry_of(row), names))
            continue
        found.decided[key.decode()] = choice if isinstance(choice, str) else "new"
        if choice in {"ours", "base", "delete"}:
            del found.edits.rows[key]
        if choice not in {"ours", "delete"}:
            found.edits.rows.update(dict.fromkeys(clash))
        if not isinstance(choice, str):
            found.edits.rows[key] = choice


def _above(key: bytes) -> Iterator[bytes]:
    """The folders that a path is in, without the root."""
    while key := key.rpartition(b"/")[0]:
        yield key


def _paired(
    mine: Iterator[RowChange], yours: Iterator[RowChange]
) -> Iterator[tuple[RowChange | None, RowChange | None]]:
    """Two lists of changes in path order as one; changes of one path come together."""
    left, right = next(mine, None), next(yours, None)
    while left is not None or right is not None:
        if right is None or (left is not None and _key(left) < _key(right)):
            yield left, None
            left = next(mine, None)
        elif left is None or _key(right) < _key(left):
            yield None, right
            right = next(yours, None)
        else:
            yield left, right
            left, right = next(mine, None), next(yours, None)


def _key(change: RowChange) -> bytes:
    row = change[0] or change[1]
    assert row is not None, "a change has a side"
    return row[0]


def _same(one: LeafRow | None, other: LeafRow | None) -> bool:
    return (one and one[1:4]) == (other and other[1:4])


def unclear_row(key: bytes, rows: Iterable[LeafRow | None]) -> LeafRow:
    """What a base holds at a path about which it cannot say anything: it equals nothing that a side may hold.

    ``rows``: what there is to choose from; their order does not matter.
    """
    told = sorted(b"-" if row is None else row[1] + row[3] for row in rows)
    return key, blake3(b"\0".join(told), derive_key_context=_CONTEXT).digest(), 0, _UNCLEAR, NO_TIME, NO_MD5


def is_unclear(row: LeafRow | None) -> bool:
    """Whether a row of a base stands for a disagreement."""
    return row is not None and row[3] == _UNCLEAR


def _entry(row: LeafRow | None) -> Entry | None:
    return None if row is None else entry_of(row)


def _taken(choice: Choice | LeafRow, base: LeafRow | None, theirs: LeafRow | None) -> LeafRow | None:
    if isinstance(choice, str):
        return base if choice == "base" else theirs if choice == "theirs" else None
    return choice


def check_used(resolve: Mapping[str, object], found: ThreeWay) -> None:
    """Make sure that every resolution was for a conflict.

    Raises:
        Invalid: one was not; a mistyped path must not pass unseen.
    """
    unused = sorted(set(resolve) - set(found.decided))
    if unused:
        raise Invalid("there is no conflict at this path", where=unused[0], hint="leave out its resolution")
