"""``recension branch``: list, create, move, promote, protect, trigger, delete."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Any, Final

from recension.cli.options import add_command, open_store
from recension.cli.output import print_json, print_table, when
from recension.cli.repo import repo_named
from recension.clock import iso
from recension.errors import Invalid
from recension.ids import Address, CommitId, check_name, parse_address
from recension.server.writable import check_writable
from recension.store import Branch, Store
from recension.store.naming import branch_protect
from recension.store.on_head import Place
from recension.store.trigger_rows import Trigger
from recension.store.triggers import told, trigger_remove, trigger_set, triggers

_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", re.IGNORECASE)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "branch", "list, create, move, promote, protect, trigger, delete branches")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    add_command(verbs, "list", "list the branches of a repo").add_argument("repo", metavar="REPO")
    create = add_command(verbs, "create", "make a branch")
    create.add_argument("branch", metavar="REPO@BRANCH")
    create.add_argument("--at", metavar="REF", help="a branch, commit or address in the same repo; else it is empty")
    move = add_command(verbs, "move", "point a branch at another commit of its repo")
    move.add_argument("branch", metavar="REPO@BRANCH")
    move.add_argument("--to", metavar="REF", required=True)
    promote = add_command(verbs, "promote", "bring another branch forward to the head of this one")
    promote.add_argument("branch", metavar="REPO@BRANCH")
    promote.add_argument("--to", metavar="BRANCH", required=True)
    protect = add_command(verbs, "protect", "let a branch grow by merging and promoting alone")
    protect.add_argument("branch", metavar="REPO@BRANCH")
    add_command(verbs, "unprotect", "lift the protection of a branch").add_argument("branch", metavar="REPO@BRANCH")
    _add_trigger(verbs)
    add_command(verbs, "delete", "remove a branch; its commits stay").add_argument("branch", metavar="REPO@BRANCH")


def _add_trigger(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    trigger = add_command(verbs, "trigger", "let a branch be moved to the head of another when enough has come to that")
    trigger.add_argument("branch", metavar="REPO@BRANCH")
    trigger.add_argument("--on", metavar="BRANCH", required=True, help="the branch of the same repo to follow")
    trigger.add_argument("--commits", type=int, metavar="N", help="when N commits came there")
    trigger.add_argument(
        "--size", metavar="SIZE", help="when so many bytes were added or changed there, as 500MB or 1GB"
    )
    trigger.add_argument("--cron", metavar="PLAN", help="at times in UTC, as '0 3 * * *', @daily or '@every 1h30m'")
    trigger.add_argument("--all", action="store_true", help="when all of these hold; else when any does")
    remove = add_command(verbs, "untrigger", "let a branch be moved by hand alone again")
    remove.add_argument("branch", metavar="REPO@BRANCH")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    if args.verb == "list":
        _list(args)
        return 0
    named = _branch_named(args.branch)
    with open_store(args) as store:
        check_writable(store, named.workspace, named.repo, args.to if args.verb == "promote" else str(named.ref))
        _VERBS[args.verb](store, named, args)
    return 0


def _branch_named(text: str) -> Address:
    address = parse_address(text)
    if address.ref is None or address.path is not None or address.back or address.nth is not None:
        raise Invalid(f"{text!r} names no branch", where="branch", hint="write REPO@BRANCH")
    check_name("branch", address.ref)
    return address


def _list(args: argparse.Namespace) -> None:
    named = repo_named(args.repo)
    with open_store(args) as store:
        branches = store.branches(named.repo, workspace=named.workspace)
        moved = {each.branch: each for each in triggers(store, named.repo, workspace=named.workspace)}
    if args.json:
        print_json([{**_shape(branch), "trigger": _trigger_json(moved.get(branch.name))} for branch in branches])
    elif branches:
        print_table(
            (branch.name, branch.head or "-", when(branch.at_us), _notes(branch, moved.get(branch.name)))
            for branch in branches
        )


def _notes(branch: Branch, trigger: Trigger | None) -> str:
    notes = ["protected"] if branch.protected else []
    return ", ".join([*notes, f"triggered by {told(trigger)}"] if trigger else notes)


def _trigger_json(trigger: Trigger | None) -> dict[str, Any] | None:
    if trigger is None:
        return None
    shape = {"source": trigger.source, "whole": trigger.whole, "size": trigger.size, "commits": trigger.commits}
    times = {"fired": trigger.fired_us, "next": trigger.next_us}
    return {**shape, "cron": trigger.cron, **{name: at and iso(at) for name, at in times.items()}}


def _commit_at(store: Store, named: Address, ref: str) -> CommitId:
    """The commit that a ref, or an address, means in the repo of a branch."""
    address = ref if "@" in ref else f"{named.workspace}/{named.repo}@{ref}"
    return store.pin(address).id


def _create(store: Store, named: Address, args: argparse.Namespace) -> None:
    at = None if args.at is None else _commit_at(store, named, args.at)
    _show(args, named, "created", store.branch_create(named.repo, str(named.ref), at=at, workspace=named.workspace))


def _move(store: Store, named: Address, args: argparse.Namespace) -> None:
    to = _commit_at(store, named, args.to)
    _show(args, named, "moved", store.branch_move(named.repo, str(named.ref), to, workspace=named.workspace))


def _promote(store: Store, named: Address, args: argparse.Namespace) -> None:
    branch = store.branch_promote(named.repo, str(named.ref), args.to, workspace=named.workspace)
    _show(args, named, "promoted", branch)


def _protect(store: Store, named: Address, args: argparse.Namespace) -> None:
    on = args.verb == "protect"
    branch = branch_protect(store, named.repo, str(named.ref), protected=on, workspace=named.workspace)
    _show(args, named, "protected" if on else "no longer protected", branch)


def _trigger(store: Store, named: Address, args: argparse.Namespace) -> None:
    place = Place(named.repo, str(named.ref), named.workspace)
    size = None if args.size is None else _bytes(args.size)
    made = trigger_set(store, place, args.on, size=size, commits=args.commits, cron=args.cron, whole=args.all)
    if args.json:
        print_json(_trigger_json(made))
    else:
        print(f"branch {named} is triggered by {told(made)}")


def _untrigger(store: Store, named: Address, args: argparse.Namespace) -> None:
    trigger_remove(store, Place(named.repo, str(named.ref), named.workspace))
    if args.json:
        print_json({"untriggered": str(named)})
    else:
        print(f"branch {named} is moved by hand alone")


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise Invalid(f"{text!r} is no number of bytes", where="--size", hint="500MB, 1.5GB, 100000")
    power: int = " KMGT".index(match[2].upper() or " ")
    return round(float(match[1]) * float(1000**power))


def _delete(store: Store, named: Address, args: argparse.Namespace) -> None:
    store.branch_delete(named.repo, str(named.ref), workspace=named.workspace)
    if args.json:
        print_json({"deleted": str(named)})
    else:
        print(f"branch {named} deleted")


_VERBS: Final[dict[str, Callable[[Store, Address, argparse.Namespace], None]]] = {
    "create": _create,
    "move": _move,
    "promote": _promote,
    "protect": _protect,
    "unprotect": _protect,
    "trigger": _trigger,
    "untrigger": _untrigger,
    "delete": _delete,
}


def _shape(branch: Branch) -> dict[str, Any]:
    return {"name": branch.name, "head": branch.head, "at": iso(branch.at_us), "protected": branch.protected}


def _show(args: argparse.Namespace, named: Address, done: str, branch: Branch) -> None:
    if args.json:
        print_json(_shape(branch))
    else:
        label = Address(named.workspace, named.repo, branch.name)
        print(f"branch {label} {done}: at {branch.head or 'no commit yet'}")
