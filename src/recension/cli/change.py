"""``recension cp``, ``mv`` and ``rm``: files of commits, by reference."""

from __future__ import annotations

import argparse

from recension.cli.options import add_command, open_store
from recension.cli.output import commit_json, human_size, plural, print_json
from recension.errors import Invalid
from recension.ids import Address, check_name, parse_address
from recension.server.writable import check_writable
from recension.store import Commit, Store
from recension.store.copying import copy, move, remove
from recension.store.history import DEFAULT_BRANCH
from recension.store.on_head import About, Place


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    note = argparse.ArgumentParser(add_help=False)
    note.add_argument("-m", "--message", metavar="TEXT")
    note.add_argument("--author", default="", metavar="NAME")
    cp = add_command(
        subparsers,
        "cp",
        "copy files out of any commit to a branch; no bytes move",
        details="A folder contributes what it holds, a glob what it matches.",
        parents=[note],
    )
    cp.add_argument("source", metavar="REPO@REF[:/PATH]")
    cp.add_argument("dest", metavar="REPO@BRANCH[:/PATH]")
    mv = add_command(subparsers, "mv", "move files within a branch", parents=[note])
    mv.add_argument("source", metavar="REPO@BRANCH:/PATH")
    mv.add_argument("dest", metavar="/PATH")
    rm = add_command(subparsers, "rm", "remove files from a branch", parents=[note])
    rm.add_argument("branch", metavar="REPO@BRANCH[:/PATH]")
    rm.add_argument("paths", nargs="*", metavar="/PATH", help="further files or globs of the same branch")
    rm.add_argument("-r", "--recursive", action="store_true", help="folders too, with everything in them")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        {"cp": _copy, "mv": _move, "rm": _remove}[args.command](store, args)
    return 0


def branch_of(address: Address) -> Place:
    """The branch that an address names.

    Raises:
        Invalid: it names a commit, or steps back from one.
    """
    if address.back or address.nth is not None:
        raise Invalid(f"{str(address)!r} names no branch", where="branch", hint="write REPO@BRANCH")
    return Place(address.repo, check_name("branch", address.ref or DEFAULT_BRANCH), address.workspace)


def place_of(store: Store, address: Address) -> Place:
    """The branch that an address names, when people may write to it.

    Raises:
        Invalid: it names a commit, or steps back from one.
        Forbidden: a project or a pipeline writes it.
    """
    place = branch_of(address)
    check_writable(store, place.workspace, place.repo, place.branch)
    return place


def _copy(store: Store, args: argparse.Namespace) -> None:
    source, dest = parse_address(args.source), parse_address(args.dest)
    place, to = place_of(store, dest), _kept_slash(dest.path or "/", args.dest)
    seen = store.pin(source)
    before = store.head(*place)
    _show(store, args, before, copy(store, seen, source.path or "/", place, to, **_about(args, f"Copy {source}")))


def _move(store: Store, args: argparse.Namespace) -> None:
    source = parse_address(args.source)
    if source.path is None or not args.dest.startswith("/"):
        raise Invalid("say what to move, and where to", where="mv", hint="recension mv REPO@BRANCH:/OLD /NEW")
    place = place_of(store, source)
    before = store.head(*place)
    about = _about(args, f"Move {source.path} to {args.dest}")
    _show(store, args, before, move(store, place, source.path, args.dest, **about))


def _remove(store: Store, args: argparse.Namespace) -> None:
    named = parse_address(args.branch)
    paths = [*([] if named.path is None else [named.path]), *args.paths]
    if not paths:
        raise Invalid("say what to remove", where="rm", hint="recension rm REPO@BRANCH:/PATH")
    place = place_of(store, named)
    before = store.head(*place)
    about = _about(args, f"Remove {', '.join(paths)}")
    _show(store, args, before, remove(store, place, paths, recursive=args.recursive, **about))


def _kept_slash(path: str, text: str) -> str:
    """The path with the slash at its end that reading the address took away."""
    return path + "/" if text.endswith("/") and not path.endswith("/") else path


def _about(args: argparse.Namespace, otherwise: str) -> About:
    return {"message": otherwise if args.message is None else args.message, "author": args.author}


def _show(store: Store, args: argparse.Namespace, before: Commit | None, commit: Commit) -> None:
    new = before is None or before.id != commit.id
    if args.json:
        print_json({"commit": commit_json(store, commit), "new": new})
    elif new:
        changes = f"+{commit.added} ~{commit.changed} -{commit.removed}"
        print(f"{commit.id}  {changes}  {plural(commit.files, 'file')}, {human_size(commit.size)}")
    else:
        print(f"{commit.id}  nothing differs")
