"""Annotations from elsewhere: what people said in another tool, taken into the answer log under their names.

Each batch becomes one closed page of kind ``import``: it is not paid, no rule looks at it, and nobody is asked again
what they have answered there. The same annotation brought in twice is recognised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blake3 import blake3

from recension.clock import Clock
from recension.crowd.handed import has_seen, note_handed
from recension.crowd.log import Said, append_said
from recension.crowd.matching import About, Work, find_work
from recension.crowd.pages import Picked, hand_out, page_row, set_page_state
from recension.crowd.places import move, places_on, take
from recension.crowd.predictions import Added
from recension.crowd.registry import Project
from recension.crowd.registry import project as project_of
from recension.crowd.states import PageEvent, PlaceEvent
from recension.crowd.terms import terms_of
from recension.crowd.workers import Worker, ensure_worker, join
from recension.db import Database, Tx
from recension.errors import Invalid
from recension.label import canonical_json, check_answer

MOST: Final = 1000
"""Annotations in one batch."""


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """What somebody said about one item; ``spent_us`` is the time they took, where it is known."""

    about: About
    fields: Mapping[str, object]
    spent_us: int | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    """An annotation that has a place."""

    work: Work
    annotation: NewAnnotation
    fields: Mapping[str, object]


def import_annotations(  # noqa: PLR0917  where, who, what: in the order it is said
    db: Database, clock: Clock, project_id: int, branch: str, worker: str, annotations: Sequence[NewAnnotation]
) -> Added:
    """Take annotations of one worker into the log, all or nothing.

    A task that has all the answers asked for takes no more, and a worker answers a task once: both are counted.

    Raises:
        Invalid: a value does not fit the project's fields (names item and field), or too many at once.
        Conflict: the name is that of a simulated worker.
    """
    if len(annotations) > MOST:
        raise Invalid(f"over {MOST} annotations at once", where="annotations", hint="send them in parts")
    return db.write(lambda tx: _import(tx, clock.now_us(), project_of(tx, project_id), branch, worker, annotations))


def _import(  # noqa: PLR0917  where, who, what: in the order it is said
    tx: Tx, now_us: int, project: Project, branch: str, name: str, annotations: Sequence[NewAnnotation]
) -> Added:
    worker = ensure_worker(tx, now_us, name)
    join(tx, now_us, project.id, worker.id)
    unknown: list[str] = []
    known = full = 0
    taken: list[_Taken] = []
    for each in annotations:
        fields = _checked(project, each)
        work = find_work(tx, project, branch, each.about)
        if work is None:
            unknown.append(each.about.item)
        elif has_seen(tx, project.id, worker.id, work.work_id):
            known += 1
        elif not take(tx, project.id, work.task, "real"):
            full += 1
        else:
            note_handed(tx, project.id, worker.id, work.work_id, work.task)
            taken.append(_Taken(work, each, fields))
    if taken:
        _page(tx, now_us, project, worker, taken)
    return Added(len(taken), known, full, tuple(unknown))


def _checked(project: Project, each: NewAnnotation) -> Mapping[str, object]:
    try:
        return check_answer(project.schema, each.fields)
    except Invalid as error:
        raise Invalid(error.message, where=f"{each.about.item}: {error.where}", hint=error.hint) from error


def _page(tx: Tx, now_us: int, project: Project, worker: Worker, taken: Sequence[_Taken]) -> None:
    terms = terms_of(tx, project.id)
    page = hand_out(tx, now_us, terms, worker, [Picked(each.work.task, "real") for each in taken], kind="import")
    for place, each in zip(places_on(tx, page.id), taken, strict=True):
        content = [project.id, worker.name, each.work.work_id, dict(each.fields), page.id]
        said = Said(
            f"import-{blake3(canonical_json(content)).hexdigest(16)}", each.fields, spent_us=each.annotation.spent_us
        )
        is_last = place.position == len(taken) - 1
        seq = append_said(tx, now_us, terms, place, said, completes=is_last)
        move(tx, place, PlaceEvent.ANSWER, answer=seq)
    set_page_state(tx, now_us, terms.policy, page_row(tx, page.id), PageEvent.FINISH)
    tx.execute("UPDATE page SET answered = size WHERE id = :page", {"page": page.id})
