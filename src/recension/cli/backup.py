"""``recension backup`` and ``restore``: a copy of the database, and a start from one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recension.cli.options import add_command, home_of, open_store
from recension.cli.output import plural, print_json

if TYPE_CHECKING:
    from recension.store.backup import BackupReport

EXIT_DAMAGED: Final = 6


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    details = "Objects never change: copy HOME/objects with any tool that copies files, after this."
    parser = add_command(subparsers, "backup", "copy the database while it is in use", details=details)
    parser.add_argument("dest", metavar="DEST", help="the folder that takes the copy")
    parser = add_command(
        subparsers,
        "restore",
        "make a backup the database of a home",
        details=f"HOME/objects has to be in place. Exits with {EXIT_DAMAGED} when they lack what it needs.",
    )
    parser.add_argument("file", metavar="FILE", help="the copy that backup made")
    parser.add_argument("--force", action="store_true", help="put a database that is there aside")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    if args.command == "backup":
        with open_store(args) as store:
            report = store.backup(Path(args.dest))
    else:
        from recension.server.home_lock import HomeLock  # noqa: PLC0415
        from recension.store.backup import restore  # noqa: PLC0415

        home = home_of(args)
        home.mkdir(parents=True, exist_ok=True)
        with HomeLock(home):
            report = restore(Path(args.file), home, force=args.force)
    return _show(args, report)


def _show(args: argparse.Namespace, report: BackupReport) -> int:
    if args.json:
        print_json({"file": str(report.file), "packs": report.packs, "missing": report.missing, "newer": report.newer})
    else:
        print(f"{report.file}  {plural(report.packs, 'pack')}, {plural(report.newer, 'object')} it does not know")
        for name in report.missing:
            print(f"recension: pack {name} is not among the objects, or has another size", file=sys.stderr)
    return EXIT_DAMAGED if report.missing else 0
