"""The life cycles of a page, of a task in one person's hands, and of a membership: each is one table.

Two rules: what is not in a table cannot happen, and every change of state goes through ``advance``.

::

    page        active ─finish→ submitted ─reopen→ active
                active ─expire→ expired        active ─release→ released
    place       open ─answer→ answered ─undo→ open        open ─skip→ skipped ─undo→ open
                open ─give-back→ returned
                answered ─withdraw→ withdrawn
                answered ─send-back→ sent-back ─give-back→ returned     sent-back ─include→ answered
                answered ─exclude→ excluded ─include→ answered
                answered ─void→ voided ─include→ answered
    membership  new → training → exam → working, each stage only where the project has it; failed; banned

A *place* is one task on one page. What it holds of its task's overlap follows from its state alone (``HOLDS``), so the
counters of a task are sums over its places and can be verified at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from recension.errors import Conflict

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


class PageState(StrEnum):
    """Where a page stands; an ``active`` page is in its worker's hands, whether or not its clock runs."""

    ACTIVE = "active"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    RELEASED = "released"


class PageEvent(StrEnum):
    """What can happen to a page."""

    FINISH = "finish"
    EXPIRE = "expire"
    RELEASE = "release"
    REOPEN = "reopen"


PAGE: Final[Mapping[tuple[PageState, PageEvent], PageState]] = {
    (PageState.ACTIVE, PageEvent.FINISH): PageState.SUBMITTED,
    (PageState.ACTIVE, PageEvent.EXPIRE): PageState.EXPIRED,
    (PageState.ACTIVE, PageEvent.RELEASE): PageState.RELEASED,
    (PageState.SUBMITTED, PageEvent.REOPEN): PageState.ACTIVE,
}


class Standing(StrEnum):
    """Where a task on a page stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"
    """The answer does not count, and nobody is asked instead."""
    VOIDED = "voided"
    """The answer does not count, and another person is asked instead."""
    SENT_BACK = "sent-back"
    """The answer does not count; its place is kept for its author, who is asked again."""


class PlaceEvent(StrEnum):
    """What can happen to a task on a page."""

    ANSWER = "answer"
    SKIP = "skip"
    UNDO = "undo"
    GIVE_BACK = "give-back"
    WITHDRAW = "withdraw"
    EXCLUDE = "exclude"
    VOID = "void"
    INCLUDE = "include"
    SEND_BACK = "send-back"


PLACE: Final[Mapping[tuple[Standing, PlaceEvent], Standing]] = {
    (Standing.OPEN, PlaceEvent.ANSWER): Standing.ANSWERED,
    (Standing.OPEN, PlaceEvent.SKIP): Standing.SKIPPED,
    (Standing.OPEN, PlaceEvent.GIVE_BACK): Standing.RETURNED,
    (Standing.ANSWERED, PlaceEvent.UNDO): Standing.OPEN,
    (Standing.SKIPPED, PlaceEvent.UNDO): Standing.OPEN,
    (Standing.ANSWERED, PlaceEvent.WITHDRAW): Standing.WITHDRAWN,
    (Standing.ANSWERED, PlaceEvent.EXCLUDE): Standing.EXCLUDED,
    (Standing.ANSWERED, PlaceEvent.VOID): Standing.VOIDED,
    (Standing.EXCLUDED, PlaceEvent.INCLUDE): Standing.ANSWERED,
    (Standing.VOIDED, PlaceEvent.INCLUDE): Standing.ANSWERED,
    (Standing.EXCLUDED, PlaceEvent.WITHDRAW): Standing.WITHDRAWN,
    (Standing.VOIDED, PlaceEvent.WITHDRAW): Standing.WITHDRAWN,
    (Standing.ANSWERED, PlaceEvent.SEND_BACK): Standing.SENT_BACK,
    (Standing.SENT_BACK, PlaceEvent.GIVE_BACK): Standing.RETURNED,
    (Standing.SENT_BACK, PlaceEvent.INCLUDE): Standing.ANSWERED,
    (Standing.SENT_BACK, PlaceEvent.WITHDRAW): Standing.WITHDRAWN,
}

HOLDS: Final[Mapping[Standing, tuple[int, int]]] = {
    Standing.OPEN: (1, 0),
    Standing.ANSWERED: (0, 1),
    Standing.SKIPPED: (0, 0),
    Standing.RETURNED: (0, 0),
    Standing.WITHDRAWN: (0, 0),
    Standing.EXCLUDED: (0, 1),
    Standing.VOIDED: (0, 0),
    Standing.SENT_BACK: (1, 0),
}
"""How many (reserved, answered) of its task's overlap a place holds."""


class MemberState(StrEnum):
    """How far a worker has come in a project."""

    NEW = "new"
    TRAINING = "training"
    EXAM = "exam"
    WORKING = "working"
    FAILED = "failed"
    BANNED = "banned"


class MemberEvent(StrEnum):
    """What can happen to a membership."""

    TRAIN = "train"
    EXAMINE = "examine"
    ADMIT = "admit"
    FAIL = "fail"
    BAN = "ban"
    UNBAN = "unban"


_UNDER_WAY: Final = (MemberState.NEW, MemberState.TRAINING, MemberState.EXAM)

MEMBER: Final[Mapping[tuple[MemberState, MemberEvent], MemberState]] = {
    (MemberState.NEW, MemberEvent.TRAIN): MemberState.TRAINING,
    (MemberState.NEW, MemberEvent.EXAMINE): MemberState.EXAM,
    (MemberState.TRAINING, MemberEvent.EXAMINE): MemberState.EXAM,
    **{(state, MemberEvent.ADMIT): MemberState.WORKING for state in (*_UNDER_WAY, MemberState.FAILED)},
    (MemberState.TRAINING, MemberEvent.FAIL): MemberState.FAILED,
    (MemberState.EXAM, MemberEvent.FAIL): MemberState.FAILED,
    **{(s, MemberEvent.BAN): MemberState.BANNED for s in (*_UNDER_WAY, MemberState.WORKING, MemberState.FAILED)},
    # Not straight back to work: what a worker had passed is found again from their answers.
    (MemberState.BANNED, MemberEvent.UNBAN): MemberState.NEW,
}


class IllegalMove(Conflict):
    """The state does not allow this step."""


def advance(table: Mapping[tuple[State, Event], State], state: State, event: Event) -> State:
    """The state after ``event``.

    Raises:
        IllegalMove: the table has no such step.
    """
    try:
        return table[state, event]
    except KeyError:
        raise IllegalMove(f"cannot {event} what is {state}", hint="look at its present state") from None
