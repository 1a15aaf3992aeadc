"""What there is to review: tasks by how far they are reviewed, the most disputed first where people disagree."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from recension.crowd.log import Logged, logged
from recension.crowd.pair_agreement import PairAgreement, agreement_of, mean_of
from recension.crowd.predictions import Prediction, predictions_of
from recension.crowd.terms import Terms, terms_of
from recension.crowd.verdicts import NOT_CLEARED, Verdicts, verdicts_on
from recension.db import Tx
from recension.errors import Invalid, NotFound

ReviewStatus = Literal["requested", "unreviewed", "disputed", "returned", "done"]

_END: Final = 2**62
_ANSWERED: Final = "EXISTS (SELECT 1 FROM page_task p WHERE p.task = t.id AND p.standing = 'answered')"
_DECIDED: Final = (
    f"EXISTS (SELECT 1 FROM answer v WHERE v.task = t.id AND v.verb = 'decide' AND v.seq <= :upto AND {NOT_CLEARED})"
)
_UNSEEN: Final = (
    "EXISTS (SELECT 1 FROM page_task p WHERE p.task = t.id AND p.standing = 'answered' AND NOT EXISTS ("
    f"SELECT 1 FROM answer v WHERE v.of_seq = p.answer AND v.verb = 'accept' AND {NOT_CLEARED}))"
)
_RETURNED: Final = (
    "EXISTS (SELECT 1 FROM page_task p WHERE p.task = t.id AND p.answer > 0 AND p.standing IN ('sent-back', 'returned')"
    " AND NOT EXISTS (SELECT 1 FROM page_task q WHERE q.task = p.task AND q.worker = p.worker AND q.answer > p.answer))"
)
_SENT: Final = (
    "EXISTS (SELECT 1 FROM answer v WHERE v.project = t.project AND v.task = t.id AND v.verb = 'review'"
    " AND NOT EXISTS (SELECT 1 FROM answer c WHERE c.task = v.task AND c.seq > v.seq"
    " AND c.verb IN ('accept', 'return', 'decide', 'clear')))"
)
_DIFFER: Final = (
    "(SELECT COUNT(DISTINCT a.fields) FROM page_task p JOIN answer a ON a.seq = p.answer"
    " WHERE p.task = t.id AND p.standing = 'answered') > 1"
)
_IS: Final[Mapping[ReviewStatus, str]] = {
    "requested": _SENT,
    "unreviewed": f"{_UNSEEN} AND NOT {_DECIDED}",
    "disputed": f"{_DIFFER} AND {_UNSEEN} AND NOT {_DECIDED}",
    "returned": f"{_RETURNED} AND NOT {_DECIDED}",
    "done": f"({_DECIDED} OR ({_ANSWERED} AND NOT {_UNSEEN} AND NOT {_RETURNED}))",
}
_OF_PROJECT: Final = "t.project = :project AND t.kind = 'real' AND t.wanted = 1"
_COLUMNS: Final = "t.id, t.work_id, t.data, t.overlap, t.answered"


@dataclass(frozen=True, slots=True)
class ReviewTask:
    """A task with all that was said of it.

    Args:
        answers: standing or not, in the order of the log.
        pairs: how far the answers that stand agree, pair by pair.
        agreement: the mean of that; ``None`` with fewer than two.
    """

    id: int
    work_id: str
    data: Mapping[str, Any]
    overlap: int
    answered: int
    items: tuple[str, ...]
    answers: tuple[Logged, ...]
    predictions: tuple[Prediction, ...]
    verdicts: Verdicts
    pairs: tuple[PairAgreement, ...]
    agreement: float | None


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Tasks to review; ``after`` continues."""

    tasks: tuple[ReviewTask, ...]
    after: str | None


def review_page(tx: Tx, project_id: int, status: ReviewStatus, *, after: str = "", limit: int = 20) -> ReviewPage:
    """Tasks of one status: those in dispute with the least agreement first, others by id.

    ``requested`` are those that a lead has sent to review and no reviewer has said anything of since.

    Raises:
        Invalid: ``after`` is none that an earlier page named.
    """
    if status == "disputed":
        return _disputed(tx, project_id, after, limit)
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM task t WHERE {_OF_PROJECT} AND t.id > :after AND {_IS[status]}"
        " ORDER BY t.id LIMIT :limit",
        {"project": project_id, "after": _number(after), "limit": limit + 1, "upto": _END},
    ).all()
    tasks = _filled(tx, terms_of(tx, project_id), rows[:limit])
    return ReviewPage(tuple(tasks), str(rows[limit - 1][0]) if len(rows) > limit else None)


def review_ids(tx: Tx, project_id: int, status: ReviewStatus) -> list[int]:
    """Every task of one status, by id."""
    sql = f"SELECT t.id FROM task t WHERE {_OF_PROJECT} AND {_IS[status]} ORDER BY t.id"
    return [task for (task,) in tx.execute(sql, {"project": project_id, "upto": _END})]


def review_task(tx: Tx, project_id: int, task_id: int) -> ReviewTask:
    """One real task.

    Raises:
        NotFound: the project has none of that id.
    """
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM task t WHERE t.project = :project AND t.kind = 'real' AND t.id = :task",
        {"project": project_id, "task": task_id},
    ).all()
    if not rows:
        raise NotFound(f"no task {task_id}", where="task", hint="list the tasks of the project")
    return _filled(tx, terms_of(tx, project_id), rows)[0]


def review_counts(tx: Tx, project_id: int) -> dict[ReviewStatus, int]:
    """How many tasks there are of each status; a disputed one is unreviewed as well."""
    sums = ", ".join(f"COALESCE(SUM(CASE WHEN {of} THEN 1 ELSE 0 END), 0)" for of in _IS.values())
    values = {"project": project_id, "upto": _END}
    row = tx.execute(f"SELECT {sums} FROM task t WHERE {_OF_PROJECT}", values).one()
    return dict(zip(_IS, row, strict=True))


def _disputed(tx: Tx, project_id: int, after: str, limit: int) -> ReviewPage:
    sql = f"SELECT {_COLUMNS} FROM task t WHERE {_OF_PROJECT} AND {_IS['disputed']} ORDER BY t.id"
    rows = {row[0]: row for row in tx.execute(sql, {"project": project_id, "upto": _END})}
    terms = terms_of(tx, project_id)
    answers = _by_task(logged(tx, rows))
    order = sorted((_agreement(terms, answers[task]), task) for task in rows)
    start = _place(after)
    left = [task for agreement, task in order if (agreement, task) > start]
    agreement = {task: value for value, task in order}
    tasks = _filled(tx, terms, [rows[task] for task in left[:limit]])
    last = left[limit - 1] if len(left) > limit else None
    return ReviewPage(tuple(tasks), None if last is None else f"{agreement[last]:.6f}:{last}")


def _agreement(terms: Terms, answers: Sequence[Logged]) -> float:
    found = mean_of(agreement_of(terms.schema, answers))
    return 1.0 if found is None else round(found, 6)


def _filled(tx: Tx, terms: Terms, rows: Sequence[tuple[Any, ...]]) -> list[ReviewTask]:
    ids = [row[0] for row in rows]
    answers = _by_task(logged(tx, ids))
    said = predictions_of(tx, terms.project, (row[1] for row in rows))
    verdicts = verdicts_on(tx, terms.project, ids)
    return [
        _task(terms, row, _items(tx, row[0]), answers.get(row[0], []), said.get(row[1], []), verdicts) for row in rows
    ]


def _task(  # noqa: PLR0917  the parts, in the order of the whole
    terms: Terms,
    row: tuple[Any, ...],
    items: tuple[str, ...],
    answers: Sequence[Logged],
    said: Sequence[Prediction],
    verdicts: Verdicts,
) -> ReviewTask:
    task, work, data, overlap, answered = row
    pairs = tuple(agreement_of(terms.schema, answers))
    return ReviewTask(
        id=task,
        work_id=work,
        data=json.loads(data),
        overlap=overlap or terms.policy.overlap,  # of what is decided nothing is asked any more
        answered=answered,
        items=items,
        answers=tuple(answers),
        predictions=tuple(said),
        verdicts=verdicts,
        pairs=pairs,
        agreement=mean_of(pairs),
    )


def _items(tx: Tx, task_id: int) -> tuple[str, ...]:
    rows = tx.execute("SELECT DISTINCT item_id FROM item WHERE task = :task ORDER BY item_id", {"task": task_id})
    return tuple(row[0] for row in rows)


def _by_task(answers: Iterable[Logged]) -> dict[int, list[Logged]]:
    found: dict[int, list[Logged]] = {}
    for each in answers:
        found.setdefault(each.task, []).append(each)
    return found


def _number(after: str) -> int:
    if after and not after.isdecimal():
        raise Invalid(f"{after!r} is no place in this list", where="after", hint="send what the last page named")
    return int(after or 0)


def _place(after: str) -> tuple[float, int]:
    if not after:
        return (-1.0, 0)
    agreement, _, task = after.partition(":")
    try:
        return (float(agreement), _number(task))
    except ValueError:
        hint = "send what the last page named"
        raise Invalid(f"{after!r} is no place in this list", where="after", hint=hint) from None
