"""``recension status``: how a folder on disk differs from a commit."""

from __future__ import annotations

import argparse
from pathlib import Path

from recension.cli.options import add_command, open_store
from recension.cli.output import plural, print_json
from recension.ids import parse_address
from recension.store.folder_status import folder_status


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    status = add_command(subparsers, "status", "how a folder on disk differs from a commit")
    status.add_argument("address", metavar="REPO[@REF][:/PATH]", help="what the folder is compared with")
    status.add_argument("folder", metavar="DIR")
    status.add_argument("--names", action="store_true", help="print the paths alone")


def run(args: argparse.Namespace) -> int:
    """Compare and say what differs: ``+`` only on disk, ``~`` otherwise there, ``-`` only in the commit."""
    address = parse_address(args.address)
    with open_store(args) as store:
        commit = store.view(address)
        found = folder_status(store, commit, Path(args.folder), path=address.path or "/")
    if args.json:
        lists = {"added": found.added, "changed": found.changed, "missing": found.missing}
        print_json({"commit": commit.id, "clean": found.clean, **lists, "files": found.files, "read": found.read})
        return 0
    signs = {
        path: sign
        for sign, paths in zip("+~-", (found.added, found.changed, found.missing), strict=True)
        for path in paths
    }
    for path in sorted(signs):
        print(path if args.names else f"{signs[path]} {path}")
    if not args.names and found.clean:
        print(f"{plural(found.files, 'file')}, as in {commit.address}")
    return 0
