"""Writing to several branches, of several repos, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recension.ids import CommitId, GlobalId, check_name
from recension.slotted import frozen, replace
from recension.store.edits import Edits
from recension.store.merging import draft_of
from recension.store.model import ANY, Anything, Commit, Edit
from recension.store.on_head import Place
from recension.store.upload import Upload
from recension.store.writing import Also, Writing


@frozen
class Write:
    """Changes to one branch; ``message`` None: that of all."""

    place: Place
    changes: Sequence[Edit]
    message: str | None = None
    base: CommitId | Anything | None = ANY
    provenance: Sequence[CommitId] = ()
    replace: bool = False
    also: Also | None = None


def write_many(
    store: Writing,
    writes: Sequence[Write],
    *,
    upload: Upload | None = None,
    message: str = "",
    author: str = "",
    meta: Mapping[str, Any] | None = None,
    global_id: GlobalId | None = None,
) -> list[Commit]:
    """Commit to several branches, all or none; nobody ever sees some of it. All commits carry one global id.

    Args:
        store: the store.
        writes: at most one for each branch.
        upload: the upload that the blobs came in by, unless they are stored already.
        message: what was done, in words.
        author: who did it.
        meta: anything that JSON can say.
        global_id: of the cascade this belongs to; without one the first commit starts it.

    Returns:
        A commit for each write, in their order.

    Raises:
        Conflict: a head is not the expected one.
        Invalid: two writes are for one branch, or a path is none, or would be both a file and a folder.
    """
    drafts = [
        replace(
            draft_of(
                Place(write.place.repo, check_name("branch", write.place.branch), write.place.workspace),
                Edits.of(write.changes),
                message if write.message is None else write.message,
                author,
                dict(meta or {}),
            ),
            base=write.base,
            replace=write.replace,
            provenance=tuple(dict.fromkeys(write.provenance)),
            global_id=global_id,
            also=write.also,
        )
        for write in writes
    ]
    return store.land_together(drafts, upload) if drafts else []
