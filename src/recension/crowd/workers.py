"""Workers, and how far each has come in each project."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recension.crowd.states import MEMBER, MemberEvent, MemberState, advance
from recension.db import Tx
from recension.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Worker:
    """Someone who labels; ``simulated`` never changes."""

    id: int
    name: str
    account: str | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """One worker in one project.

    Args:
        reason: why they are in this state, for people.
        rules_from_us: rules look only at what came after this: a worker who is let back in starts afresh.
        handed_pages: pages of work handed out so far.
        control_mark: every control task up to this turn is known to them.
        answers: valid answers to real and control tasks.
        pages: completed pages of work.
        earned: sum of their ledger, a decimal number.
    """

    project: int
    worker: int
    state: MemberState
    reason: str
    since_us: int
    rules_from_us: int = 0
    handed_pages: int = 0
    control_mark: int = 0
    answers: int = 0
    pages: int = 0
    earned: str = "0"


_MEMBER_COLUMNS = (
    "project, worker, state, reason, since_us, rules_from_us, handed_pages, control_mark, answers, pages, earned"
)


def ensure_worker(tx: Tx, now_us: int, name: str, *, account: str | None = None, simulated: bool = False) -> Worker:
    """The worker of this name, made when there is none.

    Raises:
        Conflict: a person and a simulated worker cannot share a name.
    """
    tx.execute(
        "INSERT INTO worker (name, account, simulated, created_us) VALUES (:name, :account, :simulated, :now)"
        " ON CONFLICT (name) DO NOTHING",
        {"name": name, "account": account, "simulated": int(simulated), "now": now_us},
    )
    worker = worker_named(tx, name)
    if worker.simulated is not simulated:
        kind = "simulated worker" if worker.simulated else "person"
        raise Conflict(f"{name!r} is a {kind}", where="worker", hint="take another name: this never changes")
    return worker


def worker_named(tx: Tx, name: str) -> Worker:
    """The worker of this name.

    Raises:
        NotFound: there is none.
    """
    row = tx.execute("SELECT id, name, account, simulated FROM worker WHERE name = :name", {"name": name}).first()
    if row is None:
        raise NotFound(f"no worker {name!r}", where="worker", hint="they become a worker with their first page")
    return Worker(row[0], row[1], row[2], bool(row[3]))


def worker_of(tx: Tx, worker_id: int) -> Worker:
    """The worker with this id.

    Raises:
        NotFound: there is none.
    """
    row = tx.execute("SELECT id, name, account, simulated FROM worker WHERE id = :id", {"id": worker_id}).first()
    if row is None:
        raise NotFound(f"no worker {worker_id}", where="worker", hint="they become a worker with their first page")
    return Worker(row[0], row[1], row[2], bool(row[3]))


def membership(tx: Tx, project_id: int, worker_id: int) -> Membership | None:
    """How far the worker has come; None when they never asked for a page."""
    row = tx.execute(
        f"SELECT {_MEMBER_COLUMNS} FROM membership WHERE project = :project AND worker = :worker",
        {"project": project_id, "worker": worker_id},
    ).first()
    return None if row is None else _membership(row)


def join(tx: Tx, now_us: int, project_id: int, worker_id: int) -> Membership:
    """The membership of the worker, made when there is none."""
    tx.execute(
        "INSERT INTO membership (project, worker, state, since_us) VALUES (:project, :worker, :state, :now)"
        " ON CONFLICT (project, worker) DO NOTHING",
        {"project": project_id, "worker": worker_id, "state": MemberState.NEW.value, "now": now_us},
    )
    member = membership(tx, project_id, worker_id)
    assert member is not None
    return member


def members(tx: Tx, project_id: int) -> list[tuple[Worker, Membership]]:
    """Everyone who ever asked for a page, by name."""
    columns = ", ".join(f"m.{name.strip()}" for name in _MEMBER_COLUMNS.split(","))
    rows = tx.execute(
        f"SELECT w.id, w.name, w.account, w.simulated, {columns} FROM membership m JOIN worker w ON w.id = m.worker"
        " WHERE m.project = :project ORDER BY w.name",
        {"project": project_id},
    )
    return [(Worker(row[0], row[1], row[2], bool(row[3])), _membership(row[4:])) for row in rows]


def move_member(tx: Tx, now_us: int, member: Membership, event: MemberEvent, reason: str = "") -> Membership:
    """The membership after ``event``.

    Raises:
        IllegalMove: its state does not allow the event.
    """
    state = advance(MEMBER, member.state, event)
    fresh = event is MemberEvent.UNBAN or (member.state is MemberState.FAILED and event is MemberEvent.ADMIT)
    moved = replace(
        member,
        state=state,
        reason=reason,
        since_us=now_us,
        rules_from_us=now_us if fresh else member.rules_from_us,
    )
    tx.execute(
        "UPDATE membership SET state = :state, reason = :reason, since_us = :now, rules_from_us = :rules_from"
        " WHERE project = :project AND worker = :worker",
        {
            "state": state.value,
            "reason": reason,
            "now": now_us,
            "rules_from": moved.rules_from_us,
            "project": member.project,
            "worker": member.worker,
        },
    )
    return moved


def _membership(row: tuple[object, ...]) -> Membership:
    project, worker, state, *rest = row
    return Membership(project, worker, MemberState(str(state)), *rest)  # type: ignore[arg-type]
