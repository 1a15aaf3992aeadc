"""Steps that fail, hang, disagree or are ended."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from tests.flow.world import UPPER, World, pfs, wait_until

from recension import flow
from recension.errors import Busy, Conflict, NotFound
from recension.flow.perform import Performer
from recension.flow.work import Outcome

FRAGILE = ["sh", "-c", 'f=$(ls /pfs/texts); echo "looking at $f"; test "$f" != bad && cp /pfs/texts/$f /pfs/out']


def test_failed_datum_fails_the_job_with_its_log_and_no_output(world: World) -> None:
    world.put("texts", {"/good": "1", "/bad": "2", "/fine": "3"})
    world.pipeline("copy", pfs("texts", "/*"), FRAGILE, datum_tries=2)
    (job,) = world.drain()
    assert job.state is flow.JobState.FAILURE
    assert job.reason is not None
    assert "(texts:/bad) failed: it ended with code 1" in job.reason
    assert world.store.head("copy") is None
    with world.db.read() as tx:
        rows = flow.datums_run(tx, job.id)
    assert (rows[0].label, rows[0].state, rows[0].attempts) == ("texts:/bad", "failed", 2)
    text = world.logs(job.id, rows[0].id)
    assert text[0].endswith("texts:/bad: failed, it ended with code 1")
    assert text[1:] == [
        "looking at bad",
        "-- attempt 2 of 2, after: it ended with code 1 --",
        "looking at bad",
    ]
    world.put("texts", {"/bad": None})
    assert [job.run for job in world.drain_well()] == [0]
    assert world.files("copy") == {"/good": "1", "/fine": "3"}


@pytest.mark.parametrize("times", [1, 99])
def test_a_defect_of_the_engine_leaves_no_job_running(
    world: World, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """One that comes again and again fails the job, and says what it was; one that does not is overcome."""
    inner, met = Performer.run, []

    def run(*arguments: Any) -> Outcome:
        met.append(arguments)
        if len(met) <= times:
            raise ZeroDivisionError("never expected")
        return inner(*arguments)

    monkeypatch.setattr(Performer, "run", run)
    world.put("texts", {"/good": "1"})
    world.pipeline("copy", pfs("texts", "/*"), FRAGILE)
    (job,) = world.drain()
    assert job.state is (flow.JobState.SUCCESS if times == 1 else flow.JobState.FAILURE)
    assert times == 1 or "ZeroDivisionError: never expected" in str(job.reason)


def test_log_of_a_skipped_datum_names_the_job_that_ran_it(world: World) -> None:
    world.put("texts", {"/good": "1"})
    world.pipeline("copy", pfs("texts", "/*"), FRAGILE)
    (first,) = world.drain_well()
    world.put("texts", {"/more": "2"})
    (second,) = world.drain_well()
    with world.db.read() as tx:
        (row,) = flow.datums_run(tx, first.id)
    assert world.logs(second.id, row.id[:8]) == [
        f"== datum {row.id}: skipped, run by job {first.id}",
        "looking at good",
    ]
    with pytest.raises(NotFound, match="has no datum"):
        world.logs(second.id, "zz")


def test_error_command_recovers_a_datum_which_is_tried_again(world: World) -> None:
    world.put("texts", {"/good": "1", "/bad": "2"})
    transform = {"err_cmd": ["sh"], "err_stdin": ["echo never mind", "exit 0"]}
    world.pipeline("copy", pfs("texts", "/*"), FRAGILE, datum_tries=1, transform=transform)
    (job,) = world.drain_well()
    assert (job.total, job.run, job.recovered) == (2, 2, 1)
    assert world.files("copy") == {"/good": "1"}
    world.put("texts", {"/more": "3"})
    (job,) = world.drain_well()
    assert (job.total, job.run, job.recovered) == (3, 2, 1)
    assert {reason.datum.label: reason.kind for reason in world.explain(job.id)} == {
        "texts:/bad": "again",
        "texts:/more": "new",
    }


def test_accepted_return_code_is_success(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("three", pfs("texts", "/*"), ["sh", "-c", "exit 3"], transform={"accept_return_code": [3]})
    world.drain_well()


def test_missing_command_is_said_plainly(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("none", pfs("texts", "/*"), ["no-such-command"], datum_tries=1)
    (job,) = world.drain()
    assert "command 'no-such-command' is not on this machine" in (job.reason or "")


def test_missing_module_hints_at_requirements(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("none", pfs("texts", "/*"), ["python", "-c", "import msgspec"], datum_tries=1)
    (job,) = world.drain()
    assert "declare what it imports under transform.requirements" in (job.reason or "")


def test_datum_timeout_kills_all_that_the_step_started(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("slow", pfs("texts", "/*"), ["sh", "-c", "sleep 60 & sleep 60"], datum_timeout="0.3s", datum_tries=1)
    (job,) = world.drain()
    assert "did not end within 0.3 s" in (job.reason or "")


def test_job_timeout(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("slow", pfs("texts", "/*"), ["sleep", "60"], job_timeout="0.5s")
    (job,) = world.drain()
    assert (job.state, job.reason) == ("failure", "the job did not end within 0.5 s")


def test_same_path_from_two_datums_names_both(world: World) -> None:
    world.put("texts", {"/a": "1", "/b": "2"})
    world.pipeline("clash", pfs("texts", "/*"), ["sh", "-c", "echo $texts > /pfs/out/same"])
    (job,) = world.drain()
    assert job.state is flow.JobState.FAILURE
    assert "/pfs/out/same: two datums wrote this file" in (job.reason or "")
    assert "(texts:/a)" in (job.reason or "")
    assert "(texts:/b)" in (job.reason or "")


def test_same_path_as_an_unchanged_datum_is_noticed(world: World) -> None:
    world.put("texts", {"/a": "same", "/b": "other"})
    world.pipeline("clash", pfs("texts", "/*"), ["sh", "-c", "cd /pfs; cp texts/* out/$(cat texts/*)"])
    world.drain_well()
    world.put("texts", {"/b": "same"})
    (job,) = world.drain()
    assert "two datums wrote this file" in (job.reason or "")
    assert world.files("clash") == {"/same": "same", "/other": "other"}


def test_file_where_another_datum_has_a_folder(world: World) -> None:
    world.put("texts", {"/a": "x", "/b": "x/y"})
    script = "cd /pfs; p=$(cat texts/*); mkdir -p out/$(dirname $p); echo 1 > out/$p"
    world.pipeline("clash", pfs("texts", "/*"), ["sh", "-c", script])
    (job,) = world.drain()
    assert job.state is flow.JobState.FAILURE
    assert "/pfs/out/x" in (job.reason or "")


def test_file_may_move_from_one_datum_to_another(world: World) -> None:
    world.put("texts", {"/a": "one", "/b": "two"})
    world.pipeline("named", pfs("texts", "/*"), ["sh", "-c", "cd /pfs; cp texts/* out/$(cat texts/*)"])
    world.drain_well()
    world.put("texts", {"/a": "two", "/b": "one"})
    world.drain_well()
    assert world.files("named") == {"/one": "one", "/two": "two"}


def test_cancel_ends_a_running_job(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("slow", pfs("texts", "/*"), ["sleep", "60"])
    (job_id,) = flow.plan_events(world.db, world.store)
    runner = threading.Thread(target=world.drain)
    runner.start()
    wait_until(lambda: world.job(job_id).state is flow.JobState.RUNNING)
    flow.cancel_job(world.db, world.clock, job_id)
    runner.join(10)
    assert (world.job(job_id).state, world.job(job_id).reason) == ("killed", "cancelled")
    with pytest.raises(Conflict):
        flow.cancel_job(world.db, world.clock, job_id)


def test_stop_leaves_the_job_for_later(world: World) -> None:
    world.put("texts", {"/a": "1", "/b": "2"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    (job_id,) = flow.plan_events(world.db, world.store)
    stop = threading.Event()
    stop.set()
    left = flow.run_job(world.store, world.db, world.clock, job_id, world.engine, stop=stop)
    assert left.state is flow.JobState.RUNNING
    world.drain_well()
    assert world.files("upper") == {"/a": "1", "/b": "2"}


def test_jobs_of_a_branch_run_in_order(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.put("texts", {"/a": "2"})
    first, second = flow.plan_events(world.db, world.store)
    with pytest.raises(Busy, match=first):
        flow.run_job(world.store, world.db, world.clock, second, world.engine)
