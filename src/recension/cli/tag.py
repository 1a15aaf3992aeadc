"""``recension tag``: list, create, delete."""

from __future__ import annotations

import argparse
from typing import Any

from recension.cli.options import add_command, open_store
from recension.cli.output import print_json, print_table, when
from recension.cli.repo import repo_named
from recension.clock import iso
from recension.errors import Invalid
from recension.ids import Address, check_name, parse_address
from recension.store import Store
from recension.store.model import Tag
from recension.store.tags import tag_create, tag_delete, tags


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "tag", "list, create, delete tags")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    add_command(verbs, "list", "list the tags of a repo").add_argument("repo", metavar="REPO")
    create = add_command(verbs, "create", "name a commit for good")
    create.add_argument("tag", metavar="REPO@TAG")
    create.add_argument("--at", metavar="REF", default="main", help="a branch, commit or address in the same repo")
    create.add_argument("-m", "--message", default="", metavar="TEXT")
    create.add_argument("--author", default="", metavar="NAME")
    add_command(verbs, "delete", "forget a tag; its commit stays").add_argument("tag", metavar="REPO@TAG")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    if args.verb == "list":
        _list(args)
        return 0
    named = _tag_named(args.tag)
    with open_store(args) as store:
        if args.verb == "create":
            _create(store, named, args)
        else:
            tag_delete(store, named.repo, str(named.ref), workspace=named.workspace)
            _show(args, {"deleted": str(named)}, f"tag {named} deleted")
    return 0


def _tag_named(text: str) -> Address:
    address = parse_address(text)
    if address.ref is None or address.path is not None or address.back or address.nth is not None:
        raise Invalid(f"{text!r} names no tag", where="tag", hint="write REPO@TAG")
    check_name("tag", address.ref)
    return address


def _create(store: Store, named: Address, args: argparse.Namespace) -> None:
    at = store.pin(args.at if "@" in args.at else f"{named.workspace}/{named.repo}@{args.at}").id
    tag = tag_create(
        store, named.repo, str(named.ref), at, author=args.author, message=args.message, workspace=named.workspace
    )
    _show(args, _shape(tag), f"tag {named} created: at {tag.commit}")


def _list(args: argparse.Namespace) -> None:
    named = repo_named(args.repo)
    with open_store(args) as store:
        found = tags(store, named.repo, workspace=named.workspace)
    if args.json:
        print_json([_shape(tag) for tag in found])
    elif found:
        print_table((tag.name, tag.commit, when(tag.at_us), tag.message) for tag in found)


def _shape(tag: Tag) -> dict[str, Any]:
    return {
        "name": tag.name,
        "commit": tag.commit,
        "at": iso(tag.at_us),
        "author": tag.author,
        "message": tag.message,
    }


def _show(args: argparse.Namespace, shape: dict[str, Any], done: str) -> None:
    if args.json:
        print_json(shape)
    else:
        print(done)
