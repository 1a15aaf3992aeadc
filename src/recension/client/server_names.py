"""The names and the history of a repo on a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Self

from recension.client import values
from recension.client.discovery import Server
from recension.client.http import Http
from recension.client.paths import path as address
from recension.client.remote import repo_text
from recension.client.repo_interface import MAIN, Repo
from recension.client.server_values import branch_value, change_value, commit_value, repo_value, tag_value
from recension.client.waiting import wait_for
from recension.errors import TooLarge

_PAGE: Final = 500
_LONG_S: Final = 24 * 3600.0


class ServerNames(Repo):
    """Connects for each call, unless it is used in a ``with``."""

    def __init__(self, name: str, workspace: str, author: str, *, server: Server) -> None:
        super().__init__(name, workspace, author)
        self.server = server
        self._held: Http | None = None

    def __enter__(self) -> Self:
        self._held = Http(self.server)
        return self

    def __exit__(self, *_: object) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()

    @contextmanager
    def _http(self, *, patient: bool = False) -> Iterator[Http]:
        """A connection; ``patient``: the answer may take as long as its bytes need."""
        if self._held is not None and not patient:
            yield self._held
            return
        with Http(self.server, timeout_s=_LONG_S) if patient else Http(self.server) as http:
            yield http

    def _at(self, *parts: str) -> str:
        return address("repos", repo_text(self.workspace, self.name), *parts)

    def _get(self, *parts: str, **params: str | int | list[str] | None) -> Any:
        with self._http() as http:
            return http.get(self._at(*parts), **params)

    def _post(self, *parts: str, body: dict[str, Any], patient: bool = False) -> Any:
        with self._http(patient=patient) as http:
            return http.post(self._at(*parts), body)

    def _call(self, method: str, *parts: str, body: dict[str, Any] | None = None) -> Any:
        with self._http() as http:
            return http.call(method, self._at(*parts), json=body).json()

    def _pages(self, key: str, *parts: str, **params: str | int | list[str] | None) -> Iterator[dict[str, Any]]:
        """What comes in pages, all of it."""
        with self._http() as http:
            after: str | None = None
            while True:
                page = http.get(self._at(*parts), **params, after=after, limit=_PAGE)
                yield from page[key]
                after = page["next"]
                if after is None:
                    return

    def info(self) -> values.RepoInfo:  # noqa: D102 - the interface says it, here and below
        return repo_value(self._get())

    def describe(self, text: str) -> values.RepoInfo:  # noqa: D102
        return repo_value(self._call("PUT", body={"description": text}))

    def branches(self) -> list[values.Branch]:  # noqa: D102
        return list(map(branch_value, self._get("branches")))

    def create_branch(self, name: str, at: str | None = None) -> values.Branch:  # noqa: D102
        return branch_value(self._post("branches", body={"name": name, "at": at}))

    def move_branch(self, name: str, to: str, *, expect: str | None = None) -> values.Branch:  # noqa: D102
        return branch_value(self._call("PUT", "branches", name, body={"to": to, "expect": expect}))

    def promote_branch(self, name: str, to: str) -> values.Branch:  # noqa: D102
        return branch_value(self._post("branches", name, "promote", body={"to": to}))

    def protect_branch(self, name: str, *, protected: bool = True) -> values.Branch:  # noqa: D102
        return branch_value(self._call("PUT", "branches", name, "protection", body={"protected": protected}))

    def delete_branch(self, name: str) -> None:  # noqa: D102
        self._call("DELETE", "branches", name)

    def tags(self) -> list[values.Tag]:  # noqa: D102
        return list(map(tag_value, self._get("tags")))

    def create_tag(self, name: str, at: str = MAIN, *, message: str = "") -> values.Tag:  # noqa: D102
        return tag_value(self._post("tags", body={"name": name, "at": at, "message": message}))

    def delete_tag(self, name: str) -> None:  # noqa: D102
        self._call("DELETE", "tags", name)

    def resolve(self, ref: str = MAIN) -> values.Commit:  # noqa: D102
        return commit_value(self._get("log", ref=ref, limit=1, settle="true")["commits"][0])

    def log(  # noqa: D102
        self, ref: str = MAIN, *, path: str | None = None, where: Mapping[str, str] | None = None
    ) -> Iterator[values.Commit]:
        # The head may move while pages come: all are of the commit that it is now.
        start = self.resolve(ref).id
        filters = [f"{key}={value}" for key, value in (where or {}).items()]
        return map(commit_value, self._pages("commits", "log", ref=start, path=path, where=filters or None))

    def diff(  # noqa: D102
        self, before: str | None, after: str = MAIN, *, path: str = "/", renames: bool = False
    ) -> Iterator[values.Change]:
        if renames and before is not None:
            return self._compared(before, after, path)
        older = None if before is None else self.resolve(before).id
        params = {"to": self.resolve(after).id, "path": path} | ({"root": "true"} if older is None else {"from": older})
        return map(change_value, self._pages("changes", "diff", **params))

    def _compared(self, before: str, after: str, path: str) -> Iterator[values.Change]:
        params = {"from": self.resolve(before).id, "to": self.resolve(after).id, "path": path}
        if not self._get("compare", **params, limit=1)["complete"]:
            raise TooLarge("too much differs to find what was renamed", where=path, hint="renames=False, or a folder")
        for body in self._pages("differences", "compare", **params):
            path = (body["after"] or body["before"])["path"]
            yield change_value({"path": path, **body})

    def provenance(self, ref: str = MAIN, *, direct: bool = True) -> list[values.Commit]:  # noqa: D102
        return self._related(ref, "sources", direct=direct)

    def derived(self, ref: str = MAIN, *, direct: bool = True) -> list[values.Commit]:  # noqa: D102
        return self._related(ref, "results", direct=direct)

    def _related(self, ref: str, towards: str, *, direct: bool) -> list[values.Commit]:
        commit = self.resolve(ref).id
        with self._http() as http:
            params = {"towards": towards, "direct": str(direct).lower()}
            return list(map(commit_value, http.get(address("commits", commit, "provenance"), **params)))

    def cascade(self, ref: str = MAIN) -> list[values.Commit]:  # noqa: D102
        with self._http() as http:
            seen = http.get(address("global", self.resolve(ref).global_id))
            return list(map(commit_value, seen["commits"]))

    def wait(self, ref: str = MAIN, *, timeout_s: float = 600.0) -> list[values.Commit]:  # noqa: D102
        with self._http() as http:
            return wait_for(http, self.resolve(ref).global_id, timeout_s)
