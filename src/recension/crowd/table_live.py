"""What has changed in a table since it was published: rows said anew, and what holds of tasks at this moment.

A publication is seconds old, and minutes old where it is made of a million items. Rows whose tasks have had a word
since are made again here from the log, a few at a time: each look reads only what came after the one before. What
changes without a word, such as in whose hands a task is, is read anew each time; it is little. Both stand beside the
published columns (``table_rows``), under a version of their own, so that pages of one version agree.

Labels of such rows are by majority until they are published: other methods weigh workers by all that they answered.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from recension.clock import Clock
from recension.crowd.branches import live_branch
from recension.crowd.policy import ConsensusPolicy
from recension.crowd.published import Publication, last_publication
from recension.crowd.registry import Project
from recension.crowd.snapshot import label, read_some
from recension.crowd.table import row_of
from recension.crowd.task_words import PRIORITY_NAMES
from recension.db import Database, Tx

_KEPT: Final = 16
"""Versions of a table that can still be paged through."""
_MOST: Final = 3000
"""Words, and predictions, that one look reads; after very many the next looks catch up."""
_BY_MAJORITY: Final = ConsensusPolicy("majority")

_SAID: Final = """
    SELECT seq, task, verb FROM answer WHERE project = :project AND seq > :after ORDER BY seq LIMIT :most
"""
_PREDICTED: Final = """
    SELECT p.at_us, p.id, t.id FROM prediction p
    JOIN task t ON t.project = p.project AND t.work_id = p.work_id AND t.kind = 'real'
    WHERE p.project = :project AND (p.at_us, p.id) > (:at, :id) ORDER BY p.at_us, p.id LIMIT :most
"""
_OF: Final = "JOIN item i ON i.task = x.task AND i.project = :project AND i.branch = :branch"
_HELD: Final = f"""
    SELECT i.item_id, w.name FROM page_task x JOIN page g ON g.id = x.page AND g.state = 'active'
    JOIN worker w ON w.id = x.worker {_OF} WHERE x.project = :project AND x.standing = 'open'
"""
_ASSIGNED: Final = f"""
    SELECT i.item_id, w.name FROM assigned x JOIN worker w ON w.id = x.worker {_OF} WHERE x.project = :project
"""
_SKIPPED: Final = f"""
    SELECT i.item_id, w.name FROM page_task x JOIN worker w ON w.id = x.worker {_OF}
    WHERE x.project = :project AND x.standing = 'skipped'
"""
_PRIORITY: Final = """
    SELECT i.item_id, x.priority FROM (SELECT id AS task, priority FROM task
        WHERE project = :project AND kind = 'real' AND wanted = 1 AND priority <> 0) x
    JOIN item i ON i.task = x.task AND i.project = :project AND i.branch = :branch
"""
_REQUESTED: Final = f"""
    SELECT i.item_id, x.by_account FROM answer x {_OF} WHERE x.project = :project AND x.verb = 'review'
    AND NOT EXISTS (SELECT 1 FROM answer c WHERE c.task = x.task AND c.seq > x.seq
        AND c.verb IN ('accept', 'return', 'decide', 'clear')) ORDER BY x.seq
"""

_BY_WORDS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "skipped_by": (_SKIPPED, frozenset({"skip", "withdraw"})),
    "priority": (_PRIORITY, frozenset({"priority", "exclude-item", "include-item"})),
    "sent_to_review_by": (_REQUESTED, frozenset({"review", "accept", "return", "decide", "clear"})),
}
"""Live columns that only these words of the log change."""

Sparse = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Live:
    """A table as it stands: a published commit, and what is newer.

    Args:
        version: names it.
        publication: the published table that lies below.
        rows: item → its row, of those that are newer than the publication.
        sparse: live column → item → value, of the items that have one.
        at_us: when the newest of it was read.
    """

    version: str
    publication: Publication
    rows: Mapping[str, Mapping[str, Any]]
    sparse: Sparse
    at_us: int


@dataclass(slots=True)
class _Watched:
    """One table under watch.

    Attributes:
        upto: the log was read up to here.
        predicted: predictions were read up to here: time and number.
        rows: task → (the word that made its rows new, the rows by item).
    """

    publication: Publication
    upto: int
    predicted: tuple[int, int]
    rows: dict[int, tuple[int, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    sparse: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: OrderedDict[str, Live] = field(default_factory=OrderedDict)
    count: int = 0


class LiveTables:
    """Watches the tables that are asked about."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._watched: dict[tuple[int, str], _Watched] = {}
        self._lock = threading.Lock()
        self._start = clock.now_us()

    def now(self, project: Project, branch: str) -> Live | None:
        """The table of an input branch as it stands; ``None`` before the first publication."""
        with self._lock, self._db.read() as tx:
            now_us = self._clock.now_us()
            last = last_publication(tx, project.id, live_branch(project.spec, branch))
            if last is None:
                return None
            key = (project.id, branch)
            watched = self._watched.get(key)
            if watched is None:
                watched = self._watched[key] = _Watched(last, last.upto, _begun(last))
            changed = self._follow(tx, project, branch, watched, last)
            if not changed and watched.versions:
                return next(reversed(watched.versions.values()))
            return self._version(watched, now_us)

    def version(self, project: Project, branch: str, name: str) -> Live | None:
        """The table as an earlier answer named it, while that is remembered."""
        with self._lock:
            watched = self._watched.get((project.id, branch))
            return None if watched is None else watched.versions.get(name)

    def _version(self, watched: _Watched, now_us: int) -> Live:
        watched.count += 1
        rows = {item: row for _, each in watched.rows.values() for item, row in each.items()}
        sparse = {name: dict(values) for name, values in watched.sparse.items()}
        name = f"{watched.publication.commit_id}.{self._start}-{watched.count}"
        made = watched.versions[name] = Live(name, watched.publication, rows, sparse, now_us)
        while len(watched.versions) > _KEPT:
            watched.versions.popitem(last=False)
        return made

    def _follow(self, tx: Tx, project: Project, branch: str, watched: _Watched, last: Publication) -> bool:
        """Bring what is watched up to the log; whether that changed anything."""
        changed = _settle(watched, last)
        key: dict[str, object] = {"project": project.id, "most": _MOST}
        said = tx.execute(_SAID, key | {"after": watched.upto}).all()
        at_us, number = watched.predicted
        predicted = tx.execute(_PREDICTED, key | {"at": at_us, "id": number}).all()
        watched.upto = said[-1][0] if said else watched.upto
        watched.predicted = (predicted[-1][0], predicted[-1][1]) if predicted else watched.predicted
        tasks = sorted({task for _, task, _ in said} | {task for _, _, task in predicted})
        if tasks:
            self._read(tx, project, branch, watched, tasks)
        sparse = _sparse(tx, project.id, branch, watched.sparse, {verb for _, _, verb in said})
        changed |= bool(tasks) or sparse != watched.sparse
        watched.sparse = sparse
        return changed

    @staticmethod
    def _read(tx: Tx, project: Project, branch: str, watched: _Watched, tasks: Sequence[int]) -> None:
        snapshot = read_some(tx, project.id, branch, tasks)
        if snapshot is None:
            return
        task_of = {row.id: row.task for row in snapshot.items}
        for task in task_of.values():
            watched.rows[task] = (watched.upto, {})
        for item in label(snapshot, _BY_MAJORITY):
            watched.rows[task_of[item.id]][1][item.id] = row_of(item, snapshot.project.schema)


def _settle(watched: _Watched, last: Publication) -> bool:
    """Let go of rows that a newer publication has; whether there is one."""
    if (watched.publication.commit_id, watched.publication.number) == (last.commit_id, last.number):
        return False
    moved = watched.publication.commit_id != last.commit_id
    watched.publication = last
    watched.upto = max(watched.upto, last.upto)
    watched.predicted = min(watched.predicted, _begun(last))  # what came while it was made may not be in it
    rows = {task: each for task, each in watched.rows.items() if each[0] > last.upto}
    changed = moved or len(rows) != len(watched.rows)
    watched.rows = rows
    return changed


def _begun(publication: Publication) -> tuple[int, int]:
    return (publication.at_us - publication.took_us - 1, 0)


def _sparse(
    tx: Tx, project_id: int, branch: str, known: Mapping[str, dict[str, Any]], verbs: set[str]
) -> dict[str, dict[str, Any]]:
    """Live columns as they are; those that only a word changes are read again when there was one."""
    key = {"project": project_id, "branch": branch}
    found = {"held_by": _lists(tx.execute(_HELD, key)), "assigned_to": _lists(tx.execute(_ASSIGNED, key))}
    for name, (sql, those) in _BY_WORDS.items():
        if name in known and not verbs & those:
            found[name] = known[name]
        else:
            found[name] = _READ[name](tx.execute(sql, key).all())
    return found


def _lists(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for item, name in rows:
        found.setdefault(item, []).append(name)
    return {item: sorted(set(names)) for item, names in found.items()}


def _priorities(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    return {item: PRIORITY_NAMES[value] for item, value in rows}


_READ: Final[Mapping[str, Callable[[Iterable[tuple[Any, ...]]], dict[str, Any]]]] = {
    "skipped_by": _lists,
    "priority": _priorities,
    "sent_to_review_by": dict,
}
