"""`recension demo --exit --json`: the figures hold when they are computed again, and a seed gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest
from tests.acceptance.live import COMMAND, environment, ok

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def run_demo(home: Path, seed: int) -> dict:
    done = subprocess.run(
        [*COMMAND, "demo", "--exit", "--json", "--seed", str(seed), "--home", str(home)],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A finished demonstration: its home and what it printed."""
    home = tmp_path_factory.mktemp("demo") / "home"
    return home, run_demo(home, seed=11)


def stored(home: Path, address: str, to: Path) -> str:
    ok(home, "get", address, str(to))
    return to.read_text() if to.is_file() else next(to.iterdir()).read_text()


def test_accuracy_and_f1_are_what_the_predictions_say_and_lie_where_they_should(demo, tmp_path):
    home, printed = demo
    rows = list(csv.DictReader(io.StringIO(stored(home, "model@main:/predictions.csv", tmp_path / "p.csv"))))
    assert len(rows) == 600
    hits = sum(row["category"] == row["predicted"] for row in rows)
    both = sum(row["category"] == row["predicted"] == "clickbait" for row in rows)
    named = sum(row["category"] == "clickbait" for row in rows) + sum(row["predicted"] == "clickbait" for row in rows)
    assert printed["model_accuracy"] == pytest.approx(hits / 600, abs=1e-6)
    assert printed["model_f1"] == pytest.approx(2 * both / named, abs=1e-6)
    assert 0.80 <= printed["model_accuracy"] <= 0.86
    assert 0.77 <= printed["model_f1"] <= 0.86


def test_all_thirty_headlines_are_settled_and_bad_workers_are_out(demo, tmp_path):
    home, printed = demo
    rows = list(csv.DictReader(io.StringIO(stored(home, "labels@main:/labels.csv", tmp_path / "l.csv"))))
    assert len(rows) == printed["items_labelled"] == 30
    assert {row["category"] for row in rows} == {"clickbait", "notclickbait"}
    assert printed["judgements"] >= 150
    assert printed["workers_banned"] >= 2
    assert printed["workers_failed"] >= 1
    assert float(printed["cost_usd"]) > 0


def test_the_same_seed_gives_the_same_content(demo, tmp_path):
    _home, first = demo
    second = run_demo(tmp_path / "home", seed=11)
    assert second["content_ids"] == first["content_ids"]
    assert second == first
