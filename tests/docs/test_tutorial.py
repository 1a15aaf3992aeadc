"""The tutorial's commands work when they are typed in as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).resolve().parent.parent.parent / "docs" / "tutorial" / "first-five-minutes.md"
# A block with a title is for another folder; a comment says what a reader's own pace waits for.
PART = re.compile(r"^```sh\n(?P<block>.*?)^```$|^<!-- wait for: (?P<wait>.*?) -->$", re.DOTALL | re.MULTILINE)
WAIT = """\
for _ in $(seq 150); do if {{ {wait}; }} >/dev/null 2>&1; then break; fi; sleep 0.2; done
{{ {wait}; }} >/dev/null
"""
UP = "recension up --port 0 &\n" + WAIT.format(wait="recension project list")


def script() -> str:
    """The commands in order. The server takes a free port, and is waited for as a reader waits for its link."""
    lines = ["set -euo pipefail\n", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"]
    for part in PART.finditer(TUTORIAL.read_text()):
        block = part["block"] if part["block"] is not None else WAIT.format(wait=part["wait"])
        lines.append(block.replace("recension up &\n", UP))
    return "".join(lines)


@pytest.mark.slow
def test_the_tutorial_runs_as_it_stands(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RECENSION_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script()],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    said = done.stdout
    assert "6 of 6 settled" in said
    assert "5 of 6 settled, 1 open, 1 stale" in said
    assert said.count("Norway climbs out of recession") == 1
    assert re.search(r"^clickbait,\d", said, re.MULTILINE)
    cascade = said[said.rindex("1 open, 1 stale") :]
    assert all(f"{repo}@" in cascade for repo in ("pool", "labels", "counts"))
