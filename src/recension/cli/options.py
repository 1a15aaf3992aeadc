"""Options that every command takes, at any place of the line, and the home they choose."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recension.errors import Invalid

if TYPE_CHECKING:
    from recension.store.store import Store

HOME_VARIABLE: Final = "RECENSION_HOME"
COMMON_HELP: Final = "everywhere: --home DIR (default: RECENSION_HOME, else ~/.recension), --server URL, --json"

_WITH_VALUE: Final = ("--home", "--server")


def take_global_options(argv: list[str]) -> tuple[list[str], argparse.Namespace]:
    """The line without ``--home``, ``--server`` and ``--json``, and these; they may stand anywhere before ``--``.

    Returns:
        The other arguments; and ``home`` (a path or None), ``server`` (text or None), ``json`` (whether it was there).

    Raises:
        Invalid: a value is missing.
    """
    rest: list[str] = []
    found = argparse.Namespace(home=None, server=None, json=False)
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif word == "--json":
            found.json = True
        elif name in _WITH_VALUE:
            given = value if equals else next(words, "")
            if not given:
                raise Invalid("a value is missing", where=name, hint=f"{name} {name[2:].upper()}")
            setattr(found, name[2:], given)
        else:
            rest.append(word)
    if found.home is not None:
        found.home = Path(found.home)
    return rest, found


def home_of(args: argparse.Namespace) -> Path:
    """The home that a command works on: ``--home``, else ``RECENSION_HOME``, else ``~/.recension``."""
    named = getattr(args, "home", None) or os.environ.get(HOME_VARIABLE)
    # Absolute: it is handed to processes with other working folders.
    return Path(named).absolute() if named else Path.home() / ".recension"


def open_store(args: argparse.Namespace, *, create: bool = False) -> Store:
    """The store of the home; use it as a context.

    Raises:
        Invalid: a server is named, where only a local home will do.
        NotFound: there is no home, and none is to be made.
    """
    if getattr(args, "server", None) is not None:
        raise Invalid("this command works on a home, not on a server", where="--server", hint="leave it out")
    from recension.store.store import Store  # noqa: PLC0415  not every command needs one

    return Store.open(home_of(args), create=create)


def add_command(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    *,
    details: str = "",
    parents: Sequence[argparse.ArgumentParser] = (),
) -> argparse.ArgumentParser:
    """Add a command with its line of help and the options of ``parents``; return its parser."""
    return subparsers.add_parser(
        name,
        parents=parents,
        help=text,
        description=f"{text[0].upper()}{text[1:]}. {details}".strip(),
        epilog=COMMON_HELP,
        allow_abbrev=False,
    )
