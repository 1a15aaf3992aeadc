"""One line to commit files: ``recension.put("folder", "repo@branch")``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recension.client.discovery import HOME_VARIABLE, SERVER_VARIABLE, Server, find_server
from recension.errors import Invalid
from recension.ids import Address, CommitId, check_name, parse_address

if TYPE_CHECKING:
    from recension.client.rules import Rules
    from recension.store.ingest import Told

Source = str | os.PathLike[str]
_JOB: Final = "RECENSION_JOB"
_MAIN: Final = "main"


def put(
    sources: Source | Sequence[Source],
    address: str,
    rules: Callable[[], Rules],
    *,
    message: str = "",
    delete: bool = False,
    home: str | Path | None = None,
    server: str | None = None,
    token: str | None = None,
    told: Told | None = None,
) -> CommitId:
    """Commit files and what folders hold: :func:`recension.put`; ``rules`` are asked for when that is in a home."""
    target = parse_address(address)
    branch = check_name("branch", target.ref or _MAIN)
    if target.back or target.nth is not None:
        raise Invalid(f"{address!r} names no branch", where="address", hint="write REPO@BRANCH")
    environment = os.environ
    if environment.get(_JOB):
        raise Invalid("a step writes its output folder, and no repo", where="address", hint="write to /pfs/out")
    given = [sources] if isinstance(sources, (str, os.PathLike)) else sources
    files = [Path(source) for source in given]
    if server is None and (home is not None or not environment.get(SERVER_VARIABLE)):
        from recension.store import Store  # noqa: PLC0415 - a remote writer needs no store

        place = Path(home or environment.get(HOME_VARIABLE) or Path.home() / ".recension")
        with Store.open(place) as store:
            rules().check_writable(store, target.workspace, target.repo, branch)
            return store.put_files(
                target.repo,
                branch,
                files,
                into=target.path or "/",
                delete=delete,
                message=message,
                workspace=target.workspace,
                told=told,
            ).commit.id
    found = find_server(home=None, server=server, token=token, environment=environment)
    return _to_server(found, target, branch, files, message, delete=delete, told=told)


def _to_server(
    server: Server, target: Address, branch: str, files: list[Path], message: str, *, delete: bool, told: Told | None
) -> CommitId:
    from recension.client.bulk.line import Line  # noqa: PLC0415 - a local writer needs no HTTP
    from recension.client.bulk.putting import Wish, put  # noqa: PLC0415
    from recension.client.bulk.remembered import user_cache  # noqa: PLC0415
    from recension.client.http import Http  # noqa: PLC0415

    with Http(server) as http:
        wish = Wish(branch, files, target.path or "/", delete=delete, message=message)
        sent = put(Line(http, target.workspace, target.repo), wish, user_cache(os.environ), told or _deaf)
        return CommitId(sent.commit["id"])


def _deaf(_files: int, _bytes: int) -> None:
    """Hears nothing."""
