"""``recension project``: labelling projects."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from recension.cli.labels_in import add_import, import_labels
from recension.cli.options import add_command
from recension.cli.output import plural, print_json, print_table
from recension.cli.project_templates import add_templates, list_templates, new_project
from recension.cli.server_access import connect
from recension.client.paths import path
from recension.errors import Invalid, NotFound

if TYPE_CHECKING:
    from recension.client.http import Http

_CREATE_TIMEOUT_S: Final = 600.0  # the first items of a large input are read before the answer


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "project", "labelling projects")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = add_command(verbs, "create", "create the project of a document, or change it to that")
    create.add_argument("file", metavar="FILE", type=Path, help="the project's YAML; files it names lie beside it")
    add_command(verbs, "list", "list projects")
    add_command(verbs, "status", "how a project is going").add_argument("name", metavar="NAME")
    add_templates(verbs)
    add_import(verbs)
    export = add_command(verbs, "export", "print the label documents, one JSON object per line")
    export.add_argument("name", metavar="NAME")
    export.add_argument("--ref", help="branch or commit of the output repo (default: the running answers)")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    if (local := _LOCAL.get(args.verb)) is not None:
        local(args)
        return 0
    with connect(args, timeout_s=_CREATE_TIMEOUT_S) as http:
        _VERBS[args.verb](args, http)
    return 0


def _create(args: argparse.Namespace, http: Http) -> None:
    text = _read(args.file)
    made = http.post(path("projects"), {"yaml": text, "files": _beside(args.file, text), "file_name": args.file.name})
    if args.json:
        print_json(made)
        return
    print(f"Project {made['name']} is {made['state']}: {made['title']}")
    if made.get("carried_over") and made["spec"].get("migrate") is not None:
        _tell_carried(made["carried_over"])
    if made["input_error"]:
        print(f"Its input cannot be taken in yet: {made['input_error']}", file=sys.stderr)


def _tell_carried(report: dict[str, Any]) -> None:
    """What became of the answers at the last change of schema."""
    lost = sum(report["lost"].values())
    print(f"Answers: {report['fit']} fit as they are, {report['migrated']} are carried over, {lost} are asked again")
    for why, count in report["lost"].items():
        print(f"  {count} x {why}")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid("the file is not UTF-8", where=str(file), hint="save it as UTF-8") from None
    except OSError as fault:
        raise NotFound(f"cannot read it: {fault.strerror}", where=str(file)) from None


def _beside(file: Path, text: str) -> dict[str, str]:
    """The texts that the document names, from beside it; what is wrong with the document the server says."""
    import yaml  # noqa: PLC0415 - for this command only

    try:
        guideline = (yaml.safe_load(text) or {}).get("guideline")
    except (yaml.YAMLError, AttributeError, ValueError):
        return {}
    name = guideline.get("file") if isinstance(guideline, dict) else None
    return {name: _read(file.parent / name)} if isinstance(name, str) and name else {}


def _list(args: argparse.Namespace, http: Http) -> None:
    found = http.get(path("projects"))
    if args.json:
        print_json(found)
        return
    rows = [
        (row["name"], row["state"], f"{row['progress']['settled']}/{row['progress']['total']}", row["title"])
        for row in found
    ]
    print_table([("NAME", "STATE", "SETTLED", "TITLE"), *rows])


def _status(args: argparse.Namespace, http: Http) -> None:
    project = http.get(path("projects", args.name))
    progress = http.get(path("projects", args.name, "progress"))
    if args.json:
        print_json({**project, "progress": progress})
        return
    for line in _status_lines(project, progress):
        print(line)


def _status_lines(project: dict[str, Any], progress: dict[str, Any]) -> list[str]:
    tasks, workers, agreement = progress["tasks"], progress["workers"], progress["agreement"]
    control = progress["control_accuracy"]
    lines = [
        f"{project['name']} ({project['state']}): {project['title']}",
        f"tasks      {tasks['settled']} of {tasks['total']} settled, {tasks['open']} open, {tasks['stale']} stale",
        f"answers    {plural(progress['judgements'], 'judgement')}, {progress['overlap']} people per task",
        f"workers    {workers['passed']} working, {workers['failed']} failed, {workers['banned']} banned",
        f"agreement  {_figure(agreement['percent'], '%')}, alpha {_figure(agreement['alpha'], '')}".rstrip(),
        f"control    {_figure(None if control is None else 100 * control, '%')}",
        f"cost       {progress['cost']['amount']} {progress['cost']['currency']}",
    ]
    lines += [
        f"output     {out['repo']}@{out['branch']}  {out['commit'] or 'nothing yet'}" for out in project["outputs"]
    ]
    if project["input_error"]:
        lines.append(f"input      {project['input_error']}")
    return lines


def _figure(value: float | None, unit: str) -> str:
    return "not known" if value is None else f"{value:.2f} {unit}".rstrip()


def _export(args: argparse.Namespace, http: Http) -> None:
    for line in http.lines(path("projects", args.name, "export"), ref=args.ref):
        sys.stdout.write(line + "\n")


_VERBS: Final = {"create": _create, "list": _list, "status": _status, "export": _export, "import": import_labels}
_LOCAL: Final = {"templates": list_templates, "new": new_project}
"""What needs no server."""
