"""Shapes of commits that several processes gather."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from recension.server.wire.base import Answer, Ask
from recension.server.wire.repos import Commit


class NewOpenCommit(Ask):
    """The branch to gather changes for, and what the commit will say."""

    branch: str = "main"
    message: str = ""
    meta: dict[str, Any] = Field(default_factory=dict)


class OpenCommit(Answer):
    """Changes that are gathered for a branch and not on it yet; ``changes`` counts them."""

    id: str
    workspace: str
    repo: str
    branch: str
    author: str
    message: str
    meta: dict[str, Any]
    at: str
    changes: int


class Removals(Ask):
    """Files to remove, and folders to empty."""

    paths: list[str] = Field(default_factory=list)
    folders: list[str] = Field(default_factory=list)


class Finish(Ask):
    """The open commits to finish in one transaction."""

    ids: list[str] = Field(min_length=1)


class Finished(Answer):
    """A commit for each, in their order."""

    commits: list[Commit]
