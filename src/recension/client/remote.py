"""A version's files over the HTTP API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blake3 import blake3

from recension.client.http import Http, path
from recension.errors import Damaged, NotFound
from recension.ids import DEFAULT_WORKSPACE, Address, check_path

LINK_MODE = 0o120777


def commit_of(http: Http, address: Address) -> dict[str, Any]:
    """The commit that an address means.

    Raises:
        NotFound: there is none.
    """
    repo = repo_text(address.workspace, address.repo)
    ref = str(Address(DEFAULT_WORKSPACE, "r", address.ref, address.back, address.nth)).removeprefix("r@")
    commits = http.get(path("repos", repo, "log"), ref=ref, limit=1)["commits"]
    if not commits:
        raise NotFound(f"nothing was committed yet at {address}", where=str(address))
    found: dict[str, Any] = commits[0]
    return found


def download(http: Http, commit: dict[str, Any], folder: Path) -> None:
    """Write every file of the commit below ``folder``.

    Raises:
        Damaged: bytes came that are not what the server had named.
    """
    repo = repo_text(commit["workspace"], commit["repo"])
    for node in files(http, repo, commit["id"]):
        target = folder / check_path(node["path"]).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(http, repo, commit["id"], node, target)


def files(http: Http, repo: str, ref: str, folder: str = "/") -> Iterator[dict[str, Any]]:
    """Every file below a folder, page by page."""
    after: str | None = None
    while True:
        page = http.get(path("repos", repo, "ls"), ref=ref, path=folder, after=after, limit=1000)
        for node in page["entries"]:
            if node["type"] == "folder":
                yield from files(http, repo, ref, node["path"])
            else:
                yield node
        after = page["next"]
        if after is None:
            return


def repo_text(workspace: str, repo: str) -> str:
    """How a repo is named in an address of the HTTP API."""
    return repo if workspace == DEFAULT_WORKSPACE else f"{workspace}:{repo}"


def _write(http: Http, repo: str, ref: str, node: dict[str, Any], target: Path) -> None:
    hasher = blake3()
    with target.open("xb") as file:
        for piece in http.download(path("repos", repo, "raw"), ref=ref, path=node["path"]):
            hasher.update(piece)
            file.write(piece)
    if hasher.hexdigest() != node["blob"]:
        raise Damaged("bytes were lost or changed on the way", where=node["path"], hint="try again")
    if node["mode"] == LINK_MODE:
        link = target.read_bytes()
        target.unlink()
        target.symlink_to(link.decode())
    else:
        target.chmod(node["mode"])
