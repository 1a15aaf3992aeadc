"""``kill -9`` between any two steps: what was acknowledged is there, nothing is half there, and work goes on."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recension.store import Store

WRITER = Path(__file__).with_name("crashing_writer.py")

POINTS = [
    "pack begun",
    "pack written",
    "pack flushed",
    "pack renamed",
    "pack done",
    "transaction begun",
    "records inserted",
    "commit inserted",
    "branch moved",
    "transaction done",
]


def check(home, acknowledged):
    """Everything acknowledged is there, and at most one commit that nobody had heard of yet."""
    with Store.open(home) as store:
        report = store.fsck()
        assert report.problems == []
        log = store.log("pool", limit=10_000) if store.branches("pool") else []
        ids = [commit.id for commit in reversed(log)]
        assert ids[: len(acknowledged)] == [line.split()[0] for line in acknowledged]
        assert len(ids) <= len(acknowledged) + 1
        for number, commit in enumerate(reversed(log)):
            assert commit.files == number + 1
            assert store.read_bytes(commit, f"/{number:05d}/x") == b"%d" % number * 1000
        refs = {branch.name: branch.head for branch in store.branches("pool")}
        assert refs.get("main") == (ids[-1] if ids else None)
    return len(ids)


def run_writer(home, *arguments):
    return subprocess.Popen([sys.executable, str(WRITER), str(home), *arguments], stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_step_loses_nothing_acknowledged(tmp_path, point):
    home = tmp_path / "home"
    with Store.create(home) as store:
        store.create_repo("pool")
    acknowledged = []
    for hit in (1, 3):
        process = run_writer(home, str(len(acknowledged)), point, str(hit))
        said, _ = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        acknowledged += said.splitlines()
        made = check(home, acknowledged)
        with Store.open(home) as store:
            acknowledged = [commit.id for commit in reversed(store.log("pool", limit=10_000))] if made else []
    process = run_writer(home, str(len(acknowledged)), "none", "1")
    time.sleep(0.5)
    process.kill()
    said, _ = process.communicate(timeout=60)
    assert check(home, acknowledged + said.splitlines()) > len(acknowledged)


@pytest.mark.slow
def test_kills_at_random_moments(tmp_path):
    home = tmp_path / "home"
    with Store.create(home) as store:
        store.create_repo("pool")
    acknowledged, rng = [], random.Random(11)
    for _ in range(6):
        process = run_writer(home, str(len(acknowledged)), "none", "1")
        time.sleep(0.15 + rng.random() * 0.3)
        process.kill()
        said, _ = process.communicate(timeout=60)
        check(home, acknowledged + said.splitlines())
        with Store.open(home) as store:
            known = store.branches("pool")
            acknowledged = [c.id for c in reversed(store.log("pool", limit=10_000))] if known else []
    assert len(acknowledged) > 3
