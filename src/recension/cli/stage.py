"""``recension stage``: single puts and deletes, on the branch at once and committed in groups."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from recension.cli.change import branch_of, place_of
from recension.cli.options import add_command, open_store
from recension.cli.output import commit_json, human_size, plural, print_json, print_table, when
from recension.cli.repo import repo_named
from recension.clock import iso
from recension.errors import Invalid, NotFound
from recension.ids import parse_address
from recension.store import Store
from recension.store.rows import repo_label
from recension.store.staging import (
    About,
    Staged,
    mode_of,
    set_mode,
    stage_delete,
    stage_put,
    staged_groups,
)
from recension.store.staging_rows import StagedGroup

_STDIN: Final = "-"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "stage", "single puts that are on the branch at once and committed in groups")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    put = add_command(verbs, "put", "put one file", details="'-' reads standard input.")
    put.add_argument("target", metavar="REPO@BRANCH:/PATH")
    put.add_argument("source", metavar="FILE")
    remove = add_command(verbs, "rm", "delete one file")
    remove.add_argument("target", metavar="REPO@BRANCH:/PATH")
    for each in (put, remove):
        each.add_argument("-m", "--message", default="", metavar="TEXT")
        each.add_argument("--author", default="", metavar="NAME")
    add_command(verbs, "list", "list what is staged, in a repo or everywhere").add_argument(
        "repo", nargs="?", metavar="REPO"
    )
    add_command(verbs, "commit", "commit what is staged on a branch now").add_argument("branch", metavar="REPO@BRANCH")
    mode = add_command(verbs, "mode", "show or change how single puts to a branch are committed")
    mode.add_argument("branch", metavar="REPO@BRANCH")
    how = mode.add_mutually_exclusive_group()
    how.add_argument("--alone", action="store_true", default=None, help="each by a commit of its own")
    how.add_argument("--groups", dest="alone", action="store_false", help="in groups, as branches do unless told")
    mode.add_argument("--idle", type=float, metavar="S", help="commit a group when nothing was added for S seconds")
    mode.add_argument("--changes", type=int, metavar="N", help="commit a group when it has N changes")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        _VERBS[args.verb](store, args)
    return 0


def _put(store: Store, args: argparse.Namespace) -> None:
    named = parse_address(args.target)
    place, about = place_of(store, named), About(author=args.author, message=args.message)
    path = _path(named.path)
    if args.source == _STDIN:
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(args.source).read_bytes()
        except FileNotFoundError:
            raise NotFound("there is no such file", where=args.source) from None
        except OSError as error:
            raise Invalid(f"cannot be read: {error.strerror}", where=args.source) from None
    _show(store, args, stage_put(store, place, path, data, about))


def _remove(store: Store, args: argparse.Namespace) -> None:
    named = parse_address(args.target)
    place = place_of(store, named)
    _show(store, args, stage_delete(store, place, _path(named.path), author=args.author, message=args.message))


def _path(path: str | None) -> str:
    if path is None or path == "/":
        raise Invalid("say which file", where="stage", hint="REPO@BRANCH:/PATH")
    return path


def _show(store: Store, args: argparse.Namespace, staged: Staged) -> None:
    blob = None if staged.blob is None else staged.blob.hex()
    if args.json:
        commit = None if staged.commit is None else commit_json(store, staged.commit)
        shape = {"path": staged.path, "blob": blob, "size": staged.size, "waiting": staged.waiting, "commit": commit}
        print_json(shape)
        return
    what = "deleted" if blob is None else human_size(staged.size)
    where = f"in commit {staged.commit.id}" if staged.commit else f"{plural(staged.waiting, 'change')} staged"
    print(f"{staged.path}  {what}  {where}")


def _list(store: Store, args: argparse.Namespace) -> None:
    if args.repo is None:
        found = staged_groups(store)
    else:
        named = repo_named(args.repo)
        found = staged_groups(store, named.repo, workspace=named.workspace)
    if args.json:
        print_json([_group_json(group) for group in found])
    elif found:
        print_table(
            (
                f"{repo_label(group.workspace, group.repo)}@{group.branch}",
                plural(group.changes, "change"),
                f"since {when(group.first_us)}",
                f"committed by {when(group.due_us)}",
            )
            for group in found
        )


def _group_json(group: StagedGroup) -> dict[str, Any]:
    return {
        "workspace": group.workspace,
        "repo": group.repo,
        "branch": group.branch,
        "changes": group.changes,
        "since": iso(group.first_us),
        "at": iso(group.last_us),
        "due": iso(group.due_us),
    }


def _commit(store: Store, args: argparse.Namespace) -> None:
    place = place_of(store, parse_address(args.branch))
    made = store.close_staged(*place)
    if args.json:
        print_json({"commit": None if made is None else commit_json(store, made)})
    elif made is None:
        print("nothing is staged")
    else:
        print(f"{made.id}  +{made.added} ~{made.changed} -{made.removed}  {plural(made.files, 'file')}")


def _mode(store: Store, args: argparse.Namespace) -> None:
    named = parse_address(args.branch)
    if args.alone is None and args.idle is None and args.changes is None:
        mode = mode_of(store, branch_of(named))
    else:
        mode = set_mode(store, place_of(store, named), alone=args.alone, idle_s=args.idle, changes=args.changes)
    if args.json:
        print_json({"alone": mode.alone, "idle_s": mode.idle_s, "changes": mode.changes})
    elif mode.alone:
        print("each put is a commit")
    else:
        print(f"committed in groups: after a pause of {mode.idle_s:g} s, or {plural(mode.changes, 'change')}")


_VERBS: Final[dict[str, Callable[[Store, argparse.Namespace], None]]] = {
    "put": _put,
    "rm": _remove,
    "list": _list,
    "commit": _commit,
    "mode": _mode,
}
