"""Single puts and deletes: durable at once, on the branch at once, committed in groups.

A put is one transaction: its row, and with it a small content. Large contents go into a pack before. What has to be
looked up in the manifest is looked up outside the transaction, which then makes sure that it is still so: the head,
and what is staged for the path, the folders it is in and below it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from blake3 import blake3

from recension.db import Tx
from recension.errors import Invalid, NotFound, RecensionError
from recension.ids import DEFAULT_WORKSPACE, BlobId, check_name
from recension.store.edits import checked_key, refuse_clashes, row_of
from recension.store.model import FILE_MODE, Commit, Delete, Put
from recension.store.node import LeafRow
from recension.store.on_head import Place
from recension.store.pack_writer import SealedPack
from recension.store.parts import Parts
from recension.store.refs import Ref, existing_ref, read_ref, refuse_protected, refuse_triggered
from recension.store.rows import commit_by_id, repo_id
from recension.store.staging_rows import (
    HELD_BYTES,
    MOST_HELD,
    StagedChange,
    StagedGroup,
    StagingMode,
    group_size,
    groups,
    insert_staged,
    keep_mode,
    staged_near,
    staging_mode,
)
from recension.store.tree_read import find
from recension.store.upload import Upload
from recension.store.writing import MissingBlob, Writing

logger = logging.getLogger(__name__)

Data = bytes | bytearray | memoryview | Iterable[bytes]
_LONGEST_IDLE_S: Final = 24 * 3600.0
_MOST_CHANGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of a single put or delete.

    Attributes:
        path: that was put or deleted.
        blob: what it holds now; None after a delete.
        size: of that, in bytes.
        waiting: how many changes are staged on the branch now.
        commit: the commit that holds the change already, where one does.
    """

    path: str
    blob: BlobId | None
    size: int
    waiting: int
    commit: Commit | None


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself beside its bytes, and who put it, with what words."""

    mode: int = FILE_MODE
    content_type: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    mtime_us: int | None = None
    md5: bytes | None = None
    author: str = ""
    message: str = ""


class _Again(Exception):
    """What was looked up is so no more."""


class _Seen(NamedTuple):
    """A branch and what a path means there, as one transaction has seen it."""

    ref: Ref
    head: Commit | None
    mode: StagingMode
    near: dict[bytes, bool]


def stage_put(store: Writing, place: Place, path: str, data: Data, about: About | None = None) -> Staged:
    """Put one file; it is durable and on the branch when this returns, and in a commit soon.

    On a branch without a commit, or whose mode says so, it is in a commit of its own at once.

    Args:
        store: the store.
        place: the branch; it is made when it is missing.
        path: of the file.
        data: its bytes, or an iterator over parts of them.
        about: what else is to be kept.

    Raises:
        NotFound: there is no such repo.
        Invalid: the path is none, or would be both a file and a folder.
        Forbidden: the branch is protected, or moved by a trigger.
    """
    said = about or About()
    whole = bytes(data) if isinstance(data, (bytes, bytearray, memoryview)) else None
    if whole is not None and len(whole) <= HELD_BYTES:
        put = _put(path, BlobId(blake3(whole).digest()), len(whole), said)
        return _stage(store, place, path, put, said, held=whole)
    with store.upload() as upload:
        parts: Iterable[bytes] = [whole] if whole is not None else data  # type: ignore[assignment]
        put = _put(path, *upload.add_stream(parts), said)
        return _stage(store, place, path, put, said, upload=upload)


def stage_delete(store: Writing, place: Place, path: str, *, author: str = "", message: str = "") -> Staged:
    """Delete one file, as :func:`stage_put` puts one; nothing happens when it is not there.

    Raises:
        NotFound: there is no such repo.
        Forbidden: the branch is protected, or moved by a trigger.
    """
    return _stage(store, place, path, None, About(author=author, message=message))


def _put(path: str, blob: BlobId, size: int, about: About) -> Put:
    return Put(path, blob, size, about.mode, about.content_type, about.meta, about.mtime_us, about.md5)


def _stage(
    store: Writing,
    place: Place,
    path: str,
    put: Put | None,
    about: About,
    *,
    held: bytes | None = None,
    upload: Upload | None = None,
) -> Staged:
    check_name("branch", place.branch)
    key = checked_key(path)
    path = key.decode()
    row = None if put is None else row_of(put)
    while True:
        seen = _look(store, place, key)
        if seen.head is None or seen.mode.alone:
            return _commit_alone(store, place, path, put, about, held=held, upload=upload)
        if key in seen.near:
            store.close_staged(*place)
            continue
        before = find(store.nodes, seen.head.root, key)
        if (before and before[1:4]) == (row and row[1:4]):
            return _done(path, put, 0, seen.head)
        if row is not None:
            others: dict[bytes, LeafRow | None] = {each: row if is_put else None for each, is_put in seen.near.items()}
            refuse_clashes(store.nodes, seen.head.root, {**others, key: row})
        change = StagedChange(key, 0, put, about.author, about.message, store.clock.now_us(), held)
        try:
            waiting, total = _enter(store, seen, change, upload)
        except _Again:
            continue
        commit = _close_full(store, place, seen) if _is_full(waiting, total, seen.mode) else None
        return _done(path, put, 0 if commit else waiting, commit)


def _done(path: str, put: Put | None, waiting: int, commit: Commit | None) -> Staged:
    return Staged(path, put.blob if put else None, put.size if put else 0, waiting, commit)


def _look(store: Parts, place: Place, key: bytes) -> _Seen:
    with store.db.read() as tx:
        ref = read_ref(tx, place.workspace, place.repo, place.branch)
        _refuse(ref)
        head = None if ref.head is None else commit_by_id(tx, ref.head)
        near = staged_near(tx, ref.repo, ref.branch, key)
        return _Seen(ref, head, staging_mode(tx, ref.repo, ref.branch), near)


def _refuse(ref: Ref) -> None:
    refuse_protected(ref, "written to")
    refuse_triggered(ref)


def _enter(store: Writing, seen: _Seen, change: StagedChange, upload: Upload | None) -> tuple[int, int]:
    """Make the change durable, if everything is still as it was seen.

    Raises:
        _Again: it is not.
    """
    packs: list[SealedPack] = [] if upload is None else upload.seal()

    def enter(tx: Tx) -> tuple[int, int]:
        ref = read_ref(tx, seen.ref.workspace, seen.ref.name, seen.ref.branch)
        _refuse(ref)
        if ref.head != seen.ref.head or staged_near(tx, ref.repo, ref.branch, change.key) != seen.near:
            raise _Again
        store.records.insert(tx, packs, change.at_us)
        blob = change.put.blob if change.put and change.held is None else None
        if blob is not None and not store.records.reusable([blob], tx):
            raise MissingBlob(f"blob {blob.hex()} is not stored", where=change.key.decode(), hint="put it again")
        return insert_staged(tx, ref.repo, ref.branch, change, seen.mode)

    entered = store.db.write(enter)
    if upload is not None:
        upload.registered(packs)
    return entered


def _commit_alone(
    store: Writing, place: Place, path: str, put: Put | None, about: About, *, held: bytes | None, upload: Upload | None
) -> Staged:
    """A commit of this one change."""
    if upload is None:
        with store.upload() as own:
            if held is not None:
                own.add_bytes(held)
            return _commit_alone(store, place, path, put, about, held=None, upload=own)
    commit = store.write(
        place.repo,
        place.branch,
        [Delete(path) if put is None else put],
        upload=upload,
        message=about.message or f"{'Delete' if put is None else 'Put'} {path}",
        author=about.author,
        workspace=place.workspace,
    )
    return _done(path, put, 0, commit)


def _is_full(changes: int, held: int, mode: StagingMode) -> bool:
    return changes >= mode.changes or held > MOST_HELD


def _close_full(store: Writing, place: Place, seen: _Seen) -> Commit | None:
    """Commit a group that has grown large. The change that filled it is durable, whatever comes of this."""
    try:
        with store.turns.take([(place.workspace, place.repo, place.branch)]), store.db.read() as tx:
            changes, held = group_size(tx, seen.ref.repo, place.branch)
        if _is_full(changes, held, seen.mode):  # else another who found it full has committed it
            return store.close_staged(*place)
    except RecensionError as error:
        logger.warning("group not committed", extra={"branch": "/".join(place), "error": str(error)})
    return None


def close_due(store: Writing) -> list[Commit]:
    """Commit every group whose time has come: nothing was added for a while, or it is old.

    Raises:
        RecensionError: one could not be committed; the others are.
    """
    made: list[Commit] = []
    trouble: RecensionError | None = None
    with store.db.read() as tx:
        due = groups(tx, "WHERE s.due_us <= :now", {"now": store.clock.now_us()})
    for group in due:
        try:
            commit = store.close_staged(group.repo, group.branch, group.workspace)
        except NotFound:  # the repo was deleted just now
            continue
        except RecensionError as error:
            trouble = error
            continue
        made += [commit] if commit else []
    if trouble is not None:
        raise trouble
    return made


def staged_groups(parts: Parts, repo: str | None = None, *, workspace: str = DEFAULT_WORKSPACE) -> list[StagedGroup]:
    """What is staged on the branches of a repo, or of all.

    Raises:
        NotFound: there is no such repo.
    """
    with parts.db.read() as tx:
        if repo is None:
            return groups(tx)
        return groups(tx, "WHERE s.repo = :repo", {"repo": repo_id(tx, workspace, repo)})


def mode_of(parts: Parts, place: Place) -> StagingMode:
    """How single puts to a branch are committed.

    Raises:
        NotFound: there is no such repo or branch.
    """
    with parts.db.read() as tx:
        ref = existing_ref(tx, place.workspace, place.repo, place.branch)
        return staging_mode(tx, ref.repo, ref.branch)


def set_mode(
    store: Writing,
    place: Place,
    *,
    alone: bool | None = None,
    idle_s: float | None = None,
    changes: int | None = None,
) -> StagingMode:
    """Say how single puts to a branch are to be committed from now on; what is left out stays as it is.

    Args:
        store: the store.
        place: the branch.
        alone: each in a commit of its own; False: in groups.
        idle_s: commit a group when nothing was added for so long.
        changes: commit a group when it has so many changes.

    Raises:
        NotFound: there is no such repo or branch.
        Invalid: a number is out of bounds.
    """
    if idle_s is not None and not 0 < idle_s <= _LONGEST_IDLE_S:
        raise Invalid(f"{idle_s:g} seconds are too few or too many", where="idle", hint="more than 0, at most a day")
    if changes is not None and not 1 <= changes <= _MOST_CHANGES:
        raise Invalid(f"{changes} changes are too few or too many", where="changes", hint=f"1 to {_MOST_CHANGES}")

    def keep(tx: Tx) -> StagingMode:
        ref = existing_ref(tx, place.workspace, place.repo, place.branch)
        now = staging_mode(tx, ref.repo, ref.branch)
        mode = StagingMode(
            now.alone if alone is None else alone,
            now.idle_s if idle_s is None else idle_s,
            now.changes if changes is None else changes,
        )
        keep_mode(tx, ref.repo, ref.branch, mode)
        return mode

    mode = store.db.write(keep)
    if mode.alone:
        store.close_staged(*place)
    return mode
