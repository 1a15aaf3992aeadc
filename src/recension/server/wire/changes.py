"""Shapes about history, comparisons, and commits made over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from recension.server.wire.base import Answer, Ask
from recension.server.wire.repos import Commit


class Timeline(Answer):
    """Commits of every branch, newest first; ``next`` continues, null at the end."""

    commits: list[Commit]
    next: str | None


class Version(Answer):
    """A file on one side of a comparison."""

    path: str
    blob: str
    size: int


class Difference(Answer):
    """One file that is not the same on both sides; ``path`` is where it is, or was."""

    path: str
    kind: Literal["added", "changed", "removed", "renamed"]
    before: Version | None
    after: Version | None


class Totals(Answer):
    """How many files differ, by kind, and the bytes of their two sides."""

    added: int
    changed: int
    removed: int
    renamed: int
    bytes_before: int
    bytes_after: int


class Comparison(Answer):
    """What differs between two commits. ``complete`` is false when only the beginning of a huge difference was seen."""

    before: Commit
    after: Commit
    differences: list[Difference]
    totals: Totals
    complete: bool
    next: str | None


class Stored(Answer):
    """A receipt for each file that was sent, in their order; a commit refers to them by these."""

    receipts: list[str]


class PutFile(Ask):
    """Make ``path`` be the bytes that the receipt is for."""

    op: Literal["put"]
    path: str
    receipt: str


class DeletePath(Ask):
    """Delete a file, or a folder with all that is in it."""

    op: Literal["delete"]
    path: str


class MovePath(Ask):
    """Give a file or folder another path, which must be free."""

    op: Literal["move"]
    path: str
    to: str


class CopyPath(Ask):
    """Give the bytes of a file, or what a folder holds, a second path, which must be free."""

    op: Literal["copy"]
    path: str
    to: str


OneChange = Annotated[PutFile | DeletePath | MovePath | CopyPath, Field(discriminator="op")]


class NewCommit(Ask):
    """Changes that get in together or not at all. With ``expect``, only if the branch stands there."""

    branch: str = "main"
    message: str = ""
    changes: list[Annotated[PutFile | DeletePath | MovePath | CopyPath, Field(discriminator="op")]] = Field(
        min_length=1
    )
    expect: str | None = None
