"""``recension fsck``: check what is stored."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Final

from recension.cli.options import add_command, open_store
from recension.cli.output import human_size, plural, print_json
from recension.store import Store

EXIT_DAMAGED: Final = 6


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "fsck",
        "check what is stored",
        details="Reads every stored byte and compares it with its hash; says which files are hit by what is wrong. "
        f"Exits with {EXIT_DAMAGED} when something is.",
    )
    parser.add_argument(
        "--repair", action="store_true", help="read what is damaged from a second copy where there is one"
    )
    parser.add_argument(
        "--sources", action="store_true", help="look also whether what links lead to is as it was; reads what is hashed"
    )
    parser.add_argument("--quick", action="store_true", help="look at sizes, indexes and manifests only")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        report = store.fsck(full=not args.quick, repair=args.repair, sources=args.sources)
        wrong = _recounted(store)
    clean = report.clean and not wrong
    if args.json:
        shown = asdict(report)
        for problem in shown["problems"]:
            problem["paths"] = [
                {"repo": repo, "commit": commit, "path": path} for repo, commit, path in problem["paths"]
            ]
        print_json({"clean": clean, **shown, "books": wrong})
        return 0 if clean else EXIT_DAMAGED
    for problem in report.problems:
        place = "" if problem.pack is None else f"pack {problem.pack}: "
        print(f"recension: {place}{problem.message}", file=sys.stderr)
        for repo, commit, path in problem.paths:
            print(f"    {repo}@{commit}:{path}", file=sys.stderr)
    for line in wrong:
        print(f"recension: {line}", file=sys.stderr)
    if report.repaired:
        print(f"{plural(report.repaired, 'record')} repaired from a second copy")
    read = f", {human_size(report.bytes_read)} read" if report.full else ""
    state = "clean" if clean else plural(len(report.problems) + len(wrong), "problem")
    print(
        f"{state}: {plural(report.commits, 'commit')}, {plural(report.packs, 'pack')}, "
        f"{plural(report.records, 'record')}{read}"
    )
    if report.staged:
        print(f"{plural(report.staged, 'change')} staged, in no commit yet")
    if report.orphans:
        print(f"{plural(len(report.orphans), 'pack')} of interrupted writes, referred to by nothing")
    return 0 if clean else EXIT_DAMAGED


def _recounted(store: Store) -> list[str]:
    """What of the books of labelling projects does not follow from their answer logs, one line each."""
    with store.db.read() as tx:
        if not tx.has_table("project"):
            return []
        from recension.crowd.recount import recount, recounted_projects  # noqa: PLC0415 - most homes have none

        return [
            f"project {label}: {found.what} of {found.where} is {found.stored}, should be {found.found}"
            for number, label in recounted_projects(tx)
            for found in recount(tx, number)
        ]
