"""Pages: what is on them, and the one clock that runs.

A worker may have several pages open: the one they work on and the next, fetched ahead. As long as any is open, exactly
one has its clock running: ``clock_us`` says since when, ``due_us`` until when. The others wait without a clock; theirs
starts when the one before them is closed, or when they are answered first. So a page that nobody works on is always
found by its time limit, and the time that counts is time spent on that page alone (``spent_us`` of earlier spells).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from recension.crowd.carried import Carried
from recension.crowd.policy import Policy
from recension.crowd.predictions import Prediction, predictions_of
from recension.crowd.states import PAGE, PageEvent, PageState, Standing, advance
from recension.crowd.tasks import TaskKind
from recension.crowd.terms import Terms
from recension.crowd.verdicts import Return, returns_to
from recension.crowd.workers import Worker
from recension.db import Tx
from recension.errors import NotFound

PageKind = Literal["training", "exam", "work", "import"]
"""``import``: annotations brought in from elsewhere; never in anybody's hands."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page as stored.

    Args:
        spent_us: time on it in closed spells; the running one is added when it ends.
        answered: tasks answered, not skipped, when it was last completed.
        reward: what it earns in full, fixed when it was handed out.
        paid: what it has earned so far, the sum of its ``entries`` in the ledger.
    """

    id: int
    project: int
    worker: int
    kind: PageKind
    state: PageState
    handed_us: int
    clock_us: int | None
    due_us: int | None
    finished_us: int | None
    spent_us: int
    answered: int
    size: int
    reward: str
    currency: str
    paid: str
    entries: int
    sim: bool


_NAMES: Final = tuple(field.name for field in fields(PageRow))
_COLUMNS: Final = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True)
class PageTask:
    """One task as its worker sees it: nothing here tells of what kind it is.

    Args:
        draft: what they had begun to answer.
        answer: what they answered.
        predictions: what models say, the newest first.
        returned: a reviewer gave their answer back, and why.
        draft_us: when the draft was last edited, as its client counts; None where it was not said.
    """

    id: int
    position: int
    data: Mapping[str, object]
    draft: Mapping[str, object] | None
    answer: Mapping[str, object] | None
    skipped: bool
    predictions: tuple[Prediction, ...] = ()
    returned: Return | None = None
    draft_us: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its worker sees it."""

    id: int
    kind: PageKind
    state: PageState
    handed_us: int
    clock_us: int | None
    due_us: int | None
    reward: str
    currency: str
    tasks: tuple[PageTask, ...]


def page_row(tx: Tx, page_id: int) -> PageRow:
    """The page with this id.

    Raises:
        NotFound: there is none.
    """
    row = tx.execute(f"SELECT {_COLUMNS} FROM page WHERE id = :page", {"page": page_id}).first()
    if row is None:
        raise NotFound(f"no page {page_id}", where="page", hint="ask for the next page")
    return _page_row(row)


def open_rows(tx: Tx, project_id: int, worker_id: int) -> list[PageRow]:
    """The open pages of a worker, the one whose clock runs first, then in the order they were handed out."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM page WHERE project = :project AND worker = :worker AND state = 'active'"
        " ORDER BY CASE WHEN clock_us IS NULL THEN 1 ELSE 0 END, id",
        {"project": project_id, "worker": worker_id},
    )
    return [_page_row(row) for row in rows]


def read_page(tx: Tx, page_id: int) -> Page:
    """The page as its worker sees it.

    Raises:
        NotFound: there is none.
    """
    row = page_row(tx, page_id)
    found = tx.execute(
        "SELECT p.task, p.position, t.data, h.draft, p.standing, a.seq, a.fields, t.work_id, h.draft_us"
        " FROM page_task p"
        " JOIN task t ON t.id = p.task LEFT JOIN answer a ON a.seq = p.answer"
        " LEFT JOIN handed h ON h.project = p.project AND h.worker = p.worker AND h.work_id = t.work_id"
        " WHERE p.page = :page ORDER BY p.position",
        {"page": page_id},
    ).all()
    said = predictions_of(tx, row.project, (each[7] for each in found))
    returned = returns_to(tx, row.worker, (each[0] for each in found))
    carried = Carried(tx)
    tasks = tuple(
        PageTask(
            task,
            position,
            json.loads(data),
            _json(draft),
            _json(carried.text(row.project, seq or 0, answer)),
            standing == Standing.SKIPPED,
            tuple(said.get(work, ())),
            returned.get(task),
            edited,
        )
        for task, position, data, draft, standing, seq, answer, work, edited in found
    )
    return Page(row.id, row.kind, row.state, row.handed_us, row.clock_us, row.due_us, row.reward, row.currency, tasks)


@dataclass(frozen=True, slots=True)
class Picked:
    """A task that is reserved for a worker and not on a page yet."""

    task: int
    kind: TaskKind


def hand_out(tx: Tx, now_us: int, terms: Terms, worker: Worker, tasks: Sequence[Picked], *, kind: PageKind) -> Page:
    """A new page with these tasks in this order; its clock starts unless another one runs."""
    project_id, policy = terms.project, terms.policy
    waits = any(row.clock_us is not None for row in open_rows(tx, project_id, worker.id))
    page_id = tx.execute(
        "INSERT INTO page (project, worker, kind, state, handed_us, clock_us, due_us, size, reward, currency, sim)"
        " VALUES (:project, :worker, :kind, :state, :now, :clock, :due, :size, :reward, :currency, :sim) RETURNING id",
        {
            "project": project_id,
            "worker": worker.id,
            "kind": kind,
            "state": PageState.ACTIVE.value,
            "now": now_us,
            "clock": None if waits else now_us,
            "due": None if waits else now_us + limit_us(policy),
            "size": len(tasks),
            "reward": policy.pay.per_page if kind == "work" else "0",
            "currency": policy.pay.currency,
            "sim": int(worker.simulated),
        },
    ).scalar()
    tx.executemany(
        "INSERT INTO page_task (page, position, project, worker, task, kind, standing)"
        " VALUES (:page, :position, :project, :worker, :task, :kind, :standing)",
        [
            {
                "page": page_id,
                "position": position,
                "project": project_id,
                "worker": worker.id,
                "task": each.task,
                "kind": each.kind,
                "standing": Standing.OPEN.value,
            }
            for position, each in enumerate(tasks)
        ],
    )
    return read_page(tx, page_id)


def limit_us(policy: Policy) -> int:
    """How long a page may take, in microseconds."""
    return round(policy.page.time_limit_s * 1_000_000)


def run_clock(tx: Tx, now_us: int, policy: Policy, page: PageRow) -> None:
    """Let this page's clock run, and no other of this worker; its time limit starts afresh."""
    if page.clock_us is not None:
        return
    tx.execute(
        "UPDATE page SET spent_us = spent_us + (:now - clock_us), clock_us = NULL, due_us = NULL"
        " WHERE project = :project AND worker = :worker AND state = 'active' AND clock_us IS NOT NULL",
        {"now": now_us, "project": page.project, "worker": page.worker},
    )
    tx.execute(
        "UPDATE page SET clock_us = :now, due_us = :due WHERE id = :page",
        {"now": now_us, "due": now_us + limit_us(policy), "page": page.id},
    )


def set_page_state(tx: Tx, now_us: int, policy: Policy, page: PageRow, event: PageEvent) -> PageState:
    """Close a page, or open it again, and let the right clock run.

    Raises:
        IllegalMove: its state does not allow the event.
    """
    state = advance(PAGE, page.state, event)
    spell_us = 0 if page.clock_us is None else now_us - page.clock_us
    tx.execute(
        "UPDATE page SET state = :state, spent_us = spent_us + :spell, clock_us = NULL, due_us = NULL,"
        " finished_us = :finished WHERE id = :page",
        {
            "state": state.value,
            "spell": spell_us,
            "finished": None if state is PageState.ACTIVE else now_us,
            "page": page.id,
        },
    )
    if state is PageState.ACTIVE:
        run_clock(tx, now_us, policy, page)
    else:
        waiting = open_rows(tx, page.project, page.worker)
        if waiting and waiting[0].clock_us is None:
            run_clock(tx, now_us, policy, waiting[0])
    return state


def first_unknown(pages: Sequence[PageRow], known: Collection[int]) -> PageRow | None:
    """The first of these pages that a client does not know of."""
    return next((page for page in pages if page.id not in known), None)


def _page_row(row: tuple[object, ...]) -> PageRow:
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    return PageRow(**values | {"state": PageState(values["state"]), "sim": bool(values["sim"])})


def _json(text: str | None) -> Mapping[str, object] | None:
    return None if text is None else json.loads(text)
