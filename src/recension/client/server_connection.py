"""The repos and workspaces of a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from recension.client import values
from recension.client.changes import Changes
from recension.client.connection import Connection, branch_named, repo_named
from recension.client.discovery import Server
from recension.client.http import Http
from recension.client.paths import path
from recension.client.remote import repo_text
from recension.client.repo_interface import Repo
from recension.client.server_repo import ServerRepo, ServerSink
from recension.client.server_values import repo_value, workspace_value
from recension.errors import RecensionError
from recension.ids import Address


class ServerConnection(Connection):
    """Connects for each call."""

    def __init__(self, server: Server, author: str) -> None:
        super().__init__(author)
        self.server = server

    def repo(self, name: str) -> Repo:  # noqa: D102 - the interface says it, here and below
        named = repo_named(name)
        return ServerRepo(named.repo, named.workspace, self.author, server=self.server)

    def repos(self, workspace: str | None = None) -> list[values.RepoInfo]:  # noqa: D102
        with Http(self.server) as http:
            found = map(repo_value, http.get(path("repos")))
            return [each for each in found if workspace in {None, each.workspace}]

    def create_repo(self, name: str, *, description: str = "") -> Repo:  # noqa: D102
        named = repo_named(name)
        body = {"name": named.repo, "workspace": named.workspace, "description": description}
        with Http(self.server) as http:
            http.post(path("repos"), body)
        return self.repo(name)

    def rename_repo(self, name: str, to: str) -> Repo:  # noqa: D102
        named = repo_named(name)
        with Http(self.server) as http:
            http.post(path("repos", _text(named), "rename"), {"name": to})
        return self.repo(f"{named.workspace}/{to}")

    def delete_repo(self, name: str) -> None:  # noqa: D102
        with Http(self.server) as http:
            http.call("DELETE", path("repos", _text(repo_named(name))))

    def workspaces(self) -> list[values.WorkspaceInfo]:  # noqa: D102
        with Http(self.server) as http:
            return list(map(workspace_value, http.get(path("workspaces"))))

    def create_workspace(self, name: str, *, description: str = "") -> values.WorkspaceInfo:  # noqa: D102
        with Http(self.server) as http:
            return workspace_value(http.post(path("workspaces"), {"name": name, "description": description}))

    def delete_workspace(self, name: str) -> None:  # noqa: D102
        with Http(self.server) as http:
            http.call("DELETE", path("workspaces", name))

    @contextmanager
    def commit(  # noqa: D102
        self, *branches: str, message: str = "", meta: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Changes]]:
        named = {text: branch_named(text) for text in branches}
        ids: list[str] = []
        with Http(self.server) as http:
            try:
                for each in named.values():
                    begin = {"branch": each.ref, "message": message, "meta": dict(meta or {})}
                    ids.append(http.post(path("repos", _text(each), "open-commits"), begin)["id"])
                changes = {text: Changes(ServerSink(http, identity)) for text, identity in zip(named, ids, strict=True)}
                yield changes
            except BaseException:
                for identity in ids:
                    with suppress(RecensionError):  # what led here is what the caller has to know
                        http.call("DELETE", path("open-commits", identity))
                raise
            made = http.post(path("open-commits", "finish"), {"ids": ids})["commits"]
            for one, commit in zip(changes.values(), made, strict=True):
                one.id = commit["id"]


def _text(named: Address) -> str:
    return repo_text(named.workspace, named.repo)
