"""The parts of a project document that have a language of their own: the label config and the guideline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from recension.crowd.yaml_source import Step, YamlSource
from recension.errors import Invalid
from recension.label import Schema, parse_label_config, schema_from_fields

if TYPE_CHECKING:
    from recension.crowd.spec import ProjectSpec

_LINE: Final = re.compile(r"line (\d+)")
_STEPS: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def guideline_of(source: YamlSource, spec: ProjectSpec, files: Mapping[str, str]) -> str:
    """The guideline's text, written inline or in one of the files.

    Raises:
        Invalid: the file was not given.
    """
    if isinstance(spec.guideline, str):
        return spec.guideline
    text = files.get(spec.guideline.file)
    if text is None:
        message = f"the file {spec.guideline.file!r} was not given"
        raise source.error(["guideline", "file"], message, hint="put it beside the YAML, or write the text inline")
    return text


def schema_of(source: YamlSource, spec: ProjectSpec) -> Schema:
    """What is shown and asked.

    Raises:
        Invalid: both forms are given, or none, or the one given is wrong; with its line in the document.
    """
    if (spec.label_config is None) == (spec.fields is None):
        message = "give either label_config or fields, and not both"
        raise source.error(["label_config"], message, hint="label_config takes Label Studio's XML, fields our own form")
    try:
        if spec.fields is not None:
            return schema_from_fields(spec.fields, where="fields")
        return parse_label_config(spec.label_config or "", where="label_config")
    except Invalid as error:
        raise _in_document(source, error) from None


def _in_document(source: YamlSource, error: Invalid) -> Invalid:
    """The error of the label config with its place in the YAML: XML counts lines from its own first one."""
    field, _, inner = (error.where or "").partition(": ")
    if field == "label_config":
        in_xml = _LINE.match(inner)
        line = source.text_line([field]) + (int(in_xml[1]) - 1 if in_xml else 0)
        return Invalid(error.message, where=f"{source.name}:{line}: {field}", hint=error.hint)
    path: list[Step] = [int(index) if index else name for name, index in _STEPS.findall(inner)]
    return source.error([field, *path], error.message, hint=error.hint)
