"""How long a worker waits for the next page and for an answer to be durable, by size of the project.

    python benchmarks/bench_queue.py [--largest TASKS] [--pages N] [--threads N] [--json]

For each size a project of that many real tasks is made (overlap 5, pages of 4 real and 1 control task, the two rules of
the published example), and pages are asked for and answered: first by one worker at a time, then by ``--threads``
workers at once, as each page's tasks are sent one by one. The last line of each size is a veteran: someone who has
answered thousands of tasks already, alone, so that what they know stands at the head of the queue. Wall milliseconds;
every answer is flushed to disk (SQLite, WAL, synchronous=FULL) before it counts.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recension.clock import SystemClock
from recension.crowd.answers import submit_answer
from recension.crowd.pages import Page
from recension.crowd.policy import ControlRate, FastPages, PagePolicy, PayPolicy, Policy, encode_policy
from recension.crowd.progress import project_progress
from recension.crowd.queue import next_page
from recension.crowd.recount import recount
from recension.crowd.schema import MIGRATIONS
from recension.crowd.tasks import NewTask, add_tasks
from recension.crowd.workers import ensure_worker
from recension.db import Database, Tx, migrate
from recension.label import schema_from_fields, schema_hash, schema_to_json

SIZES = [1_000, 10_000, 100_000]
SCHEMA = schema_from_fields(
    {"show": {"headline": "text"}, "ask": {"category": {"choice": ["news", "clickbait"], "required": True}}},
    where="benchmark",
)
POLICY = Policy(
    overlap=5,
    page=PagePolicy(real=4, control=1),
    pay=PayPolicy("0.05"),
    rules=(FastPages(under_s=0.000001, last=5, at_least=5), ControlRate(last=10, at_most_percent=10)),
    on_ban="exclude_and_reoffer",
)
CLOCK = SystemClock()
GOOD = {"category": "news"}


def make_project(db: Database, size: int) -> int:
    """A project with ``size`` real and 50 control tasks."""

    def work(tx: Tx) -> int:
        project: int = tx.execute(
            "INSERT INTO project (workspace, name, spec, policy, label_schema, schema_hash, guideline_hash, created_us)"
            " VALUES ('default', :name, '{}', :policy, :schema, :hash, 'g', 0) RETURNING id",
            {
                "name": f"p{tx.execute('SELECT COUNT(*) FROM project').scalar()}",
                "policy": encode_policy(POLICY),
                "schema": json.dumps(schema_to_json(SCHEMA)),
                "hash": schema_hash(SCHEMA),
            },
        ).scalar()
        control = [NewTask("control", f"c{n:08d}", {"headline": f"control {n}"}, GOOD) for n in range(50)]
        real = [NewTask("real", f"r{n:08d}", {"headline": f"headline number {n}"}) for n in range(size)]
        add_tasks(tx, 0, project, control, overlap=0)
        add_tasks(tx, 0, project, real, overlap=POLICY.overlap)
        return project

    return db.write(work)


class Times:
    """Milliseconds that each kind of call took."""

    def __init__(self) -> None:
        self.page: list[float] = []
        self.answer: list[float] = []

    def timed(self, into: list[float], call: Callable[[], Any]) -> Any:
        """What the call returns; how long it took goes into the list."""
        before = time.perf_counter()
        result = call()
        into.append((time.perf_counter() - before) * 1000)
        return result


def work_pages(db: Database, project: int, worker: int, pages: int, times: Times) -> None:
    """Ask for pages and answer them."""
    for _ in range(pages):
        page = times.timed(times.page, lambda: next_page(db, CLOCK, project, worker, holding=[]))
        if not isinstance(page, Page):
            return
        for task in page.tasks:
            answer_id = f"{page.id}-{task.id}"
            times.timed(
                times.answer,
                lambda page=page.id, task=task.id, answer_id=answer_id: submit_answer(
                    db, CLOCK, worker, page, task, GOOD, answer_id=answer_id
                ),
            )


def new_worker(db: Database, name: str) -> int:
    """A worker's id."""
    return db.write(lambda tx: ensure_worker(tx, 0, name)).id


def measure(size: int, pages: int, threads: int) -> list[dict[str, Any]]:
    """One line for each way of working on a project of this size."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database.open(Path(folder) / "bench.db")
        migrate(db, MIGRATIONS)
        project = make_project(db, size)
        lines = []
        alone = Times()
        for number in range(10):
            work_pages(db, project, new_worker(db, f"one-{number}"), pages // 10, alone)
        lines.append(line(size, "one at a time", alone))
        together = [Times() for _ in range(threads)]
        workers = [new_worker(db, f"many-{number}") for number in range(threads)]
        running = [
            threading.Thread(target=work_pages, args=(db, project, worker, pages // threads, times))
            for worker, times in zip(workers, together, strict=True)
        ]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        both = Times()
        both.page = [ms for times in together for ms in times.page]
        both.answer = [ms for times in together for ms in times.answer]
        lines.append(line(size, f"{threads} at once", both))
        project = make_project(db, size)
        veteran = new_worker(db, "veteran")
        work_pages(db, project, veteran, min(size // 8, 1_000), Times())
        times = Times()
        work_pages(db, project, veteran, min(size // 16, pages), times)
        lines.append(line(size, "a veteran", times))
        with db.read() as tx:
            before = time.perf_counter()
            project_progress(tx, project)
            lines[-1]["progress_ms"] = round((time.perf_counter() - before) * 1000, 2)
            assert recount(tx, project) == []
        db.close()
        return lines


def line(size: int, who: str, times: Times) -> dict[str, Any]:
    """Medians and 95th percentiles."""
    return {
        "tasks": size,
        "who": who,
        "pages": len(times.page),
        "answers": len(times.answer),
        **percentiles("page", times.page),
        **percentiles("answer", times.answer),
    }


def percentiles(name: str, values: list[float]) -> dict[str, float]:
    """p50 and p95, in milliseconds."""
    cuts = statistics.quantiles(values, n=20)
    return {f"{name}_p50_ms": round(cuts[9], 3), f"{name}_p95_ms": round(cuts[18], 3)}


def main() -> None:
    """Measure every size and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="leave out sizes above this")
    parser.add_argument("--pages", type=int, default=400, help="pages asked for in each way of working")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")
    options = parser.parse_args()
    sizes = [size for size in SIZES if size <= options.largest] or [options.largest]
    lines = [each for size in sizes for each in measure(size, options.pages, options.threads)]
    versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "machine": platform.machine()}
    if options.json:
        print(json.dumps({"versions": versions, "lines": lines}))
        return
    print(" ".join(f"{name} {value}" for name, value in versions.items()))
    for each in lines:
        print("  ".join(f"{name} {value}" for name, value in each.items()))


if __name__ == "__main__":
    main()
