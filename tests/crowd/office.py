"""A small project with a database, a clock we move, and people who work: what the tests of the queue share."""

from __future__ import annotations

import json
from itertools import count

from tests.backing import database_at

from recension.clock import ManualClock
from recension.crowd.answers import skip, submit_answer
from recension.crowd.policy import Policy, encode_policy
from recension.crowd.queue import NoWork, next_page
from recension.crowd.recount import recount
from recension.crowd.schema import MIGRATIONS
from recension.crowd.tasks import NewTask, add_tasks
from recension.crowd.workers import ensure_worker, membership
from recension.db import Database, migrate
from recension.label import schema_from_fields, schema_hash, schema_to_json
from recension.store import MIGRATIONS as STORE

GOOD, BAD = {"category": "news"}, {"category": "clickbait"}
SCHEMA = schema_from_fields(
    {"show": {"headline": "text"}, "ask": {"category": {"choice": ["news", "clickbait"], "required": True}}},
    where="office",
)


class Office:
    """One project; every expected answer is ``GOOD``."""

    def __init__(self, path, policy=None, *, real=0, control=0, training=0, exam=0):
        self.db = Database.open(database_at(path / "office.db"))
        migrate(self.db, [*STORE, *MIGRATIONS])
        self.clock = ManualClock()
        self.ids = count(1)
        self.project = self.db.write(lambda tx: self._create(tx, policy or Policy()))
        for kind, number in (("training", training), ("exam", exam), ("control", control), ("real", real)):
            self.add(kind, number)

    @staticmethod
    def _create(tx, policy):
        return tx.execute(
            "INSERT INTO project (workspace, name, spec, policy, label_schema, schema_hash, guideline_hash, created_us)"
            " VALUES ('default', 'p', '{}', :policy, :schema, :hash, 'g1', 0) RETURNING id",
            {
                "policy": encode_policy(policy),
                "schema": json.dumps(schema_to_json(SCHEMA)),
                "hash": schema_hash(SCHEMA),
            },
        ).scalar()

    def close(self):
        self.db.close()

    def add(self, kind, number, start=0):
        expected = None if kind == "real" else GOOD
        tasks = [
            NewTask(kind, f"{kind}-{n:06d}", {"headline": f"{kind} {n}"}, expected, "look twice" if expected else None)
            for n in range(start, start + number)
        ]
        overlap = self.policy().overlap
        return self.db.write(lambda tx: add_tasks(tx, self.clock.now_us(), self.project, tasks, overlap=overlap))

    def policy(self):
        from recension.crowd.terms import terms_of

        with self.db.read() as tx:
            return terms_of(tx, self.project).policy

    def set(self, **columns):
        sets = ", ".join(f"{name} = :{name}" for name in columns)
        self.db.write(
            lambda tx: tx.execute(f"UPDATE project SET {sets} WHERE id = :id", columns | {"id": self.project})
        )

    def worker(self, name, *, simulated=False):
        return self.db.write(lambda tx: ensure_worker(tx, self.clock.now_us(), name, simulated=simulated)).id

    def member(self, worker):
        with self.db.read() as tx:
            return membership(tx, self.project, worker)

    def ask(self, worker, holding=()):
        return next_page(self.db, self.clock, self.project, worker, holding=holding)

    def answer(self, worker, page, task, fields=GOOD, *, answer_id=None, sim_s=None):
        return submit_answer(
            self.db,
            self.clock,
            worker,
            page if isinstance(page, int) else page.id,
            task,
            fields,
            answer_id=answer_id or f"a{next(self.ids)}",
            sim_us=None if sim_s is None else round(sim_s * 1_000_000),
        )

    def skip(self, worker, page, task, *, answer_id=None):
        return skip(self.db, self.clock, worker, page.id, task, answer_id=answer_id or f"a{next(self.ids)}")

    def kinds(self, page):
        """The kind of each task on the page, which workers cannot see."""
        with self.db.read() as tx:
            kinds = dict(tx.execute("SELECT id, kind FROM task"))
        return [kinds[task.id] for task in page.tasks]

    def do(self, worker, page, *, wrong=(), seconds=60.0):
        """Answer a whole page; tasks of the kinds in ``wrong`` badly. The last result."""
        result = None
        for task, kind in zip(page.tasks, self.kinds(page), strict=True):
            self.clock.advance(seconds / len(page.tasks))
            result = self.answer(worker, page, task.id, BAD if kind in wrong else GOOD)
        return result

    def work_off(self, worker, **how):
        """Work until there is nothing more; the reason."""
        while not isinstance(page := self.ask(worker), NoWork):
            self.do(worker, page, **how)
        return page.reason

    def rows(self, sql, **values):
        with self.db.read() as tx:
            return tx.execute(sql, values).all()

    def check(self):
        """Everything adds up, and nothing that must never happen has happened."""
        with self.db.read() as tx:
            assert recount(tx, self.project) == []
            over = "SELECT id FROM task WHERE kind = 'real' AND decided = 0 AND reserved + answered > overlap"
            assert not tx.execute(over).all()
            assert not tx.execute(
                "SELECT worker, task FROM page_task WHERE standing <> 'returned'"
                " GROUP BY worker, task HAVING COUNT(*) > 1"
            ).all()
