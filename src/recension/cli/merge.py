"""``recension merge``: bring one line of commits into a branch."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from recension.cli.change import place_of
from recension.cli.faults import exit_code, report_error
from recension.cli.options import add_command, open_store
from recension.cli.output import commit_json, human_size, plural, print_json
from recension.errors import Invalid, NotFound
from recension.ids import Address, check_path, parse_address
from recension.store import Entry, Put, Store
from recension.store.history import DEFAULT_BRANCH
from recension.store.merging import Merge, Resolution, Strategy, merge, preview_merge
from recension.store.on_head import Place
from recension.store.three_way import CHOICES, SIDES, MergeConflict, MergeConflicts, Side
from recension.store.upload import Upload

C = TypeVar("C", bound=str)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    command = add_command(
        subparsers,
        "merge",
        "bring what led to a commit into a branch",
        details="Paths that both sides changed differently are listed, and nothing is done until each is decided.",
    )
    command.add_argument("source", metavar="REPO@REF")
    command.add_argument("into", metavar="BRANCH", nargs="?", default=DEFAULT_BRANCH)
    add_sides(command)
    command.add_argument("--no-fast-forward", action="store_true", help="make a commit in any case")
    command.add_argument("--dry-run", action="store_true", help="show what would be done and which paths conflict")


def add_sides(command: argparse.ArgumentParser) -> None:
    """Add the options that decide conflicts, and those that say who does it and why."""
    command.add_argument(
        "--strategy",
        action="append",
        default=[],
        metavar="[GLOB=]SIDE",
        help="take ours, theirs or base where both changed a path, or a path that GLOB matches; may be repeated",
    )
    command.add_argument(
        "--resolve",
        action="append",
        default=[],
        metavar="PATH=SIDE",
        help="decide one path: ours, theirs, base, delete, or @FILE for what a local file holds; may be repeated",
    )
    command.add_argument("-m", "--message", metavar="TEXT")
    command.add_argument("--author", default="", metavar="NAME")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        source = parse_address(args.source)
        if source.path is not None:
            raise Invalid("a whole commit is merged, not a path of it", where="merge", hint="recension cp copies files")
        place = place_of(store, Address(source.workspace, source.repo, args.into))
        strategy = strategy_of(args.strategy)
        if args.dry_run:
            return _preview(store, args, place, strategy)
        try:
            with store.upload() as upload:
                done = merge(
                    store,
                    place,
                    store.pin(source),
                    strategy=strategy,
                    resolve=resolutions(args.resolve, upload),
                    upload=upload,
                    fast_forward=not args.no_fast_forward,
                    message=args.message,
                    author=args.author,
                )
        except MergeConflicts as conflicts:
            show_conflicts(args, conflicts.conflicts)
            return report_error(conflicts)
        _show(store, args, done)
    return 0


def _one_of(choices: Sequence[C], text: str, option: str) -> C:
    found = next((choice for choice in choices if choice == text), None)
    if found is None:
        raise Invalid(f"{text!r} is no side", where=option, hint=f"one of {', '.join(choices)}")
    return found


def strategy_of(words: list[str]) -> Strategy:
    """What ``--strategy`` says.

    Raises:
        Invalid: a side is none.
    """
    found: list[tuple[str, Side]] = []
    for word in words:
        glob, equals, side = word.rpartition("=")
        found.append((glob if equals else "**", _one_of(SIDES, side, "--strategy")))
    # What is said of some paths counts before what is said of all.
    return sorted(found, key=lambda rule: rule[0] == "**")


def resolutions(words: list[str], upload: Upload) -> dict[str, Resolution]:
    """What ``--resolve`` says; files go into the upload.

    Raises:
        Invalid: one decides nothing. NotFound: there is no such file.
    """
    return dict(_resolution(word, upload) for word in words)


def _resolution(text: str, upload: Upload) -> tuple[str, Resolution]:
    name, equals, choice = text.rpartition("=")
    if not equals:
        raise Invalid(f"{text!r} decides nothing", where="--resolve", hint="PATH=ours")
    path = check_path(name)
    if not choice.startswith("@"):
        return path, _one_of(CHOICES, choice, "--resolve")
    with suppress(FileNotFoundError, IsADirectoryError):
        return path, Put(path, *upload.add_file(Path(choice[1:])))
    raise NotFound("there is no such file", where=choice[1:])


def _preview(store: Store, args: argparse.Namespace, place: Place, strategy: Strategy) -> int:
    shown = preview_merge(store, place, store.pin(args.source), strategy=strategy)
    if args.json:
        base = None if shown.base is None else shown.base.id
        conflicts = [conflict_json(each) for each in shown.conflicts]
        bases = [each.id for each in shown.bases]
        print_json({"how": shown.how, "base": base, "bases": bases, "changes": shown.edits, "conflicts": conflicts})
    else:
        print(f"{shown.how}: {plural(shown.edits, 'path')} to change, {plural(len(shown.conflicts), 'conflict')}")
        show_conflicts(args, shown.conflicts)
    return exit_code(MergeConflicts(shown.conflicts, where=place.branch)) if shown.conflicts else 0


def conflict_json(conflict: MergeConflict) -> dict[str, Any]:
    """A conflict in the shape of the HTTP API."""

    def side(entry: Entry | None) -> dict[str, Any] | None:
        return None if entry is None else {"blob": entry.blob.hex(), "size": entry.size}

    return {
        "path": conflict.path,
        "base": side(conflict.base),
        "ours": side(conflict.ours),
        "theirs": side(conflict.theirs),
        "clash": list(conflict.clash),
        "unclear": conflict.unclear,
    }


def show_conflicts(args: argparse.Namespace, conflicts: tuple[MergeConflict, ...]) -> None:
    """Print what needs a decision."""
    if args.json:
        print_json({"conflicts": [conflict_json(each) for each in conflicts]})
        return
    for each in conflicts:
        clash = f"  beside {', '.join(each.clash)}" if each.clash else ""
        clash += "  (the common ancestors differ here)" if each.unclear else ""
        sizes = "  ".join(
            f"{name} {'-' if entry is None else human_size(entry.size)}"
            for name, entry in (("base", each.base), ("ours", each.ours), ("theirs", each.theirs))
        )
        print(f"! {each.path}  {sizes}{clash}")


def _show(store: Store, args: argparse.Namespace, done: Merge) -> None:
    commit = done.commit
    if args.json:
        base = None if done.base is None else done.base.id
        bases = [each.id for each in done.bases]
        print_json({"commit": commit_json(store, commit), "base": base, "bases": bases, "how": done.how})
    elif done.how == "nothing":
        print(f"{commit.id}  nothing to merge")
    else:
        print(f"{commit.id}  {done.how}  +{commit.added} ~{commit.changed} -{commit.removed}")
