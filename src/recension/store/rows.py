"""Repos and commits as rows of the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from recension.db import Tx
from recension.errors import NotFound
from recension.ids import DEFAULT_WORKSPACE, CommitId, GlobalId, NodeId
from recension.store.model import Commit

_COMMIT: Final = (
    "SELECT c.id, r.workspace, r.name, c.branch, c.global_id, c.content_id, c.root, c.at_us, c.author, c.message, "
    "c.kind, c.meta, c.files, c.size, c.added, c.changed, c.removed, c.generation, c.depth, c.volume "
    "FROM repo_commit c JOIN repo r ON r.id = c.repo "
)
_INSERT: Final = (
    "INSERT INTO repo_commit(id, repo, branch, global_id, content_id, root, at_us, author, message, kind, meta, files, "
    "size, added, changed, removed, generation, depth, volume) VALUES(:id, :repo, :branch, :global_id, :content_id, "
    ":root, :at_us, :author, :message, :kind, :meta, :files, :size, :added, :changed, :removed, :generation, :depth, "
    ":volume)"
)
_SAME: Final = (
    "id", "branch", "global_id", "root", "at_us", "author", "message", "kind", "files", "size",
    "added", "changed", "removed", "generation", "depth", "volume",
)  # fmt: skip
"""Fields of a commit that are columns as they are."""


def repo_label(workspace: str, name: str) -> str:
    """How a repo is written in an address."""
    return name if workspace == DEFAULT_WORKSPACE else f"{workspace}/{name}"


def repo_id(tx: Tx, workspace: str, name: str) -> int:
    """The row of a repo.

    Raises:
        NotFound: there is no such repo.
    """
    row = tx.execute(
        "SELECT id FROM repo WHERE workspace = :workspace AND name = :name", {"workspace": workspace, "name": name}
    ).first()
    if row is None:
        label = repo_label(workspace, name)
        raise NotFound("there is no such repo", where=label, hint=f"recension repo create {label} makes it")
    number: int = row[0]
    return number


def tag_target(tx: Tx, repo: int, name: str) -> CommitId | None:
    """The commit that a tag names, or None."""
    row = tx.execute("SELECT commit_id FROM tag WHERE repo = :repo AND name = :name", {"repo": repo, "name": name})
    found: CommitId | None = row.scalar()
    return found


def select_commits(tx: Tx, where: str, params: Mapping[str, object] | Sequence[object]) -> list[Commit]:
    """The commits that a condition on ``c`` (repo_commit) and ``r`` (repo) selects."""
    rows = tx.execute(_COMMIT + where, params).all()
    ids = [row[0] for row in rows]
    parents, sources = _linked(tx, "commit_parent", "parent", ids), _linked(tx, "commit_source", "source", ids)
    return [_commit(row, parents.get(row[0], ()), sources.get(row[0], ())) for row in rows]


def _commit(row: Sequence[Any], parents: Sequence[CommitId], sources: Sequence[CommitId]) -> Commit:
    return Commit(
        id=CommitId(row[0]),
        workspace=row[1],
        repo=row[2],
        branch=row[3],
        parents=tuple(parents),
        global_id=GlobalId(row[4]),
        content_id=row[5].hex() or None,
        root=NodeId(row[6]),
        at_us=row[7],
        author=row[8],
        message=row[9],
        kind=row[10],
        meta=json.loads(row[11]),
        provenance=tuple(sources),
        files=row[12],
        size=row[13],
        added=row[14],
        changed=row[15],
        removed=row[16],
        generation=row[17],
        depth=row[18],
        volume=row[19],
    )


def _linked(tx: Tx, table: str, column: str, ids: Sequence[str]) -> dict[str, list[CommitId]]:
    found: dict[str, list[CommitId]] = {}
    for start in range(0, len(ids), 500):
        batch = ids[start : start + 500]
        marks = ",".join("?" * len(batch))
        sql = f"SELECT commit_id, {column} FROM {table} WHERE commit_id IN ({marks}) ORDER BY commit_id, position"
        for commit, other in tx.execute(sql, batch):
            found.setdefault(commit, []).append(CommitId(other))
    return found


def commit_by_id(tx: Tx, identity: str) -> Commit:
    """One commit.

    Raises:
        NotFound: there is no such commit.
    """
    found = select_commits(tx, "WHERE c.id = :id", {"id": identity})
    if not found:
        raise NotFound("there is no such commit", where=identity)
    return found[0]


def commits_by_id(tx: Tx, ids: Iterable[str]) -> list[Commit]:
    """The commits of these ids that are there, in order of id."""
    wanted = sorted(set(ids))
    found: list[Commit] = []
    for start in range(0, len(wanted), 500):
        batch = wanted[start : start + 500]
        found.extend(select_commits(tx, f"WHERE c.id IN ({','.join('?' * len(batch))}) ORDER BY c.id", batch))
    return found


def insert_commit(tx: Tx, repo: int, commit: Commit) -> None:
    """Write a commit with its parents and its provenance.

    Raises:
        NotFound: the provenance names a commit that is not there.
    """
    row = {name: getattr(commit, name) for name in _SAME}
    meta = json.dumps(dict(commit.meta), ensure_ascii=False, separators=(",", ":"))
    tx.execute(_INSERT, {**row, "repo": repo, "meta": meta, "content_id": bytes.fromhex(commit.content_id or "")})
    tx.executemany(
        "INSERT INTO commit_parent(commit_id, position, parent) VALUES(:id, :position, :parent)",
        [{"id": commit.id, "position": at, "parent": parent} for at, parent in enumerate(commit.parents)],
    )
    if commit.provenance:
        there = {source.id for source in commits_by_id(tx, commit.provenance)}
        missing = [source for source in commit.provenance if source not in there]
        if missing:
            raise NotFound("there is no such commit to be made from", where=missing[0])
        tx.executemany(
            "INSERT INTO commit_source(commit_id, position, source) VALUES(:id, :position, :source)",
            [{"id": commit.id, "position": at, "source": source} for at, source in enumerate(commit.provenance)],
        )
