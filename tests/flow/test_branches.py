"""Which branch runs when, and that a cascade runs each pipeline once."""

from __future__ import annotations

import pytest
from tests.flow.world import UPPER, World, pfs

from recension import flow
from recension.errors import Conflict

CONCAT = ["sh", "-c", "cat $(find /pfs -path /pfs/out -prune -o -type f -print | sort) > /pfs/out/all"]


def names(jobs: list[flow.Job]) -> list[tuple[str, str]]:
    return [(job.pipeline, job.branch) for job in jobs]


def test_dev_moves_and_main_stays_idle(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.put("other", {"/o": "x"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.pipeline("all", {"cross": [pfs("upper", "/"), pfs("other", "/")]}, CONCAT)
    world.drain_well()
    before = world.store.resolve("all@main").id
    started = world.put("texts@dev", {"/a": "two"})
    jobs = world.drain_well()
    assert names(jobs) == [("upper", "dev"), ("all", "dev")]
    assert {job.global_id for job in jobs} == {started.global_id}
    assert world.files("all@dev") == {"/all": "xTWO"}
    assert world.store.resolve("all@main").id == before


def test_promotion_runs_nothing_again(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    head = world.store.resolve("texts@main")
    world.store.branch_create("texts", "dev", at=head.id)
    world.put("texts@dev", {"/b": "two"})
    world.drain_well()
    world.store.branch_promote("texts", "dev", "main")
    (job,) = world.drain_well()
    assert (job.branch, job.run) == ("main", 0)
    assert world.files("upper@main") == {"/a": "ONE", "/b": "TWO"}


def test_pinned_input_is_read_at_its_branch_only(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.put("labels@live", {"/l": "L"})
    world.pipeline("all", {"cross": [pfs("texts", "/"), pfs("labels", "/", branch="live")]}, CONCAT)
    assert names(world.drain_well()) == [("all", "main")]
    world.put("labels@main", {"/l": "M"})
    assert world.drain_well() == []
    world.put("labels@live", {"/l": "N"})
    assert names(world.drain_well()) == [("all", "main")]


def test_live_branches_are_not_followed(world: World) -> None:
    world.put("texts@live", {"/a": "one"})
    world.put("texts@live-dev", {"/a": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    assert world.drain_well() == []


def test_output_branch_is_what_others_read_as_main(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER, output_branch="master")
    world.pipeline("all", pfs("upper", "/"), CONCAT)
    assert names(world.drain_well()) == [("upper", "main"), ("all", "main")]
    assert world.files("all@main") == {"/all": "ONE"}
    assert world.files("upper@master") == {"/a": "ONE"}


def test_pipeline_waits_for_all_inputs(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.store.create_repo("later")
    created = world.pipeline("all", {"cross": [pfs("texts", "/"), pfs("later", "/")]}, CONCAT)
    assert created.notes == ("nothing was committed to later@main yet: the pipeline waits for it",)
    assert world.drain_well() == []
    with pytest.raises(Conflict, match="later@main"):
        flow.plan_run(world.db, world.store, world.clock, "all", "main", workspace="default")
    world.put("later", {"/b": "two"})
    assert names(world.drain_well()) == [("all", "main")]


def test_diamond_runs_once(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("left", pfs("texts", "/*"), UPPER)
    world.pipeline("right", pfs("texts", "/*"), ["sh", "-c", "cp /pfs/texts/* /pfs/out"])
    world.pipeline("deep", pfs("right", "/*"), ["sh", "-c", "cp /pfs/right/* /pfs/out"])
    tips = [pfs("left", "/"), pfs("deep", "/"), pfs("texts", "/")]
    world.pipeline("tip", {"cross": tips}, CONCAT)
    world.drain_well()
    started = world.put("texts", {"/a": "two"})
    jobs = world.drain_well()
    assert sorted(names(jobs)) == [("deep", "main"), ("left", "main"), ("right", "main"), ("tip", "main")]
    assert {job.global_id for job in jobs} == {started.global_id}
    assert world.files("tip") == {"/all": "twoTWOtwo"}
    tip = world.store.resolve("tip@main")
    sources = [source for source in world.store.provenance(tip.id) if source.repo != "pipelines"]
    assert {source.global_id for source in sources} == {started.global_id}


def test_diamond_does_not_mix_when_one_side_fails(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("left", pfs("texts", "/*"), ["sh", "-c", "! grep bad /pfs/texts/a && cp /pfs/texts/a /pfs/out"])
    world.pipeline("right", pfs("texts", "/*"), UPPER)
    world.pipeline("tip", {"cross": [pfs("left", "/"), pfs("right", "/")]}, CONCAT)
    world.drain_well()
    world.put("texts", {"/a": "bad"})
    jobs = world.drain()
    assert sorted((job.pipeline, str(job.state)) for job in jobs) == [("left", "failure"), ("right", "success")]
    stranded = world.jobs("tip")[0]
    assert stranded.state is flow.JobState.UNRUNNABLE
    assert "left has no commit of this cascade" in (stranded.reason or "")
    world.put("texts", {"/a": "good"})
    assert ("tip", "main") in names(world.drain_well())
    assert world.files("tip") == {"/all": "goodGOOD"}


def test_two_quick_commits_are_two_cascades_each_as_of_its_own(world: World) -> None:
    world.put("texts", {"/a": "0"})
    world.put("other", {"/b": "0"})
    world.pipeline("all", {"cross": [pfs("texts", "/"), pfs("other", "/")]}, CONCAT)
    world.drain_well()
    commits = [world.put("texts", {"/a": "1"}), world.put("other", {"/b": "1"}), world.put("texts", {"/a": "2"})]
    jobs = world.drain_well()
    assert [job.global_id for job in jobs] == [commit.global_id for commit in commits]
    assert [world.files(f"all@{job.output_commit}")["/all"] for job in jobs] == ["01", "11", "12"]


def test_planning_an_event_again_plans_nothing_more(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    world.put("texts", {"/a": "two"})
    with world.db.read() as tx:
        from recension.db import outbox

        events = outbox.after(tx, 0)
    first = [job for event in events for job in flow.on_ref(world.db, world.store, event)]
    again = [job for event in events for job in flow.on_ref(world.db, world.store, event)]
    assert (len(first), again) == (1, [])


def test_manual_run_is_a_cascade_of_its_own(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    job_id = flow.plan_run(world.db, world.store, world.clock, "upper", "main", workspace="default")
    (job,) = world.drain_well()
    assert (job.id, job.global_id, job.run) == (job_id, job_id, 0)


def test_updated_pipeline_runs_on_each_branch_that_has_inputs(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.put("texts@dev", {"/a": "two"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    assert names(world.drain_well()) == [("upper", "dev"), ("upper", "main")]
    world.pipeline("upper", pfs("texts", "/*"), ["sh", "-c", "echo hi > /pfs/out/x"])
    jobs = world.drain_well()
    assert names(jobs) == [("upper", "dev"), ("upper", "main")]


def test_join_on_without_capture_group_acts_like_cross(world: World) -> None:
    """The shape of the published ten-pipeline example: every glob is the root, every join key is empty."""
    world.put("config", {"/project.json": "{}"})
    world.put("tasks", {"/tasks.csv": "t"})
    world.pipeline("project", pfs("config", "/"), ["sh", "-c", "echo 7 > /pfs/out/project.txt"])
    join = {"join": [pfs("tasks", "/", join_on="$1"), pfs("project", "/", join_on="$1")]}
    world.pipeline("pool", join, ["sh", "-c", "cat /pfs/project/project.txt /pfs/tasks/tasks.csv > /pfs/out/pool.txt"])
    world.drain_well()
    assert world.files("pool") == {"/pool.txt": "7\nt"}
    world.put("tasks", {"/tasks.csv": "u"})
    (job,) = world.drain_well()
    assert (job.total, job.run) == (1, 1)
    assert world.files("pool") == {"/pool.txt": "7\nu"}


def test_main_only_input_moves_every_branch_that_falls_back_to_it(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.put("texts@dev", {"/a": "two"})
    world.put("other", {"/o": "x"})
    world.pipeline("all", {"cross": [pfs("texts", "/"), pfs("other", "/")]}, CONCAT)
    world.drain_well()
    world.put("other", {"/o": "y"})
    assert names(world.drain_well()) == [("all", "dev"), ("all", "main")]
    assert world.files("all@dev") == {"/all": "ytwo"}


def test_commits_from_before_a_pipeline_do_not_trigger_it(world: World) -> None:
    for number in range(3):
        world.put("texts", {"/a": str(number)})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    assert len(world.drain_well()) == 1
    assert world.files("upper") == {"/a": "2"}


def test_branch_named_like_the_output_branch_is_not_followed(world: World) -> None:
    """Its run would write where the run on main does."""
    world.put("texts", {"/a": "one"})
    world.put("texts@dev", {"/a": "two"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER, output_branch="dev")
    assert names(world.drain_well()) == [("upper", "main")]
    assert world.files("upper@dev") == {"/a": "ONE"}
