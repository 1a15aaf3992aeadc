"""What the store answers, as plain values."""

from __future__ import annotations

from datetime import UTC, datetime

from recension.client import values
from recension.store import Branch, Change, Commit, Entry, Folder, Repo
from recension.store.links import Link
from recension.store.model import Tag, Workspace
from recension.store.three_way import MergeConflict


def when(at_us: int) -> datetime:
    """A time of the store."""
    return datetime.fromtimestamp(at_us / 1_000_000, UTC)


def commit_value(commit: Commit) -> values.Commit:
    """A commit."""
    return values.Commit(
        id=commit.id,
        workspace=commit.workspace,
        repo=commit.repo,
        branch=commit.branch,
        parents=tuple(commit.parents),
        provenance=tuple(commit.provenance),
        global_id=commit.global_id,
        content_id=commit.content_id,
        at=when(commit.at_us),
        author=commit.author,
        message=commit.message,
        kind=commit.kind,
        meta=dict(commit.meta),
        files=commit.files,
        size=commit.size,
    )


def node_value(node: Entry | Folder, links: list[Link]) -> values.File | values.Folder:
    """A file or folder; ``links`` are those of its blob."""
    if isinstance(node, Folder):
        return values.Folder(node.path, node.files, node.size)
    link = links[0].url if links else None
    return values.File(node.path, node.size, node.blob.hex(), node.mode, node.content_type, link)


def version_value(entry: Entry | None) -> values.Version | None:
    """A file on one side."""
    return None if entry is None else values.Version(entry.path, entry.size, entry.blob.hex())


def change_value(change: Change) -> values.Change:
    """One path that differs."""
    return values.Change(change.path, change.kind, version_value(change.before), version_value(change.after))


def branch_value(branch: Branch) -> values.Branch:
    """A branch."""
    return values.Branch(branch.name, branch.head, when(branch.at_us), branch.protected)


def tag_value(tag: Tag) -> values.Tag:
    """A tag."""
    return values.Tag(tag.name, tag.commit, when(tag.at_us), tag.author, tag.message)


def repo_value(repo: Repo) -> values.RepoInfo:
    """A repo."""
    return values.RepoInfo(
        repo.workspace, repo.name, repo.kind, repo.description, repo.files, repo.size, when(repo.at_us)
    )


def workspace_value(workspace: Workspace) -> values.WorkspaceInfo:
    """A workspace."""
    at = when(workspace.created_us)
    return values.WorkspaceInfo(workspace.name, workspace.description, workspace.repos, at)


def conflict_value(conflict: MergeConflict) -> values.MergeConflict:
    """A path that needs a decision."""
    return values.MergeConflict(
        conflict.path,
        version_value(conflict.base),
        version_value(conflict.ours),
        version_value(conflict.theirs),
        conflict.clash,
        conflict.unclear,
    )
