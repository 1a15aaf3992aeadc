"""The answer log: what was said, in order, for ever; and what of it stands.

Rows are only ever appended. ``answer`` and ``skip`` are a worker's; ``withdraw``, ``exclude`` and ``include`` are a
later word on one of these (``of_seq``). An answer stands, as of any point of the log, unless the last word on it up to
there is ``withdraw``, ``exclude`` or ``return``: whoever reads up to one ``seq`` reads the same for ever.

Reviewers' verdicts are in the same log: ``accept`` and ``return`` of an answer, ``decide`` of a whole task, and
``clear``, which takes a verdict back. And so are the words of leads on whole tasks (``TaskWord``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from recension.crowd.carried import Carried
from recension.crowd.places import Place
from recension.crowd.remarks import NO_REMARKS, Remarks, remarks_of
from recension.crowd.terms import Terms
from recension.db import Tx

Word = Literal["withdraw", "exclude", "include"]
Ruled = Literal["accept", "return", "decide", "clear"]
TaskWord = Literal[
    "priority", "ask", "unask", "exclude-item", "include-item", "review", "assign", "unassign", "release"
]
"""What leads say of whole tasks: their place in the queue, one answer more or one less, out of the project and in
again, to be reviewed, for whom they are, and taken out of somebody's hands."""

_INSERT: Final = """
    INSERT INTO answer (id, project, task, page, worker, verb, fields, reason, of_seq, frees, completes, by_account,
        spent_us, sim_us, guideline_hash, schema_hash, at_us, remarks)
    VALUES (:id, :project, :task, :page, :worker, :verb, :fields, :reason, :of_seq, :frees, :completes, :by_account,
        :spent_us, :sim_us, :guideline_hash, :schema_hash, :at_us, :remarks)
    RETURNING seq
"""
_LAST_WORD: Final = """
    (SELECT w.verb FROM answer w WHERE w.of_seq = a.seq AND w.seq <= :upto
     AND w.verb IN ('withdraw', 'exclude', 'include', 'return') ORDER BY w.seq DESC LIMIT 1)
"""
_END: Final = 2**62
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What a worker says about a task: an answer, or a skip (no fields).

    Args:
        id: made by the client; the same id again is the same answer.
        spent_us: time on this task, as the client measured it.
        sim_us: simulated time of a simulated worker.
        remarks: what they add to it.
    """

    id: str
    fields: Mapping[str, object] | None
    reason: str | None = None
    spent_us: int | None = None
    sim_us: int | None = None
    remarks: Remarks = NO_REMARKS


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict on its way into the log.

    Args:
        id: made by the client; the same id again is the same verdict. ``None`` for what follows from another.
        page: that of the answer it is about; 0 for a decision and for words on a whole task.
        worker: the answer's author; of a decision, the reviewer; of words on a whole task, who it is for or by.
        of_seq: the answer, or the verdict that is cleared.
        by: the reviewer's account.
    """

    id: str | None
    verb: Ruled | TaskWord
    task: int
    page: int
    worker: int
    of_seq: int | None
    fields: Mapping[str, object] | None
    comment: str
    by: str


@dataclass(frozen=True, slots=True)
class Logged:
    """One answer of the log and what became of it.

    Args:
        page: the page it was given on.
        fields: what was said; read through the rules of later changes of schema.
        withdrawn: it was taken back, by its author or in review.
        excluded: its author was banned, and the project excludes such answers.
        remarks: what its author added.
    """

    seq: int
    id: str
    task: int
    kind: str
    page: int
    worker: int
    worker_name: str
    simulated: bool
    fields: Mapping[str, object]
    spent_us: int | None
    guideline_hash: str
    schema_hash: str
    at_us: int
    withdrawn: bool
    excluded: bool
    remarks: Remarks = NO_REMARKS

    @property
    def stands(self) -> bool:
        """Whether it counts."""
        return not (self.withdrawn or self.excluded)


def append_said(tx: Tx, now_us: int, terms: Terms, place: Place, said: Said, *, completes: bool) -> int:
    """Append an answer or a skip; its place in the log."""
    fields = None if said.fields is None else json.dumps(said.fields, ensure_ascii=False, separators=(",", ":"))
    row = _row(now_us, terms, place) | {
        "id": said.id,
        "verb": "skip" if said.fields is None else "answer",
        "fields": fields,
        "reason": said.reason,
        "completes": int(completes),
        "spent_us": said.sim_us if said.sim_us is not None else said.spent_us,
        "sim_us": said.sim_us,
        "remarks": said.remarks.text(),
    }
    seq: int = tx.execute(_INSERT, row).scalar()
    return seq


def append_word(
    tx: Tx,
    now_us: int,
    terms: Terms,
    place: Place,
    word: Word,
    *,
    frees: bool = False,
    reason: str = "",
    by: str | None = None,
) -> int:
    """Append a later word on the answer that stands at ``place``; ``frees`` means that others are asked instead."""
    row = _row(now_us, terms, place) | {
        "verb": word,
        "reason": reason or None,
        "of_seq": place.answer,
        "frees": int(frees),
        "by_account": by,
    }
    seq: int = tx.execute(_INSERT, row).scalar()
    return seq


def append_ruling(tx: Tx, now_us: int, terms: Terms, ruling: Ruling) -> int:
    """Append a reviewer's verdict; what follows for places is up to the caller."""
    fields = None if ruling.fields is None else json.dumps(ruling.fields, ensure_ascii=False, separators=(",", ":"))
    row = _empty(now_us, terms) | {
        "id": ruling.id,
        "verb": ruling.verb,
        "task": ruling.task,
        "page": ruling.page,
        "worker": ruling.worker,
        "of_seq": ruling.of_seq,
        "fields": fields,
        "reason": ruling.comment or None,
        "by_account": ruling.by,
    }
    seq: int = tx.execute(_INSERT, row).scalar()
    return seq


def _row(now_us: int, terms: Terms, place: Place) -> dict[str, object]:
    return _empty(now_us, terms) | {"task": place.task, "page": place.page, "worker": place.worker}


def _empty(now_us: int, terms: Terms) -> dict[str, object]:
    empty = ("id", "fields", "reason", "of_seq", "by_account", "spent_us", "sim_us", "remarks")
    return dict.fromkeys(empty) | {
        "project": terms.project,
        "frees": 0,
        "completes": 0,
        "guideline_hash": terms.guideline_hash,
        "schema_hash": terms.schema_hash,
        "at_us": now_us,
    }


def last_seq(tx: Tx, project_id: int) -> int:
    """The end of the project's log; 0 when nothing was said yet."""
    end: int | None = tx.execute(
        "SELECT MAX(seq) FROM answer WHERE project = :project", {"project": project_id}
    ).scalar()
    return end or 0


def votes(tx: Tx, project_id: int, field: str, *, upto: int | None = None) -> list[tuple[int, int, object]]:
    """Every vote that stands on one field, as (task, worker, value), in the order of the log.

    Real and control tasks; training and exams are no votes.
    """
    rows = tx.execute(
        "SELECT a.task, a.worker, a.seq, a.fields FROM answer a JOIN task t ON t.id = a.task"
        " WHERE a.project = :project AND a.verb = 'answer' AND a.seq <= :upto AND t.kind IN ('real', 'control')"
        f" AND COALESCE({_LAST_WORD}, 'include') = 'include' ORDER BY a.seq",
        {"project": project_id, "upto": _END if upto is None else upto},
    )
    said: dict[str, Mapping[str, object]] = {}
    carried = Carried(tx)
    found = []
    for task, worker, seq, text in rows:
        fields = said.get(text)
        if fields is None:
            fields = said.setdefault(text, json.loads(text))
        fields = carried.fields(project_id, seq, fields)
        if field in fields:
            found.append((task, worker, fields[field]))
    return found


def known(tx: Tx, project_id: int) -> dict[int, Mapping[str, object]]:
    """The expected answers of the control tasks in use, by task."""
    sql = (
        "SELECT id, expected FROM task WHERE project = :project AND kind <> 'real' AND kind = 'control' AND wanted = 1"
    )
    return {task: json.loads(expected) for task, expected in tx.execute(sql, {"project": project_id})}


def logged(tx: Tx, task_ids: Iterable[int], *, upto: int | None = None) -> list[Logged]:
    """Every answer to these tasks, standing or not, in the order of the log."""
    ids = list(dict.fromkeys(task_ids))
    found = []
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        names = ", ".join(f":t{number}" for number in range(len(chunk)))
        found += _read(tx, f"a.task IN ({names})", {f"t{number}": task for number, task in enumerate(chunk)}, upto)
    return sorted(found, key=lambda each: each.seq)


def logged_after(tx: Tx, project_id: int, *, after: int = 0, limit: int = 1000) -> list[Logged]:
    """Up to ``limit`` answers of the project that come after ``after`` in the log."""
    values = {"project": project_id, "after": after, "limit": limit}
    return _read(tx, "a.project = :project AND a.seq > :after", values, None, "LIMIT :limit")


def _read(tx: Tx, where: str, values: Mapping[str, object], upto: int | None, tail: str = "") -> list[Logged]:
    rows = tx.execute(
        "SELECT a.project, a.seq, a.id, a.task, t.kind, a.page, a.worker, w.name, w.simulated, a.fields, a.spent_us,"
        f" a.guideline_hash, a.schema_hash, a.at_us, a.remarks, {_LAST_WORD}"
        " FROM answer a JOIN task t ON t.id = a.task JOIN worker w ON w.id = a.worker"
        f" WHERE {where} AND a.verb = 'answer' AND a.seq <= :upto ORDER BY a.seq {tail}",
        {**values, "upto": _END if upto is None else upto},
    )
    carried = Carried(tx)
    return [_logged(row, carried) for row in rows]


def _logged(row: tuple[Any, ...], carried: Carried) -> Logged:
    project, *head, simulated, text, spent_us, guideline, schema, at_us, remarks, word = row
    fields = carried.fields(project, head[0], json.loads(text))
    said = [bool(simulated), fields, spent_us, guideline, schema, at_us]
    taken_back = word in {"withdraw", "return"}
    values: list[Any] = [*head, *said, taken_back, word == "exclude", remarks_of(remarks)]
    return Logged(*values)
