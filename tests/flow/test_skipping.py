"""What runs and what is skipped: the promises of acceptance."""

from __future__ import annotations

from tests.flow.world import UPPER, World, pfs


def test_each_file_is_a_datum_and_output_is_their_union(world: World) -> None:
    world.put("texts", {"/a.txt": "one", "/b.txt": "two"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    (job,) = world.drain_well()
    assert world.files("upper") == {"/a.txt": "ONE", "/b.txt": "TWO"}
    assert (job.total, job.run, job.skipped) == (2, 2, 0)
    commit = world.store.resolve("upper@main")
    assert commit.kind == "job"
    assert commit.meta["job"] == job.id
    assert {source.repo for source in world.store.provenance(commit.id)} == {"texts", "pipelines"}


def test_nothing_changed_runs_nothing(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    commit = world.put("texts", {})
    (job,) = world.drain_well()
    assert (job.run, job.skipped, job.global_id) == (0, 1, commit.global_id)
    assert world.store.resolve("upper@main").global_id == commit.global_id


def test_return_to_earlier_content_runs_nothing(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    world.put("texts", {"/a.txt": "other"})
    assert [job.run for job in world.drain_well()] == [1]
    world.put("texts", {"/a.txt": "one"})
    assert [job.run for job in world.drain_well()] == [0]
    assert world.files("upper") == {"/a.txt": "ONE"}


def test_only_what_changed_runs_and_what_is_gone_goes(world: World) -> None:
    world.put("texts", {f"/{name}.txt": name for name in "abcd"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    world.put("texts", {"/a.txt": None, "/b.txt": "new", "/e.txt": "e"})
    (job,) = world.drain_well()
    assert (job.total, job.run, job.skipped) == (4, 2, 2)
    assert world.files("upper") == {"/b.txt": "NEW", "/c.txt": "C", "/d.txt": "D", "/e.txt": "E"}


def test_edited_command_runs_by_itself(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    created = world.pipeline("upper", pfs("texts", "/*"), [*UPPER[:2], "echo hi > /pfs/out/x"])
    assert created.pipeline.version == 2
    (job,) = world.drain_well()
    assert job.run == 1
    assert world.files("upper") == {"/x": "hi\n"}
    (reason,) = world.explain(job.id)
    assert (reason.kind, reason.differences) == ("code", ("code: cmd",))


def test_edited_file_runs_by_itself_and_unedited_runs_nothing(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    cmd = ["python", "step.py"]
    script = "import shutil; shutil.copy('/pfs/texts/a.txt', '/pfs/out/{}')"
    world.pipeline("copy", pfs("texts", "/*"), cmd, {"step.py": script.format("x")})
    world.drain_well()
    assert not world.pipeline("copy", pfs("texts", "/*"), cmd, {"step.py": script.format("x")}).changed
    assert world.drain_well() == []
    world.pipeline("copy", pfs("texts", "/*"), cmd, {"step.py": script.format("y")})
    (job,) = world.drain_well()
    assert world.files("copy") == {"/y": "one"}
    assert world.explain(job.id)[0].differences == ("code: file step.py changed",)


def test_changed_description_runs_nothing(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    world.pipeline("upper", pfs("texts", "/*"), UPPER, description="words", datum_tries=1)
    assert [job.run for job in world.drain_well()] == [0]


def test_equal_work_of_another_pipeline_is_not_done_again(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER)
    world.drain_well()
    world.pipeline("again", pfs("texts", "/*"), UPPER)
    (job,) = world.drain_well()
    assert job.run == 0
    assert world.files("again") == {"/a.txt": "ONE"}


def test_explain_names_the_changed_file(world: World) -> None:
    world.put("texts", {"/d/a": "1", "/d/b": "2"})
    world.pipeline("count", pfs("texts", "/*"), ["sh", "-c", "ls /pfs/texts/d | wc -l > /pfs/out/n"])
    (job,) = world.drain_well()
    assert world.explain(job.id)[0].kind == "new"
    world.put("texts", {"/d/b": "3", "/d/c": "4", "/d/a": None})
    (job,) = world.drain_well()
    (reason,) = world.explain(job.id)
    assert reason.kind == "inputs"
    assert reason.differences == ("input texts:/d/a removed", "input texts:/d/b changed", "input texts:/d/c added")
    assert reason.datum.label == "texts:/d"


def test_every_job_policy_runs_everything(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    world.pipeline("upper", pfs("texts", "/*"), UPPER, reprocess_spec="every_job")
    world.drain_well()
    world.put("texts", {"/b.txt": "two"})
    assert [job.run for job in world.drain_well()] == [2]


def test_empty_files_do_not_depend_on_content(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    world.pipeline("names", pfs("texts", "/", empty_files=True), ["sh", "-c", "ls -s /pfs/texts > /pfs/out/list"])
    world.drain_well()
    assert world.files("names")["/list"].split()[-2:] == ["0", "a.txt"]
    world.put("texts", {"/a.txt": "two"})
    assert [job.run for job in world.drain_well()] == [0]


def test_parameters_are_part_of_the_key(world: World) -> None:
    world.put("texts", {"/a.txt": "one"})
    cmd = ["sh", "-c", "echo $RECENSION_PARAMETERS > /pfs/out/x"]
    world.pipeline("show", pfs("texts", "/"), cmd, parameters={"rate": 0.5})
    world.drain_well()
    world.pipeline("show", pfs("texts", "/"), cmd, parameters={"rate": 1})
    (job,) = world.drain_well()
    assert world.files("show") == {"/x": '{"rate": 1}\n'}
    assert world.explain(job.id)[0].differences == ("code: parameters",)
    assert world.store.resolve("show").meta["parameters"] == {"rate": 1}
