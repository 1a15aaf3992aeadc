"""Merging one line of commits into a branch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from recension.db import Tx
from recension.errors import Conflict, Invalid
from recension.slotted import frozen, replace
from recension.store.ancestry import merge_bases
from recension.store.catalog import descends
from recension.store.edits import Edits, row_of
from recension.store.glob import compile_glob
from recension.store.model import ANY, Commit, Put
from recension.store.node import LeafRow
from recension.store.on_head import Place
from recension.store.refs import existing_ref, expect_head, point, read_ref, refuse_triggered
from recension.store.three_way import (
    CHOICES,
    SIDES,
    Choice,
    Decide,
    MergeConflict,
    MergeConflicts,
    Side,
    ThreeWay,
    check_used,
    three_way,
)
from recension.store.upload import Upload
from recension.store.virtual_base import VirtualBases
from recension.store.writing import Draft, Writing

T = TypeVar("T")
C = TypeVar("C", bound=str)
Resolution = Choice | Put
Strategy = Side | Sequence[tuple[str, Side]]
"""One side for every conflict, or sides by glob, of which the first that matches counts."""


@frozen
class Merge:
    """What a merge did.

    ``how`` is ``nothing`` (everything was there already), ``fast-forward`` (the branch had nothing of its own and now
    stands at the other commit) or ``merged`` (a commit with two parents). ``base`` is the common ancestor, or None;
    where histories have crossed, ``bases`` are all that were merged to have one, the newest first.
    """

    commit: Commit
    base: Commit | None
    how: Literal["nothing", "fast-forward", "merged"]
    bases: tuple[Commit, ...] = ()


@frozen
class MergePreview:
    """What a merge would do: ``edits`` counts the paths it would change, ``conflicts`` are those it would ask about."""

    base: Commit | None
    how: Literal["nothing", "fast-forward", "merged"]
    edits: int
    conflicts: tuple[MergeConflict, ...]
    bases: tuple[Commit, ...] = ()


def merge(
    store: Writing,
    place: Place,
    source: Commit,
    *,
    strategy: Strategy = (),
    resolve: Mapping[str, Resolution] | None = None,
    upload: Upload | None = None,
    fast_forward: bool = True,
    message: str | None = None,
    author: str = "",
) -> Merge:
    """Bring everything that led to a commit into a branch, which is made when it is missing.

    Args:
        store: the store.
        place: the branch to merge into.
        source: the commit to merge; of the same repo.
        strategy: what to take where both sides changed a path and ``resolve`` does not say.
        resolve: what to take, by path: ``ours``, ``theirs``, ``base``, a file of its own, or ``delete``: none.
        upload: the upload that the blobs of ``resolve`` came in by, unless they are stored already.
        fast_forward: False: make a commit even where the branch has nothing of its own.
        message: what was done, in words.
        author: who did it.

    Raises:
        MergeConflicts: paths are left that nothing decides; the branch stays as it was.
        Invalid: the commit is of another repo, or a resolution is for a path without a conflict.
    """
    if (source.workspace, source.repo) != (place.workspace, place.repo):
        raise Invalid("a commit is merged within its repo", where=source.address, hint="recension cp copies across")
    decide = decider(strategy, resolve or {})

    def attempt(head: Commit | None) -> Merge:
        bases, how = _relation(store, head, source, fast_forward=fast_forward)
        base = bases[0] if bases else None
        if how == "nothing":
            assert head is not None, "without a head there is something to bring in"
            return Merge(head, base, how)
        if how == "fast-forward" or head is None:
            store.settled(lambda tx: _forward(store, tx, place, head, source))
            return Merge(source, base, "fast-forward")
        found = _trees(store, bases, head, source, decide)
        if found.conflicts:
            raise MergeConflicts(tuple(found.conflicts), where=f"{place.repo}@{place.branch}")
        check_used(resolve or {}, found)
        told = f"Merge {source.branch} into {place.branch}" if message is None else message
        meta: dict[str, Any] = {"resolved": found.decided} if found.decided else {}
        draft = replace(draft_of(place, found.edits, told, author, meta), kind="merge", base=head.id, merges=(source,))
        return Merge(store.land(draft, upload), base, "merged", _several(bases))

    return until_stable(store, place, attempt)


def preview_merge(store: Writing, place: Place, source: Commit, *, strategy: Strategy = ()) -> MergePreview:
    """What :func:`merge` would do now; nothing is written."""
    with store.db.read() as tx:
        existing_ref(tx, place.workspace, place.repo, place.branch)
    head = store.head(*place)
    bases, how = _relation(store, head, source, fast_forward=True)
    base = bases[0] if bases else None
    if how != "merged" or head is None:
        return MergePreview(base, how, 0, ())
    found = _trees(store, bases, head, source, decider(strategy, {}))
    return MergePreview(base, how, len(found.edits.rows), tuple(found.conflicts), _several(bases))


def until_stable(store: Writing, place: Place, attempt: Callable[[Commit | None], T]) -> T:
    """Do something with the head of a branch, anew whenever the branch has moved meanwhile."""
    while True:
        store.close_staged(*place)
        head = store.head(*place)
        try:
            return attempt(head)
        except MergeConflicts:
            raise
        except Conflict:
            now = store.head(*place)
            if (now and now.id) == (head and head.id):
                raise


def draft_of(place: Place, edits: Edits, message: str, author: str, meta: Mapping[str, Any]) -> Draft:
    """A commit of a user on a branch."""
    return Draft(
        workspace=place.workspace,
        repo=place.repo,
        branch=place.branch,
        edits=edits,
        replace=False,
        base=ANY,
        allow_empty=True,
        message=message,
        author=author,
        kind="user",
        meta=meta,
        provenance=(),
        global_id=None,
        also=None,
    )


def _relation(
    store: Writing, head: Commit | None, source: Commit, *, fast_forward: bool
) -> tuple[list[Commit], Literal["nothing", "fast-forward", "merged"]]:
    if head is None:
        return [], "fast-forward"
    with store.db.read() as tx:
        bases = merge_bases(tx, [head], [source])
    ids = [base.id for base in bases]
    if source.id in ids:
        return bases, "nothing"
    return bases, "fast-forward" if head.id in ids and fast_forward else "merged"


def _trees(store: Writing, bases: Sequence[Commit], head: Commit, source: Commit, decide: Decide) -> ThreeWay:
    with store.db.read() as tx:
        virtual = VirtualBases(store, tx)
        return three_way(virtual.nodes, virtual.root(bases), head.root, source.root, decide)


def _several(bases: Sequence[Commit]) -> tuple[Commit, ...]:
    return tuple(bases) if len(bases) > 1 else ()


def _forward(store: Writing, tx: Tx, place: Place, head: Commit | None, source: Commit) -> None:
    ref = read_ref(tx, place.workspace, place.repo, place.branch)
    expect_head(ref, None if head is None else head.id)
    refuse_triggered(ref)
    if head is not None and not descends(tx, source.id, head.id):
        raise Conflict("the branch has commits of its own", where=ref.label)
    point(tx, ref, source, store.clock.now_us(), cause="merge")


def decider(strategy: Strategy, resolve: Mapping[str, Resolution]) -> Decide:
    """What to take by path: a resolution first, then the first rule that matches.

    Raises:
        Invalid: a side or a glob is none.
    """
    rules: Sequence[tuple[str, Side]] = [("**", strategy)] if isinstance(strategy, str) else strategy
    globs = [(compile_glob(pattern), _checked(side, SIDES)) for pattern, side in rules]
    rows: dict[str, Choice | LeafRow] = {
        path: row_of(replace(choice, path=path)) if isinstance(choice, Put) else _checked(choice, CHOICES)
        for path, choice in resolve.items()
    }

    def decide(path: str) -> Choice | LeafRow | None:
        return rows.get(path) or next((side for glob, side in globs if glob.match(path)), None)

    return decide


def _checked(choice: C, choices: Sequence[C]) -> C:
    if choice not in choices:
        raise Invalid(f"{choice!r} is no side", where="strategy", hint=f"one of {', '.join(choices)}")
    return choice
