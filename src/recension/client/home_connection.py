"""The repos and workspaces of a home of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recension.client import values
from recension.client.changes import Changes
from recension.client.connection import Connection, branch_named, repo_named
from recension.client.home_repo import HomeRepo, HomeSink
from recension.client.home_values import repo_value, workspace_value
from recension.client.repo_interface import Repo
from recension.client.rules import Rules
from recension.ids import check_name
from recension.store import Store
from recension.store.naming import repo_rename, workspace_create, workspace_delete, workspaces
from recension.store.on_head import Place
from recension.store.together import Write, write_many


class HomeConnection(Connection):
    """Opens the home for each call."""

    def __init__(self, home: Path, rules: Rules, author: str) -> None:
        super().__init__(author)
        self.home = home
        self._rules = rules

    def repo(self, name: str) -> Repo:  # noqa: D102 - the interface says it, here and below
        named = repo_named(name)
        return HomeRepo(named.repo, named.workspace, self.author, home=self.home, rules=self._rules)

    def repos(self, workspace: str | None = None) -> list[values.RepoInfo]:  # noqa: D102
        with Store.open(self.home) as store:
            return list(map(repo_value, store.repos(workspace)))

    def create_repo(self, name: str, *, description: str = "") -> Repo:  # noqa: D102
        named = repo_named(name)
        with Store.open(self.home, create=True) as store:
            store.create_repo(named.repo, workspace=named.workspace, description=description)
        return self.repo(name)

    def rename_repo(self, name: str, to: str) -> Repo:  # noqa: D102
        named, new = repo_named(name), check_name("repo", to)
        with Store.open(self.home) as store:
            self._rules.check_writable(store, named.workspace, named.repo, None)
            repo_rename(
                store,
                named.repo,
                new,
                workspace=named.workspace,
                also=lambda tx: self._rules.check_unread(tx, named.workspace, named.repo, new),
            )
        return self.repo(f"{named.workspace}/{new}")

    def delete_repo(self, name: str) -> None:  # noqa: D102
        named = repo_named(name)
        with Store.open(self.home) as store:
            self._rules.check_writable(store, named.workspace, named.repo, None)
            store.delete_repo(named.repo, workspace=named.workspace)

    def workspaces(self) -> list[values.WorkspaceInfo]:  # noqa: D102
        with Store.open(self.home) as store:
            return list(map(workspace_value, workspaces(store)))

    def create_workspace(self, name: str, *, description: str = "") -> values.WorkspaceInfo:  # noqa: D102
        with Store.open(self.home, create=True) as store:
            return workspace_value(workspace_create(store, name, description=description))

    def delete_workspace(self, name: str) -> None:  # noqa: D102
        with Store.open(self.home) as store:
            workspace_delete(store, name, also=lambda tx: self._rules.check_unpopulated(tx, name))

    @contextmanager
    def commit(  # noqa: D102
        self, *branches: str, message: str = "", meta: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Changes]]:
        named = {text: branch_named(text) for text in branches}
        with Store.open(self.home) as store, store.upload() as upload:
            for each in named.values():
                store.repo(each.repo, workspace=each.workspace)
                self._rules.check_writable(store, each.workspace, each.repo, each.ref)
            sinks = {text: HomeSink(upload) for text in branches}
            changes = {text: Changes(sink) for text, sink in sinks.items()}
            yield changes
            writes = [
                Write(Place(each.repo, str(each.ref), each.workspace), sinks[text].edits)
                for text, each in named.items()
            ]
            made = write_many(store, writes, upload=upload, message=message, author=self.author, meta=meta)
            for one, commit in zip(changes.values(), made, strict=True):
                one.id = commit.id
