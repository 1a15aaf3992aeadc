"""Creating pipelines: everything is checked first, and nothing is left half done."""

from __future__ import annotations

from typing import Any

import pytest
from tests.flow.world import UPPER, World, pfs

from recension import flow
from recension.errors import AlreadyExists, Invalid, NotFound, RecensionError


def snapshot(world: World) -> tuple[object, ...]:
    with world.db.read() as tx:
        rows = [
            tx.execute(f"SELECT COUNT(*) FROM {table}").scalar() for table in ("repo", "repo_commit", "pipeline", "job")
        ]
        return tuple(rows)


@pytest.mark.parametrize(
    ("name", "inputs", "error", "message"),
    [
        ("p", pfs("nowhere", "/"), NotFound, "pipeline.yaml: input: there is no repo 'nowhere'"),
        ("p", pfs("p", "/"), Invalid, "the pipeline reads its own output"),
        ("texts", pfs("other", "/"), AlreadyExists, "repo 'texts' exists and is not a pipeline's"),
        ("pipelines", pfs("texts", "/"), Invalid, "'pipelines' holds the specifications themselves"),
        ("first", pfs("second", "/"), Invalid, "the pipelines would form a circle: first -> second -> first"),
    ],
)
def test_refused_pipelines_leave_no_trace(
    world: World, name: str, inputs: dict[str, Any], error: type[RecensionError], message: str
) -> None:
    world.put("texts", {"/a": "1"})
    world.put("other", {"/a": "1"})
    world.pipeline("first", pfs("texts", "/"), UPPER)
    world.pipeline("second", pfs("first", "/"), UPPER)
    before = snapshot(world)
    with pytest.raises(error) as caught:
        world.pipeline(name, inputs, UPPER)
    assert message in str(caught.value)
    assert snapshot(world) == before


def test_declared_file_has_to_come_along(world: World) -> None:
    world.put("texts", {"/a": "1"})
    with pytest.raises(Invalid, match=r"transform.files: declared file 'x.py' is missing"):
        world.pipeline("p", pfs("texts", "/"), UPPER, transform={"files": ["x.py"]})
    with pytest.raises(Invalid, match=r"\.\."):
        world.pipeline("p", pfs("texts", "/"), UPPER, {"../x.py": ""}, transform={"files": []})


def test_versions_are_commits(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("p", pfs("texts", "/"), UPPER, {"a.txt": "1", "b.txt": "2"})
    created = world.pipeline("p", pfs("texts", "/"), UPPER, {"b.txt": "3"})
    assert created.pipeline.version == 2
    commits = world.store.log("pipelines")
    assert [commit.message for commit in commits] == ["change pipeline p", "create pipeline p"]
    assert created.pipeline.spec_commit == commits[0].id
    assert set(world.files("pipelines")) == {"/p/pipeline.yaml", "/p/files/b.txt"}
    assert set(world.files(f"pipelines@{commits[1].id}")) == {"/p/pipeline.yaml", "/p/files/a.txt", "/p/files/b.txt"}


def test_owned_repos_are_outputs_and_specifications(world: World) -> None:
    world.put("texts", {"/a": "1"})
    world.pipeline("p", pfs("texts", "/"), UPPER)
    with world.db.read() as tx:
        assert flow.owned_repos(tx) == {("default", "p"): "p", ("default", "pipelines"): ""}
        assert [one.name for one in flow.pipelines(tx)] == ["p"]
        with pytest.raises(NotFound, match="there is no pipeline 'q'"):
            flow.pipeline(tx, "q")
        with pytest.raises(NotFound, match="there is no job"):
            flow.job(tx, "x")


def test_pipelines_of_another_workspace(world: World) -> None:
    world.store.create_repo("texts", workspace="lab")
    with world.store.upload() as upload:
        from recension.store import Put

        world.store.write("texts", "main", [Put("/a", upload.add_bytes(b"one"), 3)], upload=upload, workspace="lab")
    world.pipeline("upper", pfs("texts", "/*"), UPPER, pipeline={"name": "upper", "project": "lab"})
    (job,) = world.drain_well()
    assert job.workspace == "lab"
    assert world.files("lab/upper") == {"/a": "ONE"}
