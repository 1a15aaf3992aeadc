"""Homes written by earlier code are read by this one, and say what they said then."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from tests.acceptance.live import Live, ok, until

from recension.store import Store
from recension.store.opening import finish, open_commits
from recension.store.tags import tags

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


def test_history_is_what_it_was(kept):
    """Files of every commit, content ids whatever the layout, names, open commits, staged changes."""
    home, noted = kept
    if "history" not in noted:
        return  # there was no such thing then
    noted = noted["history"]
    with Store.open(home) as store:
        for identity, files in noted["files"].items():
            assert files_of(store, store.commit(identity)) == files
        for branch, files in noted["now"].items():
            assert files_of(store, store.view(f"wide@{branch}")) == files
        for identity, content_id in noted["content_ids"].items():
            assert store.content_id(store.commit(identity)) == content_id
        assert {tag.name: tag.commit for tag in tags(store, "wide")} == noted["tags"]
        assert [branch.name for branch in store.branches("wide") if branch.protected] == noted["protected"]
        assert [[each.id, each.branch, each.changes] for each in open_commits(store, "wide")] == noted["open"]
        (finished,) = finish(store, [noted["open"][0][0]])
        assert store.read_bytes(finished, "/open") == b"open"
        store.gc(grace_s=0)
        assert store.fsck().clean


def files_of(store, commit):
    lines = (f"{entry.path} {entry.blob.hex()}\n" for entry in store.walk(commit))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


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
