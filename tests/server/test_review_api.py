"""Review over HTTP: a hundred real images labelled twice, and what becomes of verdicts."""

import json
import random
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tests.server.served import run_cli

SAMPLES = Path(__file__).parent.parent / "samples" / "bccd"
CELLS = """\
project: twice
input: {repo: twice-pool, glob: "/*.jpg"}
label_config: |
  <View><Image name="picture" value="$image"/>
  <RectangleLabels name="cells" toName="picture">
  <Label value="RBC"/><Label value="WBC"/><Label value="Platelets"/></RectangleLabels></View>
overlap: 2
page: {real: 50, control: 0}
output: {repo: twice-labels}
"""


def iou(a, b):
    width = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    height = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    both = max(0, width) * max(0, height)
    return both / (a["width"] * a["height"] + b["width"] * b["height"] - both)


def agreement(first, second):
    """Twice the overlap of what is the same over all there is, the most alike first, by looking at every pair."""
    pairs = sorted(
        (
            (iou(a["shape"], b["shape"]), i, j)
            for i, a in enumerate(first)
            for j, b in enumerate(second)
            if a["labels"] == b["labels"]
        ),
        key=lambda pair: -pair[0],
    )
    total, left, right = 0.0, set(), set()
    for value, i, j in pairs:
        if value >= 0.5 and i not in left and j not in right:
            left.add(i)
            right.add(j)
            total += value
    return 2 * total / (len(first) + len(second)) if first or second else 1.0


def another(regions, rng):
    """The same cells as somebody else would box them: a little off, a few forgotten."""
    made = []
    for region in regions:
        box = region["shape"]
        if rng.random() < 0.05:
            continue
        moved = {**box, "x": box["x"] + rng.uniform(-8, 8), "y": box["y"] + rng.uniform(-8, 8)}
        made.append({**region, "shape": {**moved, "width": box["width"] * rng.uniform(0.9, 1.1)}})
    return made


def everything(served, status):
    """All tasks of one status, page by page."""
    tasks, after = [], ""
    while after is not None:
        page = served.get("/projects/twice/review", status=status, limit=30, after=after, counts=True)
        tasks += page["tasks"]
        after = page["next"]
    return tasks, page["counts"]


@pytest.fixture
def twice(own):
    """The project with the hundred images, their boxes brought in as those of ``gold``."""
    own.post("/repos", {"name": "twice-pool"})
    names = sorted(str(path) for path in (SAMPLES / "images").glob("*.jpg"))
    put = run_cli(own.home, "put", "twice-pool@main", *names)
    assert put.returncode == 0, put.stderr
    own.post("/projects", {"yaml": CELLS, "files": {}})
    brought = run_cli(own.home, "project", "import", "twice", str(SAMPLES), "--from", "voc", "--worker", "gold")
    assert brought.returncode == 0, brought.stderr
    return own


def test_a_hundred_images_and_a_second_set_agree_as_counted_by_hand(twice):
    tasks, _ = everything(twice, "unreviewed")
    assert len(tasks) == 100
    gold = {json.dumps(task["data"]): task["answers"][0]["fields"].get("cells", []) for task in tasks}
    drawn = sum(len(ET.parse(path).findall("object")) for path in (SAMPLES / "annotations").glob("*.xml"))
    assert drawn - 5 < sum(map(len, gold.values())) <= drawn  # boxes without an area are no boxes
    rng = random.Random(11)
    second = {}
    with twice.user("ann") as ann:
        while page := ann.post("/api/v1/projects/twice/pages", json={"holding": []}).json()["page"]:
            for task in page["tasks"]:
                fields = {"cells": another(gold[json.dumps(task["data"])], rng)}
                body = {"answer_id": f"ann-{task['id']}", "task": task["id"], "fields": fields, "spent_ms": 1}
                answer = ann.post(f"/api/v1/pages/{page['id']}/answers", json=body)
                assert answer.is_success, answer.text
                second[task["id"]] = fields["cells"]
    assert len(second) == 100
    tasks, counts = everything(twice, "disputed")
    assert counts["disputed"] == len(tasks)
    assert len(tasks) > 95
    worst_first = [task["agreement"] for task in tasks]
    assert worst_first == sorted(worst_first)
    for task in tasks:
        by_worker = {each["worker"]: each["fields"].get("cells", []) for each in task["answers"]}
        assert task["pairs"][0]["fields"]["cells"] == pytest.approx(
            agreement(by_worker["gold"], by_worker["ann"]), abs=1e-9
        )
        # What is compared is what was sent, to a ten-thousandth of a pixel.
        assert [each["shape"]["x"] for each in by_worker["ann"]] == pytest.approx(
            [each["shape"]["x"] for each in second[task["id"]]], abs=1e-4
        )
    assert 0.6 < sum(worst_first) / len(worst_first) < 0.95


def test_verdicts_reach_the_documents_and_remarks_the_reviewer(served):
    served.project("judged", ["one", "two"])
    with served.user("bo") as bo:
        page = bo.post("/api/v1/projects/judged/pages", json={}).json()["page"]
        first, second = page["tasks"]
        body = {
            "answer_id": "bo-1",
            "task": first["id"],
            "fields": {"category": "yes"},
            "spent_ms": 1,
            "flags": ["unclear"],
            "comments": [{"text": "either way"}],
        }
        assert bo.post(f"/api/v1/pages/{page['id']}/answers", json=body).is_success
        skipped = {"answer_id": "bo-2", "task": second["id"], "reason": "broken"}
        assert bo.post(f"/api/v1/pages/{page['id']}/skip", json=skipped).is_success
        (task,) = served.get("/projects/judged/review")["tasks"]
        (answer,) = task["answers"]
        assert (answer["flags"], answer["comments"]) == (["unclear"], [{"text": "either way", "region": None}])
        log = served.get(f"/projects/judged/tasks/{second['id']}")["log"]
        assert [(row["verb"], row["reason"]) for row in log] == [("skip", "broken")]
        verdict = {"id": "v1", "task": task["id"], "verdict": "return", "answer": answer["seq"], "comment": "why yes?"}
        for _ in range(2):
            assert served.post("/projects/judged/verdicts", verdict)["answers"][0]["withdrawn"]
        assert bo.post("/api/v1/projects/judged/verdicts", json=verdict).status_code == 403
        page = bo.post("/api/v1/projects/judged/pages", json={}).json()["page"]
        (again,) = page["tasks"]
        assert (again["id"], again["draft"]) == (task["id"], {"category": "yes"})
        assert again["returned"]["comment"] == "why yes?"
        body = {"answer_id": "bo-3", "task": again["id"], "fields": {"category": "no"}, "spent_ms": 1}
        assert bo.post(f"/api/v1/pages/{page['id']}/answers", json=body).is_success
    decided = served.post(
        "/projects/judged/verdicts",
        {"id": "v2", "task": task["id"], "verdict": "decide", "fields": {"category": "yes"}, "comment": "it is"},
    )
    assert decided["decision"]["fields"] == {"category": "yes"}
    served.post("/projects/judged/publish")
    exported = served.http.get("/api/v1/projects/judged/export").text.splitlines()
    document = next(each for each in map(json.loads, exported) if each["annotations"])
    assert document["consensus"]["category"]["value"] == "yes"
    assert document["consensus"]["category"]["method"] == "review"
    assert document["decision"]["comment"] == "it is"
    old, new = document["annotations"]
    assert (old["review"]["verdict"], old["flags"], old["comments"]) == (
        "returned",
        ["unclear"],
        [{"text": "either way"}],
    )
    assert (old["withdrawn"], new["withdrawn"], new["fields"]) == (True, False, {"category": "no"})
