"""Repos as programs use them: ``with recension.repo("pool").commit("main") as c: c.put(...)``.

What is put is on the branch when the ``with`` ends, all of it; after an error none of it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recension.client.discovery import HOME_VARIABLE, SERVER_VARIABLE, find_server
from recension.errors import Invalid
from recension.ids import parse_address

if TYPE_CHECKING:
    from recension.client.repo_interface import Repo
    from recension.client.rules import Rules

_JOB: Final = "RECENSION_JOB"


def open_repo(
    name: str,
    rules: Callable[[], Rules],
    *,
    home: str | Path | None = None,
    server: str | None = None,
    token: str | None = None,
    author: str = "",
) -> Repo:
    """A repo of a home or of a server; ``rules`` are asked for when it is one of a home.

    Raises:
        Invalid: the name is none, or this is a pipeline's step: its output is what it writes to ``/pfs/out``.
    """
    address = parse_address(name)
    if address.ref is not None or address.path is not None:
        raise Invalid(f"{name!r} is more than the name of a repo", where="repo", hint=address.repo)
    environment = os.environ
    if environment.get(_JOB):
        raise Invalid("a step writes its output folder, and no repo", where="repo", hint="write to /pfs/out")
    if server is None and (home is not None or not environment.get(SERVER_VARIABLE)):
        from recension.client.home_repo import HomeRepo  # noqa: PLC0415 - whoever uses a server needs no store

        place = Path(home or environment.get(HOME_VARIABLE) or Path.home() / ".recension")
        return HomeRepo(address.repo, address.workspace, author, home=place, rules=rules())
    from recension.client.server_repo import ServerRepo  # noqa: PLC0415 - whoever uses a home needs no HTTP

    found = find_server(home=None, server=server, token=token, environment=environment)
    return ServerRepo(address.repo, address.workspace, author, server=found)
