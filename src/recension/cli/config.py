"""``recension config``: what a label config comes to, before any project is made of it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recension.cli.options import add_command
from recension.cli.output import plural, print_json
from recension.errors import Invalid, NotFound

if TYPE_CHECKING:
    from recension.crowd.config_reading import ConfigReading

_WRONG = 2


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


def _check(file: Path) -> ConfigReading:
    from recension.crowd.config_reading import read_config  # noqa: PLC0415  only this command needs it

    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFound("there is no such file", where=str(file)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"the file cannot be read: {error}", where=str(file)) from None
    return read_config(text, name=file.name)


def _shape(checked: ConfigReading) -> dict[str, Any]:
    return {
        "ok": checked.schema is not None,
        "problems": [asdict(each) for each in checked.problems],
        "notes": [asdict(each) for each in checked.notes],
        "fields": [{"name": each.name, "kind": each.kind} for each in checked.schema.fields] if checked.schema else [],
    }


def _tell(name: str, checked: ConfigReading) -> None:
    for note in checked.notes:
        print(f"{name}:{note.line}: note: {note.message}", file=sys.stderr)
    for problem in checked.problems:
        hint = f" ({problem.hint})" if problem.hint else ""
        print(f"{name}:{problem.line}: {problem.message}{hint}", file=sys.stderr)
    if checked.schema is None:
        print(f"{name}: {plural(len(checked.problems), 'problem')}", file=sys.stderr)
    else:
        print(f"{name} is fine: {plural(len(checked.schema.fields), 'question')}")
