"""``recension up``: runs the server of a home until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from recension.cli.options import add_command, home_of
from recension.cli.output import print_json
from recension.errors import Invalid

if TYPE_CHECKING:
    from recension.server.lifecycle import Started
    from recension.store.settings import Settings

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "up", "run the server of a home", details="The home is created when it is new. Ctrl-C stops it."
    )
    parser.add_argument(
        "--port", type=_port, default=8800, help="port to listen on; 0 takes a free one (default: 8800)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further host name that people use for this server; may be repeated",
    )
    parser.add_argument(
        "--database", metavar="URL", help="where a new home has its database: postgresql://USER@HOST/NAME"
    )
    parser.add_argument(
        "--objects",
        metavar="URL",
        help="where a new home has its objects: s3://BUCKET/PREFIX?endpoint=URL, gs://, az://, or a folder's path",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal."""
    from recension.server.lifecycle import serve  # noqa: PLC0415 - the web framework, for this command only

    if args.server is not None:
        raise Invalid("a server is started on a home, not on a server", where="--server", hint="leave it out")

    def tell(started: Started) -> None:
        if args.host not in _LOOPBACK:
            _warn(args.host)
        (_tell_json if args.json else _tell)(started)

    serve(
        home_of(args),
        host=args.host,
        port=args.port,
        allow_hosts=tuple(args.allow_host),
        places=_places(args),
        tell=tell,
    )
    return 0


def _places(args: argparse.Namespace) -> Settings | None:
    """What a new home is to be made with; None when it is to hold everything itself."""
    if args.database is None and args.objects is None:
        return None
    from recension.store.settings import Settings  # noqa: PLC0415 - for those who have servers

    return Settings(args.database, args.objects)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 0 to 65535")
    return int(text)


def _warn(host: str) -> None:
    print(
        f"recension: warning: listening on {host}: others on this network can reach the server, and what they send "
        "and see is not encrypted (put it behind a proxy with HTTPS)",
        file=sys.stderr,
    )


def _tell(started: Started) -> None:
    print(f"Recension is running at {started.url}  (home {started.home}; Ctrl-C stops it)")
    if started.sign_in is not None:
        print(f"Sign in as administrator, once, within a day: {started.sign_in}")
    sys.stdout.flush()


def _tell_json(started: Started) -> None:
    print_json({"url": started.url, "home": str(started.home), "sign_in": started.sign_in})
    sys.stdout.flush()
