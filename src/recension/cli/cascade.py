"""``recension cascade``: everything that one commit caused; and waiting for what comes."""

from __future__ import annotations

import argparse
import time
from typing import Any

from recension.cli.change import branch_of
from recension.cli.options import add_command, open_store
from recension.cli.output import commit_json, plural, print_json, print_table, when
from recension.cli.server_access import connect
from recension.client.paths import path
from recension.clock import iso
from recension.errors import Busy, Invalid
from recension.ids import GlobalId, is_commit_id, parse_address
from recension.store.cascades import cascades, follow


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "cascade", "what one commit caused; waiting for commits and jobs")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = add_command(verbs, "list", "list cascades, newest first")
    listing.add_argument("-n", "--limit", type=int, default=100, metavar="N")
    listing.add_argument("--after", metavar="ID", help="continue behind this one of an earlier answer")
    wait = add_command(verbs, "wait", "wait until every job that a commit caused has ended")
    wait.add_argument("id", metavar="ID")
    wait.add_argument("--timeout", type=float, default=3600.0, metavar="SECONDS")
    watch = add_command(verbs, "follow", "show the next commits of a branch as they come")
    watch.add_argument("branch", metavar="REPO@BRANCH")
    watch.add_argument("-n", "--count", type=int, default=1, metavar="N", help="end after so many (default: 1)")
    watch.add_argument("--timeout", type=float, default=3600.0, metavar="SECONDS")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    {"list": _list, "wait": _wait, "follow": _follow}[args.verb](args)
    return 0


def _list(args: argparse.Namespace) -> None:
    with open_store(args) as store:
        found = cascades(store, limit=args.limit, after=None if args.after is None else GlobalId(args.after))
    if args.json:
        print_json(
            [
                {
                    "global_id": each.global_id,
                    "began": iso(each.began_us),
                    "at": iso(each.at_us),
                    "commits": each.commits,
                    "repos": each.repos,
                }
                for each in found
            ]
        )
    elif found:
        print_table(
            (each.global_id, when(each.at_us), plural(each.commits, "commit"), plural(each.repos, "repo"))
            for each in found
        )


def _wait(args: argparse.Namespace) -> None:
    if not is_commit_id(args.id):
        raise Invalid(f"{args.id!r} is no global id", where="cascade", hint="recension cascade list")
    deadline = time.monotonic() + args.timeout
    with connect(args) as http:
        while True:
            patience = max(0.0, min(20.0, deadline - time.monotonic()))
            seen: dict[str, Any] = http.get(path("global", args.id, "wait"), timeout_s=str(patience))
            if seen["done"]:
                break
            if time.monotonic() >= deadline:
                raise Busy("jobs still run, or have not begun", where=args.id, hint="--timeout SECONDS waits longer")
    if args.json:
        print_json(seen)
    else:
        print(f"{args.id}  {plural(len(seen['commits']), 'commit')}, {plural(len(seen['jobs']), 'job')}, all ended")


def _follow(args: argparse.Namespace) -> None:
    place = branch_of(parse_address(args.branch))
    deadline = time.monotonic() + args.timeout
    with open_store(args) as store:
        shown = []
        for commit in follow(store, place):
            if commit is None:
                if time.monotonic() >= deadline:
                    raise Busy("no further commit came", where=args.branch, hint="--timeout SECONDS waits longer")
                continue
            shown.append(commit_json(store, commit))
            if not args.json:
                print(f"{commit.id}  {when(commit.at_us)}  {commit.message}", flush=True)
            if len(shown) == args.count:
                break
        if args.json:
            print_json({"commits": shown})
