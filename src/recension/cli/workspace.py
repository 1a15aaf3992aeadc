"""``recension workspace``: create, list, delete."""

from __future__ import annotations

import argparse
from typing import Any

from recension.cli.options import add_command, open_store
from recension.cli.output import plural, print_json, print_table
from recension.clock import iso
from recension.store.model import Workspace
from recension.store.naming import workspace_create, workspace_delete, workspaces


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "workspace", "create, list, delete workspaces")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = add_command(verbs, "create", "make an empty workspace; makes the home too when there is none")
    create.add_argument("name", metavar="NAME")
    create.add_argument("-d", "--description", default="", metavar="TEXT")
    add_command(verbs, "list", "list every workspace")
    add_command(verbs, "delete", "remove a workspace that holds nothing").add_argument("name", metavar="NAME")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args, create=args.verb == "create") as store:
        if args.verb == "create":
            made = workspace_create(store, args.name, description=args.description)
            _show(args, _shape(made), f"workspace {args.name} created")
        elif args.verb == "delete":
            from recension.server.dependants import refuse_while_populated  # noqa: PLC0415  knows every room

            workspace_delete(store, args.name, also=lambda tx: refuse_while_populated(tx, args.name))
            _show(args, {"deleted": args.name}, f"workspace {args.name} deleted")
        elif args.json:
            print_json([_shape(each) for each in workspaces(store)])
        else:
            print_table((each.name, plural(each.repos, "repo"), each.description) for each in workspaces(store))
    return 0


def _shape(workspace: Workspace) -> dict[str, Any]:
    return {
        "name": workspace.name,
        "description": workspace.description,
        "repos": workspace.repos,
        "at": iso(workspace.created_us),
    }


def _show(args: argparse.Namespace, shape: dict[str, Any], done: str) -> None:
    if args.json:
        print_json(shape)
    else:
        print(done)
