"""``recension commit``: commits that several processes add to before anybody sees them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from recension.cli.change import place_of
from recension.cli.options import add_command, open_store
from recension.cli.output import commit_json, human_size, plural, print_json, print_table, when
from recension.cli.repo import repo_named
from recension.clock import iso
from recension.ids import check_path, parse_address
from recension.server.writable import check_writable
from recension.store import Delete, DeleteFolder, Edit, Store
from recension.store.collecting import puts_of
from recension.store.model import OpenCommit
from recension.store.opening import add_changes, cancel, finish, open_commit, open_commits, opened


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "commit", "gather changes from several processes, then commit them at once")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    start = add_command(verbs, "start", "begin to gather changes for a branch; prints an id")
    start.add_argument("branch", metavar="REPO@BRANCH")
    start.add_argument("-m", "--message", default="", metavar="TEXT")
    start.add_argument("--author", default="", metavar="NAME")
    put = add_command(verbs, "put", "add files and what folders hold")
    put.add_argument("open", metavar="ID[:/DIR]")
    put.add_argument("sources", nargs="+", metavar="SOURCE", type=Path)
    remove = add_command(verbs, "rm", "remove files, or with -r folders")
    remove.add_argument("open", metavar="ID")
    remove.add_argument("paths", nargs="+", metavar="/PATH")
    remove.add_argument("-r", "--recursive", action="store_true", help="everything below each path")
    add_command(verbs, "list", "list the open commits of a repo").add_argument("repo", metavar="REPO")
    done = add_command(verbs, "finish", "commit what was gathered; of several ids in one transaction")
    done.add_argument("ids", nargs="+", metavar="ID")
    add_command(verbs, "cancel", "forget what was gathered").add_argument("open", metavar="ID")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        _VERBS[args.verb](store, args)
    return 0


def _start(store: Store, args: argparse.Namespace) -> None:
    place = place_of(store, parse_address(args.branch))
    begun = open_commit(store, place, message=args.message, author=args.author)
    _show(args, _shape(begun), begun.id)


def _put(store: Store, args: argparse.Namespace) -> None:
    identity, _, folder = args.open.partition(":")
    with store.upload() as upload:
        now = add_changes(store, identity, list(puts_of(upload, args.sources, folder)), upload)
    _show(args, _shape(now), f"{now.id}  {plural(now.changes, 'change')}")


def _remove(store: Store, args: argparse.Namespace) -> None:
    paths = [check_path(path.rstrip("/")) for path in args.paths]
    edits: list[Edit] = [Delete(path) for path in paths]
    if args.recursive:
        edits += [DeleteFolder(path) for path in paths]
    now = add_changes(store, args.open, edits)
    _show(args, _shape(now), f"{now.id}  {plural(now.changes, 'change')}")


def _list(store: Store, args: argparse.Namespace) -> None:
    named = repo_named(args.repo)
    found = open_commits(store, named.repo, workspace=named.workspace)
    if args.json:
        print_json([_shape(each) for each in found])
    elif found:
        print_table((each.id, each.branch, when(each.at_us), str(each.changes), each.message) for each in found)


def _finish(store: Store, args: argparse.Namespace) -> None:
    for identity in args.ids:
        each = opened(store, identity)
        check_writable(store, each.workspace, each.repo, each.branch)
    commits = finish(store, args.ids)
    if args.json:
        print_json({"commits": [commit_json(store, commit) for commit in commits]})
        return
    for commit in commits:
        changes = f"+{commit.added} ~{commit.changed} -{commit.removed}"
        print(f"{commit.id}  {commit.repo}@{commit.branch}  {changes}  {human_size(commit.size)}")


def _cancel(store: Store, args: argparse.Namespace) -> None:
    cancel(store, args.open)
    _show(args, {"cancelled": args.open}, f"{args.open} cancelled")


_VERBS: Final[dict[str, Callable[[Store, argparse.Namespace], None]]] = {
    "start": _start,
    "put": _put,
    "rm": _remove,
    "list": _list,
    "finish": _finish,
    "cancel": _cancel,
}


def _shape(each: OpenCommit) -> dict[str, Any]:
    return {
        "id": each.id,
        "workspace": each.workspace,
        "repo": each.repo,
        "branch": each.branch,
        "author": each.author,
        "message": each.message,
        "at": iso(each.at_us),
        "changes": each.changes,
    }


def _show(args: argparse.Namespace, shape: dict[str, Any], done: str) -> None:
    if args.json:
        print_json(shape)
    else:
        print(done)
