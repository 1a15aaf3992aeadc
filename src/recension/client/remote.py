"""What addresses mean over the HTTP API."""

from __future__ import annotations

from typing import Any

from recension.client.http import Http, path
from recension.errors import NotFound
from recension.ids import DEFAULT_WORKSPACE, Address


def commit_of(http: Http, address: Address) -> dict[str, Any]:
    """The commit that an address means.

    Raises:
        NotFound: there is none.
    """
    repo = repo_text(address.workspace, address.repo)
    ref = str(Address(DEFAULT_WORKSPACE, "r", address.ref, address.back, address.nth)).removeprefix("r@")
    commits = http.get(path("repos", repo, "log"), ref=ref, limit=1, settle="true")["commits"]
    if not commits:
        raise NotFound(f"nothing was committed yet at {address}", where=str(address))
    found: dict[str, Any] = commits[0]
    return found


def repo_text(workspace: str, repo: str) -> str:
    """How a repo is named in an address of the HTTP API."""
    return repo if workspace == DEFAULT_WORKSPACE else f"{workspace}:{repo}"
