"""A home of this machine or a server: the repos and workspaces in it, and commits to several repos at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from recension.client.changes import Changes
from recension.client.repo_interface import Repo
from recension.client.values import RepoInfo, WorkspaceInfo
from recension.errors import Invalid
from recension.ids import Address, check_name, parse_address


class Connection(ABC):
    """Where repos are. A repo is named ``[workspace/]repo``.

    Attributes:
        author: of commits made here; a server puts whoever has signed in.
    """

    def __init__(self, author: str) -> None:
        self.author = author

    @abstractmethod
    def repo(self, name: str) -> Repo:
        """A repo, which must exist when it is used."""

    @abstractmethod
    def repos(self, workspace: str | None = None) -> list[RepoInfo]:
        """The repos of a workspace, or of all, by name; on a server those that the caller may read."""

    @abstractmethod
    def create_repo(self, name: str, *, description: str = "") -> Repo:
        """Make an empty repo."""

    @abstractmethod
    def rename_repo(self, name: str, to: str) -> Repo:
        """Give a repo another name in its workspace, unless a pipeline or project names it."""

    @abstractmethod
    def delete_repo(self, name: str) -> None:
        """Remove a repo that nothing was made from."""

    @abstractmethod
    def workspaces(self) -> list[WorkspaceInfo]:
        """The workspaces, by name."""

    @abstractmethod
    def create_workspace(self, name: str, *, description: str = "") -> WorkspaceInfo:
        """Make an empty workspace."""

    @abstractmethod
    def delete_workspace(self, name: str) -> None:
        """Remove a workspace that holds nothing."""

    @abstractmethod
    def commit(
        self, *branches: str, message: str = "", meta: Mapping[str, Any] | None = None
    ) -> AbstractContextManager[dict[str, Changes]]:
        """One commit to each of several branches, of any repos: all are made at the end of ``with``, or none.

        Args:
            branches: each ``[workspace/]repo@branch``; what ``with`` gives has the changes of each under this name.
            message: what was done, in words.
            meta: anything that JSON can say.
        """


def repo_named(text: str) -> Address:
    """The repo that is meant.

    Raises:
        Invalid: more is named than a repo.
    """
    address = parse_address(text)
    if address.ref is not None or address.path is not None:
        raise Invalid(f"{text!r} is more than the name of a repo", where="repo", hint=address.repo)
    return address


def branch_named(text: str) -> Address:
    """The branch that is meant, of a repo.

    Raises:
        Invalid: something else is.
    """
    address = parse_address(text)
    if address.ref is None or address.path is not None or address.back or address.nth is not None:
        raise Invalid(f"{text!r} names no branch", where="branch", hint="write REPO@BRANCH")
    check_name("branch", address.ref)
    return address
