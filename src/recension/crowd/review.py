"""Review: a lead accepts answers, returns them to their authors, or decides what a task's label is.

A verdict is appended to the answer log, so it is published and replayed like everything else. The one that comes later
takes the place of the earlier. Sending a verdict twice is giving it once.

A decision settles its task however few have answered: nobody is asked any more. Taking it back opens the task again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from recension.clock import Clock
from recension.crowd.carried import Carried
from recension.crowd.log import Ruled, Ruling, append_ruling, append_word
from recension.crowd.places import Place, move, place_of_answer
from recension.crowd.states import PlaceEvent, Standing
from recension.crowd.tasks import set_decided
from recension.crowd.terms import Terms, terms_of
from recension.crowd.verdicts import verdicts_on
from recension.crowd.workers import Worker
from recension.db import Database, Tx
from recension.errors import Conflict, Invalid, NotFound
from recension.label import check_answer

MOST_CHARACTERS: Final = 4000


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """What a reviewer says.

    Args:
        id: made by the client.
        verb: ``clear`` takes back what was said of the answer, or the task's last decision when there is no answer.
        answer: the place of the answer in the log; of a decision ``None``.
        fields: what is decided.
    """

    id: str
    verb: Ruled
    task: int
    answer: int | None = None
    fields: Mapping[str, object] | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    tx: Tx
    now_us: int
    terms: Terms
    reviewer: Worker
    said: NewVerdict

    def append(self, ruling: Ruling) -> None:
        append_ruling(self.tx, self.now_us, self.terms, ruling)


def give_verdict(db: Database, clock: Clock, project_id: int, reviewer: Worker, said: NewVerdict) -> None:
    """Give a verdict on a real task or one of its answers.

    Raises:
        NotFound: there is no such task or answer.
        Invalid: something is missing, or the fields do not fit the schema.
        Conflict: the answer does not count any more, or its author has the task again; there is nothing to clear; the
            id was used for something else.
    """
    _check(said)
    db.write(lambda tx: _give(_Desk(tx, clock.now_us(), terms_of(tx, project_id), reviewer, said)))


def _check(said: NewVerdict) -> None:
    if (said.fields is not None) != (said.verb == "decide"):
        raise Invalid("a decision has fields, and nothing else has", where="fields", hint="send what is decided")
    if said.verb != "clear" and (said.answer is None) != (said.verb == "decide"):
        about = "a task" if said.verb == "decide" else "one of its answers"
        raise Invalid(f"{said.verb} is about {about}", where="answer", hint="name what it is about, and no more")
    if said.verb == "return" and not said.comment.strip():
        raise Invalid("whoever gets an answer back is told why", where="comment", hint="say what is to be changed")
    if len(said.comment) > MOST_CHARACTERS:
        raise Invalid(f"over {MOST_CHARACTERS} characters", where="comment", hint="say it in fewer words")


def _give(desk: _Desk) -> None:
    tx, said = desk.tx, desk.said
    row = tx.execute(
        "SELECT data FROM task WHERE id = :task AND project = :project AND kind = 'real'",
        {"task": said.task, "project": desk.terms.project},
    ).first()
    if row is None:
        raise NotFound(f"no task {said.task}", where="task", hint="list the tasks to review")
    schema = desk.terms.schema
    fields = said.fields and check_answer(schema, said.fields, None if schema.is_plain else json.loads(row[0]))
    if _was_given(desk, fields):
        return
    if said.verb == "decide":
        desk.append(_ruling(desk, "decide", 0, desk.reviewer.id, None, fields or {}))
        set_decided(tx, desk.terms.project, said.task, desk.terms.policy.overlap, decided=True)
    elif said.verb == "clear":
        _clear(desk)
    else:
        _judge(desk, _place(desk))


def _was_given(desk: _Desk, fields: Mapping[str, object] | None) -> bool:
    sql = "SELECT verb, task, by_account, fields, reason FROM answer WHERE id = :id"
    row = desk.tx.execute(sql, {"id": desk.said.id}).first()
    if row is None:
        return False
    verb, task, by, text, comment = row
    before = (verb, task, by, None if text is None else json.loads(text), comment or "")
    if before != (desk.said.verb, desk.said.task, desk.reviewer.name, fields, desk.said.comment.strip()):
        raise Conflict("this id was used for something else", where="id", hint="make a new id per verdict")
    return True


def _place(desk: _Desk) -> Place:
    """Where the answer stands.

    Raises:
        NotFound: the task has no such answer.
        Conflict: it does not stand.
    """
    said = desk.said
    sql = "SELECT page FROM answer WHERE seq = :seq AND task = :task AND verb = 'answer'"
    page = desk.tx.execute(sql, {"seq": said.answer, "task": said.task}).scalar()
    if page is None:
        raise NotFound(f"the task has no answer {said.answer}", where="answer", hint="look at the task again")
    place = place_of_answer(desk.tx, said.answer or 0, page, said.task)
    if place is None or place.standing in {Standing.OPEN, Standing.WITHDRAWN}:
        raise Conflict("the answer was taken back", where="answer", hint="look at the task again")
    if place.standing is Standing.RETURNED:
        raise Conflict("its author has the task again", where="answer", hint="wait for the new answer, or decide")
    if said.verb == "clear" or place.standing in {Standing.ANSWERED, Standing.SENT_BACK}:
        return place
    raise Conflict("the answer does not count: its author was banned", where="answer", hint="decide the task instead")


def _judge(desk: _Desk, place: Place) -> None:
    """Accept or return an answer."""
    tx, said = desk.tx, desk.said
    if said.verb == "accept":
        if place.standing is Standing.SENT_BACK:
            _take_in(desk, place)
        desk.append(_ruling(desk, "accept", place.page, place.worker, place.answer, None))
        return
    if tx.execute("SELECT kind FROM page WHERE id = :page", {"page": place.page}).scalar() == "import":
        raise Conflict("the answer was made elsewhere", where="answer", hint="decide the task instead")
    desk.append(_ruling(desk, "return", place.page, place.worker, place.answer, None))
    if place.standing is Standing.ANSWERED:
        text = tx.execute("SELECT fields FROM answer WHERE seq = :seq", {"seq": place.answer}).scalar()
        move(tx, place, PlaceEvent.SEND_BACK, draft=Carried(tx).text(place.project, place.answer or 0, text))


def _clear(desk: _Desk) -> None:
    """Take back all that was said of an answer, or the task's last decision."""
    said = desk.said
    verdicts = verdicts_on(desk.tx, desk.terms.project, [said.task])
    if said.answer is None:
        decision = verdicts.decisions.get(said.task)
        if decision is None:
            raise Conflict("nothing was decided", where="task", hint="there is nothing to take back")
        desk.append(_ruling(desk, "clear", 0, desk.reviewer.id, decision.seq, None))
        holds = said.task in verdicts_on(desk.tx, desk.terms.project, [said.task]).decisions
        set_decided(desk.tx, desk.terms.project, said.task, desk.terms.policy.overlap, decided=holds)
        return
    if said.answer not in verdicts.by_answer:
        raise Conflict("nothing was said of the answer", where="answer", hint="there is nothing to take back")
    place = _place(desk)
    name: str | None = said.id
    while (last := verdicts_on(desk.tx, desk.terms.project, [said.task]).by_answer.get(said.answer)) is not None:
        desk.append(_ruling(desk, "clear", place.page, place.worker, last.seq, None, name=name))
        name = None
    if place.standing is Standing.SENT_BACK:
        _take_in(desk, place)


def _take_in(desk: _Desk, place: Place) -> None:
    """A returned answer counts again."""
    append_word(desk.tx, desk.now_us, desk.terms, place, "include", by=desk.reviewer.name)
    move(desk.tx, place, PlaceEvent.INCLUDE)


def _ruling(  # noqa: PLR0917  what, where, by whom: in the order it is said
    desk: _Desk,
    verb: Ruled,
    page: int,
    worker: int,
    of_seq: int | None,
    fields: Mapping[str, object] | None,
    *,
    name: str | None = "",
) -> Ruling:
    said = desk.said
    known = said.id if name == "" else name
    return Ruling(known, verb, said.task, page, worker, of_seq, fields, said.comment.strip(), desk.reviewer.name)
