"""Label configs in any form, with all that cannot be honoured: Label Studio's XML, our own form, documents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from recension.crowd.yaml_source import Step, YamlSource, parse_yaml
from recension.errors import Invalid, TooLarge
from recension.label import Schema
from recension.label.config import read_label_config
from recension.label.fields_form import read_fields
from recension.label.problems import Problem

Form = Literal["xml", "yaml"]
_LINE: Final = re.compile(r"(?::|\bline )(\d+)")
_COLUMN: Final = re.compile(r", column \d+$")


@dataclass(frozen=True, slots=True)
class ConfigReading:
    """What a config comes to; lines are those of its text.

    Args:
        form: ``xml`` goes under ``label_config`` of a document, ``yaml`` under ``fields``.
        schema: what it asks; ``None`` when something in it cannot be honoured.
        problems: everything that cannot be honoured.
        notes: what is left out without changing any answer.
    """

    form: Form
    schema: Schema | None
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()


def form_of(text: str) -> Form:
    """Which of the two forms a config is meant to be."""
    return "xml" if text.lstrip("\ufeff \t\r\n").startswith("<") else "yaml"


def read_config(text: str, *, name: str) -> ConfigReading:
    """Read a config: XML, ``show`` and ``ask``, the same under ``fields``, or a project document.

    Args:
        text: the config.
        name: what to call it in errors.

    Raises:
        Invalid: neither well-formed XML nor YAML, or no label config; with the line.
    """
    if form_of(text) == "xml":
        reading = read_label_config(text, where=name)
        return ConfigReading("xml", reading.schema, reading.problems, reading.notes)
    source = parse_yaml(text, name=name)
    if isinstance(source.value, dict) and isinstance(source.value.get("label_config"), str):
        return _in_document(source)
    fields = source.value.get("fields", source.value) if isinstance(source.value, dict) else None
    if not isinstance(fields, dict) or not {"show", "ask"} & fields.keys():
        hint = "give Label Studio's XML, or YAML with label_config, with fields, or with show and ask"
        raise Invalid("this is no label config", where=name, hint=hint)
    schema, problems = read_fields(fields, where="")
    return ConfigReading("yaml", schema, tuple(_placed(source, each) for each in problems))


def review_config(text: str) -> ConfigReading:
    """Like :func:`read_config`, with syntax errors among the problems: for a text that is still being written."""
    try:
        if (whole := _whole_document(text)) is not None:
            return ConfigReading(form_of(text), None, (whole,))
        return read_config(text, name="config")
    except (Invalid, TooLarge) as error:
        found = _LINE.search(error.where or "")
        where = _COLUMN.search(error.where or "")
        message = f"{error.message} ({where[0].removeprefix(', ')})" if where else error.message
        problem = Problem(int(found[1]) if found else 0, "", message, error.hint)
        return ConfigReading(form_of(text), None, (problem,))


def _whole_document(text: str) -> Problem | None:
    """What is wrong where a config is wanted and a project document was given, which holds one."""
    if form_of(text) == "xml":
        return None
    source = parse_yaml(text, name="config")
    keys = source.value.keys() if isinstance(source.value, dict) else set()
    inner = next((key for key in ("label_config", "fields") if key in keys), "")
    if not inner or keys == {"fields"}:
        return None
    message = "this is a project document, not its config alone"
    return Problem(source.line([inner]), "", message, f"take only what stands under {inner}")


def _in_document(source: YamlSource) -> ConfigReading:
    """A project document: XML in it counts lines from its own first one."""
    reading = read_label_config(source.value["label_config"], where=f"{source.name}: label_config")
    before = source.text_line(["label_config"]) - 1

    def placed(found: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(replace(each, line=each.line + before) for each in found)

    return ConfigReading("xml", reading.schema, placed(reading.problems), placed(reading.notes))


def _placed(source: YamlSource, error: Invalid) -> Problem:
    path = str(error.where or "").removeprefix(": ")
    line = source.line([*_root(source), *steps_of(path)])
    return Problem(line, "", f"{path}: {error.message}" if path else error.message, error.hint)


def _root(source: YamlSource) -> list[Step]:
    value: Any = source.value
    return ["fields"] if "fields" in value else []


def steps_of(path: str) -> list[Step]:
    """``ask.class.choice[0]`` as the steps that lead there."""
    steps = [step for step in path.replace("[", ".").replace("]", "").split(".") if step]
    return [int(step) if step.isdigit() else step for step in steps]
