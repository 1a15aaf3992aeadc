"""A simulated crowd against a real server: repeatable, idempotent, in parallel, and through a kill -9."""

import json
import signal
import subprocess
import sys
import threading
import time

import pytest
from tests.client.live_server import LiveServer

from recension.client.simulate import SimulationSpec, Truth, read_truth, simulate
from recension.errors import Invalid, NotFound, Unavailable


@pytest.fixture
def live(tmp_path):
    server = LiveServer(tmp_path).start()
    try:
        yield server.prepare()
    finally:
        server.stop()


def spec_of(live, **given):
    return SimulationSpec(**{"workers": 10, "seed": 4, "truth": read_truth([live.truth]), **given})


def run(live, **given):
    return simulate(live.url, live.token, "lines", spec_of(live, **given))


def answers(live):
    """The answers in the log; it also holds what became of them."""
    return [row for row in live.log() if row["verb"] == "answer"]


def standing(live):
    """How many answers to each task count."""
    tasks = live.call("GET", "/projects/lines/tasks", params={"limit": 500})["tasks"]
    return [sum(not (said["excluded"] or said["withdrawn"]) for said in task["answers"]) for task in tasks]


def said(live):
    """What is in the log but for what the server numbers by itself."""
    return [(row["worker"], row["fields"]) for row in answers(live)]


def repeatable(report):
    return {name: value for name, value in report.as_object().items() if name not in {"elapsed_s", "retries"}}


def test_a_crowd_settles_a_project_alike_every_time_and_once(live, tmp_path):
    report = run(live, spammers=0.2, fast=0.1)
    progress = live.call("GET", "/projects/lines/progress")
    assert progress["tasks"]["settled"] == live.lines
    assert standing(live) == [3] * live.lines
    assert len(answers(live)) == report.answers
    kinds = {worker.name: worker for worker in report.workers}
    assert {w.state for w in kinds.values() if w.kind == "fast"} == {"banned"}
    assert report.guessed == 0
    found = live.call("GET", "/projects/lines/workers")
    assert {w["name"]: w["state"] for w in found} == {w.name: w.state for w in report.workers}
    assert all(w["simulated"] for w in found)

    again = run(live, spammers=0.2, fast=0.1)
    assert again.answers == 0
    assert len(answers(live)) == report.answers

    (tmp_path / "other").mkdir()
    other = LiveServer(tmp_path / "other").start()
    try:
        other.prepare()
        assert repeatable(run(other, spammers=0.2, fast=0.1)) == repeatable(report)
        assert said(other) == said(live)
    finally:
        other.stop()


def test_many_at_once_keep_the_overlap(live):
    report = run(live, workers=16, concurrency=8)
    assert len(answers(live)) == report.answers
    assert standing(live) == [3] * live.lines


@pytest.mark.timeout(120)
def test_a_killed_server_costs_time_and_nothing_else(tmp_path):
    live = LiveServer(tmp_path, lines=80).start()
    try:
        live.prepare()
        found = []
        running = threading.Thread(target=lambda: found.append(run(live, workers=12, concurrency=4, patience_s=60)))
        running.start()
        for enough in (20, 120):
            while len(answers(live)) < enough:
                time.sleep(0.02)
            live.stop(signal.SIGKILL)
            time.sleep(0.3)
            live.start()
        running.join()
        (report,) = found
        assert report.retries > 0
        assert len(answers(live)) == report.answers
        assert standing(live) == [3] * live.lines
    finally:
        live.stop()


def test_what_nobody_knows_is_made_up_and_counted(live):
    report = run(live, truth=Truth(), workers=3)
    assert report.guessed > 0
    assert report.states() == {"failed": 3}


def test_the_command_prints_one_object(live):
    command = [sys.executable, "-m", "recension.cli.main", "simulate", "lines", "--workers", "9", "--seed", "4"]
    done = subprocess.run(
        [*command, "--truth", str(live.truth), "--json"],
        env=live.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert printed["answers"] == len(answers(live))
    assert len(printed["workers"]) == 9


def test_mistakes_are_named(live, tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        simulate(live.url, live.token, "nowhere", spec_of(live))
    (tmp_path / "bad.csv").write_text("line,kind\nLine 1,strange\n")
    with pytest.raises(Invalid, match=r"bad\.csv: line 2"):
        run(live, truth=read_truth([tmp_path / "bad.csv"]))
    live.stop()
    with pytest.raises(Unavailable):
        simulate(live.url, "x", "lines", spec_of(live, patience_s=0.1))
