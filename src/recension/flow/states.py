"""The life cycle of a job, in one table.

Two rules: a state changes only by an event listed here, and a change is written in the transaction that makes it
true. ``SUCCESS`` in particular is written by the transaction that inserts the output commit.

Theory of operation::

    created ──start──▶ running ──settle──▶ finishing ──commit──▶ success
       │                │   ▲ │                │
       │                │   └─┴──start─────────┘   (after a crash: the same job goes on)
       ├─refuse─▶ unrunnable
       ├─kill───▶ killed ◀──kill── running, finishing
       └─fail───▶ failure ◀─fail── running, finishing

A job that was running or finishing when the process died is started again: what its datums had produced is in the
memo table, so nothing is lost, and the output commit is written once, because only ``finishing`` may commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from recension.errors import Conflict


class JobState(StrEnum):
    """Where a job stands."""

    CREATED = "created"
    RUNNING = "running"
    FINISHING = "finishing"
    SUCCESS = "success"
    FAILURE = "failure"
    KILLED = "killed"
    UNRUNNABLE = "unrunnable"


class JobEvent(StrEnum):
    """What can happen to a job."""

    START = "start"
    SETTLE = "settle"
    COMMIT = "commit"
    FAIL = "fail"
    KILL = "kill"
    REFUSE = "refuse"


_S, _E = JobState, JobEvent
NEXT: Final[Mapping[tuple[JobState, JobEvent], JobState]] = {
    (_S.CREATED, _E.START): _S.RUNNING,
    (_S.CREATED, _E.REFUSE): _S.UNRUNNABLE,
    (_S.CREATED, _E.FAIL): _S.FAILURE,
    (_S.CREATED, _E.KILL): _S.KILLED,
    (_S.RUNNING, _E.START): _S.RUNNING,
    (_S.RUNNING, _E.SETTLE): _S.FINISHING,
    (_S.RUNNING, _E.FAIL): _S.FAILURE,
    (_S.RUNNING, _E.KILL): _S.KILLED,
    (_S.FINISHING, _E.START): _S.RUNNING,
    (_S.FINISHING, _E.COMMIT): _S.SUCCESS,
    (_S.FINISHING, _E.FAIL): _S.FAILURE,
    (_S.FINISHING, _E.KILL): _S.KILLED,
}
UNFINISHED: Final = frozenset(state for state, _ in NEXT)


def advance(state: JobState, event: JobEvent) -> JobState:
    """The state after ``event``.

    Raises:
        Conflict: the event cannot happen in this state.
    """
    try:
        return NEXT[state, event]
    except KeyError:
        raise Conflict(f"a job in state {state!s} cannot {event!s}", hint="look at the job again") from None
