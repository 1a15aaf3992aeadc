"""What must hold inside a project document beyond the types of its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from recension.crowd.media import file_columns
from recension.crowd.policy import ControlRate
from recension.crowd.yaml_source import Step, YamlSource
from recension.errors import Invalid
from recension.ids import check_name, check_path
from recension.label.schema import Schema
from recension.label.values import paths

if TYPE_CHECKING:
    from recension.crowd.spec import ProjectSpec, TaskSource

PROJECTS_REPO: Final = "projects"
RESERVED_REPOS: Final = frozenset({PROJECTS_REPO, "pipelines"})
LIVE: Final = "live"


def check_spec(source: YamlSource, spec: ProjectSpec, schema: Schema) -> None:
    """Raise for the first thing in the document that cannot work.

    Raises:
        Invalid: with the place in the document.
    """
    _check_names(source, spec)
    _check_repos(source, spec)
    own = () if spec.input.rows else file_columns(schema, spec.input.columns)[0]
    _check_shown(source, ["input", "columns"], spec.input.columns, schema, given=own)
    for kind, tasks in spec.sources().items():
        _check_source(source, [kind, "tasks"], tasks, schema)
    _check_policy(source, spec, schema)
    _check_backends(source, spec)


def _check_backends(source: YamlSource, spec: ProjectSpec) -> None:
    seen: set[str] = set()
    for number, backend in enumerate(spec.backends):
        if spec.label_config is None:
            hint = "write the fields as label_config: that is what backends are sent"
            raise source.error(["backends"], "backends need a label_config", hint=hint)
        if backend.name in seen:
            raise source.error(["backends", number, "name"], "two backends have this name", hint="give each its own")
        seen.add(backend.name)


def _check_names(source: YamlSource, spec: ProjectSpec) -> None:
    names: list[tuple[list[Step], str, str]] = [
        (["project"], "project", spec.project),
        (["input", "repo"], "repo", spec.input.repo),
        (["output", "repo"], "repo", spec.output.repo),
        (["output", "branch"], "branch", spec.output.branch),
    ]
    if spec.input.branch is not None:
        names.append((["input", "branch"], "branch", spec.input.branch))
    for kind, tasks in spec.sources().items():
        names += [([kind, "tasks", "repo"], "repo", tasks.repo), ([kind, "tasks", "branch"], "branch", tasks.branch)]
        _at(source, [kind, "tasks", "path"], partial(check_path, tasks.path))
    for path, kind, name in names:
        _at(source, path, partial(check_name, kind, name))


def _at(source: YamlSource, path: list[Step], check: Callable[[], object]) -> None:
    try:
        check()
    except Invalid as error:
        raise source.error(path, error.message, hint=error.hint) from None


def _check_repos(source: YamlSource, spec: ProjectSpec) -> None:
    output, place = spec.output.repo, ["output", "repo"]
    if output in RESERVED_REPOS:
        raise source.error(place, f"repo {output!r} holds documents", hint="choose a repo of its own for the labels")
    read = {spec.input.repo: "input", **{tasks.repo: kind for kind, tasks in spec.sources().items()}}
    if output in read:
        message = f"labels cannot go into {output!r}, which the project reads as {read[output]}"
        raise source.error(place, message, hint="choose another repo for the labels")
    if spec.output.branch == LIVE or spec.output.branch.startswith(f"{LIVE}-"):
        message = f"branch {spec.output.branch!r} is kept for running answers"
        raise source.error(["output", "branch"], message, hint="choose another branch, such as main")


def _check_shown(
    source: YamlSource, path: list[Step], columns: dict[str, str], schema: Schema, given: Iterable[str] = ()
) -> None:
    has = {*columns, *given}
    missing = [name for name in schema.references if name not in has and name.partition(".")[0] not in has]
    if columns and missing:
        message = f"the label config shows ${missing[0]}, which is no data field here"
        raise source.error(path, message, hint=f"add {missing[0]}: <column>; given: {_listed(columns)}")


def _check_source(source: YamlSource, path: list[Step], tasks: TaskSource, schema: Schema) -> None:
    _check_shown(source, [*path, "columns"], tasks.columns, schema)
    known = [field.name for field in schema.fields]
    unknown = [name for name in tasks.expected if name not in known]
    if unknown:
        message = f"{unknown[0]!r} is no field of the label config"
        raise source.error([*path, "expected", unknown[0]], message, hint=f"its fields are: {_listed(known)}")
    if not tasks.expected:
        message = "no field has an expected answer"
        raise source.error([*path, "expected"], message, hint=f"add <field>: <column>; fields are: {_listed(known)}")
    marks = {field.name for field in schema.fields if field.kind in {"regions", "relations"} or field.per_region}
    if unfit := sorted(marks & tasks.expected.keys()):
        message = f"{unfit[0]!r} marks parts, which have no one right answer"
        raise source.error([*path, "expected", unfit[0]], message, hint="expect answers to other fields only")
    opinions = [field.name for field in schema.fields if field.opinion and field.name in tasks.expected]
    if opinions:
        message = f"{opinions[0]!r} is an opinion and has no right answer"
        raise source.error([*path, "expected", opinions[0]], message, hint="expect answers to other fields only")


def _check_policy(source: YamlSource, spec: ProjectSpec, schema: Schema) -> None:
    if spec.page.control and spec.control is None:
        message = f"pages hold {spec.page.control} control tasks, but there are none"
        raise source.error(["page", "control"], message, hint="add control: {tasks: ...}, or set page.control to 0")
    for index, rule in _control_rules(spec):
        if spec.control is None:
            raise source.error(["rules", index], "judges control tasks, but there are none", hint="add control: ...")
        expected = list(spec.control.tasks.expected)
        if rule.field is not None and rule.field not in expected:
            message = f"control tasks expect nothing of field {rule.field!r}"
            raise source.error(["rules", index, "field"], message, hint=f"they expect: {_listed(expected)}")
    if isinstance(spec.guideline_affects, tuple):
        labels = {value for field in schema.fields for path in paths(field.options) for value in path}
        unknown = [label for label in spec.guideline_affects if label not in labels]
        if unknown:
            message = f"{unknown[0]!r} is no label of the label config"
            hint = f"allowed: none, all, or a list of: {_listed(sorted(labels))}"
            raise source.error(["guideline_affects"], message, hint=hint)


def _control_rules(spec: ProjectSpec) -> Iterator[tuple[int, ControlRate]]:
    for index, rule in enumerate(spec.rules):
        if isinstance(rule, ControlRate):
            yield index, rule


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
