"""Shapes of single puts that are committed in groups, and of branch triggers."""

from __future__ import annotations

from pydantic import Field

from recension.server.wire.base import Answer, Ask
from recension.server.wire.repos import Commit


class Staged(Answer):
    """What became of a single put or delete.

    ``blob`` names what the path holds now, null after a delete. ``waiting`` counts what is staged on the branch;
    ``commit`` holds the change already, where one does.
    """

    path: str
    blob: str | None
    size: int
    waiting: int
    commit: Commit | None


class StagedDelete(Ask):
    """The file to delete."""

    path: str
    branch: str = "main"
    message: str = ""


class StagedGroup(Answer):
    """What is staged on a branch: ``changes`` of them since ``since``; at ``due`` they are committed by themselves."""

    branch: str
    changes: int
    since: str
    at: str
    due: str


class CommitStaged(Ask):
    """The branch whose staged changes are to be committed now."""

    branch: str = "main"


class CommittedStaged(Answer):
    """The head of the branch, with all that was staged; null when nothing was."""

    commit: Commit | None


class StagingMode(Answer):
    """How single puts to a branch are committed: each by itself, or in groups after a pause or so many changes."""

    alone: bool
    idle_s: float
    changes: int


class NewStagingMode(Ask):
    """What is to be changed of how single puts are committed; what is left out stays."""

    alone: bool | None = None
    idle_s: float | None = None
    changes: int | None = None


class Trigger(Answer):
    """What moves ``branch`` to the head of ``source``; ``told`` says it in words.

    ``size`` are bytes of files added or changed there since, ``commits`` those that came there, ``cron`` times.
    ``whole``: all conditions have to hold. ``fired`` is when it last did, ``next`` the next time of ``cron``.
    """

    branch: str
    source: str
    whole: bool
    size: int | None
    commits: int | None
    cron: str | None
    fired: str | None
    next: str | None
    told: str


class NewTrigger(Ask):
    """The branch to follow, and when: at least one condition; with ``whole``, all have to hold."""

    source: str
    size: int | None = Field(default=None)
    commits: int | None = None
    cron: str | None = None
    whole: bool = False
