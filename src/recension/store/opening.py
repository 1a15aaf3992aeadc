"""Open commits: changes that several processes gather, durable as they come, and visible all at once at the end.

Nothing is on a branch until the commit is finished; finishing several together is one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from recension.db import Tx
from recension.errors import Conflict, Invalid, NotFound
from recension.ids import DEFAULT_WORKSPACE, BlobId, check_name, new_commit_id
from recension.store.edits import Edits
from recension.store.model import Commit, Delete, DeleteFolder, Edit, OpenCommit, Put
from recension.store.on_head import Place
from recension.store.parts import Parts
from recension.store.rows import repo_id
from recension.store.together import Write, write_many
from recension.store.upload import Upload
from recension.store.writing import Also, MissingBlob, Writing

_SELECT: Final = (
    "SELECT o.id, r.workspace, r.name, o.branch, o.author, o.message, o.meta, o.at_us, o.changes "
    "FROM open_commit o JOIN repo r ON r.id = o.repo "
)
_INSERT: Final = (
    "INSERT INTO open_change(open_commit, seq, verb, path, blob, size, mode, content_type, meta, mtime_us) "
    "VALUES(:open, :seq, :verb, :path, :blob, :size, :mode, :content_type, :meta, :mtime_us)"
)


class _Grown(Exception):
    """Changes were added between reading them and the transaction."""


def open_commit(
    parts: Parts, place: Place, *, message: str = "", author: str = "", meta: Mapping[str, Any] | None = None
) -> OpenCommit:
    """Begin to gather changes for a branch, which need not exist.

    Raises:
        NotFound: there is no such repo.
    """
    check_name("branch", place.branch)
    at_us = parts.clock.now_us()
    identity = new_commit_id(at_us)

    def begin(tx: Tx) -> OpenCommit:
        row = {
            "id": identity,
            "repo": repo_id(tx, place.workspace, place.repo),
            "branch": place.branch,
            "author": author,
            "message": message,
            "meta": json.dumps(dict(meta or {}), ensure_ascii=False),
            "at": at_us,
        }
        tx.execute(
            "INSERT INTO open_commit(id, repo, branch, author, message, meta, at_us, changes) "
            "VALUES(:id, :repo, :branch, :author, :message, :meta, :at, 0)",
            row,
        )
        return _open(tx, identity)

    return parts.db.write(begin)


def open_commits(parts: Parts, repo: str, *, workspace: str = DEFAULT_WORKSPACE) -> list[OpenCommit]:
    """The open commits of a repo, oldest first."""
    with parts.db.read() as tx:
        rows = tx.execute(_SELECT + "WHERE r.id = :repo ORDER BY o.id", {"repo": repo_id(tx, workspace, repo)})
        return [_shape(row) for row in rows]


def opened(parts: Parts, identity: str) -> OpenCommit:
    """One open commit.

    Raises:
        NotFound: there is none: it was never begun, or is finished or cancelled.
    """
    with parts.db.read() as tx:
        return _open(tx, identity)


def add_changes(parts: Parts, identity: str, changes: Sequence[Edit], upload: Upload | None = None) -> OpenCommit:
    """Add changes behind those that are there; durable when this returns.

    Args:
        parts: the store.
        identity: of the open commit.
        changes: as for ``Store.write``.
        upload: the upload that their blobs came in by, unless they are stored already.

    Raises:
        NotFound: there is no such open commit, or a blob is not stored.
        Invalid: a path, mode or metadata breaks its rule.
    """
    edits = Edits.of(changes)
    packs = [] if upload is None else upload.seal()
    wanted = list(edits.blobs()) if upload is None else upload.lacks(edits.blobs())

    def add(tx: Tx) -> OpenCommit:
        parts.records.insert(tx, packs, parts.clock.now_us())
        if len(parts.records.known(wanted, tx)) < len(wanted):
            raise MissingBlob("a blob is not stored", where=identity, hint="pass the upload that holds it")
        row = {"id": identity, "more": len(changes)}
        grown = tx.execute("UPDATE open_commit SET changes = changes + :more WHERE id = :id RETURNING changes", row)
        if grown.first() is None:
            raise _gone(identity)
        first = grown.scalar() - len(changes)
        tx.executemany(_INSERT, [_row(identity, first + at, change) for at, change in enumerate(changes)])
        return _open(tx, identity)

    now = parts.db.write(add)
    if upload is not None:
        upload.registered(packs)
    return now


def finish(store: Writing, identities: Sequence[str], *, also: Also | None = None) -> list[Commit]:
    """Commit what was gathered, of all that are named in one transaction; they are open no more.

    Raises:
        NotFound: one is not open.
        Invalid: two are for one branch, or a path would be both a file and a folder.
        Forbidden: a branch is protected.
    """
    while True:
        with store.db.read() as tx:
            gathered = [(_open(tx, identity), _changes(tx, identity)) for identity in dict.fromkeys(identities)]
        meta: dict[str, Any] = {}
        for each, _ in gathered:
            meta |= each.meta
        writes = [
            Write(Place(each.repo, each.branch, each.workspace), changes, each.message, also=_closing(each, also))
            for each, changes in gathered
        ]
        authors = sorted({each.author for each, _ in gathered} - {""})
        try:
            return write_many(store, writes, author=", ".join(authors), meta=meta)
        except _Grown:
            continue


def cancel(parts: Parts, identity: str) -> None:
    """Forget an open commit and what it gathered.

    Raises:
        NotFound: there is none.
    """

    def forget(tx: Tx) -> None:
        if tx.execute("DELETE FROM open_commit WHERE id = :id RETURNING id", {"id": identity}).first() is None:
            raise _gone(identity)

    parts.db.write(forget)


def _closing(each: OpenCommit, also: Also | None) -> Also:
    """What makes sure, in the transaction of the commit, that it holds everything, and that it is made once."""

    def close(tx: Tx, commit: Commit) -> None:
        now = tx.execute("SELECT changes FROM open_commit WHERE id = :id", {"id": each.id}).first()
        if now is None:
            raise Conflict("it was finished or cancelled meanwhile", where=each.id, hint="recension log shows it")
        if now[0] != each.changes:
            raise _Grown
        tx.execute("DELETE FROM open_commit WHERE id = :id", {"id": each.id})
        if also is not None:
            also(tx, commit)

    return close


def _open(tx: Tx, identity: str) -> OpenCommit:
    row = tx.execute(_SELECT + "WHERE o.id = :id", {"id": identity}).first()
    if row is None:
        raise _gone(identity)
    return _shape(row)


def _shape(row: Sequence[Any]) -> OpenCommit:
    identity, workspace, repo, branch, author, message, meta, at_us, changes = row
    return OpenCommit(identity, workspace, repo, branch, author, message, json.loads(meta), at_us, changes)


def _gone(identity: str) -> NotFound:
    return NotFound("there is no such open commit", where=identity, hint="it may be finished or cancelled already")


def _row(identity: str, seq: int, change: Edit) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(("blob", "size", "mode", "content_type", "meta", "mtime_us"))
    row |= {"open": identity, "seq": seq, "path": change.path}
    if isinstance(change, Put):
        meta = json.dumps(dict(change.meta), ensure_ascii=False)
        row |= {"verb": "put", "blob": change.blob, "size": change.size, "mode": change.mode}
        return row | {"content_type": change.content_type, "meta": meta, "mtime_us": change.mtime_us}
    return row | {"verb": "delete" if isinstance(change, Delete) else "empty"}


def _changes(tx: Tx, identity: str) -> list[Edit]:
    rows = tx.execute(
        "SELECT verb, path, blob, size, mode, content_type, meta, mtime_us FROM open_change "
        "WHERE open_commit = :id ORDER BY seq",
        {"id": identity},
    )
    return [_change(*row) for row in rows]


def _change(verb: str, path: str, blob: Any, size: Any, mode: Any, *rest: Any) -> Edit:
    if verb == "put":
        content_type, meta, mtime_us = rest
        return Put(path, BlobId(bytes(blob)), size, mode, content_type, json.loads(meta), mtime_us)
    if verb == "delete":
        return Delete(path)
    if verb == "empty":
        return DeleteFolder(path)
    raise Invalid(f"{verb!r} is no change", where=path)
