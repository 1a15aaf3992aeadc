"""Waiting for what is to come: further commits of a branch, and the end of jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from recension.client.paths import path
from recension.client.server_values import commit_value
from recension.client.values import Commit
from recension.errors import Busy, NotFound

if TYPE_CHECKING:
    from recension.client.http import Http
    from recension.client.repo_interface import Repo

_LOOK_S: Final = 0.2
_PATIENCE_S: Final = 20.0
_FAR: Final = 10_000
"""Further back nobody looks for where a branch stood: it was moved."""


def follow(repo: Repo, branch: str, timeout_s: float | None) -> Iterator[Commit]:
    """The commits that are added to a branch after this call.

    Raises:
        NotFound: there is no such repo or branch.
    """
    return _added(repo, branch, _head(repo, branch), timeout_s)


def _added(repo: Repo, branch: str, seen: str | None, timeout_s: float | None) -> Iterator[Commit]:
    last = time.monotonic()
    while timeout_s is None or time.monotonic() - last < timeout_s:
        head = _head(repo, branch)
        if head == seen:
            time.sleep(_LOOK_S)
            continue
        yield from [] if head is None else _between(repo, seen, head)
        seen, last = head, time.monotonic()


def _between(repo: Repo, seen: str | None, head: str) -> list[Commit]:
    """The commits after ``seen`` up to ``head``, oldest first; the head alone when it does not follow."""
    found: list[Commit] = []
    for commit in islice(repo.log(head), _FAR):
        if commit.id == seen:
            return found[::-1]
        found.append(commit)
    return found[::-1] if seen is None else found[:1]


def _head(repo: Repo, branch: str) -> str | None:
    for each in repo.branches():
        if each.name == branch:
            return each.head
    raise NotFound("there is no such branch", where=f"{repo.address}@{branch}")


def wait_for(http: Http, global_id: str, timeout_s: float) -> list[Commit]:
    """Every commit of a cascade, once all its jobs have ended.

    Raises:
        Busy: some run still when the time is up.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        patience = max(0.0, min(_PATIENCE_S, deadline - time.monotonic()))
        seen = http.get(path("global", global_id, "wait"), timeout_s=str(patience))
        if seen["done"]:
            return [commit_value(commit) for commit in seen["commits"]]
        if time.monotonic() >= deadline:
            raise Busy("jobs still run, or have not begun", where=global_id, hint="wait longer")
