"""The commit of a group of staged changes, and which other changes have to do with it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from recension.db import Tx
from recension.store.edits import Edits, row_of
from recension.store.model import Commit
from recension.store.staging_rows import StagedChange, authors_of
from recension.store.upload import Upload


class Group(NamedTuple):
    """A group about to be committed: its commit, and the number of the newest change in it."""

    commit: Commit
    seq: int


class Words(NamedTuple):
    """What the commit of a group says of itself."""

    message: str
    author: str
    meta: Mapping[str, Any]


def edits_of(changes: Iterable[StagedChange]) -> Edits:
    """The changes of a group, ready to be applied."""
    return Edits({change.key: None if change.put is None else row_of(change.put) for change in changes})


def bring_bytes(changes: Iterable[StagedChange], upload: Upload) -> None:
    """Pack the contents that lie in the rows."""
    for change in changes:
        if change.held is not None:
            upload.add_bytes(change.held)


def words_of(changes: Sequence[StagedChange]) -> Words:
    """Who has made the changes of a group, and what they said."""
    authors = authors_of(changes)
    told = list(
        dict.fromkeys(change.message for change in sorted(changes, key=lambda each: each.seq) if change.message)
    )
    if len(changes) == 1:
        verb = "Delete" if changes[0].put is None else "Put"
        message = told[0] if told else f"{verb} {changes[0].key.decode()}"
    else:
        message = told[0] if len(told) == 1 else f"{len(changes)} staged changes"
    staged: dict[str, Any] = {"changes": len(changes), "authors": authors}
    if told:
        staged["messages"] = told[:100]
    return Words(message, ", ".join(authors), {"staged": staged})


def staged_keys(tx: Tx, repo: int, branch: str, after: int) -> list[bytes]:
    """The paths staged on a branch behind a number."""
    rows = tx.execute(
        "SELECT path FROM staged WHERE repo = :repo AND branch = :branch AND seq > :after",
        {"repo": repo, "branch": branch, "after": after},
    )
    return [bytes(row[0]) for row in rows]


def touches(edits: Edits, keys: Sequence[bytes]) -> bool:
    """Whether changes have to do with one of some paths: with itself, a folder it is in, or something below it."""
    if not keys:
        return False
    mine = sorted(edits.rows)
    return any(_meets(edits, mine, key) for key in keys)


def _meets(edits: Edits, mine: Sequence[bytes], key: bytes) -> bool:
    if key in edits.rows or any(low <= key < high for low, high in edits.folders):
        return True
    at = bisect_left(mine, key + b"/")
    if at < len(mine) and mine[at] < key + b"0":
        return True
    while key := key.rpartition(b"/")[0]:
        if key in edits.rows:
            return True
    return False
