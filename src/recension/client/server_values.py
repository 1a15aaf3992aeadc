"""What the HTTP API answers, as plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from recension.client import values


def commit_value(body: dict[str, Any]) -> values.Commit:
    """A commit."""
    return values.Commit(
        id=body["id"],
        workspace=body["workspace"],
        repo=body["repo"],
        branch=body["branch"],
        parents=tuple(body["parents"]),
        provenance=tuple(source["id"] for source in body["provenance"]),
        global_id=body["global_id"],
        content_id=body["content_id"],
        at=datetime.fromisoformat(body["at"]),
        author=body["author"],
        message=body["message"],
        kind=body["kind"],
        meta=body["meta"],
        files=body["files"],
        size=body["size"],
    )


def node_value(body: dict[str, Any]) -> values.File | values.Folder:
    """A file or folder."""
    if body["type"] == "folder":
        return values.Folder(body["path"], body["files"], body["size"])
    link = body.get("link")
    url = None if link is None else link["url"]
    return values.File(body["path"], body["size"], body["blob"], body["mode"], body["content_type"], url)


def version_value(path: str, body: dict[str, Any] | None) -> values.Version | None:
    """A file on one side; it is at ``path`` unless the answer says otherwise."""
    return None if body is None else values.Version(body.get("path", path), body["size"], body["blob"])


def change_value(body: dict[str, Any]) -> values.Change:
    """One path that differs."""
    before, after = body["before"], body["after"]
    path = body["path"]
    return values.Change(path, body["kind"], version_value(path, before), version_value(path, after))


def branch_value(body: dict[str, Any]) -> values.Branch:
    """A branch."""
    return values.Branch(body["name"], body["head"], datetime.fromisoformat(body["at"]), body["protected"])


def tag_value(body: dict[str, Any]) -> values.Tag:
    """A tag."""
    at = datetime.fromisoformat(body["at"])
    return values.Tag(body["name"], body["commit"], at, body["author"], body["message"])


def repo_value(body: dict[str, Any]) -> values.RepoInfo:
    """A repo."""
    names = ("workspace", "name", "kind", "description", "files", "size")
    return values.RepoInfo(**{name: body[name] for name in names}, at=datetime.fromisoformat(body["at"]))


def workspace_value(body: dict[str, Any]) -> values.WorkspaceInfo:
    """A workspace."""
    at = datetime.fromisoformat(body["at"])
    return values.WorkspaceInfo(body["name"], body["description"], body["repos"], at)


def conflict_value(body: dict[str, Any]) -> values.MergeConflict:
    """A path that needs a decision."""
    path = body["path"]
    base, ours, theirs = (version_value(path, body[side]) for side in ("base", "ours", "theirs"))
    return values.MergeConflict(path, base, ours, theirs, tuple(body["clash"]), body["unclear"])


def merge_value(body: dict[str, Any]) -> values.Merge:
    """What a merge did, or would do."""
    base = () if body["base"] is None else (body["base"],)
    return values.Merge(
        how=body["how"],
        commit=commit_value(body["commit"]) if "commit" in body else None,
        bases=tuple(body["bases"]) or base,
        conflicts=tuple(map(conflict_value, body.get("conflicts", ()))),
    )
