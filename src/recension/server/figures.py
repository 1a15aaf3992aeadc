"""Figures of a project that need more than one room: agreement in numbers, the answer log, consensus by task."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from recension.clock import iso
from recension.crowd.branches import live_branch, release_branch
from recension.crowd.documents import document_path
from recension.crowd.registry import Project, inputs
from recension.db import Database, Tx
from recension.errors import NotFound
from recension.label import parse_item_id
from recension.server.wire.projects import LogRow, Throughput
from recension.store import Commit, Store

_STANDING: Final = """
    SELECT p.task, p.worker, a.fields FROM page_task p JOIN answer a ON a.seq = p.answer
    WHERE p.project = :project AND p.kind = 'real' AND p.standing = 'answered'
"""
_ROWS: Final = """
    SELECT a.seq, a.verb, a.task, w.name, a.fields, a.of_seq, a.reason, a.at_us, w.simulated, a.by_account
    FROM answer a JOIN worker w ON w.id = a.worker
"""
_LOG: Final = f"{_ROWS} WHERE a.project = :project AND a.seq > :after ORDER BY a.seq LIMIT :limit"
_TASK_LOG: Final = f"{_ROWS} WHERE a.project = :project AND a.task = :task ORDER BY a.seq"
_SPAN: Final = """
    SELECT COUNT(*), MIN(a.at_us), MAX(a.at_us), MIN(w.simulated) FROM answer a JOIN worker w ON w.id = a.worker
    WHERE a.project = :project AND a.verb = 'answer'
"""
_SLICES: Final = """
    SELECT (at_us - CAST(:start AS BIGINT)) / CAST(:width AS BIGINT), COUNT(*) FROM answer
    WHERE project = :project AND verb = 'answer' GROUP BY 1
"""


def throughput(tx: Tx, project_id: int, slices: int) -> Throughput:
    """How many answers came in each of so many equal slices of the time from the first to the last."""
    answers, start, end, simulated = tx.execute(_SPAN, {"project": project_id}).one()
    if not answers:
        return Throughput(start=None, end=None, answers=0, simulated=False, slices=[])
    width = (end - start) // slices + 1  # so that the last answer falls into the last slice
    counts: dict[int, int] = dict(tx.execute(_SLICES, {"project": project_id, "start": start, "width": width}).all())
    return Throughput(
        start=iso(start),
        end=iso(end),
        answers=answers,
        simulated=bool(simulated),
        slices=[counts.get(at, 0) for at in range(slices)],
    )


def alpha(db: Database, project: Project) -> float | None:
    """Krippendorff's alpha over all fields that are no opinions; None where it is not defined."""
    with db.read() as tx:
        newest = tx.execute("SELECT MAX(seq) FROM answer WHERE project = :id", {"id": project.id}).scalar()
    return None if newest is None else _alpha(db, project.id, newest, _opinions(project))


def _opinions(project: Project) -> frozenset[str]:
    return frozenset(field.name for field in project.schema.fields if field.opinion)


@lru_cache(maxsize=32)
def _alpha(db: Database, project_id: int, _newest: int, opinions: frozenset[str]) -> float | None:
    from recension.consensus import encode, krippendorff_alpha  # noqa: PLC0415 - brings numpy; most starts need none

    with db.read() as tx:
        triples = [
            ((task, field), worker, (field, json.dumps(value)))
            for task, worker, fields in tx.stream(_STANDING, {"project": project_id})
            for field, value in json.loads(fields).items()
            if field not in opinions
        ]
    if not triples:
        return None
    votes, _ = encode(triples, repeats="first")
    return krippendorff_alpha(votes)


def answer_log(tx: Tx, project_id: int, *, after: int, limit: int) -> list[LogRow]:
    """The log of a project in order: answers, skips, and later words on them."""
    return _log_rows(tx.execute(_LOG, {"project": project_id, "after": after, "limit": limit}))


def task_log(tx: Tx, project_id: int, task_id: int) -> list[LogRow]:
    """The same of one task."""
    return _log_rows(tx.execute(_TASK_LOG, {"project": project_id, "task": task_id}))


def _log_rows(rows: Iterable[tuple[Any, ...]]) -> list[LogRow]:
    return [
        LogRow(
            seq=seq,
            verb=verb,
            task=task,
            worker=worker,
            fields=None if fields is None else json.loads(fields),
            of=of,
            reason=reason,
            at=iso(at_us),
            simulated=bool(simulated),
            by=by,
        )
        for seq, verb, task, worker, fields, of, reason, at_us, simulated, by in rows
    ]


class PublishedConsensus:
    """Consensus of items as it was published last, as running answers or as a release."""

    def __init__(self, store: Store, project: Project) -> None:
        self._store = store
        with store.db.read() as tx:
            followed = [state.branch for state in inputs(tx, project.id)]
        names = {of(project.spec, branch) for branch in followed for of in (live_branch, release_branch)}
        heads = (store.head(project.spec.output.repo, name, project.workspace) for name in names)
        self._heads: list[Commit] = sorted((head for head in heads if head is not None), key=_age)

    def of(self, item_ids: Iterable[str]) -> dict[str, Any] | None:
        """Field to consensus of the first of these items that was published; equal items share theirs."""
        for item_id in item_ids:
            name = parse_item_id(item_id)
            where = document_path(name.path, name.key, name.region)
            for head in self._heads:
                try:
                    body = json.loads(self._store.read_bytes(head, where))
                except NotFound:
                    continue
                found: dict[str, Any] = body["consensus"]
                return found or None
        return None


def _age(commit: Commit) -> int:
    return -commit.at_us
