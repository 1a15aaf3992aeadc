"""``recension import`` and ``materialise``: entries whose bytes lie elsewhere, and bringing these in."""

from __future__ import annotations

import argparse
from pathlib import Path

from recension.cli.change import place_of
from recension.cli.options import add_command, open_store
from recension.cli.output import Progress, commit_json, human_size, plural, print_json
from recension.ids import parse_address
from recension.store import Store
from recension.store.link_import import import_links
from recension.store.link_materialise import materialise
from recension.store.link_place import read_place
from recension.store.on_head import About


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    note = argparse.ArgumentParser(add_help=False)
    note.add_argument("-m", "--message", metavar="TEXT")
    note.add_argument("--author", default="", metavar="NAME")
    bring = add_command(
        subparsers,
        "import",
        "commit what lies in a bucket or folder without copying it",
        details="Each object becomes an entry that is read where it lies, and only as long as it is as it was. "
        "Imported again, unchanged objects keep their entries.",
        parents=[note],
    )
    bring.add_argument("url", metavar="URL", help="s3://, gs:// or az://BUCKET/PREFIX[?OPTIONS], or a folder")
    bring.add_argument("target", metavar="REPO@BRANCH[:/DIR]")
    bring.add_argument("--delete", action="store_true", help="remove from DIR what the source does not hold")
    bring.add_argument(
        "--hash", action="store_true", help="read every new object once, so that its entry is that of stored bytes"
    )
    bring.add_argument("--skip-unfit", action="store_true", help="leave out objects that no path can name")
    fill = add_command(subparsers, "materialise", "copy the bytes that entries lead to into the store", parents=[note])
    fill.add_argument("target", metavar="REPO@BRANCH[:/PATH]")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        (_import if args.command == "import" else _materialise)(store, args)
    return 0


def _import(store: Store, args: argparse.Namespace) -> None:
    address = parse_address(args.target)
    place, source = place_of(store, address), read_place(args.url, relative_to=Path.cwd())
    with Progress("listed") as progress:
        done = import_links(
            store,
            source,
            place,
            address.path or "/",
            delete=args.delete,
            hashed=args.hash,
            skip_unfit=args.skip_unfit,
            told=progress.more,
            **_about(args, f"Import {source.plain_url}"),
        )
    if args.json:
        counts = {"listed": done.listed, "size": done.size, "hashed": done.hashed}
        unfit = {"unfit_count": done.unfit_count, "unfit": done.unfit}
        print_json({"commit": commit_json(store, done.commit), "new": done.new, **counts, **unfit})
        return
    changes = f"+{done.commit.added} ~{done.commit.changed} -{done.commit.removed}" if done.new else "nothing differs"
    left_out = f"; {plural(done.unfit_count, 'object')} left out" if done.unfit_count else ""
    print(f"{done.commit.id}  {changes}  {plural(done.listed, 'object')}, {human_size(done.size)}{left_out}")


def _materialise(store: Store, args: argparse.Namespace) -> None:
    address = parse_address(args.target)
    place, path = place_of(store, address), address.path or "/"
    with Progress("brought in") as progress:
        done = materialise(store, place, path, told=progress.more, **_about(args, f"Materialise {path}"))
    if args.json:
        counts = {"files": done.files, "size": done.size}
        print_json({"commit": commit_json(store, done.commit), "new": done.new, **counts})
    else:
        print(f"{done.commit.id}  {plural(done.files, 'file')} brought in, {human_size(done.size)}")


def _about(args: argparse.Namespace, otherwise: str) -> About:
    return {"message": otherwise if args.message is None else args.message, "author": args.author}
