"""Work that has been done is not done again, and work whose cause has changed is."""

from __future__ import annotations

import pytest
from tests.acceptance.live import Live, ok, until

UPPER = """\
pipeline: {{name: upper}}
input: {{pfs: {{repo: texts, glob: /*}}}}
transform:
  cmd: [sh]
  stdin: ['for f in /pfs/texts/*; do tr a-z {to} < "$f" > "/pfs/out/$(basename "$f")"; done']
"""


def jobs(live: Live) -> list[dict]:
    return live.get("/pipelines/upper/jobs")


def last_run(live: Live, *, after: int) -> dict:
    """The newest finished job, once there are more than ``after``."""

    def look():
        seen = jobs(live)
        return seen[0] if len(seen) > after and seen[0]["state"] in {"success", "failure", "done"} else None

    return until(look, f"job {after + 1}")


@pytest.fixture
def upper(live: Live, tmp_path):
    live.put("texts@main", {"a.txt": "a", "b.txt": "b"}, folder=tmp_path / "data")
    spec = tmp_path / "upper.yaml"
    spec.write_text(UPPER.format(to="A-Z"))
    ok(live.home, "pipeline", "create", str(spec))
    assert last_run(live, after=0)["datums_run"] == 2
    return live


def test_a_second_run_without_a_change_runs_nothing(upper: Live):
    upper.post("/pipelines/upper/run", {"branch": "main"})
    again = last_run(upper, after=1)
    assert (again["datums_run"], again["datums_skipped"]) == (0, 2)


def test_going_from_a_to_b_and_back_to_a_runs_nothing_the_second_time(upper: Live, tmp_path):
    upper.put("texts@main", {"a.txt": "other"}, folder=tmp_path / "data")
    assert last_run(upper, after=1)["datums_run"] == 1
    upper.put("texts@main", {"a.txt": "a"}, folder=tmp_path / "data")
    assert last_run(upper, after=2)["datums_run"] == 0
    assert upper.file("upper", "/a.txt") == "A"


def test_an_edited_command_runs_again_by_itself(upper: Live, tmp_path):
    spec = tmp_path / "upper.yaml"
    spec.write_text(UPPER.format(to="B-ZA"))
    ok(upper.home, "pipeline", "create", str(spec))
    assert last_run(upper, after=1)["datums_run"] == 2
    until(lambda: upper.file("upper", "/a.txt") == "B", "the new command's output")
