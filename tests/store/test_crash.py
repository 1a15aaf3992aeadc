"""``kill -9`` between any two steps: what was acknowledged is there, nothing is half there, and work goes on."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recension.store import Store

pytestmark = pytest.mark.files

WRITER = Path(__file__).with_name("crashing_writer.py")

POINTS = [
    *(("commit", point) for point in (
        "pack begun", "pack written", "pack flushed", "pack renamed", "pack done", "transaction begun",
        "records inserted", "commit inserted", "branch moved", "transaction done",
    )),
    *(("put", point) for point in (
        "folder listed", "folder read", "buffer written", "before landing", "pack done", "commit inserted",
        "transaction done", "landed", "before cache", "cache written", "cache saved",
    )),
    *(("collect", point) for point in (
        "marked", "dead found", "condemning", "condemned", "before clearing", "before copying", "copied",
        "before removing", "rows deleted", "rows moved", "removed", "cleared", "given up", "before deleting",
        "object deleted", "deleted", "pack renamed", "transaction done",
    )),
]  # fmt: skip


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


def check_nothing_is_left(home):
    """After a collection there is no object that nothing refers to, and everything that was there is there."""
    packs = home / "objects" / "packs"
    for part in packs.glob("*.part"):
        os.utime(part, (1, 1))
    with Store.open(home) as store:
        store.gc(grace_s=0)
        report = store.fsck()
        assert (report.problems, report.orphans) == ([], [])
        needed = set()
        for commit in store.log("pool", limit=10_000) if store.branches("pool") else []:
            needed |= {entry.blob for entry in store.walk(commit)}
        with store.db.read() as tx:
            assert {row[0] for row in tx.execute("SELECT id FROM record WHERE kind <> 3")} == needed
            assert {path.name for path in packs.glob("*")} == {row[0] for row in tx.execute("SELECT name FROM pack")}


def run_writer(home, *arguments):
    return subprocess.Popen([sys.executable, str(WRITER), str(home), *arguments], stdout=subprocess.PIPE, text=True)


def new_home(tmp_path):
    with Store.create(tmp_path / "home") as store:
        store.create_repo("pool")
    return tmp_path / "home"


def kill_at(home, acknowledged, work, point, hit):
    """Run a writer until it kills itself; everything it said is checked. Returns what is acknowledged now."""
    process = run_writer(home, str(len(acknowledged)), work, point, str(hit))
    said, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    made = check(home, acknowledged + said.splitlines())
    with Store.open(home) as store:
        return [commit.id for commit in reversed(store.log("pool", limit=10_000))] if made else []


@pytest.mark.slow
@pytest.mark.parametrize(("work", "point"), POINTS)
def test_a_kill_at_any_step_loses_nothing_acknowledged(tmp_path, work, point):
    home, acknowledged = new_home(tmp_path), []
    for hit in (1, 3):
        acknowledged = kill_at(home, acknowledged, work, point, hit)
    check_nothing_is_left(home)
    check(home, acknowledged)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("work", "point"), POINTS)
def test_twenty_kills_at_any_step(tmp_path, work, point):
    home, acknowledged = new_home(tmp_path), []
    for hit in range(1, 21):
        acknowledged = kill_at(home, acknowledged, work, point, 1 + hit % 5)
        if hit % 5 == 0:
            check_nothing_is_left(home)
    check(home, acknowledged)


@pytest.mark.slow
def test_kills_at_random_moments(tmp_path):
    home = tmp_path / "home"
    with Store.create(home) as store:
        store.create_repo("pool")
    acknowledged, rng = [], random.Random(11)
    for _ in range(6):
        process = run_writer(home, str(len(acknowledged)), "commit", "none", "1")
        time.sleep(0.15 + rng.random() * 0.3)
        process.kill()
        said, _ = process.communicate(timeout=60)
        check(home, acknowledged + said.splitlines())
        with Store.open(home) as store:
            known = store.branches("pool")
            acknowledged = [c.id for c in reversed(store.log("pool", limit=10_000))] if known else []
    assert len(acknowledged) > 3
