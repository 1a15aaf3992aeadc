"""What repos answer with, wherever they are: plain values, and how the HTTP API spells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recension.errors import Conflict


@dataclass(frozen=True, slots=True)
class Commit:
    """One version of a repo.

    ``parents`` and ``provenance`` are ids of commits: those before it, and those it was made from. Equal files have an
    equal ``content_id``; it is None until somebody had it found out. ``files`` and ``size`` are totals.
    """

    id: str
    workspace: str
    repo: str
    branch: str
    parents: tuple[str, ...]
    provenance: tuple[str, ...]
    global_id: str
    content_id: str | None
    at: datetime
    author: str
    message: str
    kind: str
    meta: Mapping[str, Any]
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class File:
    """One file. ``blob`` names its bytes; ``link`` is the URL they are read from when they are not stored."""

    path: str
    size: int
    blob: str
    mode: int
    content_type: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; every file below it counts."""

    path: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Version:
    """A file on one side of a difference or of a conflict."""

    path: str
    size: int
    blob: str


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs; ``kind`` is ``added``, ``removed``, ``changed``, or where it is looked for ``renamed``."""

    path: str
    kind: str
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Branch:
    """A movable name of a commit; ``head`` None: nothing was committed yet."""

    name: str
    head: str | None
    at: datetime
    protected: bool


@dataclass(frozen=True, slots=True)
class Staged:
    """What became of a single put or delete.

    ``blob`` names what the path holds now, None after a delete. ``waiting`` changes are staged on the branch;
    ``commit`` holds this one already, where one does.
    """

    path: str
    blob: str | None
    size: int
    waiting: int
    commit: Commit | None


@dataclass(frozen=True, slots=True)
class StagedGroup:
    """What is staged on a branch: ``changes`` of them; at ``due`` they are committed by themselves."""

    branch: str
    changes: int
    since: datetime
    at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class StagingMode:
    """How single puts are committed: each ``alone``, or in groups after a pause or so many changes."""

    alone: bool
    idle_s: float
    changes: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """What moves ``branch`` to the head of ``source``: any of the conditions that are set, or with ``whole`` all."""

    branch: str
    source: str
    commits: int | None
    size: int | None
    cron: str | None
    whole: bool
    fired: datetime | None
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Tag:
    """A name of a commit that never moves."""

    name: str
    commit: str
    at: datetime
    author: str
    message: str


@dataclass(frozen=True, slots=True)
class RepoInfo:
    """A repo; ``files`` and ``size`` are those of ``main``, else of the newest head, ``at`` is its last change."""

    workspace: str
    name: str
    kind: str
    description: str
    files: int
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    """A namespace of repos, and how many it holds."""

    name: str
    description: str
    repos: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """One path that both sides changed, each in its own way; None: it is not there on that side.

    ``clash``: paths of ours that cannot stay beside theirs. ``unclear``: the common ancestors differ here.
    """

    path: str
    base: Version | None
    ours: Version | None
    theirs: Version | None
    clash: tuple[str, ...]
    unclear: bool


class MergeConflicts(Conflict):
    """Some paths need a decision; ``conflicts`` lists them all."""

    conflicts: tuple[MergeConflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge did (or, without ``commit``, would do).

    ``how`` is ``nothing``, ``fast-forward`` or ``merged``. ``bases`` are the common ancestors, the newest first.
    """

    how: str
    commit: Commit | None
    bases: tuple[str, ...]
    conflicts: tuple[MergeConflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did; ``new``: ``commit`` was made for it. ``unfit`` are the first objects that were left out."""

    commit: Commit
    new: bool
    listed: int
    size: int
    hashed: int
    unfit_count: int
    unfit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Materialised:
    """How many files and bytes were brought in; ``new``: ``commit`` was made for it."""

    commit: Commit
    new: bool
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a checkout did: files written, left as they were, and removed; bytes written."""

    written: int
    kept: int
    removed: int
    size: int
