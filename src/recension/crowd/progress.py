"""How a project stands: figures for its pages, all read from what is stored, none kept."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from recension.crowd.carried import Carried
from recension.crowd.control import is_right
from recension.crowd.log import Logged, logged
from recension.crowd.policy import FastPages, money, spell
from recension.crowd.rules import is_fast
from recension.crowd.states import MemberState
from recension.crowd.terms import Terms, terms_of
from recension.crowd.workers import Membership, Worker, members
from recension.db import Tx

_RECENT: Final = 200

TaskStatus = Literal["open", "settled", "stale"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A project at a glance.

    Args:
        tasks: real tasks that are wanted; ``settled`` ones have all their answers, ``open`` ones do not.
        stale: items whose content was edited after they were labelled and that wait for new answers.
        judgements: valid votes: one per field answered of a real task.
        workers: how many there are in each state.
        agreement_percent: share of pairs of votes on the same field of the same task that are equal; fields that
            are opinions left out; None when there is no pair.
        control_percent: share of right answers to control tasks; None when there are none.
        eta_s: seconds until all tasks are settled at the pace of the last answers; None when there is no pace yet.
    """

    tasks: int
    settled: int
    open: int
    stale: int
    overlap: int
    judgements: int
    workers: Mapping[MemberState, int]
    agreement_percent: float | None
    control_percent: float | None
    cost: str
    currency: str
    eta_s: float | None


@dataclass(frozen=True, slots=True)
class WorkerLine:
    """One worker's figures in a project."""

    worker: Worker
    membership: Membership
    control_right: int
    control_total: int
    fast_pages: int


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One real task, the items that show it, and every answer to it."""

    id: int
    work_id: str
    items: tuple[str, ...]
    data: Mapping[str, object]
    status: TaskStatus
    overlap: int
    reserved: int
    answered: int
    answers: tuple[Logged, ...]


def project_progress(tx: Tx, project_id: int) -> Progress:
    """The project at a glance.

    Raises:
        NotFound: there is no such project.
    """
    terms = terms_of(tx, project_id)
    key = {"project": project_id}
    total, settled, left = tx.execute(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN answered >= overlap THEN 1 ELSE 0 END), 0),"
        " COALESCE(SUM(CASE WHEN answered < overlap THEN overlap - answered ELSE 0 END), 0)"
        " FROM task WHERE project = :project AND kind = 'real' AND wanted = 1",
        key,
    ).one()
    stale = tx.execute(
        "SELECT COUNT(*) FROM item i JOIN task t ON t.id = i.task"
        " WHERE i.project = :project AND i.stale = 1 AND t.answered < t.overlap",
        key,
    ).scalar()
    judgements, agreement = _agreement(tx, terms)
    everyone = members(tx, project_id)
    right, controls = _control_totals(tx, project_id)
    return Progress(
        tasks=total,
        settled=settled,
        open=total - settled,
        stale=stale,
        overlap=terms.policy.overlap,
        judgements=judgements,
        workers={state: sum(member.state is state for _, member in everyone) for state in MemberState},
        agreement_percent=agreement,
        control_percent=_percent(right, controls),
        cost=spell(sum((money(member.earned) for _, member in everyone), Decimal(0))),
        currency=terms.policy.pay.currency,
        eta_s=_eta(tx, project_id, left),
    )


def worker_report(tx: Tx, project_id: int) -> list[WorkerLine]:
    """Everyone who ever asked for a page, by name.

    Raises:
        NotFound: there is no such project.
    """
    terms = terms_of(tx, project_id)
    control = _control_by_worker(tx, project_id)
    fast = _fast_by_worker(tx, terms)
    return [
        WorkerLine(worker, member, *control.get(worker.id, (0, 0)), fast.get(worker.id, 0))
        for worker, member in members(tx, project_id)
    ]


def tasks_report(
    tx: Tx, project_id: int, *, status: TaskStatus | None = None, after: int = 0, limit: int = 100
) -> list[TaskLine]:
    """Real tasks that are wanted, with every answer to them, in the order of their ids after ``after``."""
    rows = tx.execute(
        "SELECT id, work_id, data, overlap, reserved, answered, EXISTS (SELECT 1 FROM item i"
        f"  WHERE i.task = task.id AND i.stale = 1) FROM task WHERE project = :project AND kind = 'real'"
        f" AND wanted = 1 AND id > :after {_STATUS[status]} ORDER BY id LIMIT :limit",
        {"project": project_id, "after": after, "limit": limit},
    ).all()
    by_task: defaultdict[int, list[Logged]] = defaultdict(list)
    for each in logged(tx, [row[0] for row in rows]):
        by_task[each.task].append(each)
    return [
        TaskLine(
            task,
            work,
            _items(tx, task),
            json.loads(data),
            "settled" if answered >= overlap else "stale" if stale else "open",
            overlap,
            reserved,
            answered,
            tuple(by_task[task]),
        )
        for task, work, data, overlap, reserved, answered, stale in rows
    ]


_STATUS: Final[Mapping[TaskStatus | None, str]] = {
    None: "",
    "settled": "AND answered >= overlap",
    "open": "AND answered < overlap",
    "stale": "AND answered < overlap AND EXISTS (SELECT 1 FROM item i WHERE i.task = task.id AND i.stale = 1)",
}


def _items(tx: Tx, task_id: int) -> tuple[str, ...]:
    rows = tx.execute("SELECT DISTINCT item_id FROM item WHERE task = :task ORDER BY item_id", {"task": task_id})
    return tuple(row[0] for row in rows)


def _agreement(tx: Tx, terms: Terms) -> tuple[int, float | None]:
    """(judgements, agreement in percent). Equal answers are counted by the database, not one by one here."""
    carried = Carried(tx)
    # Of labels that were carried over, equal texts need not be equal answers: each is read for itself.
    each = ", a.seq" if carried.any(terms.project) else ""
    rows = tx.stream(
        "SELECT p.task, a.fields, COUNT(*), MIN(a.seq) FROM page_task p JOIN answer a ON a.seq = p.answer WHERE"
        f" p.project = :project AND p.kind = 'real' AND p.standing = 'answered' GROUP BY p.task, a.fields{each}",
        {"project": terms.project},
    )
    # Of opinions none is right, and two people hardly ever mark the very same pixels.
    opinions = {field.name for field in terms.schema.fields if field.opinion or field.kind in {"regions", "relations"}}
    read: dict[str, list[tuple[str, str]]] = {}
    votes: defaultdict[tuple[int, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    judgements = 0
    for task, stored, count, seq in rows:
        text = carried.text(terms.project, seq, stored) or ""
        if text not in read:
            read[text] = [(field, json.dumps(value)) for field, value in json.loads(text).items()]
        for field, value in read[text]:
            judgements += count
            if field not in opinions:
                votes[task, field][value] += count
    equal = sum(count * (count - 1) for counts in votes.values() for count in counts.values())
    pairs = sum(total * (total - 1) for total in (sum(counts.values()) for counts in votes.values()))
    return judgements, _percent(equal, pairs)


def _control_by_worker(tx: Tx, project_id: int) -> dict[int, tuple[int, int]]:
    """By worker: (right, all) of the control answers that stand or were excluded with their author."""
    carried = Carried(tx)
    rows = tx.stream(
        "SELECT p.worker, t.expected, a.fields, COUNT(*), MIN(a.seq) FROM page_task p JOIN task t ON t.id = p.task"
        " JOIN answer a ON a.seq = p.answer WHERE p.project = :project AND p.kind = 'control' AND t.wanted = 1"
        " AND p.standing IN ('answered', 'excluded', 'voided') GROUP BY p.worker, t.expected, a.fields"
        f"{', a.seq' if carried.any(project_id) else ''}",
        {"project": project_id},
    )
    totals: dict[int, tuple[int, int]] = {}
    for worker, expected, fields, count, seq in rows:
        right, total = totals.get(worker, (0, 0))
        good = is_right(expected, carried.text(project_id, seq, fields))
        totals[worker] = (right + count * good, total + count)
    return totals


def _control_totals(tx: Tx, project_id: int) -> tuple[int, int]:
    by_worker = _control_by_worker(tx, project_id).values()
    return sum(right for right, _ in by_worker), sum(total for _, total in by_worker)


def _fast_by_worker(tx: Tx, terms: Terms) -> dict[int, int]:
    """By worker: completed pages that the project's rule about fast pages calls fast."""
    rule = next((rule for rule in terms.policy.rules if isinstance(rule, FastPages)), None)
    if rule is None:
        return {}
    rows = tx.stream(
        "SELECT worker, spent_us, answered FROM page"
        " WHERE project = :project AND state = 'submitted' AND kind = 'work'",
        {"project": terms.project},
    )
    fast: defaultdict[int, int] = defaultdict(int)
    for worker, spent_us, answered in rows:
        fast[worker] += is_fast(spent_us, answered, rule, terms.policy.page)
    return fast


def _eta(tx: Tx, project_id: int, left: int) -> float | None:
    if not left:
        return 0.0
    count, first, last = tx.execute(
        "SELECT COUNT(*), MIN(at_us), MAX(at_us) FROM (SELECT a.at_us AS at_us FROM answer a"
        " JOIN task t ON t.id = a.task WHERE a.project = :project AND a.verb = 'answer' AND t.kind = 'real'"
        " ORDER BY a.seq DESC LIMIT :recent) r",
        {"project": project_id, "recent": _RECENT},
    ).one()
    if count < 2 or last <= first:
        return None
    return float(left * (last - first) / (count - 1) / 1_000_000)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 4) if whole else None
