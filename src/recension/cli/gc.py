"""``recension gc``: remove what nothing refers to any more."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from recension.cli.options import add_command, open_store
from recension.cli.output import human_size, plural, print_json
from recension.errors import Invalid


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "gc",
        "remove what nothing refers to any more",
        details="What has been unreachable for the grace period is unlisted; its object is deleted a grace period "
        "later. So a deleted repo's bytes are back after the third run. Safe while others read and write.",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what this run would do")
    parser.add_argument(
        "--grace",
        type=float,
        default=24.0,
        metavar="HOURS",
        help="wait so long before each step (default: 24); 0 removes all at once, when nobody else uses the home",
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    if not 0 <= args.grace < float("inf"):
        raise Invalid("the grace period is a number of hours, 0 or more", where="--grace", hint="--grace 24")
    with open_store(args) as store:
        report = store.gc(grace_s=3600 * args.grace, dry_run=args.dry_run)
    if args.json:
        print_json(asdict(report))
        return 0
    would = "would be " if report.dry_run else ""
    print(f"{plural(report.live_records, 'record')} kept, {human_size(report.live_bytes)}")
    if report.waiting_records:
        print(f"{plural(report.waiting_records, 'record')} unreachable, {human_size(report.waiting_bytes)}: waiting")
    print(
        f"{plural(report.removed_records, 'record')} {would}removed, {human_size(report.removed_bytes)}; "
        f"{plural(report.packs_dropped, 'pack')} {would}dropped ({report.packs_rewritten:,} rewritten)"
    )
    if report.removed_links:
        print(f"{plural(report.removed_links, 'link')} {would}forgotten; what they led to is left alone")
    print(f"{plural(report.objects_deleted, 'object')} {would}deleted, {human_size(report.bytes_freed)} free")
    for damage in report.damaged:
        print(f"recension: left as it is: pack {damage}; run recension fsck", file=sys.stderr)
    return 0
