"""``recension explain``: why the datums of a job ran, or did not."""

from __future__ import annotations

import argparse
from typing import Final

from recension.cli.options import add_command
from recension.cli.output import plural, print_json
from recension.cli.server_access import connect
from recension.client.paths import path
from recension.errors import NotFound

_WORDS: Final = {
    "new": "its matches were not there before",
    "code": "its code has changed",
    "inputs": "its inputs have changed",
    "reads": "what it asked for while it ran has changed",
    "again": "it was run before without a result",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = add_command(
        subparsers,
        "explain",
        "why each datum of a job ran, or did not",
        details="A datum is skipped when there is a result already for its code and its inputs.",
    )
    command.add_argument("job", metavar="JOB")
    command.add_argument("--datum", default="", help="only this datum: its id, or the beginning of it")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with connect(args) as http:
        found = http.get(path("jobs", args.job, "reasons"))
    found["reasons"] = [each for each in found["reasons"] if each["datum"].startswith(args.datum)]
    if args.datum and not found["reasons"]:
        raise NotFound("no such datum was run: it was skipped, or is of another job", where=args.datum)
    if args.json:
        print_json(found)
        return 0
    for each in found["reasons"]:
        print(f"{each['datum'][:12]}  {each['label']}  {each['state']}: {_WORDS[each['kind']]}")
        for line in each["differences"]:
            print(f"    {line}")
    if not args.datum:
        print(f"{plural(found['skipped'], 'datum')} of {found['total']:,} skipped: their results were there already")
    return 0
