"""``recension pipeline``: pipelines and their jobs."""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from recension.cli.options import add_command
from recension.cli.output import print_json, print_table
from recension.cli.server_access import connect
from recension.client.paths import path

if TYPE_CHECKING:
    from recension.client.http import Http


_CONTROL: Final = {
    "pause": "begin no further job of a pipeline; what calls for one is kept",
    "resume": "let a paused pipeline run again",
    "delete": "delete a pipeline; what it has written stays",
}
_DONE: Final = {"pause": "is paused", "resume": "runs again", "delete": "is deleted; its output stays"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "pipeline", "pipelines and their jobs")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = add_command(verbs, "create", "create the pipelines of a file, or change them to that")
    create.add_argument(
        "file", metavar="FILE", type=Path, help="YAML or JSON, or a Python module with @recension.pipeline functions"
    )
    add_command(verbs, "list", "list pipelines")
    for verb, text in _CONTROL.items():
        add_command(verbs, verb, text).add_argument("name", metavar="NAME")
    jobs = add_command(verbs, "jobs", "list the jobs of a pipeline, newest first")
    jobs.add_argument("name", metavar="NAME")
    logs = add_command(verbs, "logs", "print what a job and its datums said")
    logs.add_argument("job", metavar="JOB")
    logs.add_argument("--datum", help="only this datum: its id, or the beginning of it")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    with connect(args) as http:
        _VERBS[args.verb](args, http)
    return 0


def _create(args: argparse.Namespace, http: Http) -> None:
    from recension.flow import bundle  # noqa: PLC0415 - for this command only

    made = [
        http.post(
            path("pipelines"),
            {
                "yaml": each.spec.decode(),
                "files": {name: base64.b64encode(data).decode() for name, data in each.files.items()},
                "file_name": each.where,
            },
        )
        for each in bundle(args.file)
    ]
    if args.json:
        print_json(made)
        return
    for pipeline in made:
        print(f"Pipeline {pipeline['name']} is in place")
        for note in pipeline["notes"]:
            print(f"note: {note}", file=sys.stderr)


def _list(args: argparse.Namespace, http: Http) -> None:
    found = http.get(path("pipelines"))
    if args.json:
        print_json(found)
        return
    rows = [
        (row["name"], "paused" if row["paused"] else row["state"], ", ".join(row["branches"]), row["description"])
        for row in found
    ]
    print_table([("NAME", "LAST JOB", "BRANCHES", "DESCRIPTION"), *rows])


def _control(args: argparse.Namespace, http: Http) -> None:
    if args.verb == "delete":
        found = http.call("DELETE", path("pipelines", args.name)).json()
    else:
        found = http.post(path("pipelines", args.name, args.verb), {})
    if args.json:
        print_json(found)
    else:
        print(f"Pipeline {args.name} {_DONE[args.verb]}")


def _jobs(args: argparse.Namespace, http: Http) -> None:
    found = http.get(path("pipelines", args.name, "jobs"))
    if args.json:
        print_json(found)
        return
    print_table([("JOB", "BRANCH", "STATE", "RUN", "SKIPPED", "FAILED", "CREATED"), *map(_row, found)], right=(3, 4, 5))


def _row(job: dict[str, Any]) -> tuple[str, ...]:
    counts = (str(job[name]) for name in ("datums_run", "datums_skipped", "datums_failed"))
    return (job["id"], job["branch"], job["state"], *counts, f"{job['created'][:19].replace('T', ' ')}Z")


def _logs(args: argparse.Namespace, http: Http) -> None:
    lines = http.lines(path("jobs", args.job, "logs"), datum=args.datum)
    if args.json:
        print_json({"job": args.job, "lines": list(lines)})
        return
    for line in lines:
        print(line)


_VERBS: Final = {"create": _create, "list": _list, "jobs": _jobs, "logs": _logs, **dict.fromkeys(_CONTROL, _control)}
