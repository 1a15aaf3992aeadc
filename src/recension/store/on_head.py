"""Changes that are found by looking at the head: made anew whenever another writer gets in first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict, Unpack

from recension.errors import Conflict
from recension.ids import DEFAULT_WORKSPACE, CommitId, GlobalId
from recension.store.model import Commit, Edit
from recension.store.upload import Upload
from recension.store.writing import Writing


class Place(NamedTuple):
    """A branch by its names."""

    repo: str
    branch: str
    workspace: str = DEFAULT_WORKSPACE


class About(TypedDict, total=False):
    """What a commit says of itself, as ``Store.write`` takes it."""

    message: str
    author: str
    meta: Mapping[str, Any]
    provenance: Sequence[CommitId]
    global_id: GlobalId | None
    upload: Upload


def on_head(
    store: Writing, place: Place, make: Callable[[Commit | None], Sequence[Edit]], **about: Unpack[About]
) -> Commit:
    """Commit what ``make`` finds to do on the head of a branch; the head itself when that changes nothing.

    Args:
        store: the store.
        place: the branch; it is made when it is missing.
        make: the changes for a head; called again when the branch has moved meanwhile.
        about: message, author and the like.
    """
    while True:
        store.close_staged(*place)
        head = store.head(*place)
        base = None if head is None else head.id
        changes = make(head)
        try:
            return store.write(
                place.repo, place.branch, changes, workspace=place.workspace, base=base, allow_empty=False, **about
            )
        except Conflict:
            now = store.head(*place)
            if (None if now is None else now.id) == base:
                raise
