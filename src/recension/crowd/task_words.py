"""What a lead does with a whole task: each is a row of the log, and can be told apart and undone by its id.

Every function does one thing to one task and returns ``None``, or says why the task is left alone and changes nothing.
With ``dry`` nothing is written: the same answer, without the deed. So doing one twice is doing it once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

from recension.crowd.assigned import assign, assignees, has_seen, unassign
from recension.crowd.log import Ruling, TaskWord, append_ruling, append_word
from recension.crowd.pages import page_row
from recension.crowd.places import Place, move, place_of_answer
from recension.crowd.returns import give_back
from recension.crowd.settle import settle_page
from recension.crowd.states import MemberState, PageEvent, PageState, PlaceEvent, Standing
from recension.crowd.tasks import fresh_turns, set_decided
from recension.crowd.terms import Terms
from recension.crowd.verdicts import Verdict, Verdicts, verdicts_on
from recension.crowd.workers import Worker, membership
from recension.db import Tx

PRIORITIES: Final[Mapping[str, int]] = {"high": 1, "normal": 0, "low": -1}
PRIORITY_NAMES: Final[Mapping[int, str]] = {value: name for name, value in PRIORITIES.items()}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who does it, when, and under which name it stands in the log.

    Args:
        name: what the ids of these rows of the log begin with; the task's number follows.
        lead: the worker that the lead is.
        dry: only say what would be left alone.
    """

    tx: Tx
    now_us: int
    terms: Terms
    lead: Worker
    name: str
    dry: bool = False

    def say(
        self, verb: TaskWord, task: int, reason: str = "", *, worker: int | None = None, of_seq: int | None = None
    ) -> None:
        """Append a word on a task."""
        for_whom = self.lead.id if worker is None else worker
        ruling = Ruling(f"{self.name} {task}", verb, task, 0, for_whom, of_seq, None, reason, self.lead.name)
        append_ruling(self.tx, self.now_us, self.terms, ruling)

    def verdicts(self, task: int) -> Verdicts:
        """What reviewers said of a task."""
        return verdicts_on(self.tx, self.terms.project, [task])


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A real task as it stands."""

    id: int
    work_id: str
    data: str
    overlap: int
    reserved: int
    answered: int
    need: int
    wanted: bool
    decided: bool
    priority: int
    extra: int
    excluded: bool


_NAMES: Final = tuple(each.name for each in fields(TaskRow))
_ROW: Final = (
    f"SELECT {', '.join(_NAMES)} FROM task WHERE id = :task AND project = :project AND kind = 'real'"  # its own names
)


def task_row(desk: Desk, task: int) -> TaskRow | None:
    """The task, if the project has it."""
    row = desk.tx.execute(_ROW, {"task": task, "project": desk.terms.project}).first()
    if row is None:
        return None
    values = dict(zip(_NAMES, row, strict=True))
    return TaskRow(**values | {name: bool(values[name]) for name in ("wanted", "decided", "excluded")})


def set_priority(desk: Desk, task: TaskRow, priority: str) -> str | None:
    """Put a task before all others, after them, or back among them."""
    if task.priority == PRIORITIES[priority]:
        return f"priority is {priority} already"
    if not desk.dry:
        turn = fresh_turns(desk.tx, desk.terms.project, 1)[0]
        values = {"priority": PRIORITIES[priority], "turn": turn, "task": task.id}
        desk.tx.execute("UPDATE task SET priority = :priority, turn = :turn WHERE id = :task", values)
        desk.say("priority", task.id, priority)
    return None


def ask_more(desk: Desk, task: TaskRow) -> str | None:
    """Ask one person more than the project's overlap."""
    if task.decided:
        return "decided: reopen it first"
    _ask(desk, task, 1)
    return None


def ask_less(desk: Desk, task: TaskRow) -> str | None:
    """Take that back, as long as nobody has taken the place."""
    if not task.extra or (not task.decided and task.need < 1):
        return "somebody has the place already"
    _ask(desk, task, -1)
    return None


def _ask(desk: Desk, task: TaskRow, step: int) -> None:
    if desk.dry:
        return
    turn = fresh_turns(desk.tx, desk.terms.project, 1)[0]
    desk.tx.execute(
        "UPDATE task SET extra = extra + :step, turn = :turn,"
        " overlap = CASE WHEN decided = 1 THEN 0 ELSE overlap + :step END WHERE id = :task",
        {"step": step, "turn": turn, "task": task.id},
    )
    desk.say("ask" if step > 0 else "unask", task.id)


def exclude(desk: Desk, task: TaskRow) -> str | None:
    """Take a task out of the project: nobody is asked, and it is no label. What was said stays."""
    if task.excluded:
        return "excluded already"
    if not desk.dry:
        desk.tx.execute("UPDATE task SET excluded = 1, wanted = 0 WHERE id = :task", {"task": task.id})
        desk.say("exclude-item", task.id)
    return None


def include(desk: Desk, task: TaskRow) -> str | None:
    """Take an excluded task in again; it joins the end of its queue."""
    if not task.excluded:
        return "not excluded"
    if not desk.dry:
        turn = fresh_turns(desk.tx, desk.terms.project, 1)[0]
        sql = (
            "UPDATE task SET excluded = 0, turn = :turn, wanted = CASE WHEN EXISTS ("
            "SELECT 1 FROM item i WHERE i.task = task.id) THEN 1 ELSE 0 END WHERE id = :task"
        )
        desk.tx.execute(sql, {"task": task.id, "turn": turn})
        desk.say("include-item", task.id)
    return None


_ASKED: Final = """
    SELECT v.seq FROM answer v WHERE v.project = :project AND v.task = :task AND v.verb = 'review'
    AND NOT EXISTS (SELECT 1 FROM answer c WHERE c.task = v.task AND c.seq > v.seq
        AND c.verb IN ('accept', 'return', 'decide', 'clear')) ORDER BY v.seq DESC LIMIT 1
"""


def send_to_review(desk: Desk, task: TaskRow) -> str | None:
    """Put a task before reviewers, whether or not it was reviewed before; any verdict takes it from there."""
    if asked_for_review(desk, task.id) is not None:
        return "waits for review already"
    if not desk.dry:
        desk.say("review", task.id)
    return None


def asked_for_review(desk: Desk, task: int) -> int | None:
    """Where in the log a task was sent to review, when no reviewer has said anything since."""
    seq: int | None = desk.tx.execute(_ASKED, {"project": desk.terms.project, "task": task}).scalar()
    return seq


def assign_to(desk: Desk, task: TaskRow, worker: Worker) -> str | None:
    """Keep a place of a task for a worker: it stands on their next page, before any other."""
    if any(each == worker.id for each, _ in assignees(desk.tx, task.id)):
        return f"assigned to {worker.name} already"
    if has_seen(desk.tx, task.id, worker.id):
        return f"{worker.name} had it before"
    member = membership(desk.tx, desk.terms.project, worker.id)
    if member is not None and member.state in {MemberState.BANNED, MemberState.FAILED}:
        return f"{worker.name} may not work here"
    if not task.wanted or task.need < 1:
        return "has all the answers asked for, or they are under way"
    if not desk.dry:
        assign(desk.tx, desk.now_us, desk.terms.project, task.id, worker.id, by=desk.lead.name)
        desk.say("assign", task.id, worker=worker.id)
    return None


_PAGES: Final = """
    SELECT DISTINCT p.page FROM page_task p JOIN page g ON g.id = p.page
    WHERE p.project = :project AND p.task = :task AND p.standing = 'open' AND g.state = 'active' ORDER BY p.page
"""


def release(desk: Desk, task: TaskRow) -> str | None:
    """Take a task out of everybody's hands: pages that hold it go back, places that are kept are free again."""
    kept = assignees(desk.tx, task.id)
    pages = desk.tx.execute(_PAGES, {"project": desk.terms.project, "task": task.id}).all()
    if not kept and not pages:
        return "nobody holds it"
    if desk.dry:
        return None
    for worker, _ in kept:
        unassign(desk.tx, desk.terms.project, task.id, worker)
    for (page_id,) in pages:
        page = page_row(desk.tx, page_id)
        if page.state is PageState.ACTIVE:
            give_back(desk.tx, desk.now_us, desk.terms.policy, page, PageEvent.RELEASE)
            if page.kind == "work":
                settle_page(desk.tx, desk.now_us, desk.terms, page.id)
    desk.say("release", task.id)
    return None


def reopen(desk: Desk, task: TaskRow) -> str | None:
    """Take back what reviewers decided, all of it: the task asks for the answers it lacks."""
    if not task.decided:
        return "nothing was decided"
    if desk.dry:
        return None
    number = 0
    while (decision := desk.verdicts(task.id).decisions.get(task.id)) is not None:
        name = f"{desk.name} {task.id}" + (f" {number}" if number else "")
        _rule(desk, name, "clear", task.id, of=decision)
        number += 1
    set_decided(desk.tx, desk.terms.project, task.id, desk.terms.policy.overlap, decided=False)
    return None


def decide_again(desk: Desk, task: TaskRow, seq: int) -> str | None:
    """Decide what a decision said that was taken back; ``seq`` is where it stands in the log."""
    if task.decided:
        return "decided again already"
    text = desk.tx.execute("SELECT fields FROM answer WHERE seq = :seq", {"seq": seq}).scalar()
    if text is None:
        return "nothing was decided"
    if not desk.dry:
        _rule(desk, f"{desk.name} {task.id}", "decide", task.id, decided=json.loads(text))
        set_decided(desk.tx, desk.terms.project, task.id, desk.terms.policy.overlap, decided=True)
    return None


def _rule(
    desk: Desk,
    name: str,
    verb: str,
    task: int,
    *,
    of: Verdict | None = None,
    decided: Mapping[str, object] | None = None,
) -> None:
    ruling = Ruling(name, "clear", task, 0, desk.lead.id, None if of is None else of.seq, decided, "", desk.lead.name)
    append_ruling(desk.tx, desk.now_us, desk.terms, ruling if verb == "clear" else replace(ruling, verb="decide"))


_ANSWERS: Final = """
    SELECT a.seq, p.page FROM page_task p JOIN answer a ON a.seq = p.answer
    WHERE p.task = :task AND p.standing IN ({standings}) AND (:worker = 0 OR p.worker = :worker) ORDER BY a.seq
"""


def answers_on(desk: Desk, task: int, *standings: Standing, worker: int = 0) -> list[Place]:
    """The places of a task's answers in these standings, of everybody or of one worker."""
    names = ", ".join(f"'{standing.value}'" for standing in standings)
    rows = desk.tx.execute(_ANSWERS.format(standings=names), {"task": task, "worker": worker}).all()
    places = (place_of_answer(desk.tx, seq, page, task) for seq, page in rows)
    return [place for place in places if place is not None]


def agree(desk: Desk, task: TaskRow) -> str | None:
    """Accept every answer of a task that counts and was not accepted yet."""
    places = answers_on(desk, task.id, Standing.ANSWERED)
    if not places:
        return "nobody has answered"
    accepted = {seq for seq, said in desk.verdicts(task.id).by_answer.items() if said.verb == "accept"}
    left = [place for place in places if place.answer not in accepted]
    if not left:
        return "every answer was accepted already"
    for place in () if desk.dry else left:
        name = f"{desk.name} {task.id} {place.answer}"
        ruling = Ruling(name, "accept", task.id, place.page, place.worker, place.answer, None, "", desk.lead.name)
        append_ruling(desk.tx, desk.now_us, desk.terms, ruling)
    return None


def remove_answers(desk: Desk, task: TaskRow, worker: Worker) -> str | None:
    """Withdraw what one worker answered: it stays in the log and does not count, and somebody else is asked."""
    counts = (Standing.ANSWERED, Standing.EXCLUDED, Standing.VOIDED, Standing.SENT_BACK)
    places = answers_on(desk, task.id, *counts, worker=worker.id)
    if not places:
        return f"{worker.name} has no answer that counts"
    for place in () if desk.dry else places:
        append_word(
            desk.tx,
            desk.now_us,
            desk.terms,
            place,
            "withdraw",
            frees=True,
            reason=f"action {desk.name}",
            by=desk.lead.name,
        )
        move(desk.tx, place, PlaceEvent.WITHDRAW)
    return None
