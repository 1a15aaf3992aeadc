"""Where the server is and how to sign in to it: an explicit address, or the one running on a local home."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recension.errors import Invalid, Unavailable

SERVER_FILE: Final = "server.json"
HOME_VARIABLE: Final = "RECENSION_HOME"
SERVER_VARIABLE: Final = "RECENSION_SERVER"
TOKEN_VARIABLE: Final = "RECENSION_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class Server:
    """A server's address, and the token to show it; an empty token signs in nobody."""

    url: str
    token: str


def find_server(
    *, home: Path | None, server: str | None = None, token: str | None = None, environment: Mapping[str, str]
) -> Server:
    """The server that is meant: ``server``, else ``RECENSION_SERVER``, else the one running on ``home``.

    Raises:
        Unavailable: no server runs on the home.
        Invalid: the address is no http address.
    """
    address = server or environment.get(SERVER_VARIABLE)
    if address:
        if not address.startswith(("http://", "https://")):
            raise Invalid(f"{address!r} is no server address", where="--server", hint="http://HOST:PORT")
        return Server(address.rstrip("/"), token or environment.get(TOKEN_VARIABLE, ""))
    if home is None:
        raise Unavailable("no server is named and there is no home", hint="recension up, or --server URL")
    return local_server(home)


def local_server(home: Path) -> Server:
    """The server running on ``home``.

    Raises:
        Unavailable: none runs there.
    """
    try:
        body = json.loads((home / SERVER_FILE).read_bytes())
        return Server(body["url"], body["token"])
    except FileNotFoundError:
        raise Unavailable(f"no server is running on {home}", where=str(home), hint="recension up") from None
    except (ValueError, KeyError, TypeError):
        raise Unavailable(
            "server.json is not readable", where=str(home), hint="restart the server: recension up"
        ) from None
