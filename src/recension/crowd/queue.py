"""The queue: which page a worker gets next.

Real tasks are taken nearest to completion first, and among equals in the order in which they joined the queue. Items
then settle one after the other while work goes on: labels flow at once, few items are ever half asked, and a project
that is stopped early has whole labels for a part of its items, not a first opinion on all of them. Before all that come
what a reviewer gave back to the worker and what a lead assigned to them, and tasks of a higher priority.

The cost of a page does not grow with the project. Open tasks are read from an index in the order they are taken. What
one worker has had already is passed over once per change of a task, not once per page: ``queue_mark`` keeps, for each
priority and ``need``, the turn up to which they know everything, and a task that changes its need joins its new queue
at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from recension.clock import Clock
from recension.crowd.assigned import take_assigned
from recension.crowd.control import mix, pick_controls
from recension.crowd.exam import TrialKind, pick_trial, stage
from recension.crowd.handed import note_handed
from recension.crowd.leases import expire_own
from recension.crowd.pages import Page, PageKind, PageRow, Picked, hand_out, open_rows, read_page
from recension.crowd.places import take
from recension.crowd.returned import take_again
from recension.crowd.states import MemberState
from recension.crowd.tasks import TaskKind
from recension.crowd.terms import Terms, terms_of
from recension.crowd.workers import Membership, join, worker_of
from recension.db import Database, Tx

MOST_OPEN: Final = 2
"""Pages a worker may have open when they ask: the one they work on, and the next."""

_CHUNK: Final = 64

_BACK: Final = """
    SELECT t.id, t.work_id FROM handed h JOIN task t ON t.id = h.task
    WHERE h.project = :project AND h.worker = :worker AND h.state = 'back' AND h.kind = 'real'
      AND t.wanted = 1 AND t.need > 0
    ORDER BY t.priority DESC, t.need, t.turn LIMIT :count
"""
_HIGH_TO_LOW: Final = (1, 0, -1)
# Each index holds its own priorities alone, and is found by these words.
_OF: Final = {
    priority: "t.priority = 0" if priority == 0 else f"t.priority <> 0 AND t.priority = {priority}"
    for priority in _HIGH_TO_LOW
}
_NEXT_NEED: Final = """
    SELECT MIN(t.need) FROM task t
    WHERE t.project = :project AND t.kind = 'real' AND t.wanted = 1 AND {of} AND t.need > :need
"""
_OPEN: Final = """
    SELECT t.id, t.work_id, t.turn, EXISTS (
        SELECT 1 FROM handed h WHERE h.project = t.project AND h.worker = :worker AND h.work_id = t.work_id)
    FROM task t
    WHERE t.project = :project AND t.kind = 'real' AND t.wanted = 1 AND {of} AND t.need = :need AND t.turn > :after
    ORDER BY t.turn LIMIT :chunk
"""
_OTHERS_HOLD: Final = """
    SELECT 1 FROM task t
    WHERE t.project = :project AND t.kind = 'real' AND t.wanted = 1 AND t.reserved > 0 AND t.answered < t.overlap
      AND NOT EXISTS (SELECT 1 FROM handed h WHERE h.project = t.project AND h.worker = :worker
        AND h.work_id = t.work_id AND h.state <> 'back')
    LIMIT 1
"""

Reason = Literal["done", "wait", "banned", "failed", "closed"]


@dataclass(frozen=True, slots=True)
class NoWork:
    """There is no page for this worker now.

    Args:
        reason: ``done``: nothing is left that they have not had. ``wait``: others hold what is left and may give it
            back, or they have pages open themselves, or the project is paused. ``banned``, ``failed``: they may not
            work here. ``closed``: nobody may.
        open_pages: ids of the pages in their hands.
    """

    reason: Reason
    membership: Membership
    open_pages: tuple[int, ...] = ()


def next_page(
    db: Database, clock: Clock, project_id: int, worker_id: int, *, holding: Collection[int] | None = None
) -> Page | NoWork:
    """The next page for a worker, durably theirs; or why there is none.

    Asking again hands out nothing twice. Of the open pages the first is returned that the client does not know:
    ``holding`` names those it has. Without ``holding`` the page whose clock runs counts as known if it is one of work,
    so that the page after it is fetched ahead. A page of training or of an exam is never fetched ahead.

    Raises:
        NotFound: there is no such project or worker.
    """
    return db.write(lambda tx: _next_page(tx, clock.now_us(), project_id, worker_id, holding))


def _next_page(tx: Tx, now_us: int, project_id: int, worker_id: int, holding: Collection[int] | None) -> Page | NoWork:
    terms = terms_of(tx, project_id)
    worker = worker_of(tx, worker_id)
    join(tx, now_us, project_id, worker_id)
    expire_own(tx, now_us, terms, worker_id)
    opened = open_rows(tx, project_id, worker_id)
    unknown = _first_unknown(opened, holding)
    if unknown is not None:
        return read_page(tx, unknown.id)
    member = join(tx, now_us, project_id, worker_id)
    if terms.state == "open":
        member = stage(tx, now_us, terms, member)
        picked = _pick_page(tx, terms, member, opened)
        if picked:
            kind: PageKind = _TRIAL.get(member.state, "work")
            tx.execute(_COUNT_PAGE, {"project": project_id, "worker": worker_id, "work": int(kind == "work")})
            return hand_out(tx, now_us, terms, worker, picked, kind=kind)
    return NoWork(_reason(tx, terms, member, opened), member, tuple(page.id for page in opened))


_TRIAL: Final[dict[MemberState, TrialKind]] = {MemberState.TRAINING: "training", MemberState.EXAM: "exam"}
_COUNT_PAGE: Final = """
    UPDATE membership SET handed_pages = handed_pages + :work WHERE project = :project AND worker = :worker
"""


def _first_unknown(opened: Sequence[PageRow], holding: Collection[int] | None) -> PageRow | None:
    if holding is None:
        holding = [page.id for page in opened if page.kind == "work" and page.clock_us is not None]
    return next((page for page in opened if page.id not in holding), None)


def _pick_page(tx: Tx, terms: Terms, member: Membership, opened: Sequence[PageRow]) -> list[Picked]:
    """Tasks for a new page, reserved; none when the worker may not have one or nothing is left."""
    kind = _TRIAL.get(member.state)
    trial = terms.policy.training if kind == "training" else terms.policy.exam
    if kind is not None and trial is not None:
        found = [] if opened else pick_trial(tx, member, kind, trial.page)
        return _reserve(tx, member, kind, found)
    if member.state is not MemberState.WORKING or len(opened) >= MOST_OPEN:
        return []
    page = terms.policy.page
    real = _reserve(tx, member, "real", _pick_real(tx, member, page.real))
    # Real tasks first: what is on this page must not appear on it again as a control task of the same content.
    control = _reserve(tx, member, "control", pick_controls(tx, member, page.control)) if real else []
    return mix(member, real, control)


def _pick_real(tx: Tx, member: Membership, count: int) -> list[tuple[int, str]]:
    """Up to ``count`` open tasks that this worker never answered, those they gave back first: (task, work id)."""
    who = {"project": member.project, "worker": member.worker}
    found = take_again(tx, member, count)
    found += take_assigned(tx, member, count - len(found))
    known = {task for task, _ in found}
    back = tx.execute(_BACK, who | {"count": count})
    found += [(task, work) for task, work in back if task not in known][: count - len(found)]
    for priority in _HIGH_TO_LOW:
        known = {task for task, _ in found}
        found += _pick_of_priority(tx, member, priority, count - len(found), known)
    return found


def _pick_of_priority(
    tx: Tx, member: Membership, priority: int, count: int, known: Collection[int]
) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    sql, need = _NEXT_NEED.format(of=_OF[priority]), 0
    while len(found) < count:
        need = tx.execute(sql, {"project": member.project, "need": need}).scalar()
        if need is None:
            break
        found += _pick_of_need(tx, member, (priority, need), count - len(found), known)
    return found


def _pick_of_need(
    tx: Tx, member: Membership, queue: tuple[int, int], count: int, known: Collection[int]
) -> list[tuple[int, str]]:
    key = {"project": member.project, "worker": member.worker, "priority": queue[0], "need": queue[1]}
    mark = tx.execute(_MARK, key).scalar() or 0
    found: list[tuple[int, str]] = []
    seen_upto = mark
    for task, work, turn, seen in _open_tasks(tx, key, mark):
        seen_upto = turn
        if not seen and task not in known:
            found.append((task, work))
            if len(found) == count:
                break
    if seen_upto > mark:
        tx.execute(_SET_MARK, key | {"turn": seen_upto})
    return found


_MARK: Final = """
    SELECT turn FROM queue_mark
    WHERE project = :project AND worker = :worker AND priority = :priority AND need = :need
"""
_SET_MARK: Final = """
    INSERT INTO queue_mark (project, worker, priority, need, turn) VALUES (:project, :worker, :priority, :need, :turn)
    ON CONFLICT (project, worker, priority, need) DO UPDATE SET turn = excluded.turn
"""


def _open_tasks(tx: Tx, key: dict[str, int], after: int) -> Iterator[tuple[int, str, int, int]]:
    sql = _OPEN.format(of=_OF[key["priority"]])
    while True:
        rows = tx.execute(sql, key | {"after": after, "chunk": _CHUNK}).all()
        yield from rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1][2]


def _reserve(tx: Tx, member: Membership, kind: TaskKind, found: Sequence[tuple[int, str]]) -> list[Picked]:
    for task, work in found:
        held = take(tx, member.project, task, kind)
        new = note_handed(tx, member.project, member.worker, work, task, kind=kind)
        assert held, "an open task has room"
        assert new, "nobody is handed the same work twice"
    return [Picked(task, kind) for task, _ in found]


def _reason(tx: Tx, terms: Terms, member: Membership, opened: Sequence[PageRow]) -> Reason:
    match member.state:
        case MemberState.BANNED:
            return "banned"
        case MemberState.FAILED:
            return "failed"
    if terms.state == "closed":
        return "closed"
    waits = opened or terms.state == "paused" or member.state is not MemberState.WORKING
    if waits or tx.execute(_OTHERS_HOLD, {"project": member.project, "worker": member.worker}).first():
        return "wait"
    return "done"
