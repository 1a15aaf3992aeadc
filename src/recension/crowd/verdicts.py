"""Verdicts of reviewers, read from the log: of every answer the last word, of every task the last decision.

A later verdict takes the place of an earlier one; one that is cleared was never given, as of then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from recension.crowd.carried import Carried
from recension.db import Tx

Verb = Literal["accept", "return", "decide"]

_END: Final = 2**62
_CHUNK: Final = 500
NOT_CLEARED: Final = (
    "NOT EXISTS (SELECT 1 FROM answer c WHERE c.of_seq = v.seq AND c.verb = 'clear' AND c.seq <= :upto)"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer said.

    Args:
        seq: its place in the log.
        id: made by the client.
        answer: the answer that was accepted or returned; ``None`` for a decision.
        fields: what was decided; ``None`` for the others.
        by: the reviewer's account.
    """

    seq: int
    id: str
    verb: Verb
    task: int
    answer: int | None
    fields: Mapping[str, object] | None
    comment: str
    by: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts on some tasks that hold.

    Args:
        by_answer: the last on each answer.
        decisions: the last on each task.
    """

    by_answer: Mapping[int, Verdict]
    decisions: Mapping[int, Verdict]


NO_VERDICTS: Final = Verdicts({}, {})


def verdicts_on(tx: Tx, project_id: int, task_ids: Iterable[int], *, upto: int | None = None) -> Verdicts:
    """The verdicts on these tasks that hold, as of a place in the log."""
    ids = list(dict.fromkeys(task_ids))
    by_answer: dict[int, Verdict] = {}
    decisions: dict[int, Verdict] = {}
    carried = Carried(tx)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        marks = ", ".join(f":t{number}" for number in range(len(chunk)))
        rows = tx.execute(
            "SELECT v.seq, v.id, v.verb, v.task, v.of_seq, v.fields, v.reason, v.by_account, v.at_us FROM answer v"
            f" WHERE v.task IN ({marks}) AND v.verb IN ('accept', 'return', 'decide') AND v.seq <= :upto"
            f" AND {NOT_CLEARED} ORDER BY v.seq",
            {f"t{number}": task for number, task in enumerate(chunk)} | {"upto": _END if upto is None else upto},
        )
        for seq, name, verb, task, of_seq, text, comment, by, at_us in rows:
            fields = None if text is None else carried.fields(project_id, seq, json.loads(text))
            said = Verdict(seq, name, verb, task, of_seq, fields, comment or "", by, at_us)
            if of_seq is None:
                decisions[task] = said
            else:
                by_answer[of_seq] = said
    return Verdicts(by_answer, decisions)


@dataclass(frozen=True, slots=True)
class Return:
    """An answer that a reviewer gave back to its author: what they said, and what was answered."""

    by: str
    comment: str
    at_us: int


_RETURNS: Final = """
    SELECT v.task, v.by_account, v.reason, v.at_us FROM answer v
    WHERE v.worker = :worker AND v.task IN ({marks}) AND v.verb = 'return' AND {not_cleared}
    AND NOT EXISTS (SELECT 1 FROM answer n WHERE n.task = v.task AND n.worker = v.worker AND n.verb = 'answer'
        AND n.seq > v.seq AND NOT EXISTS (SELECT 1 FROM answer w WHERE w.of_seq = n.seq AND w.verb = 'withdraw'))
    ORDER BY v.seq
"""


def returns_to(tx: Tx, worker_id: int, task_ids: Iterable[int]) -> dict[int, Return]:
    """The tasks among these that were returned to the worker and not answered since, with what was said."""
    ids = list(task_ids)
    if not ids:
        return {}
    marks = ", ".join(f":t{number}" for number in range(len(ids)))
    values: dict[str, object] = {f"t{number}": task for number, task in enumerate(ids)}
    rows = tx.execute(
        _RETURNS.format(marks=marks, not_cleared=NOT_CLEARED), values | {"worker": worker_id, "upto": _END}
    )
    return {task: Return(by, comment or "", at_us) for task, by, comment, at_us in rows}
