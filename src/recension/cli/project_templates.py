"""``recension project templates`` and ``new``: beginnings of projects for common jobs, without any server."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final

from recension.cli.options import add_command
from recension.cli.output import print_json, print_table

if TYPE_CHECKING:
    from recension.crowd.templates import Template

_INPUTS: Final = {"image": "glob: /**, branch: main", "rows": "glob: /*.csv, rows: {format: csv}, branch: main"}


def add_templates(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands."""
    add_command(verbs, "templates", "list templates for common jobs")
    new = add_command(verbs, "new", "print the project document of a template, to be filled in")
    new.add_argument("template", metavar="TEMPLATE", help="see recension project templates")
    new.add_argument("--name", metavar="NAME", help="the project's name (default: that of the template)")
    new.add_argument("--input", metavar="REPO", default="REPO", help="the repo of what is to be labelled")
    new.add_argument("--config", action="store_true", help="print the label config alone")


def list_templates(args: argparse.Namespace) -> None:
    """Print what there is."""
    from recension.crowd.templates import templates  # noqa: PLC0415  only for these commands

    if args.json:
        print_json([_shape(each) for each in templates()])
        return
    rows = [(each.name, each.group, each.title, each.about) for each in templates()]
    print_table([("NAME", "GROUP", "TITLE", "WHAT FOR"), *rows])


def new_project(args: argparse.Namespace) -> None:
    """Print the document of one template."""
    from recension.crowd.templates import template_named  # noqa: PLC0415

    template = template_named(args.template)
    name = args.name or template.name
    document = template.config if args.config else document_of(template, name, args.input)
    if args.json:
        print_json({**_shape(template), "document": document})
    else:
        sys.stdout.write(document)


def document_of(template: Template, name: str, repo: str) -> str:
    """A project document around the config of a template."""
    from recension.crowd.config_reading import read_config  # noqa: PLC0415

    schema = read_config(template.config, name=template.name).schema
    is_image = schema is not None and any(each.kind == "image" for each in schema.objects)
    key = "label_config: |" if template.form == "xml" else "fields:"
    return "\n".join(
        [
            f"project: {name}",
            f"title: {template.title}",
            f"input: {{repo: {repo}, {_INPUTS['image' if is_image else 'rows']}}}",
            key,
            _indented(template.config),
            "guideline: |",
            _indented(template.guideline),
            "overlap: 1",
            f"output: {{repo: {name}-labels}}\n",
        ]
    )


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.rstrip("\n").split("\n"))


def _shape(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "group": template.group,
        "title": template.title,
        "about": template.about,
        "config": template.config,
        "guideline": template.guideline,
    }
