"""``recension fold``: bring what lies beside the tree of a commit into it."""

from __future__ import annotations

import argparse

from recension.cli.options import add_command, open_store
from recension.cli.output import plural, print_json
from recension.store import folding


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "fold",
        "bring the changes beside the file tree of a commit into it, and say its content id",
        details="A change of files all over a large repo is kept beside the tree at first. A server folds heads by "
        "itself. The commit stays the same: only reading it costs less afterwards. Safe while others read and write.",
    )
    parser.add_argument("commit", metavar="REPO[@REF]", help="the commit")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        done = folding.fold(store, store.resolve(args.commit))
        content_id = store.content_id(done.commit)
    if args.json:
        print_json({"commit": done.commit.id, "content_id": content_id, "rows": done.rows})
        return 0
    print(f"{done.commit.address}: {plural(done.rows, 'row')} folded; content id {content_id}")
    return 0
