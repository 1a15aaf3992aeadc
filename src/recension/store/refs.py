"""Branches as rows, and the event that every move of one writes."""

from __future__ import annotations

from recension.db import Tx, outbox
from recension.errors import AlreadyExists, Conflict, Forbidden, NotFound
from recension.ids import CommitId
from recension.slotted import frozen
from recension.store.model import ANY, Anything, Commit
from recension.store.rows import commit_by_id, repo_id, repo_label, tag_target
from recension.store.staging_rows import refuse_staged
from recension.store.trigger_rows import followers, holds, note_fired


@frozen
class Ref:
    """A branch in a transaction: its repo's row, its names, and its head as read in that transaction."""

    repo: int
    workspace: str
    name: str
    branch: str
    there: bool
    head: CommitId | None
    protected: bool = False
    follows: str | None = None
    """The branch whose commits its trigger brings here."""

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
        "SELECT b.head, b.protected, t.source FROM branch b LEFT JOIN branch_trigger t ON t.repo = b.repo "
        "AND t.branch = b.name WHERE b.repo = :repo AND b.name = :name",
        {"repo": repo, "name": branch},
    ).first()
    if row is None:
        return Ref(repo, workspace, name, branch, there=False, head=None)
    head, protected, follows = row
    return Ref(repo, workspace, name, branch, there=True, head=head, protected=bool(protected), follows=follows)


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


def refuse_triggered(ref: Ref) -> None:
    """Make sure that no trigger moves a branch: what is committed to it would leave it at the next move.

    Raises:
        Forbidden: one does.
    """
    if ref.follows is not None:
        raise Forbidden(
            f"the branch is moved by its trigger to what is on {ref.follows!r}",
            where=ref.label,
            hint=f"commit to {ref.follows}, or recension branch untrigger {ref.label}",
        )


def refuse_followed(tx: Tx, ref: Ref) -> None:
    """Make sure that no trigger looks at a branch.

    Raises:
        Conflict: one does.
    """
    found = followers(tx, ref.repo, ref.branch)
    if found:
        label = f"{repo_label(ref.workspace, ref.name)}@{found[0].branch}"
        raise Conflict(
            f"branch {found[0].branch!r} is triggered by it",
            where=ref.label,
            hint=f"recension branch untrigger {label}",
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


def point(tx: Tx, ref: Ref, new: Commit | None, at_us: int, *, cause: str, last: bool = True) -> None:
    """Move a branch, or make it, and write the event ``ref`` that says so; then those that its move triggers.

    Args:
        tx: the transaction in which ``ref`` was read.
        ref: the branch as it stands.
        new: its head from now on; None only for a branch without commits.
        at_us: when.
        cause: ``commit``, ``create``, ``move``, ``promote``, ``merge``, ``trigger``, ``drop`` or ``delete``.
        last: False when the transaction moves the branch once more: only that move triggers others.

    Raises:
        AlreadyExists: a branch would get the name of a tag.
        StagedLeft: changes are staged on it, and it is to be moved by something else than a commit.
    """
    if cause != "commit":
        refuse_staged(tx, ref.repo, (ref.name, ref.branch, ref.workspace))
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
    if new is not None and last:
        _fire(tx, ref, new, at_us)


def _fire(tx: Tx, source: Ref, head: Commit, at_us: int) -> None:
    """Move the branches whose triggers fire now that ``source`` stands at ``head``."""
    for trigger in followers(tx, source.repo, source.branch):
        ref = read_ref(tx, source.workspace, source.name, trigger.branch)
        now = None if ref.head is None else commit_by_id(tx, ref.head)
        if holds(trigger, now, head, at_us):
            note_fired(tx, ref.repo, trigger, at_us)
            point(tx, ref, head, at_us, cause="trigger")
