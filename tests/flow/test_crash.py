"""A process killed in the middle of a job: the job goes on, nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.flow.world import World, pfs, wait_until

from recension.flow import Host, JobState, plan_events

RUN = """
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from recension.flow import Host
from recension.flow.sandbox import Sandbox
from tests.flow.world import World
home, scratch, environments = map(Path, sys.argv[1:4])
host = Host(scratch, environments, hidden=(home,))
with World(home, host, sandbox=Sandbox(host, use_bubblewrap=sys.argv[4] == "True")) as world:
    world.drain()
"""
# Each datum says that it ran, by a file outside of the sandbox's view of itself: its input's first letter is a delay.
SLOW = ["sh", "-c", 'sleep 0.15; cat /pfs/texts/* > "/pfs/out/$(basename $texts)"; date +%s%N']
COUNT = 12
SLEEP = [sys.executable, "-c", "import time; time.sleep(61)"]


def start(home: Path, host: Host, *, bubblewrap: bool = True) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"}
    argv = [sys.executable, "-c", RUN, str(home), str(host.scratch), str(host.environments), str(bubblewrap)]
    return subprocess.Popen(argv, env=env, start_new_session=True)


def command_lines() -> Iterator[bytes]:
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield one.read_bytes()


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("finished", [0, 1, 5])
def test_killed_job_goes_on(tmp_path: Path, host: Host, finished: int) -> None:
    home = tmp_path / "home"
    with World(home, host) as world:
        world.put("texts", {f"/{number:02}": f"text {number}" for number in range(COUNT)})
        world.pipeline("copy", pfs("texts", "/*"), SLOW)

    process = start(home, host)
    with World(home, host) as world:

        def is_there() -> bool:
            with world.db.read() as tx:
                running = tx.execute("SELECT COUNT(*) FROM job WHERE state = 'running'").scalar()
                return bool(running and tx.execute("SELECT COUNT(*) FROM memo").scalar() >= finished)

        try:
            wait_until(is_there)
        finally:
            kill(process)

        def memo() -> dict[bytes, bytes]:
            with world.db.read() as tx:
                return dict(tx.execute("SELECT key, log FROM memo").all())

        known = memo()
        assert finished <= len(known) < COUNT
        assert world.store.head("copy") is None
        (job,) = world.drain()
        assert (job.reason, job.state, job.total, job.run) == (None, JobState.SUCCESS, COUNT, COUNT)
        assert world.files("copy") == {f"/{number:02}": f"text {number}" for number in range(COUNT)}
        # What was finished was not run again: the logs, which hold the time, are those of then.
        assert known.items() <= memo().items()
        assert len(world.store.log("copy")) == 1
        assert not host.scratch.exists() or not any(host.scratch.iterdir())


def test_killed_while_finishing_commits_once(tmp_path: Path, host: Host) -> None:
    """The worst moment: everything has run, the state says finishing, the commit is not in."""
    home = tmp_path / "home"
    with World(home, host) as world:
        world.put("texts", {"/a": "one"})
        world.pipeline("copy", pfs("texts", "/*"), SLOW)
        (job,) = world.drain_well()
        world.put("texts", {"/b": "two"})
        (second,) = world.drain_well()
        # Back to the state between the two transactions.
        world.db.write(
            lambda tx: tx.execute(
                "UPDATE job SET state = 'finishing', output_commit = NULL, datums = NULL WHERE id = :id",
                {"id": second.id},
            )
        )
        world.store.branch_move("copy", "main", job.output_commit)
    process = start(home, host)
    assert process.wait(30) == 0
    with World(home, host) as world:
        again = world.job(second.id)
        assert (again.state, again.total, again.run) == (JobState.SUCCESS, 2, 1)
        assert world.files("copy") == {"/a": "one", "/b": "two"}


@pytest.mark.parametrize("bubblewrap", [True, False])
def test_steps_end_with_the_process_that_started_them(tmp_path: Path, host: Host, bubblewrap: bool) -> None:
    home, mark = tmp_path / "home", f"61.0{os.getpid()}{bubblewrap:d}"
    with World(home, host) as world:
        if bubblewrap and not world.engine.sandbox.isolates:
            pytest.skip("bubblewrap does not work here")
        if not bubblewrap and shutil.which("setpriv", path=host.path) is None:
            pytest.skip("there is no setpriv here")
        world.put("texts", {"/a": "one"})
        world.pipeline("slow", pfs("texts", "/*"), ["sleep", mark])

    def running() -> bool:
        return any(line.endswith(f"sleep\0{mark}\0".encode()) for line in command_lines())

    process = start(home, host, bubblewrap=bubblewrap)
    try:
        wait_until(running)
        time.sleep(0.5)  # bubblewrap binds its life to its parent's an instant after it has started the command
    finally:
        kill(process)
    wait_until(lambda: not running(), 5)


def test_what_a_killed_engine_left_running_is_ended_with_its_folder(world: World, host: Host) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("copy", pfs("texts", "/*"), SLOW)
    (job_id,) = plan_events(world.db, world.store)
    left = host.scratch / job_id / "datum"
    left.mkdir(parents=True)
    orphan = subprocess.Popen([*SLEEP, str(left)])
    bystander = subprocess.Popen([*SLEEP, str(host.scratch / "other" / "datum")])
    try:
        world.drain_well()
        assert orphan.wait(1) == -signal.SIGKILL
        assert bystander.poll() is None
    finally:
        for process in (orphan, bystander):
            process.kill()
            process.wait()
    assert not left.exists()
