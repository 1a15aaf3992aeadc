"""Shapes about repos, branches, commits and files."""

from __future__ import annotations

from typing import Any, Literal

from recension.server.wire.base import Answer, Ask
from recension.server.wire.pipelines import Job


class Branch(Answer):
    """A branch; ``head`` is null while nothing was ever committed on it.

    ``protected``: it grows by merging and promoting alone.
    """

    name: str
    head: str | None
    at: str
    protected: bool = False


class Repo(Answer):
    """A repo; ``size`` and ``files`` are of its main branch's head, ``at`` is its last change."""

    workspace: str
    name: str
    kind: str
    description: str
    branches: list[Branch]
    size: int
    files: int
    at: str


class NewRepo(Ask):
    """A repo to create."""

    name: str
    description: str = ""
    workspace: str = "default"


class NewBranch(Ask):
    """A branch to create at a ref; empty when ``at`` is null."""

    name: str
    at: str | None = None


class MoveBranch(Ask):
    """Where a branch is to stand. With ``expect``, only if it stands there now."""

    to: str
    expect: str | None = None


class Promote(Ask):
    """The branch to fast-forward."""

    to: str


class Rename(Ask):
    """What a repo will be called."""

    name: str


class Describe(Ask):
    """What a repo is for."""

    description: str


class Protection(Ask):
    """Whether a branch is protected."""

    protected: bool


class Tag(Answer):
    """A name of a commit that never moves."""

    name: str
    commit: str
    at: str
    author: str
    message: str


class NewTag(Ask):
    """A tag to create on the commit that ``at`` means."""

    name: str
    at: str = "main"
    message: str = ""


class Workspace(Answer):
    """A namespace of repos, and how many it holds."""

    name: str
    description: str
    repos: int
    at: str


class NewWorkspace(Ask):
    """A workspace to create."""

    name: str
    description: str = ""


class Source(Answer):
    """A commit that another was made from."""

    id: str
    repo: str
    branch: str


class Commit(Answer):
    """A commit."""

    id: str
    repo: str
    workspace: str
    branch: str
    parents: list[str]
    global_id: str
    content_id: str | None
    """Equal for equal files; null where nobody has asked for it yet."""
    at: str
    author: str
    message: str
    kind: str
    meta: dict[str, Any]
    provenance: list[Source]
    files: int
    size: int


class Log(Answer):
    """Commits, newest first; ``next`` continues, null at the end."""

    commits: list[Commit]
    next: str | None


class Link(Answer):
    """Where the bytes of a file lie that is not stored here.

    ``hashed``: ``blob`` is the hash of the bytes; otherwise it is one of this description.
    """

    url: str
    etag: str
    hashed: bool


class Node(Answer):
    """A file or folder; ``files`` counts a folder's files, ``blob`` names a file's content.

    ``link`` says where that is when it is not stored here.
    """

    type: Literal["file", "folder"]
    path: str
    name: str
    size: int
    files: int | None = None
    content_type: str | None = None
    blob: str | None = None
    mode: int | None = None
    link: Link | None = None


class Listing(Answer):
    """What a folder holds in one commit; ``files`` and ``size`` count everything in it, at any depth."""

    commit: Commit
    entries: list[Node]
    files: int
    size: int
    next: str | None


class Preview(Answer):
    """The beginning of a file, as a page can show it."""

    kind: Literal["text", "csv", "json", "image", "binary"]
    path: str
    size: int
    content_type: str
    truncated: bool
    text: str | None = None
    columns: list[str] | None = None
    rows: list[list[str]] | None = None


class Side(Answer):
    """A file on one side of a diff."""

    blob: str
    size: int


class Change(Answer):
    """One path that differs."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Side | None
    after: Side | None


class Changes(Answer):
    """Paths that differ, in order; ``next`` continues."""

    changes: list[Change]
    next: str | None


class Uploaded(Answer):
    """The commit that holds the uploaded file."""

    commit: Commit


class CascadeRow(Answer):
    """A cascade; times are of its first and its last commit."""

    global_id: str
    began: str
    at: str
    commits: int
    repos: int


class Cascade(Answer):
    """Everything that carries one global id."""

    commits: list[Commit]
    jobs: list[Job]


class Waited(Cascade):
    """``done``: every job has ended, and nothing that has happened waits to be looked at."""

    done: bool
