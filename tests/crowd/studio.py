"""A home with repos, a project and people who answer: what the tests of intake and publication share."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from itertools import count

from recension.clock import ManualClock
from recension.crowd.answers import submit_answer
from recension.crowd.following import on_ref
from recension.crowd.projects import create_project, update_project
from recension.crowd.publication import publish
from recension.crowd.queue import NoWork, next_page
from recension.crowd.readers import Means, Readers
from recension.crowd.registry import inputs, project_named
from recension.crowd.release import due_publications
from recension.crowd.schema import MIGRATIONS
from recension.crowd.spec import Draft
from recension.crowd.workers import ensure_worker
from recension.data import RowSpec, read_items, read_rows
from recension.db import migrate, outbox
from recension.errors import AlreadyExists
from recension.store import Delete, Put, Store

YAML = """\
project: news
input: {repo: pool, glob: "/*.csv", rows: {format: csv}, columns: {headline: h}}
label_config: |
  <View>
    <Text name="shown" value="$headline"/>
    <Choices name="category" toName="shown" required="true">
      <Choice value="clickbait"/><Choice value="news"/>
    </Choices>
  </View>
overlap: 2
page: {real: 4, control: 0}
pay: {per_page: "0.04"}
consensus: {method: majority}
output: {repo: labels}
"""
KEYED = YAML.replace("rows: {format: csv}", "rows: {format: csv, key: id}")
KNOWN = "{tasks: {repo: quality, path: /control.csv, columns: {headline: h}, expected: {category: right}}}"
CONTROLLED = YAML.replace("control: 0", "control: 1") + f"control: {KNOWN}\n"


def items_of(source, *, path, rows, columns):
    return read_items(source, path=path, rows=rows and RowSpec(rows.format, rows.key), columns=columns)


class Studio:
    """One home; commits move the clock, and a loop as the server's follows and publishes."""

    def __init__(self, path):
        self.clock = ManualClock()
        self.store = Store.open(path / "home", create=True, clock=self.clock)
        self.db = self.store.db
        migrate(self.db, MIGRATIONS)
        self.means = Means(self.store, self.clock, Readers(items_of, read_rows))
        self.ids = count(1)
        self.seen = 0
        for repo in ("pool", "quality"):
            with suppress(AlreadyExists):
                self.store.create_repo(repo)

    def close(self):
        self.store.close()

    def put(self, repo, files, *, branch="main", delete=()):
        """Commit texts (or rows of a CSV) to a repo."""
        self.clock.advance(1)
        with self.store.upload() as upload:
            edits = [Delete(path) for path in delete]
            for path, text in files.items():
                raw = text if isinstance(text, bytes) else text.encode() if isinstance(text, str) else table(text)
                edits.append(Put(path, upload.add_bytes(raw), len(raw)))
            return self.store.write(repo, branch, edits, upload=upload, author="ada")

    def create(self, yaml_text=YAML, **files):
        self.clock.advance(1)
        found = create_project(self.means, Draft(yaml_text, files, "ada"))
        self.seen = self._latest()
        return found

    def update(self, yaml_text, **files):
        self.clock.advance(1)
        return update_project(self.means, Draft(yaml_text, files, "ada"))

    def _latest(self):
        with self.db.read() as tx:
            return outbox.latest(tx)

    def follow(self):
        """Deal with the events that have come, and return the reports."""
        with self.db.read() as tx:
            events = outbox.after(tx, self.seen)
        reports = []
        for event in events:
            reports += on_ref(self.means, event.body, event=event.seq)
            self.seen = event.seq
        return reports

    def publish_due(self, *, wait_s=60):
        """Publish whatever is due after a while; the commits."""
        self.clock.advance(wait_s)
        with self.db.read() as tx:
            due = due_publications(tx, self.clock)
        made = [publish(self.db, self.store, self.clock, *each[:2], target=each.target) for each in due]
        return [commit for commit in made if commit is not None]

    @property
    def project(self):
        with self.db.read() as tx:
            return project_named(tx, "news")

    def state(self, branch="main"):
        with self.db.read() as tx:
            return next((each for each in inputs(tx, self.project.id) if each.branch == branch), None)

    def worker(self, name, *, simulated=False):
        return self.db.write(lambda tx: ensure_worker(tx, self.clock.now_us(), name, simulated=simulated)).id

    def answer_all(self, *names, say=lambda name, headline: "news", simulated=False):
        """Everyone works until nothing is left for them; the answers given, as (name, headline)."""
        given = []
        for name in names:
            worker = self.worker(name, simulated=simulated)
            while not isinstance(page := self.ask(worker), NoWork):
                for task in page.tasks:
                    self.clock.advance(15)
                    said = {"category": say(name, task.data["headline"])}
                    self.submit(worker, page, task.id, said, simulated=simulated)
                    given.append((name, task.data["headline"]))
        return given

    def ask(self, worker):
        return next_page(self.db, self.clock, self.project.id, worker, holding=())

    def submit(self, worker, page, task, said, *, simulated=False):
        spent = {"sim_us" if simulated else "spent_us": 15_000_000}
        answer_id = f"a{next(self.ids)}"
        submit_answer(self.db, self.clock, worker, page.id, task, said, answer_id=answer_id, **spent)

    def publish(self, target="release", branch="main"):
        return publish(self.db, self.store, self.clock, self.project.id, branch, target=target)

    def rows(self, sql, **values):
        with self.db.read() as tx:
            return tx.execute(sql, values).all()

    def count(self, table, where="1 = 1"):
        return self.rows(f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0]

    def open_tasks(self):
        return self.count("task", "kind = 'real' AND wanted = 1 AND answered < overlap")

    def head(self, branch="main", repo="labels"):
        return self.store.head(repo, branch)

    def documents(self, branch="main"):
        """Item id → document."""
        head = self.head(branch)
        raw = [self.store.read_bytes(head, entry.path) for entry in self.store.walk(head, prefix="/items")]
        return {body["item"]["id"]: body for body in map(json.loads, raw)}

    def labels(self, branch="main"):
        """The rows of /labels.csv."""
        raw = self.store.read_bytes(self.head(branch), "/labels.csv")
        return list(csv.DictReader(io.StringIO(raw.decode())))


def table(rows, *, header=("h",)):
    """A CSV of texts, or of tuples under a header."""
    if rows and isinstance(rows[0], tuple):
        header, *rows = rows
    else:
        rows = [(row,) for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()
