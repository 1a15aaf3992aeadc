"""A repo as programs use it: the same operations in a home of this machine and on a server."""

from __future__ import annotations

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, Literal, Self

from recension.client.changes import Changes, Data
from recension.client.values import (
    Branch,
    Change,
    Checkout,
    Commit,
    File,
    Folder,
    Import,
    Materialised,
    Merge,
    RepoInfo,
    Staged,
    StagedGroup,
    StagingMode,
    Tag,
    Trigger,
)
from recension.ids import DEFAULT_WORKSPACE

MAIN: Final = "main"
Side = Literal["ours", "theirs", "base"]
Strategy = Side | Sequence[tuple[str, Side]]
"""The side to take for every conflict, or sides by glob, of which the first that matches counts."""
Resolution = Literal["ours", "theirs", "base", "delete"] | bytes | os.PathLike[str]
"""What to take at one path: a side, nothing, bytes, or what a local file holds."""


class Repo(ABC):
    """One repo; each call stands for itself, and several threads may make them.

    A *ref* is a branch, a tag, a commit id, or any of them with ``^``, ``^2`` or ``.0`` behind it.

    Attributes:
        name: of the repo.
        workspace: that it is in.
        author: of commits made here; a server puts whoever has signed in.
    """

    def __init__(self, name: str, workspace: str, author: str) -> None:
        self.name = name
        self.workspace = workspace
        self.author = author

    @abstractmethod
    def __enter__(self) -> Self:
        """Hold the home, or the connection to the server, open until ``with`` ends: many calls are then faster."""

    @abstractmethod
    def __exit__(self, *_: object) -> None:
        """Let go of it."""

    @property
    def address(self) -> str:
        """``[workspace/]repo``."""
        return self.name if self.workspace == DEFAULT_WORKSPACE else f"{self.workspace}/{self.name}"

    # Names

    @abstractmethod
    def info(self) -> RepoInfo:
        """What the repo is, and how much it holds."""

    @abstractmethod
    def describe(self, text: str) -> RepoInfo:
        """Say what the repo is for."""

    @abstractmethod
    def branches(self) -> list[Branch]:
        """The branches, by name."""

    @abstractmethod
    def create_branch(self, name: str, at: str | None = None) -> Branch:
        """Make a branch at a ref, or an empty one."""

    @abstractmethod
    def move_branch(self, name: str, to: str, *, expect: str | None = None) -> Branch:
        """Make a branch stand at a ref; with ``expect``, only if it stands there now."""

    @abstractmethod
    def promote_branch(self, name: str, to: str) -> Branch:
        """Bring the branch ``to`` forward to where ``name`` stands; it is made when it is missing."""

    @abstractmethod
    def protect_branch(self, name: str, *, protected: bool = True) -> Branch:
        """Let a branch grow by merging and promoting alone, or lift that."""

    @abstractmethod
    def delete_branch(self, name: str) -> None:
        """Remove a branch; its commits stay."""

    @abstractmethod
    def triggers(self) -> list[Trigger]:
        """The branches that others move, by name."""

    @abstractmethod
    def set_trigger(
        self,
        name: str,
        source: str,
        *,
        commits: int | None = None,
        size: int | None = None,
        cron: str | None = None,
        whole: bool = False,
    ) -> Trigger:
        """Let a branch, which is made when it is missing, be moved to the head of another when a condition holds.

        Args:
            name: the branch; it takes no commits of its own then.
            source: the branch that it follows.
            commits: when so many came there since.
            size: when so many bytes of files were added or changed there since.
            cron: at these times in UTC: ``0 3 * * *``, ``@daily``, ``@every 1h30m``.
            whole: only when all that is set holds.
        """

    @abstractmethod
    def remove_trigger(self, name: str) -> None:
        """Let a branch be moved by hand alone again."""

    @abstractmethod
    def tags(self) -> list[Tag]:
        """The tags, by name."""

    @abstractmethod
    def create_tag(self, name: str, at: str = MAIN, *, message: str = "") -> Tag:
        """Name a commit for good."""

    @abstractmethod
    def delete_tag(self, name: str) -> None:
        """Forget a tag; its commit stays."""

    # History

    @abstractmethod
    def resolve(self, ref: str = MAIN) -> Commit:
        """The commit that a ref means."""

    @abstractmethod
    def log(
        self, ref: str = MAIN, *, path: str | None = None, where: Mapping[str, str] | None = None
    ) -> Iterator[Commit]:
        """The commit and those before it, newest first.

        Args:
            ref: where to start.
            path: only commits that changed this file, or something in this folder.
            where: only commits whose metadata says so; a key may go deeper with dots.
        """

    @abstractmethod
    def diff(
        self, before: str | None, after: str = MAIN, *, path: str = "/", renames: bool = False
    ) -> Iterator[Change]:
        """What differs between two refs, in path order.

        Args:
            before: the older side; None: nothing.
            after: the newer side.
            path: only in this folder, or this file.
            renames: show a file that only changed its path as one change.
        """

    @abstractmethod
    def provenance(self, ref: str = MAIN, *, direct: bool = True) -> list[Commit]:
        """The commits, of any repo, that a commit was made from; ``direct=False``: also what those were made from."""

    @abstractmethod
    def derived(self, ref: str = MAIN, *, direct: bool = True) -> list[Commit]:
        """The commits, of any repo, that were made from a commit; ``direct=False``: also what was made from those."""

    @abstractmethod
    def cascade(self, ref: str = MAIN) -> list[Commit]:
        """Every commit, of any repo, that carries the commit's global id: what one change has caused."""

    @abstractmethod
    def wait(self, ref: str = MAIN, *, timeout_s: float = 600.0) -> list[Commit]:
        """The whole cascade of a commit, once every job in it has ended.

        Raises:
            Busy: jobs still run when the time is up.
            Unavailable: no server runs, so no job ever would.
        """

    def subscribe(self, branch: str = MAIN, *, timeout_s: float | None = None) -> Iterator[Commit]:
        """Every commit that is added to a branch from now on, oldest first, as it comes.

        A branch that is moved gives the commit it stands at then.

        Args:
            branch: its name.
            timeout_s: end when no commit came for so long; None: never.
        """
        from recension.client.waiting import follow  # noqa: PLC0415 - seldom wanted

        return follow(self, branch, timeout_s)

    # Content

    @abstractmethod
    def ls(self, path: str = "/", ref: str = MAIN) -> Iterator[File | Folder]:
        """What lies directly in a folder, in path order."""

    @abstractmethod
    def walk(self, path: str = "/", ref: str = MAIN) -> Iterator[File]:
        """Every file in a folder, at any depth, in path order."""

    @abstractmethod
    def stat(self, path: str, ref: str = MAIN) -> File | Folder:
        """What is at a path."""

    @abstractmethod
    def read(self, path: str, ref: str = MAIN, *, start: int = 0, end: int | None = None) -> bytes:
        """The bytes of a file from ``start`` to ``end``; no others are fetched."""

    def open(self, path: str, ref: str = MAIN) -> io.BufferedReader:
        """A file to read and seek in; bytes are fetched as they are wanted, from the commit that ``ref`` means now."""
        from recension.client.reader import open_file  # noqa: PLC0415 - seldom wanted

        return open_file(self, path, self.resolve(ref).id)

    @abstractmethod
    def get(self, path: str = "/", ref: str = MAIN) -> Path:
        """A read-only folder (or file) with what a commit holds, from a cache: see :func:`recension.get`."""

    @abstractmethod
    def checkout(self, folder: str | os.PathLike[str], ref: str = MAIN, *, path: str = "/") -> Checkout:
        """Make a local folder hold what a folder of a commit holds; what is there already is left as it is."""

    # Changing one file

    @abstractmethod
    def stage(self, path: str, data: Data, *, branch: str = MAIN, message: str = "") -> Staged:
        """Put one file: it is durable and on the branch when this returns, and soon in a commit with others."""

    @abstractmethod
    def stage_delete(self, path: str, *, branch: str = MAIN, message: str = "") -> Staged:
        """Delete one file in the same way; nothing happens when it is not there."""

    @abstractmethod
    def staged(self) -> list[StagedGroup]:
        """What is staged on the branches."""

    @abstractmethod
    def commit_staged(self, branch: str = MAIN) -> Commit | None:
        """Commit what is staged on a branch now; None when nothing is."""

    @abstractmethod
    def staging_mode(
        self,
        branch: str = MAIN,
        *,
        alone: bool | None = None,
        idle_s: float | None = None,
        changes: int | None = None,
    ) -> StagingMode:
        """How single puts to a branch are committed, after changing what is given."""

    # Changing

    @abstractmethod
    def commit(
        self, branch: str = MAIN, *, message: str = "", author: str | None = None, meta: Mapping[str, Any] | None = None
    ) -> AbstractContextManager[Changes]:
        """A commit to fill inside ``with``; it is made at its end, or not at all when that is left by an error.

        Args:
            branch: it is made when it is missing.
            message: what was done, in words.
            author: who did it, when not :attr:`author`.
            meta: anything that JSON can say.
        """

    @abstractmethod
    def put(
        self,
        sources: Sequence[str | os.PathLike[str]],
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        message: str = "",
    ) -> Commit:
        """Commit local files and what folders hold into a folder; ``delete``: nothing else is to stay in it."""

    @abstractmethod
    def put_archive(
        self,
        archive: str | os.PathLike[str],
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        message: str | None = None,
    ) -> Commit:
        """Commit what a local tar or zip archive holds; ``delete``: nothing else is to stay in the folder."""

    @abstractmethod
    def append(self, path: str, data: Data, *, branch: str = MAIN, message: str | None = None) -> Commit:
        """Add bytes to the end of a file, which is made when it is missing."""

    @abstractmethod
    def copy(self, source: str, to: str, *, branch: str = MAIN, message: str | None = None) -> Commit:
        """Copy a file, what a folder holds, or what a glob matches; no bytes move.

        Args:
            source: a path of the branch, or an address ``[workspace/]repo@ref:/path`` of any commit.
            to: a path, or a folder with a slash at its end.
            branch: to copy to.
            message: what was done, in words.
        """

    @abstractmethod
    def move(self, path: str, to: str, *, branch: str = MAIN, message: str | None = None) -> Commit:
        """Move a file, what a folder holds, or what a glob matches, within a branch."""

    @abstractmethod
    def remove(
        self, paths: str | Sequence[str], *, branch: str = MAIN, recursive: bool = False, message: str | None = None
    ) -> Commit:
        """Remove files, what globs match, and with ``recursive`` folders."""

    @abstractmethod
    def merge(
        self,
        source: str,
        into: str = MAIN,
        *,
        strategy: Strategy = (),
        resolve: Mapping[str, Resolution] | None = None,
        fast_forward: bool = True,
        message: str | None = None,
    ) -> Merge:
        """Bring everything that led to a ref into a branch, which is made when it is missing.

        Raises:
            MergeConflicts: paths are left that nothing decides; the branch stays as it was.
        """

    @abstractmethod
    def preview_merge(self, source: str, into: str = MAIN, *, strategy: Side | None = None) -> Merge:
        """What a merge would do, with the conflicts that it would ask about."""

    @abstractmethod
    def revert(
        self,
        commit: str,
        branch: str = MAIN,
        *,
        strategy: Strategy = (),
        resolve: Mapping[str, Resolution] | None = None,
        message: str | None = None,
    ) -> Commit:
        """Take back on a branch what one of its commits has changed; conflicts as for a merge."""

    @abstractmethod
    def squash(self, commit: str) -> list[Commit]:
        """Take a commit out of the history; those that follow it then hold its changes too, and are returned."""

    @abstractmethod
    def drop(self, commit: str) -> list[str]:
        """Forget a commit that nothing follows; the branches that went back to its parent are returned."""

    @abstractmethod
    def import_from(
        self,
        url: str,
        path: str = "/",
        *,
        branch: str = MAIN,
        delete: bool = False,
        hashed: bool = False,
        skip_unfit: bool = False,
        message: str | None = None,
    ) -> Import:
        """Commit an entry for every object of a bucket's prefix or folder, without copying it.

        Args:
            url: ``s3://``, ``gs://`` or ``az://BUCKET/PREFIX``, or ``file:///FOLDER``; in a home of this machine also
                the path of a folder.
            path: the folder that takes the entries.
            branch: to commit to.
            delete: remove from that folder what the source does not hold.
            hashed: read every new object once, so that its entry is that of stored bytes.
            skip_unfit: leave out objects that no path can name.
            message: what was done, in words.
        """

    @abstractmethod
    def materialise(self, path: str = "/", *, branch: str = MAIN, message: str | None = None) -> Materialised:
        """Copy the bytes that a folder or file links to into the store.

        Raises:
            SourceChanged: a source is gone, or is not what was linked.
        """
