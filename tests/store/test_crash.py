"""``kill -9`` between any two steps: what was acknowledged is there, nothing is half there, and work goes on."""

import os
import random
import time

import pytest
from tests.store.crash_laws import assert_only_needed_is_stored, check, kill_at, run_writer

from recension.store import Store

pytestmark = pytest.mark.files

POINTS = [
    *(("commit", point) for point in (
        "pack begun", "pack written", "pack flushed", "pack renamed", "pack done", "transaction begun",
        "records inserted", "commit inserted", "branch moved", "transaction done",
    )),
    *(("put", point) for point in (
        "folder listed", "folder read", "buffer written", "before landing", "pack done", "commit inserted",
        "transaction done", "landed", "before cache", "cache written", "cache saved",
    )),
    *(("merge", point) for point in (
        "relation found", "trees merged", "pack done", "records inserted", "commit inserted", "branch moved",
        "transaction done", "forwarded", "merged",
    )),
    *(("gather", point) for point in (
        "begun", "before adding", "added", "gathered", "pack done", "commit inserted", "transaction done", "finished",
    )),
    *(("fold", point) for point in (
        "before folding", "pack done", "tree made", "tree registered", "fold noted", "layout changed",
        "transaction done", "folded", "folds forgotten",
    )),
    *(("collect", point) for point in (
        "marked", "dead found", "condemning", "condemned", "before clearing", "before copying", "copied",
        "before removing", "rows deleted", "rows moved", "removed", "cleared", "given up", "before deleting",
        "object deleted", "deleted", "pack renamed", "transaction done",
    )),
]  # fmt: skip


def check_nothing_is_left(home):
    """After a collection there is nothing that nothing refers to, unfinished files included."""
    assert list((home / "cache").glob("collection-*")) == []
    packs = home / "objects" / "packs"
    for part in packs.glob("*.part"):
        os.utime(part, (1, 1))
    with Store.open(home) as store:
        assert_only_needed_is_stored(store)
        with store.db.read() as tx:
            assert {path.name for path in packs.glob("*")} == {row[0] for row in tx.execute("SELECT name FROM pack")}


def new_home(tmp_path):
    with Store.create(tmp_path / "home") as store:
        store.create_repo("pool")
    return tmp_path / "home"


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
@pytest.mark.parametrize("work", ["commit", "merge"])
def test_kills_at_random_moments(tmp_path, work):
    home, acknowledged, rng = new_home(tmp_path), [], random.Random(11)
    for _ in range(4):
        with run_writer(home, str(len(acknowledged)), work, "none", "1") as process:
            acknowledged += [process.stdout.readline().strip() for _ in range(rng.randrange(1, 9))]
            time.sleep(rng.random() * 0.02)
            process.kill()
            # Not by communicate(), which forgets what readline() has read ahead.
            acknowledged += process.stdout.read().splitlines()
        acknowledged = check(home, acknowledged)
    check_nothing_is_left(home)
