"""Finding the home or the server that a program means: ``recension.connect()``, ``recension.repo("pool")``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recension.client.discovery import HOME_VARIABLE, SERVER_VARIABLE, find_server
from recension.errors import Invalid

if TYPE_CHECKING:
    from recension.client.connection import Connection
    from recension.client.rules import Rules

_JOB: Final = "RECENSION_JOB"


def connect(
    rules: Callable[[], Rules],
    *,
    home: str | Path | None = None,
    server: str | None = None,
    token: str | None = None,
    author: str = "",
) -> Connection:
    """A home or a server; ``rules`` are asked for when it is a home.

    Raises:
        Invalid: this is a pipeline's step: its output is what it writes to ``/pfs/out``.
    """
    environment = os.environ
    if environment.get(_JOB):
        raise Invalid("a step writes its output folder, and no repo", where="repo", hint="write to /pfs/out")
    if server is None and (home is not None or not environment.get(SERVER_VARIABLE)):
        from recension.client.home_connection import HomeConnection  # noqa: PLC0415 - a server needs no store here

        place = Path(home or environment.get(HOME_VARIABLE) or Path.home() / ".recension")
        return HomeConnection(place, rules(), author)
    from recension.client.server_connection import ServerConnection  # noqa: PLC0415 - a home needs no HTTP

    found = find_server(home=None, server=server, token=token, environment=environment)
    return ServerConnection(found, author)
