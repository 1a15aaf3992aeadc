"""Tasks with known answers, read from the table files that a project names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from recension.crowd.identity import Asking
from recension.crowd.media import Media
from recension.crowd.readers import FAULTS, Means, RowRead, placed
from recension.crowd.spec import ProjectSpec, TaskSource
from recension.crowd.tasks import NewTask, TaskKind
from recension.errors import Invalid, NotFound
from recension.ids import Address, CommitId
from recension.label import JSON, Field, Schema, check_value
from recension.store import Commit, Store


@dataclass(frozen=True, slots=True)
class KnownTasks:
    """All tasks of one kind, as one commit has them."""

    kind: TaskKind
    commit: CommitId
    tasks: tuple[NewTask, ...]


def read_sources(means: Means, workspace: str, spec: ProjectSpec, asking: Asking) -> list[KnownTasks]:
    """Training, exam and control tasks at the present heads of their branches.

    Raises:
        Invalid: a repo, branch or file is missing, a column too, an expected answer is none, or a task is there twice;
            names the file and the line, and for a repeated task both lines.
    """
    return [read_source(means, workspace, kind, source, asking) for kind, source in spec.sources().items()]


def read_source(means: Means, workspace: str, kind: str, source: TaskSource, asking: Asking) -> KnownTasks:
    """The tasks of one file; see :func:`read_sources`."""
    place = f"{source.repo}@{source.branch}"
    # Known answers are asked once each, whatever the guideline was when they were first asked.
    asking = replace(asking, renewed={})
    try:
        commit = means.store.resolve(Address(workspace, source.repo, source.branch))
        content = _content(means.store, commit, source.path)
        read = means.readers.rows(content, path=source.path, form=source.format, needs=_needs(source))
        media = Media(means.store, commit, asking.schema)
        tasks = tuple(_tasks(read, cast("TaskKind", kind), source, asking, media))
    except FAULTS as error:
        raise placed(error, place) from None
    if not tasks:
        raise Invalid(f"there is no {kind} task in it", where=f"{place}:{source.path}", hint="add at least one row")
    return KnownTasks(cast("TaskKind", kind), commit.id, tasks)


def _needs(source: TaskSource) -> list[str]:
    return [*source.columns.values(), *source.expected.values(), *([source.hint] if source.hint else [])]


def _content(store: Store, commit: Commit, path: str) -> Iterator[bytes]:
    try:
        store.stat(commit, path)
    except NotFound as error:
        raise Invalid("there is no such file", where=path, hint="put it there first, or correct the path") from error
    return store.read_stream(commit, path)


def _tasks(
    rows: Iterator[RowRead], kind: TaskKind, source: TaskSource, asking: Asking, media: Media
) -> Iterator[NewTask]:
    seen: dict[str, str] = {}
    for row in rows:
        where = f"{source.path}: {row.place}"
        work, data = asking.identify(media.in_row(_shown(source, row), source.path), where)
        if work in seen:
            message = f"this {kind} task is there twice, first in {seen[work]}"
            raise Invalid(message, where=where, hint="remove one of both rows")
        seen[work] = row.place
        hint = row.values.get(source.hint) if source.hint else None
        expected = _expected(asking.schema, source, row, where)
        yield NewTask(kind, work, data, expected, None if hint is None else str(hint))


def _shown(source: TaskSource, row: RowRead) -> Mapping[str, JSON]:
    if source.columns:
        return {name: row.values[column] for name, column in source.columns.items()}
    aside = {*source.expected.values(), source.hint}
    return {name: value for name, value in row.values.items() if name not in aside}


def _expected(schema: Schema, source: TaskSource, row: RowRead, where: str) -> dict[str, object]:
    answers: dict[str, object] = {}
    for name, column in source.expected.items():
        field = schema.field(name)
        try:
            value = check_value(field, _typed(field, row.values[column]))
        except Invalid as error:
            raise Invalid(error.message, where=f"{where}: {column}", hint=error.hint) from None
        if value is None:
            hint = f"fill in the right answer to {name!r}"
            raise Invalid("no expected answer", where=f"{where}: {column}", hint=hint)
        answers[name] = value
    return answers


def _typed(field: Field, value: JSON) -> JSON:
    """A CSV holds text only: numbers are read as numbers, several options as a JSON list."""
    if not isinstance(value, str) or field.kind in {"choice", "text", "date", "pairwise"} or not value.strip():
        return value
    try:
        read: JSON = json.loads(value)
    except ValueError:
        read = value
    return [read] if field.kind == "choices" and not isinstance(read, list) else read
