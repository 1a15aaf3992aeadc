"""``recension revert``, ``squash`` and ``drop``: taking commits back, and out of the history."""

from __future__ import annotations

import argparse

from recension.cli.change import place_of
from recension.cli.faults import report_error
from recension.cli.merge import add_sides, resolutions, show_conflicts, strategy_of
from recension.cli.options import add_command, open_store
from recension.cli.output import commit_json, print_json
from recension.errors import Invalid
from recension.ids import Address, parse_address
from recension.server.writable import check_writable
from recension.store import Commit, Store
from recension.store.history import DEFAULT_BRANCH
from recension.store.three_way import MergeConflicts
from recension.store.undoing import drop, revert, squash


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    back = add_command(
        subparsers,
        "revert",
        "take back what a commit has changed",
        details="Paths that were changed again since are conflicts: 'theirs' is what was there before the commit.",
    )
    back.add_argument("commit", metavar="REPO@REF")
    back.add_argument("branch", metavar="BRANCH", nargs="?", default=DEFAULT_BRANCH)
    add_sides(back)
    fold = add_command(subparsers, "squash", "take a commit out of the history; the next one holds its changes too")
    fold.add_argument("commit", metavar="REPO@REF")
    forget = add_command(subparsers, "drop", "forget a commit that nothing follows; branches go back to its parent")
    forget.add_argument("commit", metavar="REPO@REF")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    address = parse_address(args.commit)
    if address.path is not None:
        raise Invalid("a whole commit is meant, not a path of it", where=args.command, hint="REPO@REF")
    with open_store(args) as store:
        if args.command == "revert":
            return _revert(store, args, address)
        check_writable(store, address.workspace, address.repo, None)
        commit = store.pin(address)
        (_squash if args.command == "squash" else _drop)(store, args, commit)
    return 0


def _revert(store: Store, args: argparse.Namespace, address: Address) -> int:
    place = place_of(store, Address(address.workspace, address.repo, args.branch))
    before = store.head(*place)
    try:
        with store.upload() as upload:
            made = revert(
                store,
                place,
                store.pin(address),
                strategy=strategy_of(args.strategy),
                resolve=resolutions(args.resolve, upload),
                upload=upload,
                message=args.message,
                author=args.author,
            )
    except MergeConflicts as conflicts:
        show_conflicts(args, conflicts.conflicts)
        return report_error(conflicts)
    new = before is None or before.id != made.id
    if args.json:
        print_json({"commit": commit_json(store, made), "new": new})
    else:
        print(
            f"{made.id}  +{made.added} ~{made.changed} -{made.removed}" if new else f"{made.id}  nothing is left of it"
        )
    return 0


def _squash(store: Store, args: argparse.Namespace, commit: Commit) -> None:
    from recension.server.dependants import refuse_while_used  # noqa: PLC0415  knows every room; seldom wanted

    children = squash(store, commit, check=refuse_while_used)
    if args.json:
        print_json({"squashed": commit.id, "into": [child.id for child in children]})
    else:
        print(f"{commit.id} squashed into {', '.join(child.id for child in children)}")


def _drop(store: Store, args: argparse.Namespace, commit: Commit) -> None:
    from recension.server.dependants import refuse_while_used  # noqa: PLC0415  as above

    names = drop(store, commit, check=refuse_while_used)
    parent = commit.parents[0] if commit.parents else None
    if args.json:
        print_json({"dropped": commit.id, "branches": names, "parent": parent})
    else:
        moved = f"; {', '.join(names)} went back to {parent or 'nothing'}" if names else ""
        print(f"{commit.id} dropped{moved}")
