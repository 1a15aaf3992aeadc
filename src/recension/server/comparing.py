"""What differs between two commits as a person asks: with renames, totals, and filters on path and kind.

A rename is a removed and an added file of the same content. To find those the whole difference has to be seen, so it
is kept for a moment, in a narrow form, and up to ``MOST`` paths; of a larger one the beginning is shown, and said so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final, Literal

from recension.ids import CommitId
from recension.store import Change, Entry, Store
from recension.store.renames import with_renames

MOST: Final = 50_000
Kind = Literal["added", "changed", "removed", "renamed"]
KINDS: Final[tuple[Kind, ...]] = ("added", "changed", "removed", "renamed")


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a difference."""

    path: str
    blob: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not the same on both sides; of a renamed one the paths differ."""

    kind: Kind
    before: Version | None
    after: Version | None

    @property
    def path(self) -> str:
        """Where the file is, or was."""
        side = self.after or self.before
        assert side is not None, "a difference has a side"
        return side.path


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences in path order; ``complete`` is False when there are more than were looked at."""

    differences: tuple[Difference, ...]
    complete: bool

    def matching(self, text: str, kind: str) -> Comparison:
        """Those of a kind (empty: all) whose old or new path starts with ``/text``, or contains ``text``."""
        kept = [each for each in self.differences if kind in {"", each.kind} and _matches(each, text)]
        return Comparison(tuple(kept), self.complete)

    def page(self, after: str | None, limit: int) -> tuple[Sequence[Difference], str | None]:
        """So many differences behind the path ``after``, and the path to go on behind; None at the end."""
        key = lambda each: each.path.encode()  # noqa: E731
        start = 0 if after is None else bisect_right(self.differences, after.encode(), key=key)
        shown = self.differences[start : start + limit]
        return shown, shown[-1].path if start + limit < len(self.differences) else None

    def totals(self) -> dict[Kind, int]:
        """How many there are of each kind."""
        found = dict.fromkeys(KINDS, 0)
        for each in self.differences:
            found[each.kind] += 1
        return found

    def growth(self) -> tuple[int, int]:
        """Bytes of the older and of the newer sides."""
        before = sum(each.before.size for each in self.differences if each.before is not None)
        return before, sum(each.after.size for each in self.differences if each.after is not None)


def compare(store: Store, before: CommitId, after: CommitId, text: str) -> Comparison:
    """What differs between two commits in the part of the tree that a filter text can match.

    Raises:
        NotFound: there is no such commit.
    """
    folder = text.rpartition("/")[0] if text.startswith("/") else ""
    return _compared(store, before, after, folder or "/")


@lru_cache(maxsize=4)
def _compared(store: Store, before: CommitId, after: CommitId, folder: str) -> Comparison:
    changes = store.diff(store.commit(before), store.commit(after), prefix=folder)
    seen = list(islice(changes, MOST + 1))
    return Comparison(tuple(differences(seen[:MOST])), complete=len(seen) <= MOST)


def differences(changes: Iterable[Change]) -> list[Difference]:
    """The changes in path order, renames found by content, each in the narrow form."""
    return [Difference(_kind(each), _version(each.before), _version(each.after)) for each in with_renames(changes)]


def _kind(change: Change) -> Kind:
    if change.before is None:
        return "added"
    if change.after is None:
        return "removed"
    return "changed" if change.before.path == change.after.path else "renamed"


def _version(entry: Entry | None) -> Version | None:
    return None if entry is None else Version(entry.path, entry.blob, entry.size)


def _matches(difference: Difference, text: str) -> bool:
    if not text or text == "/":
        return True
    paths = [side.path for side in (difference.before, difference.after) if side is not None]
    if text.startswith("/"):
        return any(path.startswith(text) for path in paths)
    return any(text.casefold() in path.casefold() for path in paths)
