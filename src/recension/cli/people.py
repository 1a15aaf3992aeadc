"""``recension people``: who may sign in."""

from __future__ import annotations

import argparse
from typing import Any

from recension.cli.options import add_command
from recension.cli.output import print_json, print_table
from recension.cli.server_access import connect
from recension.client.paths import path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "people", "who may sign in, and as what")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    add = add_command(verbs, "add", "add a person, and print the link that signs them in")
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--role",
        action="append",
        metavar="ROLE",
        help="annotator, lead, engineer or admin; may be repeated (default: annotator)",
    )
    add_command(verbs, "link", "make a new sign-in link for a person").add_argument("name", metavar="NAME")
    add_command(verbs, "list", "list who may sign in")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with connect(args) as http:
        if args.verb == "list":
            _list(args, http.get(path("users")))
        elif args.verb == "add":
            made = http.post(path("users"), {"name": args.name, "roles": args.role or ["annotator"]})
            _link(args, made, made["link"])
        else:
            made = http.post(path("users", args.name, "link"))
            _link(args, made, made["link"])
    return 0


def _list(args: argparse.Namespace, users: list[dict[str, Any]]) -> None:
    if args.json:
        print_json(users)
        return
    rows = [(user["name"], ", ".join(user["roles"]), _kind(user)) for user in users]
    print_table([("NAME", "ROLES", "KIND"), *rows])


def _kind(user: dict[str, Any]) -> str:
    return "simulated" if user["simulated"] else "robot" if user["robot"] else "person"


def _link(args: argparse.Namespace, made: dict[str, Any], link: str) -> None:
    if args.json:
        print_json(made)
    else:
        print(f"{args.name} signs in once, within a day: {link}")
