"""The files of the demonstration: they are valid, they leak nothing, and the steps do their work."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from recension.cli import demo
from recension.crowd.spec import read_project
from recension.flow.spec_reader import read_spec

FOLDER = Path(demo.__file__).parent
DATA, CLICKBAIT = FOLDER / "data", FOLDER / "clickbait"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def step(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CLICKBAIT / script), *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_project_is_valid_and_is_the_published_one():
    files = {"guideline.md": (CLICKBAIT / "guideline.md").read_text()}
    project = read_project((CLICKBAIT / "project.yaml").read_text(), files)
    spec = project.spec
    assert (spec.overlap, spec.page.real, spec.page.control) == (5, 4, 1)
    assert spec.training is not None
    assert (spec.training.page, spec.training.pass_percent) == (10, 90)
    assert Decimal(spec.pay.per_page) == Decimal("0.05")
    assert [rule.__struct_config__.tag for rule in spec.rules] == ["fast_pages", "control_rate"]
    assert spec.on_ban == "exclude_and_reoffer"


@pytest.mark.parametrize("name", ["enriched", "model"])
def test_the_pipelines_are_valid_and_their_files_are_there(name):
    spec = read_spec((CLICKBAIT / f"{name}.yaml").read_bytes(), file=f"{name}.yaml")
    assert (spec.name, spec.notes) == (name, ())
    assert spec.transform.files
    assert [file for file in spec.transform.files if not (CLICKBAIT / file).is_file()] == []
    assert all("==" in requirement for requirement in spec.transform.requirements or ())


def test_the_guideline_gives_away_no_headline_that_is_asked():
    guideline = (CLICKBAIT / "guideline.md").read_text()
    asked = [
        row["INPUT:headline"]
        for name in ("pool_tasks", "control_tasks", "training_tasks")
        for row in rows(f"{name}.csv")
    ]
    assert [headline for headline in asked if headline in guideline] == []


def test_every_headline_of_the_pool_has_a_truth_and_no_tested_headline_is_learnt():
    pool = [row["INPUT:headline"] for row in rows("pool_tasks.csv")]
    assert [row["headline"] for row in rows("pool_truth.csv")] == pool
    assert {row["category"] for row in rows("pool_truth.csv")} == {"clickbait", "notclickbait"}
    learnt = {row["headline"] for name in ("train.csv", "pool_truth.csv") for row in rows(name)}
    assert learnt.isdisjoint(row["headline"] for row in rows("test.csv"))


def test_concatenation_keeps_the_columns_of_the_first_file_and_the_order(tmp_path):
    (tmp_path / "a.csv").write_text('headline,category\n"Say ""yes""",clickbait\n')
    (tmp_path / "b.csv").write_text("category,extra,headline\nnotclickbait,1,Rain\n")
    done = step("concatenate.py", tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").read_text() == 'headline,category\n"Say ""yes""",clickbait\nRain,notclickbait\n'


def test_concatenation_names_the_file_and_the_column_that_is_missing(tmp_path):
    (tmp_path / "a.csv").write_text("headline,category\nx,clickbait\n")
    (tmp_path / "b.csv").write_text("headline\ny\n")
    done = step("concatenate.py", tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "out.csv")
    assert done.returncode != 0
    assert "b.csv: no column category" in done.stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.slow
def test_training_gives_the_same_bytes_twice_and_metrics_that_follow_from_the_predictions(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        done = step("train.py", DATA / "train.csv", DATA / "test.csv", tmp_path / name)
        assert done.returncode == 0, done.stderr
    for name in ("predictions.csv", "metrics.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with (tmp_path / "one" / "predictions.csv").open(newline="") as file:
        predicted = list(csv.DictReader(file))
    assert [(row["headline"], row["category"]) for row in predicted] == [
        (row["headline"], row["category"]) for row in rows("test.csv")
    ]
    metrics = json.loads((tmp_path / "one" / "metrics.json").read_text())
    hits = sum(row["category"] == row["predicted"] for row in predicted)
    assert metrics["accuracy"] == pytest.approx(hits / 600, abs=1e-6)
    assert 0.80 <= metrics["accuracy"] <= 0.86
