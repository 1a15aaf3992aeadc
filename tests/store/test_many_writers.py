"""Thirty-two writers on one branch: all get in, nothing is lost, nobody waits for ever, nobody sees an error."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recension.store import Store
from recension.store.settings import Settings

pytestmark = pytest.mark.files  # each test says itself what it stands on

WRITER = Path(__file__).with_name("one_branch_writer.py")
WRITERS = 32

on_postgres = pytest.param("postgres", marks=pytest.mark.backends)


@pytest.fixture
def home(request, tmp_path, backing):
    """A home that stands on what the test's parameter names."""
    kinds = backing.split("+")
    settings = Settings(
        request.getfixturevalue("postgres_server").new_database() if "postgres" in kinds else None,
        request.getfixturevalue("s3_server").new_bucket() if "s3" in kinds else None,
    )
    with Store.create(tmp_path / "home", settings=settings) as store:
        store.create_repo("pool")
    return tmp_path / "home"


def race(home, *, processes, commits):
    """All writers at once; return for each process when its commits were in, how long they took, and its CPU time."""
    threads = WRITERS // processes
    running = [
        subprocess.Popen(
            [sys.executable, str(WRITER), str(home), f"p{number}", str(threads), str(commits)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    said = [json.loads(process.communicate()[0]) for process in running]
    assert [problem for one in said for problem in one["failed"]] == []
    return [one["done"] for one in said]


def assert_all_is_there(home, *, processes, commits):
    with Store.open(home) as store:
        head = store.resolve("pool")
        names = {entry.path for entry in store.walk(head)}
        assert names == {
            f"/p{process}/{thread}/{number:05}"
            for process in range(processes)
            for thread in range(WRITERS // processes)
            for number in range(commits)
        }
        log = store.log("pool", limit=WRITERS * commits + 1)
        assert [commit.files for commit in log] == list(range(WRITERS * commits, 0, -1))
        step = max(1, len(log) // 50)
        for commit in log[::step]:
            (change,) = store.diff(store.resolve(f"pool@{commit.parents[0]}") if commit.parents else None, commit)
            process, thread, number = change.path.strip("/").split("/")
            assert store.read_bytes(commit, change.path) == f"{process} {thread} {int(number)}".encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backing", "processes", "commits"),
    [
        ("sqlite", 1, 20),
        ("sqlite", 4, 100),
        pytest.param("postgres", 1, 20, marks=pytest.mark.backends),
        pytest.param("postgres", 4, 100, marks=pytest.mark.backends),
        pytest.param("postgres+s3", 8, 6, marks=pytest.mark.backends),
    ],
)
def test_all_writers_get_in(home, processes, commits):
    done = race(home, processes=processes, commits=commits)
    assert_all_is_there(home, processes=processes, commits=commits)
    took = [took for one in done for _, took, _ in one]
    assert max(took) < sum(took) / WRITERS / 2 + 3, "nobody waits while the others do all of theirs"


@pytest.mark.long
@pytest.mark.longest
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("backing", ["sqlite", on_postgres])
def test_a_thousand_commits_of_each_cost_at_the_end_what_they_cost_before(home, backing):
    """Not as at the very beginning, when the manifest's first nodes are still growing to their size.

    What they cost is CPU time: how long they take is a matter of what else the machine does.
    """
    began = time.monotonic()
    done = race(home, processes=4, commits=1000)
    assert_all_is_there(home, processes=4, commits=1000)
    at = [began, *sorted(moment for one in done for moment, _, _ in one)]
    walls = [at[(part + 1) * (len(at) - 1) // 4] - at[part * (len(at) - 1) // 4] for part in range(4)]
    cpus = [sum(quarter(one, part + 1) - quarter(one, part) for one in done) for part in range(4)]
    for name, quarters in (("wall", walls), ("CPU", cpus)):
        print(f"{backing}: {len(at) - 1} commits, {name} seconds of each quarter: {[round(each) for each in quarters]}")
    assert cpus[3] < 2 * cpus[1], "each commit costs the same, however many there are"


def quarter(done, part):
    """The CPU time that a process had used when so many quarters of its commits were in."""
    return done[len(done) * part // 4 - 1][2] if part else 0.0


@pytest.mark.slow
def test_two_branches_do_not_wait_for_each_other(tmp_path):
    with Store.create(tmp_path / "home") as store:
        store.create_repo("pool")
        names = ("default/pool/main", "default/pool/dev")
        with store.db.turns(names[:1]):
            began = time.monotonic()
            with store.db.turns(names[1:]):
                pass
            assert time.monotonic() - began < 1


@pytest.mark.parametrize("backing", ["sqlite", on_postgres])
def test_a_turn_is_waited_for_and_a_dead_holder_holds_nobody_up(home, backing):
    program = (
        "import sys, time; from pathlib import Path; from recension.store import Store\n"
        "with Store.open(Path(sys.argv[1])) as store, store.db.turns(['a']):\n"
        "    print('mine', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "mine\n"
    with Store.open(home) as store:
        began = time.monotonic()
        stopper = subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -9 {holder.pid}"])
        with store.db.turns(["a"]):
            waited = time.monotonic() - began
    assert 0.3 < waited < 8
    stopper.wait()
    holder.communicate()
