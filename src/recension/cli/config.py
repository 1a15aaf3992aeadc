"""``recension config``: what a label config comes to, before any project is made of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recension.cli.options import add_command
from recension.cli.output import plural, print_json
from recension.errors import Invalid, NotFound

if TYPE_CHECKING:
    from recension.crowd.yaml_source import YamlSource
    from recension.label import Schema
    from recension.label.problems import Problem

_WRONG = 2


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found in one file; lines are those of the file."""

    schema: Schema | None
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    group = add_command(subparsers, "config", "label configs")
    verbs = group.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = add_command(verbs, "check", "say what of a label config cannot be honoured, and where")
    check.add_argument(
        "file", metavar="FILE", type=Path, help="Label Studio's XML, or YAML with label_config or fields"
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    checked = _check(args.file)
    if args.json:
        print_json(_shape(checked))
    else:
        _tell(args.file.name, checked)
    return _WRONG if checked.schema is None else 0


def _check(file: Path) -> _Checked:
    from recension.label.config import read_label_config  # noqa: PLC0415  only this command needs it

    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFound("there is no such file", where=str(file)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"the file cannot be read: {error}", where=str(file)) from None
    if text.lstrip().startswith("<"):
        reading = read_label_config(text, where=file.name)
        return _Checked(reading.schema, reading.problems, reading.notes)
    return _in_yaml(text, file.name)


def _in_yaml(text: str, name: str) -> _Checked:
    from recension.crowd.yaml_source import parse_yaml  # noqa: PLC0415

    source = parse_yaml(text, name=name)
    if isinstance(source.value, dict) and isinstance(source.value.get("label_config"), str):
        return _in_document(source)
    fields = source.value.get("fields", source.value) if isinstance(source.value, dict) else None
    if not isinstance(fields, dict) or not {"show", "ask"} & fields.keys():
        hint = "give Label Studio's XML, or YAML with label_config, with fields, or with show and ask"
        raise Invalid("this is no label config", where=name, hint=hint)
    return _own_form(source, fields)


def _in_document(source: YamlSource) -> _Checked:
    """A project document: XML in it counts lines from its own first one."""
    from recension.label.config import read_label_config  # noqa: PLC0415

    reading = read_label_config(source.value["label_config"], where=f"{source.name}: label_config")
    before = source.text_line(["label_config"]) - 1

    def placed(found: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(replace(each, line=each.line + before) for each in found)

    return _Checked(reading.schema, placed(reading.problems), placed(reading.notes))


def _own_form(source: YamlSource, fields: dict[str, object]) -> _Checked:
    from recension.label.fields_form import read_fields  # noqa: PLC0415

    schema, problems = read_fields(fields, where="")
    return _Checked(schema, tuple(_placed(source, each) for each in problems))


def _placed(source: YamlSource, error: Invalid) -> Problem:
    from recension.label.problems import Problem  # noqa: PLC0415

    path = str(error.where or "").removeprefix(": ")
    steps = [step for step in path.replace("[", ".").replace("]", "").split(".") if step]
    inside = ["fields", *steps] if "fields" in source.value else steps
    line = source.line([int(step) if step.isdigit() else step for step in inside])
    return Problem(line, "", f"{path}: {error.message}" if path else error.message, error.hint)


def _shape(checked: _Checked) -> dict[str, Any]:
    return {
        "ok": checked.schema is not None,
        "problems": [asdict(each) for each in checked.problems],
        "notes": [asdict(each) for each in checked.notes],
        "fields": [{"name": each.name, "kind": each.kind} for each in checked.schema.fields] if checked.schema else [],
    }


def _tell(name: str, checked: _Checked) -> None:
    for note in checked.notes:
        print(f"{name}:{note.line}: note: {note.message}", file=sys.stderr)
    for problem in checked.problems:
        hint = f" ({problem.hint})" if problem.hint else ""
        print(f"{name}:{problem.line}: {problem.message}{hint}", file=sys.stderr)
    if checked.schema is None:
        print(f"{name}: {plural(len(checked.problems), 'problem')}", file=sys.stderr)
    else:
        print(f"{name} is fine: {plural(len(checked.schema.fields), 'question')}")
