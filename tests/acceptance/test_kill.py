"""What the server has said yes to survives `kill -9`: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest
from tests.acceptance.live import Live, csv_of, ok, one_question, recension, until

WORKERS = 8


@dataclass
class Hand:
    """One worker, what the server has acknowledged to them, and what they never heard back about."""

    name: str
    token: str
    sure: dict[int, tuple[int, str]] = field(default_factory=dict)  # seq → (task, category)
    unsure: list[tuple[int, dict]] = field(default_factory=list)  # page, body

    def work(self, url: str, stop: threading.Event, rng: random.Random) -> None:
        """Answer until told to stop, out of tasks, or cut off."""
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {self.token}"}, timeout=10) as http:
            while not stop.is_set():
                try:
                    page = http.post("/api/v1/projects/lines/pages", json={}).raise_for_status().json()["page"]
                except httpx.TransportError:
                    return
                if page is None:
                    return
                for task in page["tasks"]:
                    if task["answer"] is None and not self._answer(http, page["id"], task["id"], rng):
                        return

    def _answer(self, http: httpx.Client, page: int, task: int, rng: random.Random) -> bool:
        fields = {"category": rng.choice(["yes", "no"])}
        body = {"answer_id": str(uuid.uuid4()), "task": task, "fields": fields, "spent_ms": 5000}
        try:
            answer = http.post(f"/api/v1/pages/{page}/answers", json=body)
        except httpx.TransportError:
            self.unsure.append((page, body))
            return False
        self.sure[answer.raise_for_status().json()["seq"]] = (task, fields["category"])
        return True

    def ask_again(self, url: str) -> None:
        """Send what was never answered once more, under the same answer id, as the workbench does."""
        for page, body in self.unsure:
            answer = httpx.post(
                f"{url}/api/v1/pages/{page}/answers", json=body, headers={"Authorization": f"Bearer {self.token}"}
            )
            if answer.is_success:
                self.sure[answer.json()["seq"]] = (body["task"], body["fields"]["category"])
        self.unsure.clear()


def everything_said(live: Live) -> list[dict]:
    rows, after = [], 0
    while after is not None:
        part = live.get("/projects/lines/answers", after=after, limit=1000)
        rows += part["answers"]
        after = part["next"]
    return rows


def check(live: Live, hands: list[Hand]) -> None:
    """Every acknowledged answer is there as it was given, and none is there twice."""
    rows = everything_said(live)
    said = {row["seq"]: row for row in rows}
    assert len(said) == len(rows)
    for hand in hands:
        for seq, (task, category) in hand.sure.items():
            row = said[seq]
            assert (row["worker"], row["task"], row["fields"]["category"]) == (hand.name, task, category)
    assert max(Counter((row["worker"], row["task"]) for row in rows).values(), default=0) <= 1


def check_published(live: Live) -> None:
    """What was published is what was said, once; every publication goes further than the one before."""
    rows = everything_said(live)

    def published():
        exported = recension(live.home, "project", "export", "lines")  # fails before the first publication
        documents = [json.loads(line) for line in exported.stdout.splitlines()]
        given = Counter((doc["work_id"], mark["worker"]) for doc in documents for mark in doc["annotations"])
        return given if sum(given.values()) == len(rows) else None

    assert max(until(published, "all answers are published").values()) == 1
    upto = [commit["meta"]["upto"] for commit in live.log("labels", "live")]
    assert upto == sorted(set(upto), reverse=True)


def rounds(tmp_path, *, number: int, lines: int, seed: int) -> None:
    rng = random.Random(seed)
    live = Live(tmp_path / "home").start()
    live.put("pool@main", {"lines.csv": csv_of([f"Line {n}" for n in range(lines)])}, folder=tmp_path / "data")
    spec = tmp_path / "project.yaml"
    spec.write_text(one_question("lines", "pool", "labels", overlap=WORKERS))
    ok(live.home, "project", "create", str(spec))
    until(lambda: live.get("/projects/lines/progress")["tasks"]["total"] == lines, "the tasks")
    hands = [Hand(f"worker-{n}", live.token(f"worker-{n}")) for n in range(WORKERS)]
    for _round in range(number):
        stop = threading.Event()
        with ThreadPoolExecutor(WORKERS) as threads:
            url = str(live.http.base_url)
            running = [threads.submit(hand.work, url, stop, random.Random(rng.random())) for hand in hands]
            known = sum(len(hand.sure) for hand in hands)
            until(lambda: sum(len(hand.sure) for hand in hands) > known + WORKERS, "work goes on")  # noqa: B023
            time.sleep(rng.uniform(0.0, 1.0))
            live.kill()
            stop.set()
            for thread in running:
                thread.result()
        ok(live.home, "fsck")
        live.start()
        for hand in hands:
            hand.ask_again(str(live.http.base_url))
        check(live, hands)
    assert sum(len(hand.sure) for hand in hands) > number * WORKERS
    check_published(live)
    assert live.stop() == 0
    ok(live.home, "fsck")


@pytest.mark.slow
def test_three_kills_lose_and_double_nothing(tmp_path):
    rounds(tmp_path, number=3, lines=200, seed=3)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_twenty_kills_lose_and_double_nothing(tmp_path):
    rounds(tmp_path, number=20, lines=1200, seed=20)
