"""What a branch holds at this moment: its head with what is staged upon it, as a tree in memory.

Nobody keeps such a tree: it has no commit, its nodes are stored nowhere, and what records a version names the head.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from recension.db import Tx
from recension.ids import Address, NodeId, is_commit_id
from recension.slotted import field, frozen
from recension.store.delta import put_over
from recension.store.model import Commit
from recension.store.rows import commit_by_id
from recension.store.staging_commit import edits_of
from recension.store.staging_rows import StagedChange, staged_changes

if TYPE_CHECKING:
    from recension.store.parts import Parts

_KEPT: Final = 16
_MOST_BYTES: Final = 32 << 20


class Held(dict[NodeId, bytes]):
    """Nodes of a view; they can be read for as long as something refers to this."""

    def __repr__(self) -> str:
        """How many: their bytes tell nobody anything."""
        return f"<{len(self)} nodes>"


@frozen
class View(Commit):
    """A commit with what is staged upon it: ``root``, the counts and the size are of both, all else is the commit's.

    ``staged`` is the number of staged changes.
    """

    staged: int = 0
    held: Held = field(default_factory=Held, compare=False)


class _Known(NamedTuple):
    """A view and what it was made of: the head, the newest change."""

    head: str
    seq: int
    view: View


class Seen(NamedTuple):
    """A branch with staged changes, as one transaction has seen it."""

    key: tuple[int, str]
    head: Commit
    seq: int
    changes: int
    last_us: int
    fresh: list[StagedChange]
    """The changes that ``known`` has not, or all."""
    known: View | None


def branch_named(wanted: Address) -> str | None:
    """The branch that an address names if it is one: no commit, and no step back from a branch."""
    name = wanted.ref or "main"
    return None if wanted.back or wanted.nth is not None or is_commit_id(name) else name


class Views:
    """The views of a store: the newest of some branches are kept, to be brought up to date; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, str], _Known] = OrderedDict()
        self._alive: list[weakref.ref[Held]] = []

    def node(self, identity: NodeId) -> bytes | None:
        """The bytes of a node that only a view has."""
        for reference in self._alive:
            held = reference()
            raw = None if held is None else held.get(identity)
            if raw is not None:
                return raw
        return None

    def look(self, tx: Tx, wanted: Address, branch: str) -> Seen | None:
        """What is staged on a branch, as far as no view of it is known; None when nothing is staged."""
        row = tx.execute(
            "SELECT s.repo, s.seq, s.changes, s.last_us, b.head FROM staging s JOIN repo r ON r.id = s.repo "
            "JOIN branch b ON b.repo = s.repo AND b.name = s.branch "
            "WHERE r.workspace = :workspace AND r.name = :name AND s.branch = :branch",
            {"workspace": wanted.workspace, "name": wanted.repo, "branch": branch},
        ).first()
        if row is None:
            return None
        repo, seq, changes, last_us, head = row
        with self._lock:
            known = self._kept.get((repo, branch))
        if known is not None and (known.head != head or sum(map(len, known.view.held.values())) > _MOST_BYTES):
            known = None
        fresh = staged_changes(tx, repo, branch, after=known.seq if known else 0)
        view = known.view if known else None
        return Seen((repo, branch), commit_by_id(tx, head), seq, changes, last_us, fresh, view)

    def bring(self, parts: Parts, seen: Seen) -> View:
        """The view of a branch as it was seen."""
        if seen.known is not None and not seen.fresh:
            return seen.known
        before = seen.known or seen.head
        outcome = put_over(parts.nodes, before.root, sorted(edits_of(seen.fresh).rows.items()))
        held = Held({**seen.known.held, **outcome.nodes} if seen.known else outcome.nodes)
        whole: dict[str, Any] = {name: getattr(seen.head, name) for name in Commit.__match_args__}
        own = whole | {
            "root": outcome.root,
            "content_id": outcome.root.hex() if outcome.canonical else None,
            "at_us": seen.last_us,
            "files": outcome.files,
            "size": outcome.size,
        }
        view = View(**own, staged=seen.changes, held=held)
        self._keep(seen, view)
        return view

    def _keep(self, seen: Seen, view: View) -> None:
        with self._lock:
            self._alive = [reference for reference in self._alive if reference() is not None]
            self._alive.append(weakref.ref(view.held))
            self._kept[seen.key] = _Known(seen.head.id, seen.seq, view)
            self._kept.move_to_end(seen.key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
