"""Staged changes as rows: single puts and deletes of a branch that are durable and in no commit yet.

Theory of operation. What is staged on a branch is a *group*: a row of ``staging``, and one of ``staged`` for every
path. A path is in a group once; whoever changes it again has the group committed first. So the changes of a group
commute, the head with all of them made is what the branch holds, and a part of a group can be committed while more is
staged. Two rules keep that true: a branch with a group moves by commits alone (:func:`refuse_staged`), and such a
commit either takes the group in or touches nothing of it.

Small contents lie in the row itself until the group is committed: a put costs one flush then, and no object.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from recension.db import Tx
from recension.ids import BlobId
from recension.slotted import frozen
from recension.store.model import Put

HELD_BYTES: Final = 64 << 10
"""A larger content goes into a pack at once."""
MOST_HELD: Final = 32 << 20
"""A group that holds more than this in its rows is committed."""
OLDEST_S: Final = 300.0
"""A group is committed so long after its first change, though there be no pause."""
_COLUMNS: Final = "path, seq, blob, size, mode, content_type, meta, mtime_us, md5, author, message, at_us"


class StagedLeft(Exception):
    """A branch is to be moved while changes are staged on it: they have to be committed first."""

    def __init__(self, repo: str, branch: str, workspace: str) -> None:
        super().__init__(f"{workspace}/{repo}@{branch}")
        self.place = repo, branch, workspace


@frozen
class StagingMode:
    """How single puts to a branch are committed.

    Attributes:
        alone: each at once, by a commit of its own; else in groups.
        idle_s: a group is committed when nothing was added for so long.
        changes: a group is committed when it has so many.
    """

    alone: bool = False
    idle_s: float = 10.0
    changes: int = 1000


@frozen
class StagedGroup:
    """What is staged on a branch: how many changes, and when it will be committed by itself."""

    workspace: str
    repo: str
    branch: str
    changes: int
    first_us: int
    last_us: int
    due_us: int


@frozen
class StagedChange:
    """One staged change. ``put`` None: a delete. ``held`` are the bytes, where they lie in the row."""

    key: bytes
    seq: int
    put: Put | None
    author: str
    message: str
    at_us: int
    held: bytes | None = None


def groups(tx: Tx, where: str = "", params: dict[str, object] | None = None) -> list[StagedGroup]:
    """The groups that a condition on ``s`` (staging) and ``r`` (repo) selects, by name."""
    rows = tx.execute(
        "SELECT r.workspace, r.name, s.branch, s.changes, s.first_us, s.last_us, s.due_us FROM staging s "
        f"JOIN repo r ON r.id = s.repo {where} ORDER BY r.workspace, r.name, s.branch",
        params or {},
    )
    return [StagedGroup(*row) for row in rows]


def group_mark(tx: Tx, repo: int, branch: str) -> tuple[int, int] | None:
    """The number of the newest change of a group, and how many it has; None when nothing is staged."""
    row = tx.execute(
        "SELECT seq, changes FROM staging WHERE repo = :repo AND branch = :branch", {"repo": repo, "branch": branch}
    ).first()
    return None if row is None else (row[0], row[1])


def group_size(tx: Tx, repo: int, branch: str) -> tuple[int, int]:
    """How many changes a group has, and how many bytes lie in its rows."""
    row = tx.execute(
        "SELECT changes, held FROM staging WHERE repo = :repo AND branch = :branch", {"repo": repo, "branch": branch}
    ).first()
    return (0, 0) if row is None else (row[0], row[1])


def refuse_staged(tx: Tx, repo: int, place: tuple[str, str, str]) -> None:
    """Make sure that nothing is staged on a branch (repo, branch, workspace).

    Raises:
        StagedLeft: something is.
    """
    if group_mark(tx, repo, place[1]) is not None:
        raise StagedLeft(*place)


def staged_changes(tx: Tx, repo: int, branch: str, *, after: int = 0, with_bytes: bool = False) -> list[StagedChange]:
    """The changes of a group behind a number, by path."""
    held = ", bytes" if with_bytes else ""
    rows = tx.execute(
        f"SELECT {_COLUMNS}{held} FROM staged WHERE repo = :repo AND branch = :branch AND seq > :after ORDER BY path",
        {"repo": repo, "branch": branch, "after": after},
    )
    return [_change(*row) for row in rows]


def staged_near(tx: Tx, repo: int, branch: str, key: bytes) -> dict[bytes, bool]:
    """What is staged for a path, for the folders it is in and for what is below it: whether each is a put."""
    parts = key.split(b"/")
    above = [b"/".join(parts[:depth]) for depth in range(2, len(parts) + 1)]
    names = {f"k{at}": each for at, each in enumerate(above)}
    # Two searches: for one with OR, SQLite looks at the whole group.
    select = "SELECT path, blob IS NOT NULL FROM staged WHERE repo = :repo AND branch = :branch AND"
    rows = tx.execute(
        f"{select} path IN ({','.join(f':{name}' for name in names)}) UNION ALL {select} path >= :low AND path < :high",
        {"repo": repo, "branch": branch, "low": key + b"/", "high": key + b"0", **names},
    )
    return {bytes(path): bool(is_put) for path, is_put in rows}


def insert_staged(tx: Tx, repo: int, branch: str, change: StagedChange, mode: StagingMode) -> tuple[int, int]:
    """Add a change to the group of a branch, which begins with it where there was none.

    Returns:
        How many changes the group has now, and how many bytes lie in its rows.
    """
    held = len(change.held or b"")
    last = change.at_us + round(mode.idle_s * 1e6)
    row: dict[str, object] = {"repo": repo, "branch": branch, "at": change.at_us, "held": held, "due": last}
    row["oldest"] = round(OLDEST_S * 1e6)
    seq, changes, total = tx.execute(
        "INSERT INTO staging(repo, branch, seq, changes, held, first_us, last_us, due_us) "
        "VALUES(:repo, :branch, 1, 1, :held, :at, :at, :due) ON CONFLICT(repo, branch) DO UPDATE SET "
        "seq = staging.seq + 1, changes = staging.changes + 1, held = staging.held + excluded.held, "
        "last_us = excluded.last_us, due_us = CASE WHEN excluded.due_us < staging.first_us + :oldest "
        "THEN excluded.due_us ELSE staging.first_us + :oldest END RETURNING seq, changes, held",
        row,
    ).one()
    tx.execute(
        f"INSERT INTO staged(repo, branch, {_COLUMNS}, bytes) VALUES(:repo, :branch, :path, :seq, :blob, :size, :mode, "
        ":content_type, :meta, :mtime_us, :md5, :author, :message, :at_us, :bytes)",
        {"repo": repo, "branch": branch, **_row(change), "seq": seq},
    )
    return changes, total


def forget_staged(tx: Tx, repo: int, branch: str, seq: int) -> None:
    """Remove the changes of a group up to a number: a commit holds them."""
    row = {"repo": repo, "branch": branch, "seq": seq}
    tx.execute("DELETE FROM staged WHERE repo = :repo AND branch = :branch AND seq <= :seq", row)
    changes, first_us, held = tx.execute(
        "SELECT COUNT(*), MIN(at_us), COALESCE(SUM(LENGTH(bytes)), 0) FROM staged "
        "WHERE repo = :repo AND branch = :branch",
        row,
    ).one()
    if not changes:
        tx.execute("DELETE FROM staging WHERE repo = :repo AND branch = :branch", row)
        return
    tx.execute(
        "UPDATE staging SET changes = :changes, held = :held, first_us = :first "
        "WHERE repo = :repo AND branch = :branch",
        {**row, "changes": changes, "held": held, "first": first_us},
    )


def staging_mode(tx: Tx, repo: int, branch: str) -> StagingMode:
    """How single puts to a branch are committed."""
    row = tx.execute(
        "SELECT alone, idle_us, changes FROM staging_mode WHERE repo = :repo AND branch = :branch",
        {"repo": repo, "branch": branch},
    ).first()
    return StagingMode() if row is None else StagingMode(bool(row[0]), row[1] / 1e6, row[2])


def keep_mode(tx: Tx, repo: int, branch: str, mode: StagingMode) -> None:
    """Note how single puts to a branch are to be committed."""
    tx.execute(
        "INSERT INTO staging_mode(repo, branch, alone, idle_us, changes) VALUES(:repo, :branch, :alone, :idle, "
        ":changes) ON CONFLICT(repo, branch) DO UPDATE SET alone = excluded.alone, idle_us = excluded.idle_us, "
        "changes = excluded.changes",
        {
            "repo": repo,
            "branch": branch,
            "alone": int(mode.alone),
            "idle": round(mode.idle_s * 1e6),
            "changes": mode.changes,
        },
    )


def authors_of(changes: Iterable[StagedChange]) -> list[str]:
    """Who made some changes, in order of their first one."""
    in_order = sorted(changes, key=lambda change: change.seq)
    return list(dict.fromkeys(change.author for change in in_order if change.author))


def _row(change: StagedChange) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(("blob", "size", "mode", "content_type", "meta", "mtime_us", "md5"))
    row |= {"path": change.key, "author": change.author, "message": change.message, "at_us": change.at_us}
    row["bytes"] = change.held
    put = change.put
    if put is not None:
        meta = json.dumps(dict(put.meta), ensure_ascii=False) if put.meta else None
        row |= {"blob": put.blob, "size": put.size, "mode": put.mode, "content_type": put.content_type, "meta": meta}
        row |= {"mtime_us": put.mtime_us, "md5": put.md5}
    return row


def _change(path: bytes, seq: int, blob: Any, size: Any, mode: Any, *rest: Any) -> StagedChange:
    content_type, meta, mtime_us, md5, author, message, at_us, *held = rest
    put = None
    if blob is not None:
        known = json.loads(meta) if meta else {}
        put = Put(
            bytes(path).decode(),
            BlobId(bytes(blob)),
            size,
            mode,
            content_type,
            known,
            mtime_us,
            None if md5 is None else bytes(md5),
        )
    kept = held[0] if held else None
    return StagedChange(bytes(path), seq, put, author, message, at_us, None if kept is None else bytes(kept))
