"""Many people at once: exact overlap, nobody asked twice, abandoned pages, careful fast workers."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.acceptance.live import Live, Worker, csv_of, ok, one_question, until

LINES = [f"Line number {number}" for number in range(60)]
CONTROL = [f"Known line {number}" for number in range(12)]


def project(live: Live, tmp_path, text: str, lines=LINES):
    live.put("pool@main", {"lines.csv": csv_of(lines)}, folder=tmp_path / "data")
    spec = tmp_path / "project.yaml"
    spec.write_text(text)
    ok(live.home, "project", "create", str(spec))
    until(lambda: live.get("/projects/lines/progress")["tasks"]["total"] == len(lines), "the tasks")


def answers(live: Live) -> list[dict]:
    found, after = [], 0
    while True:
        part = live.get("/projects/lines/answers", after=after, limit=500)
        found += part["answers"]
        if part["next"] is None:
            return found
        after = part["next"]


def with_control(live: Live, tmp_path, text: str) -> str:
    rows = "headline,category\n" + "".join(f"{line},yes\n" for line in CONTROL)
    live.put("quality@main", {"control.csv": rows}, folder=tmp_path / "data")
    return text.replace("control: 0", "control: 1") + (
        "control:\n  tasks: {repo: quality, path: /control.csv, columns: {headline: headline},"
        " expected: {category: category}}\n"
    )


def test_sixteen_workers_at_once_give_exactly_five_answers_to_each_task(live: Live, tmp_path):
    project(live, tmp_path, with_control(live, tmp_path, one_question("lines", "pool", "labels", overlap=5)))
    workers = [live.worker(f"worker-{number}") for number in range(16)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda worker: worker.work("lines", lambda _data: {"category": "yes"}), workers))

    given = answers(live)
    assert max(Counter((entry["task"], entry["worker"]) for entry in given).values()) == 1
    tasks = live.get("/projects/lines/tasks", limit=500)["tasks"]
    assert len(tasks) == len(LINES)
    assert {len(task["answers"]) for task in tasks} == {5}
    assert live.get("/projects/lines/progress")["judgements"] == 5 * len(LINES)


def test_an_abandoned_page_goes_back_and_its_draft_stays(live: Live, tmp_path):
    text = one_question("lines", "pool", "labels").replace("time_limit_s: 600", "time_limit_s: 1")
    project(live, tmp_path, text, LINES[:4])
    ann, bob = live.worker("ann"), live.worker("bob")
    page = ann.page("lines")
    task = page["tasks"][0]
    saved = ann.http.put(f"/api/v1/pages/{page['id']}/drafts/{task['id']}", json={"fields": {"category": "no"}})
    assert saved.is_success, saved.text
    assert bob.page("lines") is None

    def offered():
        time.sleep(0.3)
        return bob.page("lines")

    again = until(offered, "the page is offered to somebody else", patience_s=20)
    assert {entry["id"] for entry in again["tasks"]} == {entry["id"] for entry in page["tasks"]}
    late = ann.http.post(
        f"/api/v1/pages/{page['id']}/answers",
        json={"answer_id": "late-1", "task": task["id"], "fields": {"category": "no"}, "spent_ms": 1},
    )
    assert late.status_code == 409, late.text
    bob.http.post(f"/api/v1/pages/{again['id']}/release", json={}).raise_for_status()
    back = until(lambda: ann.page("lines"), "the page comes back")
    drafts = {entry["id"]: entry["draft"] for entry in back["tasks"]}
    assert drafts[task["id"]] == {"category": "no"}


RULES = """\
rules:
  - {if: fast_pages, under_s: 30, last: 5, at_least: 2, then: ban}
  - {if: control_rate, last: 10, at_least: 1, at_most_percent: 90, then: ban}
on_ban: exclude_and_reoffer
"""


@pytest.mark.parametrize(("page_s", "state"), [(31, "working"), (29, "banned")])
def test_only_pages_of_less_than_thirty_seconds_ban(live: Live, tmp_path, page_s, state):
    text = with_control(live, tmp_path, one_question("lines", "pool", "labels", overlap=2)) + RULES
    project(live, tmp_path, text, LINES[:16])
    (made,) = live.post("/projects/lines/simulated-workers", {"names": ["quick"]})
    worker = Worker(live, made["token"])
    for _page in range(3):
        page = worker.page("lines")
        if page is None:
            break
        each_ms = page_s * 1000 // len(page["tasks"])
        for number, task in enumerate(page["tasks"]):
            worker.http.post(
                f"/api/v1/pages/{page['id']}/answers",
                json={
                    "answer_id": f"{page['id']}-{number}",
                    "task": task["id"],
                    "fields": {"category": "yes"},
                    "spent_ms": each_ms,
                    "sim": {"spent_ms": each_ms},
                },
            ).raise_for_status()
    (seen,) = live.get("/projects/lines/workers")
    assert seen["state"] == state
