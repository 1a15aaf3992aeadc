"""Backends of projects at work: they predict what is open, and help to draw.

A project's document names its backends. Each look asks for predictions of a few open tasks that a backend, in its
present version, has said nothing about; what it says is kept as any prediction. What goes wrong with one backend is its
project's trouble, and is tried again later.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from recension.crowd.matching import About
from recension.crowd.predictions import NewPrediction, add_predictions
from recension.crowd.registry import Project, projects
from recension.crowd.spec import BackendSpec
from recension.errors import Invalid, NotFound
from recension.label import MediaRef, media_from_json
from recension.models import Backend, Said
from recension.server.backend_state import BackendProgress
from recension.server.site import Site
from recension.server.task_media import media_of

if TYPE_CHECKING:
    from recension.label.formats import Labelled

AT_ONCE: Final = 8
"""Tasks in one request."""
_AGAIN_S: Final = 30.0
"""A backend that has said everything is looked at again after this, or when there is new input."""
# Control tasks too: a task without a prediction among others with one would show what it is.

_INPUTS: Final = "SELECT branch, commit_id FROM input WHERE project = :project ORDER BY branch"
_UNSAID: Final = """
    SELECT t.id, t.work_id, t.data FROM task t
    WHERE t.project = :project AND t.id > :after AND t.wanted = 1
      AND (t.kind = 'control' OR t.kind = 'real' AND t.need > 0)
      AND NOT EXISTS (SELECT 1 FROM prediction p WHERE p.project = t.project AND p.work_id = t.work_id
        AND p.model = :model AND p.version = :version)
    ORDER BY t.id LIMIT :count
"""


@dataclass(frozen=True, slots=True)
class _Task:
    id: int
    work_id: str
    data: Mapping[str, Any]


def look(at: Site) -> None:
    """Let every backend say something about a few tasks."""
    with at.db.read() as tx:
        found = [each for each in projects(tx) if each.state == "open" and each.spec.backends]
    for project in found:
        for spec in project.spec.backends:
            subject = ("backend", project.name, spec.name)
            if spec.predict and not at.wake.stopping and at.troubles.is_due(*subject):
                at.troubles.attempt(subject, partial(_predict, at, project, spec))


def interactive(at: Site, project: Project, task: int, name: str, fields: Mapping[str, object]) -> dict[str, object]:
    """What a backend makes of what somebody has begun to draw.

    Args:
        at: the server.
        project: the project.
        task: its task.
        name: of the backend.
        fields: what was drawn, as in an answer.

    Raises:
        NotFound: there is no such backend, or it is not interactive.
        Unavailable: it does not answer.
    """
    spec = next((each for each in project.spec.backends if each.name == name and each.interactive), None)
    if spec is None:
        raise NotFound(f"no interactive backend {name!r}", where="backend")
    with at.db.read() as tx:
        work, text = tx.execute("SELECT work_id, data FROM task WHERE id = :task", {"task": task}).one()
    held = _Task(task, work, json.loads(text))
    from recension.label.formats import Writing  # noqa: PLC0415  formats take numpy, which most homes do without
    from recension.label.formats.label_studio.writing import Spelling  # noqa: PLC0415

    drawn = list(Spelling(_item(at, project, held), Writing(_NOWHERE, project.schema)).results(fields))
    with _open(at, spec) as backend:
        (said,) = _ask(at, backend, project, [held], {"result": drawn})
    return _fields(project, held, said)


def say_about(at: Site, project: Project, name: str, tasks: Sequence[int]) -> list[str | None]:
    """Let a backend say something about these tasks, whatever it said before; of each ``None``, or why it is not kept.

    Raises:
        NotFound: there is no such backend.
        Unavailable: it does not answer.
    """
    spec = next((each for each in project.spec.backends if each.name == name), None)
    if spec is None:
        raise NotFound(f"no backend {name!r}", where="backend", hint="the project's document names its backends")
    held = _held(at, project, tasks)
    there = [held[task] for task in tasks if task in held]
    said: dict[int, str | None] = {}
    with _open(at, spec) as backend:
        version = backend.setup(_name(project), project.spec.label_config or "", hostname=at.settings.url)
        for task, each in zip(there, _ask(at, backend, project, there, None) if there else (), strict=True):
            try:
                _keep_one(at, project, (spec.name, version), task, each)
                said[task.id] = None
            except Invalid as error:
                said[task.id] = f"what it said does not fit: {error.message}"
    return [said.get(task, "no task any more") for task in tasks]


def _held(at: Site, project: Project, tasks: Sequence[int]) -> dict[int, _Task]:
    marks = ", ".join(f":t{number}" for number in range(len(tasks)))
    sql = f"SELECT id, work_id, data FROM task WHERE project = :project AND id IN ({marks})"
    values = {"project": project.id} | {f"t{number}": task for number, task in enumerate(tasks)}
    with at.db.read() as tx:
        return {row[0]: _Task(row[0], row[1], json.loads(row[2])) for row in tx.execute(sql, values)}


def _keep_one(at: Site, project: Project, model: tuple[str, str], task: _Task, said: Said) -> None:
    about = About(f"task {task.id}", work_id=task.work_id)
    new = NewPrediction(about, _fields(project, task, said), *model, said.score)
    add_predictions(at.db, at.clock, project.id, "", [new])


def _predict(at: Site, project: Project, spec: BackendSpec) -> None:
    key = (project.id, spec.name, project.spec_commit)
    progress = at.backends.progress.get(key)
    with at.db.read() as tx:
        inputs = tuple(tx.execute(_INPUTS, {"project": project.id}).all())
    if progress is not None and inputs == progress.inputs and time.monotonic() < progress.idle_until:
        return
    with _open(at, spec) as backend:
        if progress is None:
            version = backend.setup(_name(project), project.spec.label_config or "", hostname=at.settings.url)
            progress = at.backends.progress[key] = BackendProgress(version)
        tasks = _unsaid(at, project, spec, progress)
        if not tasks:
            progress.after, progress.inputs = 0, inputs
            progress.idle_until = time.monotonic() + _AGAIN_S
            return
        said = _ask(at, backend, project, tasks, None)
    progress.after = tasks[-1].id
    _keep(at, project, spec, progress.version, list(zip(tasks, said, strict=True)))


def _keep(at: Site, project: Project, spec: BackendSpec, version: str, said: Sequence[tuple[_Task, Said]]) -> None:
    """Keep what fits; what does not is told once all that does is kept.

    Raises:
        Invalid: something did not fit the project.
    """
    wrong: Invalid | None = None
    for task, each in said:
        try:
            _keep_one(at, project, (spec.name, version), task, each)
        except Invalid as error:
            wrong = wrong or error
    at.news.publish("project", project=project.name)
    at.wake.ring()
    if wrong is not None:
        raise wrong


def _unsaid(at: Site, project: Project, spec: BackendSpec, progress: BackendProgress) -> list[_Task]:
    values: dict[str, object] = {"project": project.id, "after": progress.after, "count": AT_ONCE}
    values |= {"model": spec.name, "version": progress.version}
    with at.db.read() as tx:
        return [_Task(task, work, json.loads(data)) for task, work, data in tx.execute(_UNSAID, values)]


def _open(at: Site, spec: BackendSpec) -> Backend:
    return Backend(spec.url, at.backends.network, secret=at.backends.secret, predict_s=spec.timeout_s)


def _ask(
    at: Site, backend: Backend, project: Project, tasks: Sequence[_Task], context: Mapping[str, Any] | None
) -> list[Said]:
    shown = [
        {"id": task.id, "data": {k: _lent(at, project, task.id, v) for k, v in task.data.items()}} for task in tasks
    ]
    return backend.predict(shown, project=_name(project), label_config=project.spec.label_config or "", context=context)


def _lent(at: Site, project: Project, task: int, value: Any) -> Any:
    """A value of the task's data; of a stored file the address that the backend can read it at for an hour."""
    if isinstance(value, list):
        return [_lent(at, project, task, each) for each in value]
    ref: MediaRef | None = media_from_json(value)
    if ref is None:
        return value
    now_s = at.clock.now_us() // 1_000_000
    return at.settings.url + at.backends.lending.path(project.name, task, ref.blob, now_s=now_s)


def _item(at: Site, project: Project, task: _Task) -> Labelled:
    from recension.label.formats import Labelled  # noqa: PLC0415  as above

    width = height = 0
    for media in media_of(at.store, project.name, project.schema, task.id, task.data).values():
        if not isinstance(media, list) and media.width and media.height:
            width, height = media.width, media.height
    return Labelled(str(task.id), task.data, width, height)


def _fields(project: Project, task: _Task, said: Said) -> dict[str, object]:
    """What was said, as in an answer; what the project has no field for is left out."""
    from recension.label.formats import Losses  # noqa: PLC0415  as above
    from recension.label.formats.label_studio.reading import Results  # noqa: PLC0415

    results = Results(project.schema, dict(task.data), Losses(), f"task {task.id}")
    for number, result in enumerate(said.result, start=1):
        # backends may leave ids to whoever asks
        named = (
            {"id": f"p{number}", **result} if isinstance(result, dict) and result.get("type") != "relation" else result
        )
        results.add(named, number)
    return results.fields()


class _Nowhere:
    """Where nothing is written: results are spelled for a request, not for a file."""

    def create(self, name: str) -> Any:
        raise Invalid("nothing is written here", where=name)


_NOWHERE: Final = _Nowhere()


def _name(project: Project) -> str:
    return f"{project.id}.{project.spec_commit[:12]}"
