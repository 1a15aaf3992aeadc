"""How commands reach a server: the one named with ``--server``, or the one running on the home."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from recension.cli.options import home_of
from recension.client.discovery import SERVER_VARIABLE, find_server

if TYPE_CHECKING:
    from recension.client.http import Http


def connect(args: argparse.Namespace, *, timeout_s: float = 60.0) -> Http:
    """The server that is meant; use it as a context.

    Raises:
        Unavailable: none runs on the home.
    """
    from recension.client.http import Http  # noqa: PLC0415 - costs more than all else that --help needs

    # A home named on the command line is meant, even where the environment names a server.
    named_home = args.home is not None and args.server is None
    environment = {**os.environ, SERVER_VARIABLE: ""} if named_home else os.environ
    return Http(find_server(home=home_of(args), server=args.server, environment=environment), timeout_s=timeout_s)
