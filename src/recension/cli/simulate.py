"""``recension simulate``: a seeded crowd that works in a project as people do."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from recension.cli.options import add_command
from recension.cli.output import plural, print_json, print_table
from recension.cli.server_access import connect
from recension.client.simulate import Progress, SimulationReport, SimulationSpec, read_truth, simulate_on

_PATIENCE_S: Final = 1.0
_DETAILS: Final = (
    "Its answers are marked as simulated for ever. Equal seeds give equal crowds; with --concurrency 1, on equal "
    "projects, equal answers in the same order. Only leads may do this."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    default = SimulationSpec()
    parser = add_command(subparsers, "simulate", "let a simulated crowd work in a project", details=_DETAILS)
    parser.add_argument("project", metavar="PROJECT", help="its name")
    parser.add_argument(
        "--workers", type=int, default=default.workers, metavar="N", help="how many (default %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=default.seed, metavar="N", help="decides chance (default %(default)s)"
    )
    parser.add_argument("--concurrency", type=int, default=1, metavar="N", help="how many at the same time (default 1)")
    parser.add_argument(
        "--accuracy",
        type=float,
        default=default.accuracy,
        metavar="SHARE",
        help="of right answers (default %(default)s)",
    )
    parser.add_argument("--spammers", type=float, default=0.0, metavar="SHARE", help="of workers who answer at random")
    parser.add_argument("--fast", type=float, default=0.0, metavar="SHARE", help="of workers who hurry through pages")
    parser.add_argument(
        "--truth",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.csv",
        help="right answers: columns named like the data shown and the fields asked (may be repeated)",
    )


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    spec = SimulationSpec(
        workers=args.workers,
        seed=args.seed,
        concurrency=args.concurrency,
        accuracy=args.accuracy,
        spammers=args.spammers,
        fast=args.fast,
        truth=read_truth(args.truth),
    )
    line = _Line()
    with connect(args) as http:
        report = simulate_on(http, args.project, spec, progress=line.show)
    line.clear()
    if args.json:
        print_json(report.as_object())
    else:
        _print(report)
    return 0


def _print(report: SimulationReport) -> None:
    said = f"{plural(report.answers, 'answer')} on {plural(report.pages, 'page')}"
    print(f"{said} by {plural(len(report.workers), 'simulated worker')} in {report.elapsed_s:.1f} s")
    print(f"{report.simulated_s / 60:.0f} minutes of simulated time; {_states(report)}")
    if report.guessed:
        print(f"{plural(report.guessed, 'task')} had no known answer; their answers were made up (--truth FILE.csv)")
    out = [worker for worker in report.workers if worker.reason]
    if out:
        print()
        head = ("worker", "kind", "state", "answers", "reason")
        rows = [(w.name, w.kind, w.state, str(w.answers), w.reason) for w in out]
        print_table([head, *rows], right=(3,))


def _states(report: SimulationReport) -> str:
    return ", ".join(f"{count} {state}" for state, count in report.states().items())


class _Line:
    """One line on standard error that is written over, from the second second on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._watched = sys.stderr.isatty()
        self._drawn = False

    def show(self, progress: Progress) -> None:
        if not self._watched or time.monotonic() - self._begun < _PATIENCE_S:
            return
        who = f"{progress.workers_left} of {plural(progress.workers, 'worker')} at work"
        text = f"simulate  {plural(progress.answers, 'answer')}  {plural(progress.pages, 'page')}  {who}"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._drawn = True

    def clear(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
