"""``recension fsck``: check what is stored."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Final

from recension.cli.options import add_command, open_store
from recension.cli.output import human_size, plural, print_json

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
    parser.add_argument("--quick", action="store_true", help="look at sizes, indexes and manifests only")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with open_store(args) as store:
        report = store.fsck(full=not args.quick)
    if args.json:
        shown = asdict(report)
        for problem in shown["problems"]:
            problem["paths"] = [
                {"repo": repo, "commit": commit, "path": path} for repo, commit, path in problem["paths"]
            ]
        print_json({"clean": report.clean, **shown})
        return 0 if report.clean else EXIT_DAMAGED
    for problem in report.problems:
        place = "" if problem.pack is None else f"pack {problem.pack}: "
        print(f"recension: {place}{problem.message}", file=sys.stderr)
        for repo, commit, path in problem.paths:
            print(f"    {repo}@{commit}:{path}", file=sys.stderr)
    read = f", {human_size(report.bytes_read)} read" if report.full else ""
    state = "clean" if report.clean else plural(len(report.problems), "problem")
    print(
        f"{state}: {plural(report.commits, 'commit')}, {plural(report.packs, 'pack')}, "
        f"{plural(report.records, 'record')}{read}"
    )
    if report.orphans:
        print(f"{plural(len(report.orphans), 'pack')} of interrupted writes, referred to by nothing")
    return 0 if report.clean else EXIT_DAMAGED
