"""Tags: names of commits that never move."""

from __future__ import annotations

from recension.db import Tx, outbox
from recension.errors import AlreadyExists, NotFound
from recension.ids import DEFAULT_WORKSPACE, CommitId, check_name
from recension.store.model import Tag
from recension.store.parts import Parts
from recension.store.refs import commit_of, read_ref
from recension.store.rows import repo_id, repo_label


def tag_create(
    parts: Parts,
    repo: str,
    name: str,
    at: CommitId,
    *,
    author: str = "",
    message: str = "",
    workspace: str = DEFAULT_WORKSPACE,
) -> Tag:
    """Name a commit for good. Naming the same commit so again changes nothing.

    Args:
        parts: the store.
        repo: its name.
        name: of the tag; neither a branch nor another commit of the repo has it.
        at: the commit.
        author: who says so.
        message: why, in words.
        workspace: where the repo is.

    Raises:
        AlreadyExists: there is a branch, or a tag on another commit, of this name.
        NotFound: there is no such repo, or no such commit in it.
    """
    check_name("tag", name)

    def create(tx: Tx) -> Tag:
        ref = read_ref(tx, workspace, repo, name)
        commit = commit_of(tx, ref, at)
        if ref.there:
            raise AlreadyExists("there is a branch of this name", where=ref.label, hint="take another name")
        before = [tag for tag in _tags(tx, ref.repo) if tag.name == name]
        if before and before[0].commit == at:
            return before[0]
        if before:
            raise AlreadyExists(
                f"the tag names commit {before[0].commit}",
                where=ref.label,
                hint="tags never move: take another name, or delete it first",
            )
        tag = Tag(name, at, parts.clock.now_us(), author, message)
        tx.execute(
            "INSERT INTO tag(repo, name, commit_id, at_us, author, message) "
            "VALUES(:repo, :name, :commit, :at, :author, :message)",
            {"repo": ref.repo, "name": name, "commit": at, "at": tag.at_us, "author": author, "message": message},
        )
        _tell(tx, (workspace, repo, name), commit.id, tag.at_us)
        return tag

    return parts.db.write(create)


def tags(parts: Parts, repo: str, *, workspace: str = DEFAULT_WORKSPACE) -> list[Tag]:
    """The tags of a repo, sorted by name.

    Raises:
        NotFound: there is no such repo.
    """
    with parts.db.read() as tx:
        return _tags(tx, repo_id(tx, workspace, repo))


def tag_delete(parts: Parts, repo: str, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
    """Forget a tag; its commit stays.

    Raises:
        NotFound: there is no such repo or tag.
    """

    def delete(tx: Tx) -> None:
        row = {"repo": repo_id(tx, workspace, repo), "name": name}
        gone = tx.execute("DELETE FROM tag WHERE repo = :repo AND name = :name RETURNING name", row)
        if gone.first() is None:
            label = repo_label(workspace, repo)
            raise NotFound(f"there is no tag {name!r}", where=label, hint=f"recension tag list {label}")
        _tell(tx, (workspace, repo, name), None, parts.clock.now_us())

    parts.db.write(delete)


def _tags(tx: Tx, repo: int) -> list[Tag]:
    rows = tx.execute(
        "SELECT name, commit_id, at_us, author, message FROM tag WHERE repo = :repo ORDER BY name", {"repo": repo}
    )
    return [Tag(*row) for row in rows]


def _tell(tx: Tx, names: tuple[str, str, str], commit: CommitId | None, at_us: int) -> None:
    body = dict(zip(("workspace", "repo", "tag"), names, strict=True))
    outbox.append(tx, "tag", {**body, "new": commit}, at_us=at_us)
