"""What a collection keeps of jobs, and what goes after a while."""

from __future__ import annotations

import pytest
from tests.flow.world import World, pfs

from recension import flow
from recension.errors import NotFound

SAY = ["sh", "-c", 'cd /pfs/texts; for f in *; do echo "said $f $(cat $f)"; cat $f > /pfs/out/$f; done; cat $f >&2']
READ = ["sh", "-ec", "cat /pfs/texts/* $(python3 -m recension get model)/m > /pfs/out/both"]


@pytest.fixture
def history(world: World) -> list[flow.Job]:
    """Three jobs, of which the last one runs nothing."""
    world.put("texts", {"/a": "one"})
    world.pipeline("say", pfs("texts", "/*"), SAY)
    jobs = world.drain_well()
    for text in ("two", "one"):
        world.put("texts", {"/a": text})
        jobs += world.drain_well()
    assert [job.run for job in jobs] == [1, 1, 0]
    return jobs


def collect(world: World) -> None:
    world.store.gc(grace_s=0)
    assert world.store.fsck().problems == []


def forget(world: World, keep_s: float = 0) -> int:
    return flow.forget_old(world.db, world.clock, keep_s=keep_s)


def test_a_collection_takes_nothing_that_jobs_need(world: World, history: list[flow.Job]) -> None:
    world.put("model", {"/m": "1"})
    world.pipeline("read", pfs("texts", "/"), READ)
    (reading,) = world.drain_well()
    logs = [world.logs(job.id) for job in history]
    collect(world)
    assert [world.logs(job.id) for job in history] == logs
    assert [reason.kind for reason in world.explain(history[1].id)] == ["inputs"]
    world.put("texts", {"/a": "two"})
    jobs = world.drain_well()
    assert {job.pipeline: job.run for job in jobs} == {"say": 0, "read": 1}
    world.put("model", {"/m": "2"})
    world.put("texts", {})
    job = next(job for job in world.drain_well() if job.pipeline == "read")
    collect(world)
    assert [reason.kind for reason in world.explain(job.id)] == ["reads"]
    assert world.files("read") == {"/both": "two2"}
    assert world.job(reading.id).run == 1


def test_old_logs_go_and_results_stay(world: World, history: list[flow.Job]) -> None:
    first, second, newest = history
    assert forget(world, keep_s=3600) == 0
    assert any("said a two" in line for line in world.logs(second.id))
    assert forget(world) == 2
    assert forget(world) == 0
    assert world.logs(first.id) == world.logs(second.id) == []
    assert world.logs(newest.id) != []
    with pytest.raises(NotFound):
        world.logs(second.id, "0")
    collect(world)
    world.put("texts", {"/a": "two"})
    (job,) = world.drain_well()
    assert (job.run, world.files("say")) == (0, {"/a": "two"})
    assert world.job(second.id).output_commit == second.output_commit


def test_the_newest_success_of_each_branch_is_kept_and_so_is_what_is_under_way(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("say", pfs("texts", "/*"), SAY)
    world.put("texts@dev", {"/a": "two"})
    done = world.drain_well()
    world.put("texts", {"/b": "new"})
    flow.plan_events(world.db, world.store)
    assert forget(world) == 0
    assert {job.branch for job in done} == {"main", "dev"}
    assert all(world.job(job.id).datums is not None for job in done)
    (job,) = world.drain_well()
    assert (job.run, job.total) == (1, 2)
