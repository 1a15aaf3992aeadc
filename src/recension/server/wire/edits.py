"""Shapes of changes that move no bytes: copies, moves, removals, merges and what undoes them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from recension.server.wire.base import Answer, Ask
from recension.server.wire.repos import Commit
from recension.server.wire.repos import Side as FileSide

Side = Literal["ours", "theirs", "base"]
Choice = Literal["ours", "theirs", "base", "delete"]
How = Literal["nothing", "fast-forward", "merged"]


class Copy(Ask):
    """What to copy (an address, ``[workspace/]repo@ref:/path``), and where to."""

    source: str
    to: str
    branch: str = "main"
    message: str | None = None


class Move(Ask):
    """What to move within a branch: a file, a folder or a glob; and where to."""

    path: str
    to: str
    branch: str = "main"
    message: str | None = None


class Remove(Ask):
    """Files and globs to remove; folders with ``recursive``."""

    paths: list[str] = Field(min_length=1)
    branch: str = "main"
    recursive: bool = False
    message: str | None = None


class Rule(Ask):
    """The side to take for the paths that a glob matches."""

    glob: str
    side: Side


class NewBytes(Ask):
    """Bytes that were uploaded for this path, and whether the file may be executed."""

    receipt: str
    executable: bool = False


class NewMerge(Ask):
    """What to merge into a branch, and what to take where both sides changed a path.

    ``strategies`` are sides by glob, of which the first that matches counts; ``strategy`` is the side for all others;
    ``resolve`` decides single paths: a side, ``delete``, or bytes of its own.
    """

    source: str
    branch: str = "main"
    strategy: Side | None = None
    strategies: list[Rule] = Field(default_factory=list)
    resolve: dict[str, Choice | NewBytes] = Field(default_factory=dict)
    fast_forward: bool = True
    message: str | None = None


class Revert(Ask):
    """The commit to take back on a branch, and what to take where a path was changed again since."""

    commit: str
    branch: str = "main"
    strategy: Side | None = None
    strategies: list[Rule] = Field(default_factory=list)
    resolve: dict[str, Choice | NewBytes] = Field(default_factory=dict)
    message: str | None = None


class Leave(Ask):
    """The commit that is to leave the history."""

    commit: str


class Squashed(Answer):
    """The commits that hold the changes now."""

    commits: list[Commit]


class Dropped(Answer):
    """The branches that went back, and to which commit."""

    branches: list[str]
    parent: str | None


class Conflicting(Answer):
    """A path that both sides changed, each in its own way; a side without the file is null.

    ``clash``: paths of ours that cannot stay beside theirs. ``unclear``: histories have crossed and the common
    ancestors differ here, so there is no base to take.
    """

    path: str
    base: FileSide | None
    ours: FileSide | None
    theirs: FileSide | None
    clash: list[str]
    unclear: bool = False


class MergePreview(Answer):
    """What a merge would do: ``changes`` counts the paths it would change."""

    how: How
    base: str | None
    bases: list[str] = Field(default_factory=list)
    changes: int
    conflicts: list[Conflicting]


class Merged(Answer):
    """What a merge did; ``base`` is the common ancestor, ``bases`` are all of them where histories have crossed."""

    commit: Commit
    base: str | None
    bases: list[str] = Field(default_factory=list)
    how: How
