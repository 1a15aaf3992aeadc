"""Homes written by earlier code are read by this one, and say what they said then."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.acceptance.live import Live, ok, until

GOLDEN = Path(__file__).resolve().parent
HOMES = sorted(path.name for path in GOLDEN.glob("home-*") if path.is_dir())


@pytest.fixture(params=HOMES)
def kept(request, tmp_path):
    """A copy of a home, and what was noted down of it."""
    shutil.copytree(GOLDEN / request.param, tmp_path / "home")
    return tmp_path / "home", json.loads((GOLDEN / f"{request.param}.json").read_text())


@pytest.fixture
def served(kept):
    home, noted = kept
    live = Live(home)
    try:
        yield live.start(), noted
    finally:
        live.stop()


def test_every_stored_byte_is_intact(served):
    live, _noted = served
    ok(live.home, "fsck")


def test_commits_have_kept_their_ids_content_and_cascade(served):
    live, noted = served
    for branch, commits in noted["commits"].items():
        repo, _, ref = branch.partition("@")
        found = [[one["id"], one["content_id"], one["global_id"]] for one in live.log(repo, ref)]
        assert found[-len(commits) :] == commits, branch


def test_the_answer_log_says_what_it_said(served):
    live, noted = served
    rows = live.get("/projects/headlines/answers", limit=500)["answers"]
    assert [[row["seq"], row["verb"], row["worker"], row["fields"]] for row in rows] == noted["answers"]


def test_figures_workers_and_jobs_are_what_they_were(served):
    live, noted = served
    assert noted["progress"].items() <= live.get("/projects/headlines/progress").items()
    found = {worker["name"]: worker for worker in live.get("/projects/headlines/workers")}
    for worker in noted["workers"]:
        assert worker.items() <= found[worker["name"]].items()
    jobs = [[job["id"], job["branch"], job["state"]] for job in live.get("/pipelines/counts/jobs")]
    assert jobs[-len(noted["jobs"]) :] == noted["jobs"]


def test_labels_are_what_they_were_and_work_goes_on(served):
    live, noted = served
    lines = ok(live.home, "project", "export", "headlines").splitlines()
    documents = {one["item"]["id"]: one for one in map(json.loads, lines)}
    assert {item: [one["status"], one["consensus"], one["previous"]] for item, one in documents.items()} == noted[
        "labels"
    ]
    before = live.log("counts")[0]["id"]
    ok(live.home, "simulate", "headlines", "--workers", "6", "--seed", "3", "--accuracy", "1")
    until(lambda: live.log("counts")[0]["id"] != before, "the stale label is settled and the pipeline follows")
