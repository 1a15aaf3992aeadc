"""Branches as rows, and the event that every move of one writes."""

from __future__ import annotations

from dataclasses import dataclass

from recension.db import Tx, outbox
from recension.errors import AlreadyExists, Conflict, Forbidden, NotFound
from recension.ids import CommitId
from recension.store.model import ANY, Anything, Commit
from recension.store.rows import commit_by_id, repo_id, repo_label, tag_target


@dataclass(frozen=True, slots=True)
class Ref:
    """A branch in a transaction: its repo's row, its names, and its head as read in that transaction."""

    repo: int
    workspace: str
    name: str
    branch: str
    there: bool
    head: CommitId | None
    protected: bool = False

    @property
    def label(self) -> str:
        """How it is written in an address."""
        return f"{repo_label(self.workspace, self.name)}@{self.branch}"


def read_ref(tx: Tx, workspace: str, name: str, branch: str) -> Ref:
    """The branch as it stands; it need not exist.

    Raises:
        NotFound: there is no such repo.
    """
    repo = repo_id(tx, workspace, name)
    row = tx.execute(
        "SELECT head, protected FROM branch WHERE repo = :repo AND name = :name", {"repo": repo, "name": branch}
    ).first()
    if row is None:
        return Ref(repo, workspace, name, branch, there=False, head=None)
    return Ref(repo, workspace, name, branch, there=True, head=row[0], protected=bool(row[1]))


def existing_ref(tx: Tx, workspace: str, name: str, branch: str) -> Ref:
    """The branch as it stands.

    Raises:
        NotFound: there is no such repo or branch.
    """
    ref = read_ref(tx, workspace, name, branch)
    if not ref.there:
        label = repo_label(workspace, name)
        raise NotFound(f"there is no branch {branch!r}", where=label, hint=f"recension branch {label} lists them")
    return ref


def expect_head(ref: Ref, expect: CommitId | Anything | None) -> None:
    """Make sure that a branch stands where the caller has seen it.

    Raises:
        Conflict: it has moved.
    """
    if expect is not ANY and ref.head != expect:
        raise Conflict(
            f"the branch stands at {ref.head or 'nothing'}, not at {expect or 'nothing'}",
            where=ref.label,
            hint="look at the new head and try again",
        )


def refuse_protected(ref: Ref, what: str) -> None:
    """Make sure that a branch is not protected.

    Raises:
        Forbidden: it is.
    """
    if ref.protected:
        raise Forbidden(
            f"the branch is protected: it is not {what}",
            where=ref.label,
            hint=f"merge or promote another branch into it, or recension branch unprotect {ref.label}",
        )


def commit_of(tx: Tx, ref: Ref, identity: str) -> Commit:
    """A commit of the same repo as ``ref``.

    Raises:
        NotFound: there is no such commit in the repo.
    """
    commit = commit_by_id(tx, identity)
    if (commit.workspace, commit.repo) != (ref.workspace, ref.name):
        raise NotFound(
            f"commit {identity} belongs to another repo, {repo_label(commit.workspace, commit.repo)}", where=ref.label
        )
    return commit


def point(tx: Tx, ref: Ref, new: Commit | None, at_us: int, *, cause: str) -> None:
    """Move a branch, or make it, and write the event ``ref`` that says so.

    Args:
        tx: the transaction in which ``ref`` was read.
        ref: the branch as it stands.
        new: its head from now on; None only for a branch without commits.
        at_us: when.
        cause: ``commit``, ``create``, ``move``, ``promote``, ``merge``, ``drop`` or ``delete``.

    Raises:
        AlreadyExists: a branch would get the name of a tag.
    """
    if not ref.there and tag_target(tx, ref.repo, ref.branch) is not None:
        raise AlreadyExists("there is a tag of this name", where=ref.label, hint="tags never move: name a branch")
    row = {"repo": ref.repo, "name": ref.branch, "head": new.id if new else None, "at": at_us}
    if cause == "delete":
        tx.execute("DELETE FROM branch WHERE repo = :repo AND name = :name", {"repo": ref.repo, "name": ref.branch})
    else:
        tx.execute(
            "INSERT INTO branch(repo, name, head, at_us) VALUES(:repo, :name, :head, :at) "
            "ON CONFLICT(repo, name) DO UPDATE SET head = excluded.head, at_us = excluded.at_us",
            row,
        )
    event = {
        "workspace": ref.workspace,
        "repo": ref.name,
        "branch": ref.branch,
        "old": ref.head,
        "new": row["head"],
        "global_id": new.global_id if new else None,
        "kind": new.kind if new else None,
        "cause": cause,
    }
    outbox.append(tx, "ref", event, at_us=at_us)
