"""Two hundred tasks of a running Label Studio: exported, brought into projects, published, and imported there again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.label_studio.running import LabelStudio, is_installed
from tests.acceptance.live import Live, ok, ok_json, recension, until
from tests.label_studio import work
from tests.label_studio.compared import differences

pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not is_installed(), reason="make label-studio installs it"),
]

SKIPPED = 10
PLAIN = ("--from", "label-studio", "--to", "jsonl")
NUMBERS = "predictions that the file has the number of, and no more"
PROJECT = """\
project: {name}
title: From Label Studio
guideline: As before.
input: {{repo: {name}-pool, {items}}}
label_config: |
{config}
overlap: 3
page: {{real: 4, control: 0, time_limit_s: 600}}
consensus: {{method: majority}}
output: {{repo: {name}-labels, branch: main, release: manual}}
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    with LabelStudio(tmp_path_factory.mktemp("studio")) as running:
        yield running


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    server = Live(tmp_path_factory.mktemp("recension") / "home")
    try:
        yield server.start()
    finally:
        server.stop()


def cells(studio: LabelStudio) -> tuple[int, list[list[dict[str, Any]]]]:
    """A project of a hundred uploaded photographs; its number, and what is to be marked on each task."""
    project = studio.project("cells", work.CELL_CONFIG)
    masks = work.strokes()
    for image in work.image_names():  # one upload keeps no order
        with (work.CELLS / "images" / image).open("rb") as content:
            studio.call("POST", f"/projects/{project}/import", files={"file": (image, content, "image/jpeg")})
    return project, [work.cell_results(image, masks) for image in work.image_names()]


def tweets(studio: LabelStudio) -> tuple[int, list[list[dict[str, Any]]]]:
    """A project of a hundred texts; its number, and what is to be marked on each task."""
    project = studio.project("tweets", work.TWEET_CONFIG)
    found = work.tweets()
    studio.call("POST", f"/projects/{project}/import", json=[{"data": {"text": text}} for text, _ in found])
    return project, [work.tweet_results(text, spans) for text, spans in found]


def label(studio: LabelStudio, project: int, marks: list[list[dict[str, Any]]]) -> None:
    """Annotations of every task, of every fourth two; of some predictions, a draft, a skip, a mark as ground truth."""
    tasks = studio.tasks(project)
    assert len(tasks) == len(marks) == work.EACH
    for at, (task, results) in enumerate(zip(tasks, marks, strict=True)):
        place = f"/tasks/{task['id']}"
        body = {"result": results, "lead_time": 12.5, "ground_truth": at == 0}
        studio.call("POST", f"{place}/annotations/", json=body)
        if at % 4 == 0:
            studio.call("POST", f"{place}/annotations/", json={"result": results[:1], "lead_time": 2.25})
        if at % 10 == 3:
            studio.call("POST", f"{place}/annotations/", json={"result": [], "was_cancelled": True})
        if at % 10 == 5:
            studio.call("POST", f"{place}/drafts", json={"result": results[:2], "lead_time": 1})
        if at % 3 == 0:
            said = {"result": [{**results[0], "score": 0.75}], "score": 0.5, "model_version": f"m{at % 2}"}
            studio.call("POST", "/predictions", json={"task": task["id"], **said})


def labelled(studio: LabelStudio, name: str) -> tuple[int, list[dict[str, Any]]]:
    """One of the projects, made and labelled: its number and its export."""
    project, marks = {"cells": cells, "tweets": tweets}[name](studio)
    label(studio, project, marks)
    return project, sorted(studio.snapshot(project), key=lambda task: task["id"])


def serve(studio: LabelStudio, project: int, pool: Path) -> None:
    """Lay the pictures where the other Label Studio looks for them, and see that it shows one."""
    shutil.copytree(pool, studio.folder / "pool")
    storage = {"project": project, "path": str(studio.folder / "pool"), "use_blob_urls": True}
    studio.call("POST", "/storages/localfiles", json=storage)
    one = min(pool.iterdir())
    shown = studio.http.get("/data/local-files/", params={"d": f"pool/{one.name}"})
    assert shown.content == one.read_bytes()


def published(live: Live, name: str) -> tuple[int, int]:
    """How many annotations and predictions the published documents hold."""
    done = recension(live.home, "project", "export", name, "--ref", "live")
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    return tuple(sum(len(each[kind]) for each in documents) for kind in ("annotations", "predictions"))


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


@pytest.mark.parametrize("name", ["cells", "tweets"])
def test_tasks_come_in_unchanged_and_go_back(name: str, studio: LabelStudio, live: Live, tmp_path: Path) -> None:
    project, exported = labelled(studio, name)
    given = tmp_path / "exported.json"
    given.write_text(json.dumps(exported))

    config = {"cells": work.CELL_CONFIG, "tweets": work.TWEET_CONFIG}[name]
    pool = tmp_path / "pool"
    pool.mkdir()
    if name == "cells":
        for task in exported:
            stored = task["data"]["image"].removeprefix("/data/")
            shutil.copy(studio.folder / "media" / stored, pool)
        items = "glob: /*.jpg"
    else:
        rows = [{"key": f"t{task['id']}", "text": task["data"]["text"]} for task in exported]
        (pool / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        items = "glob: /rows.jsonl, rows: {format: jsonl, key: key}"
    ok(live.home, "repo", "create", f"{name}-pool")
    ok(live.home, "put", f"{name}-pool@main", *map(str, sorted(pool.iterdir())), "-m", "data")
    document = tmp_path / "project.yaml"
    document.write_text(PROJECT.format(name=name, items=items, config=indented(config)))
    ok(live.home, "project", "create", str(document))

    told = ok_json(live.home, "project", "import", name, str(given), "--from", "label-studio")
    counted = sum(1 for task in exported for each in task["annotations"] if not each["was_cancelled"])
    assert told["annotations"] == {"added": counted, "known": 0, "full": 0, "unknown": []}
    assert told["predictions"]["added"] == sum(len(task["predictions"]) for task in exported)

    assert {loss["what"]: loss["count"] for loss in told["lost"]} == {
        "skipped annotations": SKIPPED,
        "drafts": 10,
        "marks as ground truth": 1,
    }
    predicted = told["predictions"]["added"]
    until(lambda: published(live, name) == (counted, predicted), "all of it is published", patience_s=300)
    (tmp_path / "config.xml").write_text(config)
    (tmp_path / "plain.json").write_text(json.dumps(studio.export(project)))
    plain = ok_json(live.home, "convert", str(tmp_path / "plain.json"), str(tmp_path / "min"), *PLAIN)
    numbers = {loss["what"]: loss["count"] for loss in plain["lost"]}
    assert numbers == {"skipped annotations": SKIPPED, "drafts": 10, NUMBERS: predicted}
    options = ["--from", "recension", "--to", "label-studio", "--config", str(tmp_path / "config.xml")]
    if name == "cells":
        options += ["--images", f"{name}-pool@main", "--address", "/data/local-files/?d=pool/"]
    written = ok_json(live.home, "convert", f"{name}-labels@live", str(tmp_path / "back"), *options)
    assert written["lost"] == []
    back = json.loads((tmp_path / "back" / "tasks.json").read_text())
    shown = {"cells": "image", "tweets": "text"}[name]
    assert differences(exported, back, shown, skipped=SKIPPED) == []

    again = studio.project(f"{name} again", config)
    if name == "cells":
        serve(studio, again, pool)
    studio.call("POST", f"/projects/{again}/import", json=back)
    assert differences(exported, studio.snapshot(again), shown, skipped=SKIPPED) == []
