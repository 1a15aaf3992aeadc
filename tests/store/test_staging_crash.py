"""``kill -9`` while changes are staged and groups committed: every acknowledged version is there, in order."""

import random
import signal
from contextlib import nullcontext

import pytest
from tests.store.crash_laws import assert_only_needed_is_stored, run_writer

from recension.store import Store
from recension.store.staging import staged_groups

pytestmark = [pytest.mark.files, pytest.mark.slow]

POINTS = [
    "looked", "before staging", "row staged", "staged", "group inserted", "group forgotten", "transaction begun",
    "pack begun", "pack done", "commit inserted", "branch moved", "transaction done",
]  # fmt: skip


def versions(store):
    """What every path has held, in order, with what is staged now; '-' for nothing."""
    found = {}
    for commit in [*reversed(store.log("pool", limit=10_000)), store.view("pool@main")]:
        seen = {entry.path: body(store, entry) for entry in store.walk(commit) if entry.path.startswith("/s")}
        for path in found.keys() | seen.keys():
            now = seen.get(path, "-")
            if found.setdefault(path, ["-"])[-1] != now:
                found[path].append(now)
    return found


def body(store, entry):
    words = set(store.open_blob(entry.blob).decode().split())
    assert len(words) == 1
    return words.pop()


def check(home, acknowledged, kills):
    """Every acknowledged version is there in order, and with each kill at most one that nobody has heard of."""
    with Store.open(home) as store:
        assert store.fsck().problems == []
        found = versions(store) if store.branches("pool") else {}
        extra = sum(map(len, found.values())) - len(found)
        for path in {path for path, _ in acknowledged}:
            there = iter(found.get(path, ["-"]))
            wanted = [value for each, value in acknowledged if each == path]
            changes = [now for now, before in zip(wanted, ["-", *wanted], strict=False) if now != before]
            assert all(value in there for value in changes), f"{changes} are not all in {found.get(path)}"
            extra -= len(changes)
        assert extra <= kills
        assert sum(group.changes for group in staged_groups(store)) <= 3


def heard(said):
    lines = [line.split() for line in said]
    return [(words[1], words[2]) for words in lines if words and words[0] == "staged"]


@pytest.fixture
def home(tmp_path):
    with Store.create(tmp_path / "home") as store:
        store.create_repo("pool")
    return tmp_path / "home"


def kill_at(home, acknowledged, point, kills, hit, *, calm=nullcontext):
    """Run a writer until it kills itself, check what it said, in ``calm``; return all that is acknowledged now."""
    process = run_writer(home, str(100 * kills), "stage", point, str(hit))
    said, _ = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, f"it never came to {point!r}"
    acknowledged = acknowledged + heard(said.splitlines())
    with calm():
        check(home, acknowledged, kills)
    return acknowledged


def close_and_collect(home):
    """Commit what is staged; then nothing is stored that nothing refers to."""
    with Store.open(home) as store:
        if store.branches("pool"):
            store.close_staged("pool")
        assert_only_needed_is_stored(store)


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_step_loses_no_version(home, point):
    acknowledged = []
    for kills, hit in enumerate((1, 4, 9), 1):
        acknowledged = kill_at(home, acknowledged, point, kills, hit)
    close_and_collect(home)
    check(home, acknowledged, 3)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("point", POINTS)
def test_twenty_kills_at_any_step(home, point):
    acknowledged = []
    for kills in range(1, 21):
        acknowledged = kill_at(home, acknowledged, point, kills, 1 + kills % 7)
        if kills % 5 == 0:
            close_and_collect(home)
    check(home, acknowledged, 20)


def test_kills_at_random_moments(home):
    acknowledged, rng = [], random.Random(5)
    for kills in range(1, 6):
        with run_writer(home, str(100 * kills), "stage", "none", "1") as process:
            said = [process.stdout.readline() for _ in range(rng.randrange(1, 30))]
            process.kill()
            # Not by communicate(), which forgets what readline() has read ahead.
            acknowledged += heard([*said, *process.stdout.read().splitlines()])
        check(home, acknowledged, kills)
