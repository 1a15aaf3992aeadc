"""``recension``: finds the command group, runs it, and turns what goes wrong into one line and an exit code.

Only the group that was asked for is imported, so that a command costs what it needs and no more. Exit codes:

=====  =============================================================================
0      done
2      the input is wrong
3      the server that is needed does not run
4      what was named is not there
5      the state forbids it: it exists already, or has moved on
6      stored bytes are damaged
7      not allowed, or not signed in
8      something needed is in use by another process
70     a defect; details are in the file that the message names
130    stopped with Ctrl-C
141    whoever read the output has gone
=====  =============================================================================
"""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn, cast

from recension.cli.faults import report_defect, report_error
from recension.cli.options import take_global_options
from recension.errors import Invalid, RecensionError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "up": ("recension.cli.up", "run the server of a home"),
    "demo": ("recension.cli.demo.command", "the whole loop on real headlines with a simulated crowd"),
    "workspace": ("recension.cli.workspace", "create, list, delete workspaces"),
    "repo": ("recension.cli.repo", "create, list, inspect, rename, describe, delete repos"),
    "put": ("recension.cli.transfer", "commit files and folders"),
    "get": ("recension.cli.transfer", "copy a file or folder out of a commit"),
    "checkout": ("recension.cli.transfer", "make a folder hold exactly what a commit holds"),
    "status": ("recension.cli.status", "how a folder on disk differs from a commit"),
    "cp": ("recension.cli.change", "copy within a branch or from any commit; no bytes move"),
    "mv": ("recension.cli.change", "move files and folders within a branch"),
    "rm": ("recension.cli.change", "remove files and folders from a branch"),
    "import": ("recension.cli.links", "commit what lies elsewhere without copying it"),
    "materialise": ("recension.cli.links", "copy the bytes that entries lead to"),
    "commit": ("recension.cli.commit", "gather changes from several processes, then commit them at once"),
    "stage": ("recension.cli.stage", "single puts that are on the branch at once and committed in groups"),
    "merge": ("recension.cli.merge", "bring what led to a commit into a branch"),
    "revert": ("recension.cli.undo", "take back what a commit has changed"),
    "squash": ("recension.cli.undo", "fold a commit into the one after it"),
    "drop": ("recension.cli.undo", "forget a commit that nothing follows"),
    "ls": ("recension.cli.history", "list files of a commit"),
    "log": ("recension.cli.history", "the commits of a branch, or of a cascade"),
    "cascade": ("recension.cli.cascade", "what one commit caused; waiting for commits and jobs"),
    "diff": ("recension.cli.history", "what differs between two commits"),
    "branch": ("recension.cli.branch", "list, create, move, promote, protect, trigger, delete branches"),
    "tag": ("recension.cli.tag", "list, create, delete tags"),
    "convert": ("recension.cli.convert", "bring labels from one format into another"),
    "fsck": ("recension.cli.fsck", "check what is stored"),
    "backup": ("recension.cli.backup", "copy the database while it is in use"),
    "restore": ("recension.cli.backup", "make a backup the database of a home"),
    "fold": ("recension.cli.fold", "bring changes beside the file tree of a commit into it"),
    "gc": ("recension.cli.gc", "remove what nothing refers to any more"),
    "project": ("recension.cli.project", "labelling projects"),
    "config": ("recension.cli.config", "label configs"),
    "pipeline": ("recension.cli.pipeline", "pipelines and their jobs"),
    "explain": ("recension.cli.explain", "why each datum of a job ran, or did not"),
    "people": ("recension.cli.people", "who may sign in"),
    "simulate": ("recension.cli.simulate", "a simulated crowd for a project"),
}
"""Command -> the module of its group, and what it is for.

A group's module has ``add_parser(subparsers)``, which adds all its commands, and ``run(args) -> int``.
"""

FAR: Final = frozenset(
    {
        *("branch", "cp", "diff", "drop", "import", "log", "ls", "materialise", "merge", "mv", "repo", "revert", "rm"),
        *("squash", "tag", "workspace"),
    }
)
"""Commands that work on a home, and with ``--server`` do the same on a server elsewhere."""

_NOTES: Final = """\
'recension COMMAND --help' says more. The home is --home, RECENSION_HOME, or ~/.recension.

exit codes: 0 done, 2 wrong input, 3 server or disk, 4 not found, 5 exists or has moved on, 6 damaged,
7 not allowed, 8 in use, 70 a defect, 130 stopped"""

EXIT_STOPPED: Final = 130
_LONG: Final = {"up", "demo", "simulate"}
_COLUMNS: Final = 80
_OBJECTS_BETWEEN_LOOKS: Final = 500_000
EXIT_PIPE: Final = 141


class Formatter(argparse.HelpFormatter):
    """As wide as the terminal. argparse asks one for every option; it need not load ``shutil`` for that."""

    def __init__(self, prog: str, width: int | None = None, **rest: int) -> None:
        super().__init__(prog, width=width or _columns() - 2, **rest)


def _columns() -> int:
    """The width of the terminal; 80 where there is none."""
    named = os.environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS


class Parser(argparse.ArgumentParser):
    """Reports a wrong command line like any other wrong input: in one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **options})

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and leaving."""
        raise Invalid(message, where=self.prog.removeprefix("recension "), hint=f"{self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    # What is left goes with the process: looking for cycles among it at the end is time lost.
    atexit.register(gc.freeze)
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except RecensionError as error:
        return report_error(error)
    except KeyboardInterrupt:
        return EXIT_STOPPED
    except BrokenPipeError:
        # What is still buffered has nobody to go to; without this the interpreter complains on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:  # noqa: BLE001  a person gets a line, the details go to a file
        return report_defect(error)
    return code


def _run(argv: list[str]) -> int:
    argv, options = take_global_options(argv)
    command = next((word for word in argv if not word.startswith("-")), None)
    if command is None or argv[0].startswith("-") or command not in COMMANDS:
        return _top_level(argv)
    if command not in _LONG:
        # A command makes much and drops little before it ends.
        gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, 50, 50)
    module = importlib.import_module(COMMANDS[command][0])
    parser = Parser(prog="recension", allow_abbrev=False)
    # Without ``prog`` argparse would lay out a usage line to find it, and load all that this takes.
    subparsers = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, prog="recension", parser_class=_only(command)
    )
    module.add_parser(subparsers)
    args = parser.parse_args(argv, namespace=argparse.Namespace())
    vars(args).update(vars(options))
    if args.server is not None and command in FAR:
        module = importlib.import_module("recension.cli.remote_commands")
    code: int = module.run(args)
    return code


class _Unasked:
    """In place of the parser of another command of the group: takes all it is told, and keeps nothing."""

    def __getattr__(self, _: str) -> _Unasked:
        return self

    def __call__(self, *_: object, **__: object) -> _Unasked:
        return self


def _only(command: str) -> type[argparse.ArgumentParser]:
    """What makes the parser of one command of a group; those of the others would take longer than most commands."""

    def make(**options: Any) -> Any:
        return Parser(**options) if options["prog"] == f"recension {command}" else _Unasked()

    return cast("type[argparse.ArgumentParser]", make)


def _top_level(argv: list[str]) -> int:
    """Help and version, and the error for a command that is none; imports no group."""
    width = max(map(len, COMMANDS))
    lines = "\n".join(f"  {name:{width}}  {text}" for name, (_, text) in COMMANDS.items())
    parser = Parser(
        prog="recension",
        description="Versioned data, labels made by people and models, and pipelines over both.",
        usage="recension COMMAND ... [--home DIR] [--server URL] [--json]",
        epilog=f"commands:\n{lines}\n\n{_NOTES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    if not argv:
        parser.print_help()
        return 2
    args, rest = parser.parse_known_args(argv)
    if args.version:
        from importlib.metadata import version  # noqa: PLC0415  slow to import, and seldom wanted

        print(f"recension {version('recension')}")
        return 0
    raise Invalid(f"{rest[0]!r} is no command" if rest else "which command?", hint="recension --help lists them")


if __name__ == "__main__":
    sys.exit(main())
