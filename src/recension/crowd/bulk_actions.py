"""What may be done to many tasks at once: the table of actions, what each needs, and how each is undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recension.crowd import task_words as words
from recension.crowd.assigned import assignees, unassign
from recension.crowd.log import Ruling, append_ruling, append_word
from recension.crowd.places import move, place_of_answer
from recension.crowd.states import PlaceEvent, Standing
from recension.crowd.suggestions import Wanted, accept_suggestion
from recension.crowd.task_words import Desk, TaskRow
from recension.crowd.workers import worker_named
from recension.errors import Invalid

Args = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of action.

    Args:
        do: does it to one task; ``None``, or why the task is left alone.
        needs: arguments it cannot do without.
        takes: arguments it may have besides.
        undoable: whether what it did can be undone.
    """

    do: Callable[[Desk, TaskRow, Args], str | None]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    undoable: bool = False

    def check(self, args: Args) -> None:
        """Do nothing when the arguments are right.

        Raises:
            Invalid: one is missing, unknown or out of range.
        """
        for name in self.needs:
            if name not in args:
                raise Invalid(f"{name} is missing", where=f"args.{name}", hint=f"needs {', '.join(self.needs)}")
        for name, value in args.items():
            if name not in {*self.needs, *self.takes}:
                raise Invalid(f"it takes no {name}", where=f"args.{name}", hint="leave it out")
            _check_value(name, value)


def _check_value(name: str, value: object) -> None:
    if name == "least":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise Invalid(f"{value!r} is no confidence", where="args.least", hint="a number from 0 to 1")
    elif not isinstance(value, str):
        raise Invalid(f"{value!r} is no text", where=f"args.{name}", hint="give a name")
    elif name == "priority" and value not in words.PRIORITIES:
        raise Invalid(f"there is no priority {value!r}", where="args.priority", hint=", ".join(words.PRIORITIES))


def _never(_desk: Desk, _task: TaskRow, _args: Args) -> str | None:
    """The work of whoever knows models: see ``next_tasks`` and ``move_on``."""
    return None


def _accept(desk: Desk, task: TaskRow, args: Args) -> str | None:
    wanted = Wanted(float(args.get("least", 0.0)), args.get("model", ""), args.get("version", ""))
    return accept_suggestion(desk, task, wanted)


def _prioritise(desk: Desk, task: TaskRow, args: Args) -> str | None:
    return words.set_priority(desk, task, args["priority"])


def _assign(desk: Desk, task: TaskRow, args: Args) -> str | None:
    return words.assign_to(desk, task, worker_named(desk.tx, args["worker"]))


def _remove(desk: Desk, task: TaskRow, args: Args) -> str | None:
    return words.remove_answers(desk, task, worker_named(desk.tx, args["worker"]))


PREDICT: Final = "predict"
ACTIONS: Final[Mapping[str, Action]] = {
    "priority": Action(
        lambda desk, task, args: words.set_priority(desk, task, args["priority"]), ("priority",), (), True
    ),
    "assign": Action(_assign, ("worker",), (), True),
    "release": Action(lambda desk, task, _: words.release(desk, task)),
    "ask": Action(lambda desk, task, _: words.ask_more(desk, task), undoable=True),
    "reopen": Action(lambda desk, task, _: words.reopen(desk, task), undoable=True),
    "exclude": Action(lambda desk, task, _: words.exclude(desk, task), undoable=True),
    "include": Action(lambda desk, task, _: words.include(desk, task), undoable=True),
    "review": Action(lambda desk, task, _: words.send_to_review(desk, task), undoable=True),
    "agree": Action(lambda desk, task, _: words.agree(desk, task), undoable=True),
    "accept-suggestions": Action(_accept, (), ("least", "model", "version"), True),
    "remove-answers": Action(_remove, ("worker",)),
    PREDICT: Action(_never, ("backend",)),
}
"""Every action by its name."""


_DONE: Final = """
    SELECT seq, verb, of_seq, page, worker FROM answer
    WHERE task = :task AND (id = :name OR id LIKE :more) ORDER BY seq
"""
_Row = tuple[int, str, int | None, int, int]


def undo_one(desk: Desk, task: TaskRow, of: str) -> str | None:
    """Undo what an action did to one task; ``None``, or why nothing was undone."""
    name = f"{of} {task.id}"
    rows: Sequence[_Row] = [
        (seq, verb, of_seq, page, worker)
        for seq, verb, of_seq, page, worker in desk.tx.execute(
            _DONE, {"task": task.id, "name": name, "more": f"{name} %"}
        )
    ]
    if not rows:
        return "was not changed"
    return _UNDO[rows[0][1]](desk, task, rows)


_SET: Final = """
    SELECT reason FROM answer WHERE task = :task AND verb = 'priority' AND seq <= :seq ORDER BY seq DESC LIMIT 2
"""


def _undo_priority(desk: Desk, task: TaskRow, rows: Sequence[_Row]) -> str | None:
    (priority,), *before = desk.tx.execute(_SET, {"task": task.id, "seq": rows[0][0]}).all()
    if words.PRIORITY_NAMES[task.priority] != priority:
        return "changed since"
    return words.set_priority(desk, task, before[0][0] if before else "normal")


def _undo_assign(desk: Desk, task: TaskRow, rows: Sequence[_Row]) -> str | None:
    worker = rows[0][4]
    if worker not in {each for each, _ in assignees(desk.tx, task.id)}:
        return "changed since"
    unassign(desk.tx, desk.terms.project, task.id, worker)
    desk.say("unassign", task.id, worker=worker)
    return None


def _undo_review(desk: Desk, task: TaskRow, rows: Sequence[_Row]) -> str | None:
    if words.asked_for_review(desk, task.id) != rows[0][0]:
        return "changed since"
    _clear(desk, task.id, rows[0], "")
    return None


def _undo_agree(desk: Desk, task: TaskRow, rows: Sequence[_Row]) -> str | None:
    holding = {said.seq for said in desk.verdicts(task.id).by_answer.values()}
    left = [row for row in rows if row[0] in holding]
    for row in left:
        _clear(desk, task.id, row, f" {row[0]}")
    return None if left else "changed since"


def _clear(desk: Desk, task: int, row: _Row, suffix: str) -> None:
    name = f"{desk.name} {task}{suffix}"
    append_ruling(
        desk.tx, desk.now_us, desk.terms, Ruling(name, "clear", task, row[3], row[4], row[0], None, "", desk.lead.name)
    )


def _undo_accept(desk: Desk, task: TaskRow, rows: Sequence[_Row]) -> str | None:
    seq, _, _, page, _ = rows[0]
    place = place_of_answer(desk.tx, seq, page, task.id)
    if place is None or place.standing is not Standing.ANSWERED:
        return "changed since"
    append_word(
        desk.tx, desk.now_us, desk.terms, place, "withdraw", frees=True, reason=f"action {desk.name}", by=desk.lead.name
    )
    move(desk.tx, place, PlaceEvent.WITHDRAW)
    return None


_UNDO: Final[Mapping[str, Callable[[Desk, TaskRow, Sequence[_Row]], str | None]]] = {
    "priority": _undo_priority,
    "assign": _undo_assign,
    "ask": lambda desk, task, _: words.ask_less(desk, task),
    "exclude-item": lambda desk, task, _: words.include(desk, task),
    "include-item": lambda desk, task, _: words.exclude(desk, task),
    "review": _undo_review,
    "accept": _undo_agree,
    "clear": lambda desk, task, rows: words.decide_again(desk, task, rows[0][2] or 0),
    "answer": _undo_accept,
}
"""By the first word that the action left in the log."""
