"""Single puts and branch triggers of a repo on a server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from recension.client import values
from recension.client.changes import Data
from recension.client.repo_interface import MAIN
from recension.client.server_content import ServerContent
from recension.client.server_values import commit_value
from recension.ids import check_path


class ServerStaging(ServerContent):
    """What is changed one file at a time, and what moves branches."""

    def stage(self, path: str, data: Data, *, branch: str = MAIN, message: str = "") -> values.Staged:  # noqa: D102 - the interface says it, here and below
        params = {"path": check_path(path), "branch": branch, "message": message}
        with self._http() as http:
            return _staged_value(http.upload(self._at("staged", "upload"), data, **params))

    def stage_delete(self, path: str, *, branch: str = MAIN, message: str = "") -> values.Staged:  # noqa: D102
        body = {"path": check_path(path), "branch": branch, "message": message}
        return _staged_value(self._post("staged", "delete", body=body))

    def staged(self) -> list[values.StagedGroup]:  # noqa: D102
        return [
            values.StagedGroup(
                body["branch"],
                body["changes"],
                *(datetime.fromisoformat(body[name]) for name in ("since", "at", "due")),
            )
            for body in self._get("staged")
        ]

    def commit_staged(self, branch: str = MAIN) -> values.Commit | None:  # noqa: D102
        made = self._post("staged", "commit", body={"branch": branch})["commit"]
        return None if made is None else commit_value(made)

    def staging_mode(  # noqa: D102
        self,
        branch: str = MAIN,
        *,
        alone: bool | None = None,
        idle_s: float | None = None,
        changes: int | None = None,
    ) -> values.StagingMode:
        wanted = {"alone": alone, "idle_s": idle_s, "changes": changes}
        if all(value is None for value in wanted.values()):
            return values.StagingMode(**self._get("branches", branch, "staging"))
        return values.StagingMode(**self._call("PUT", "branches", branch, "staging", body=wanted))

    def triggers(self) -> list[values.Trigger]:  # noqa: D102
        return [_trigger_value(body) for body in self._get("triggers")]

    def set_trigger(  # noqa: D102
        self,
        name: str,
        source: str,
        *,
        commits: int | None = None,
        size: int | None = None,
        cron: str | None = None,
        whole: bool = False,
    ) -> values.Trigger:
        body = {"source": source, "commits": commits, "size": size, "cron": cron, "whole": whole}
        return _trigger_value(self._call("PUT", "branches", name, "trigger", body=body))

    def remove_trigger(self, name: str) -> None:  # noqa: D102
        self._call("DELETE", "branches", name, "trigger")


def _staged_value(body: dict[str, Any]) -> values.Staged:
    made = body["commit"]
    commit = None if made is None else commit_value(made)
    return values.Staged(body["path"], body["blob"], body["size"], body["waiting"], commit)


def _trigger_value(body: dict[str, Any]) -> values.Trigger:
    plain = (body[name] for name in ("branch", "source", "commits", "size", "cron", "whole"))
    times = (None if body[name] is None else datetime.fromisoformat(body[name]) for name in ("fired", "next"))
    return values.Trigger(*plain, *times)
