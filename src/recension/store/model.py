"""The values of the store: what a repo, a branch, a commit and its entries look like to a caller."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from recension.ids import DEFAULT_WORKSPACE, BlobId, CommitId, GlobalId, NodeId
from recension.slotted import field, frozen

FILE_MODE: Final = 0o644
EXECUTABLE_MODE: Final = 0o755
LINK_MODE: Final = 0o120777
"""Mode of a symbolic link, whose blob is the text of its target."""


class Anything(Enum):
    """The type of :data:`ANY`."""

    ANY = "any"


ANY: Final = Anything.ANY
"""In place of an expected head: whatever is there."""


@frozen
class Entry:
    """One file of a commit. All but ``mtime_us`` and ``md5`` is its identity.

    ``mode`` is 0o644, 0o755, or 0o120777 for a symbolic link. ``mtime_us`` and ``md5`` are what whoever put the file
    said; they count neither for equality of content nor for change.
    """

    path: str
    blob: BlobId
    size: int
    mode: int = FILE_MODE
    content_type: str = "application/octet-stream"
    meta: Mapping[str, str] = field(default_factory=dict)
    mtime_us: int | None = field(default=None, compare=False)
    md5: bytes | None = field(default=None, compare=False)


@frozen
class Folder:
    """A folder as a listing shows it: every file below it counts. ``path`` ends without a slash."""

    path: str
    files: int
    size: int


@frozen
class Change:
    """How one path differs between two commits: added, removed, changed, or, where that is looked for, renamed."""

    path: str
    before: Entry | None
    after: Entry | None

    @property
    def kind(self) -> str:
        """``added``, ``removed``, ``changed``, or ``renamed`` when the older side has another path."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "changed" if self.before.path == self.after.path else "renamed"


@frozen
class Put:
    """Make ``path`` be this blob, whatever was there.

    ``content_type`` None: guessed from the name, the same on every machine.
    """

    path: str
    blob: BlobId
    size: int
    mode: int = FILE_MODE
    content_type: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    mtime_us: int | None = None
    md5: bytes | None = None


@frozen
class Delete:
    """Remove one file; no change when it is not there."""

    path: str


@frozen
class DeleteFolder:
    """Remove every file below ``path``; ``/`` removes all."""

    path: str


Edit = Put | Delete | DeleteFolder


@frozen
class Repo:
    """A named line of versions of files. ``files`` and ``size`` are those of ``main``, else of the newest head."""

    workspace: str
    name: str
    kind: str
    description: str
    created_us: int
    at_us: int
    files: int
    size: int


@frozen
class Branch:
    """A movable name of a commit; ``head`` None: nothing was committed yet.

    ``protected``: it is neither moved nor deleted, and users' commits come in by merging and promoting alone.
    """

    name: str
    head: CommitId | None
    at_us: int
    protected: bool = False


@frozen
class Tag:
    """A name of a commit that never moves."""

    name: str
    commit: CommitId
    at_us: int
    author: str
    message: str


@frozen
class Workspace:
    """A namespace of repos."""

    name: str
    description: str
    created_us: int
    repos: int


@frozen
class OpenCommit:
    """Changes that are gathered for a branch and not on it yet; ``changes`` counts them."""

    id: str
    workspace: str
    repo: str
    branch: str
    author: str
    message: str
    meta: Mapping[str, Any]
    at_us: int
    changes: int


@frozen
class Commit:
    """One immutable version of a repo.

    ``content_id`` is equal for equal files, however they came about; None where nobody has asked for it yet
    (``Store.content_id`` finds it out). ``root`` is where its files are read, in whatever layout. ``files`` and
    ``size`` are totals; ``added``, ``changed`` and ``removed`` compare with the first parent. ``generation`` counts
    first parents, and ``depth`` is the length of the longest way back. ``kind`` is ``user``, ``job``, ``people`` or
    ``merge``. ``volume`` counts the bytes of all files that it and its first parents have added or changed.
    """

    id: CommitId
    workspace: str
    repo: str
    branch: str
    parents: tuple[CommitId, ...]
    global_id: GlobalId
    content_id: str | None
    root: NodeId
    at_us: int
    author: str
    message: str
    kind: str
    meta: Mapping[str, Any]
    provenance: tuple[CommitId, ...]
    files: int
    size: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    generation: int = 0
    depth: int = 0
    volume: int = 0

    @property
    def address(self) -> str:
        """How the commit is written as an address: ``[workspace/]repo@id``."""
        prefix = "" if self.workspace == DEFAULT_WORKSPACE else f"{self.workspace}/"
        return f"{prefix}{self.repo}@{self.id}"
