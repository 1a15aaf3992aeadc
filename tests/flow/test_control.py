"""Pausing, resuming and deleting pipelines."""

from __future__ import annotations

import threading

import pytest
from tests.flow.world import UPPER, World, pfs, wait_until

from recension import flow
from recension.errors import Busy, NotFound
from recension.flow import JobState
from recension.flow.pipeline_rows import SPECS


def pause(world: World, name: str = "upper") -> None:
    flow.pause_pipeline(world.db, world.clock, name)


def delete(world: World, name: str = "upper") -> list[flow.Job]:
    return flow.delete_pipeline(world.store, world.db, world.clock, name, author="ann")


def shouting(world: World, name: str = "upper") -> None:
    world.pipeline(name, pfs("texts", "/*"), UPPER)


def test_a_paused_pipeline_keeps_its_runs_for_later(world: World) -> None:
    shown = world.put("texts", {"/a": "one"})
    shouting(world)
    world.pipeline("copy", pfs("upper", "/*"), ["sh", "-c", "cp /pfs/upper/* /pfs/out"])
    world.drain_well()
    pause(world)
    commits = [world.put("texts", {"/a": text}) for text in ("two", "three")]
    assert world.drain() == []
    assert world.files("copy") == {"/a": "ONE"}
    with pytest.raises(Busy, match="paused"):
        flow.run_job(world.store, world.db, world.clock, world.jobs("upper")[0].id, world.engine)
    found = flow.resume_pipeline(world.db, "upper")
    assert found.paused_us is None
    jobs = world.drain_well()
    assert [job.global_id for job in jobs if job.pipeline == "upper"] == [commit.global_id for commit in commits]
    assert world.files("copy") == {"/a": "THREE"}
    assert shown.global_id not in {job.global_id for job in jobs}


def test_pausing_twice_keeps_the_first_time_and_a_new_version_stays_paused(world: World) -> None:
    world.put("texts", {"/a": "one"})
    shouting(world)
    pause(world)
    with world.db.read() as tx:
        first = flow.pipeline(tx, "upper").paused_us
    pause(world)
    world.pipeline("upper", pfs("texts", "/*"), [*UPPER[:2], UPPER[2] + " # changed"])
    with world.db.read() as tx:
        assert flow.pipeline(tx, "upper").paused_us == first is not None
    assert world.drain() == []


@pytest.mark.parametrize("act", [pause, delete, lambda world: flow.resume_pipeline(world.db, "upper")])
def test_a_pipeline_that_is_not_there(world: World, act) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotFound, match="there is no pipeline 'upper'"):
        act(world)


def test_a_deleted_pipeline_leaves_its_output_and_its_history(world: World) -> None:
    world.put("texts", {"/a": "one"})
    shouting(world)
    world.drain_well()
    assert delete(world) == []
    with world.db.read() as tx:
        assert flow.pipelines(tx) == []
        assert ("default", "upper") not in flow.owned_repos(tx)
    world.put("texts", {"/a": "two"})
    assert world.drain() == []
    assert world.files("upper") == {"/a": "ONE"}
    assert [commit.message for commit in world.store.log(SPECS, "main")] == [
        "delete pipeline upper",
        "create pipeline upper",
    ]
    assert world.files(f"{SPECS}@main") == {}
    # Created again it goes on, and runs only what is new.
    shouting(world)
    assert [job.run for job in world.drain_well()] == [1]
    world.put("texts", {"/a": "one"})
    assert [job.run for job in world.drain_well()] == [0]


def test_waiting_jobs_end_and_what_waits_for_them_is_recorded(world: World) -> None:
    world.put("texts", {"/a": "one"})
    shouting(world)
    world.pipeline("copy", pfs("upper", "/*"), ["sh", "-c", "cp /pfs/upper/* /pfs/out"])
    flow.plan_events(world.db, world.store)
    (ended,) = delete(world)
    assert (ended.state, ended.reason) == (JobState.KILLED, "its pipeline was deleted")
    (stranded,) = world.jobs("copy")
    assert stranded.state is JobState.UNRUNNABLE
    assert world.drain() == []


def test_a_running_job_of_a_deleted_pipeline_ends(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("slow", pfs("texts", "/*"), ["sleep", "60"])
    flow.plan_events(world.db, world.store)
    (job,) = world.jobs("slow")
    runner = threading.Thread(
        target=flow.run_job, args=(world.store, world.db, world.clock, job.id, world.engine), daemon=True
    )
    runner.start()
    wait_until(lambda: world.job(job.id).state is JobState.RUNNING)
    delete(world, "slow")
    runner.join(20)
    assert world.job(job.id).state is JobState.KILLED
