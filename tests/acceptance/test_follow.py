"""Data goes in, and everything after it follows by itself: people, pipelines, branches."""

from __future__ import annotations

import json

import pytest
from tests.acceptance.live import Live, csv_of, ok, ok_json, one_question, until

FIRST = ["First line", "Second line", "Third line"]
MORE = ["Fourth line", "Fifth line", "Sixth line", "Seventh line", "Eighth line"]
# Counts the labelled lines: a training step in miniature, with the same place in the chain.
COUNTED = """\
pipeline: {name: counted}
input: {pfs: {repo: labels, glob: /labels.csv}}
transform: {cmd: [sh], stdin: ["wc -l < /pfs/labels/labels.csv > /pfs/out/lines"]}
"""


def category(data):
    return {"category": "yes" if data["headline"][0] in "FT" else "no"}


def open_tasks(live):
    return live.get("/projects/lines/progress")["tasks"]["open"]


@pytest.fixture
def chain(live, tmp_path):
    """Repo `pool` → project `lines` → repo `labels` → pipeline `counted`, with three lines answered on `main`."""
    live.put("pool@main", {"first.csv": csv_of(FIRST)}, folder=tmp_path / "data")
    spec = tmp_path / "project.yaml"
    spec.write_text(one_question("lines", "pool", "labels"))
    ok(live.home, "project", "create", str(spec))
    pipeline = tmp_path / "counted.yaml"
    pipeline.write_text(COUNTED)
    ok(live.home, "pipeline", "create", str(pipeline))
    until(lambda: open_tasks(live) == 3, "three tasks")
    assert live.worker("ann").work("lines", category) == 3
    until(lambda: live.file("counted", "/lines") == "4\n", "the pipeline follows the people")
    return live


def test_new_lines_become_tasks_and_their_answers_reach_the_model_under_one_global_id(chain: Live, tmp_path):
    chain.put("pool@main", {"more.csv": csv_of(MORE)}, folder=tmp_path / "data")
    started = chain.log("pool")[0]
    until(lambda: open_tasks(chain) == 5, "five tasks without any command")
    assert chain.worker("bob").work("lines", category) == 5
    until(lambda: chain.file("counted", "/lines") == "9\n", "the pipeline runs on")
    assert chain.log("labels")[0]["global_id"] == started["global_id"]
    assert chain.log("counted")[0]["global_id"] == started["global_id"] == started["id"]
    listed = ok_json(chain.home, "log", "counted@main")
    assert started["global_id"] in json.dumps(listed)


def test_a_branch_goes_its_own_way_and_its_promotion_asks_nobody_again(chain: Live, tmp_path):
    before = {repo: chain.log(repo)[0]["id"] for repo in ("pool", "labels", "counted")}
    ok(chain.home, "branch", "create", "pool@dev", "--at", "pool@main")
    chain.put("pool@dev", {"more.csv": csv_of(MORE)}, folder=tmp_path / "data")
    until(lambda: open_tasks(chain) == 5, "five tasks from the branch")
    assert chain.worker("cid").work("lines", category) == 5
    until(lambda: chain.file("counted", "/lines", "dev") == "9\n", "the pipeline runs on the branch")
    assert {repo: chain.log(repo)[0]["id"] for repo in before} == before

    ok(chain.home, "branch", "promote", "pool@dev", "--to", "main")
    until(lambda: chain.file("counted", "/lines") == "9\n", "main follows the promotion")
    assert open_tasks(chain) == 0
    assert chain.get("/projects/lines/progress")["judgements"] == 8


def test_nothing_is_asked_again_when_rows_move_and_exactly_one_when_a_keyed_row_is_edited(live: Live, tmp_path):
    rows = ["id,headline", "1,Alpha", "2,Beta", "3,Gamma"]
    spec = tmp_path / "project.yaml"
    spec.write_text(one_question("lines", "pool", "labels", rows="{format: csv, key: id}"))
    live.put("pool@main", {"rows.csv": "\n".join(rows) + "\n"}, folder=tmp_path / "data")
    ok(live.home, "project", "create", str(spec))
    until(lambda: open_tasks(live) == 3, "three tasks")
    live.worker("ann").work("lines", category)
    until(lambda: live.log("labels"), "labels")

    def documents():
        lines = ok(live.home, "project", "export", "lines").splitlines()
        return {entry["item"]["data"]["headline"]: entry for entry in map(json.loads, lines)}

    seen = live.log("labels")[0]["id"]
    live.put("pool@main", {"rows.csv": "\n".join([rows[0], *reversed(rows[1:])]) + "\n"}, folder=tmp_path / "data")
    until(lambda: live.log("labels")[0]["id"] != seen, "the sorted rows are published")
    assert open_tasks(live) == 0

    rows[2] = "2,Beta, edited".replace(", edited", " edited")
    live.put("pool@main", {"rows.csv": "\n".join(rows) + "\n"}, folder=tmp_path / "data")
    until(lambda: open_tasks(live) == 1, "one task opens")
    assert live.get("/projects/lines/progress")["tasks"]["stale"] == 1
    until(lambda: documents().get("Beta edited", {}).get("status") == "stale", "the old label is marked")
    assert documents()["Beta edited"]["previous"]["consensus"]["category"]["value"] == "no"
    assert documents()["Alpha"]["status"] == "settled"
    live.worker("bob").work("lines", category)
    until(lambda: documents()["Beta edited"]["status"] == "settled", "the edited row has its label")
    assert live.get("/projects/lines/progress")["judgements"] == 4
