"""The law of increments: after any history, the output is what a computation from nothing would give."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.flow.inline_engine import InlineEngine, Seen
from tests.flow.world import World, pfs

from recension import flow
from recension.flow.host import Host

PATHS = ["/a.1", "/a.2", "/b.1", "/d/x", "/d/y", "/e/x"]
INPUTS: dict[str, Any] = {
    "root": pfs("one", "/"),
    "files and folders": pfs("one", "/*"),
    "deep": pfs("one", "/**"),
    "cross": {"cross": [pfs("one", "/*"), pfs("two", "/*")]},
    "union": {"union": [pfs("one", "/*"), pfs("two", "/*")]},
    "join": {"join": [pfs("one", "/(*).*", join_on="$1"), pfs("two", "/(*).*", join_on="$1", outer_join=True)]},
    "group": {"group": [pfs("one", "/*.(*)", group_by="$1"), pfs("two", "/*.(*)", group_by="$1")]},
    "all": {
        "cross": [
            {"join": [pfs("one", "/(*).*", join_on="$1", name="j"), pfs("two", "/(*).*", join_on="$1", name="k")]},
            {"group": [pfs("two", "/(*)/*", group_by="$1", name="g")]},
        ]
    },
}


def digest(seen: Seen) -> dict[str, bytes]:
    """One file per datum, named and filled by all that it sees."""
    text = repr(sorted((name, sorted(files.items())) for name, files in seen.items())).encode()
    names = repr(sorted((name, sorted(files)) for name, files in seen.items())).encode()
    return {f"/{blake3(names).hexdigest(8)}": text}


edits = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["1", "2", None]), max_size=4)
steps = st.lists(st.tuples(st.sampled_from(["one", "two", "one@dev"]), edits), min_size=1, max_size=5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(sorted(INPUTS)), steps)
def test_increments_equal_a_run_from_nothing(kind: str, history: list[tuple[str, dict[str, str | None]]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        World(Path(folder) / "home", Host(Path(folder), Path(folder))) as world,
    ):
        world.engine = InlineEngine(world.store, digest, lose=5)
        world.put("one", {"/a.1": "0", "/d/x": "0"})
        world.put("two", {"/a.1": "0", "/b.2": "0", "/d/x": "0"})
        world.pipeline("step", INPUTS[kind], ["x"])
        world.drain_well()
        for address, changes in history:
            world.put(address, changes)
            world.drain_well()
        world.pipeline("whole", INPUTS[kind], ["x"], salt="other")
        world.drain_well()
        branches = {branch.name for branch in world.store.branches("whole")}
        assert branches == {branch.name for branch in world.store.branches("step")}
        for branch in branches:
            step, whole = world.store.resolve(f"step@{branch}"), world.store.resolve(f"whole@{branch}")
            assert step.content_id == whole.content_id
            jobs = {job.pipeline: job for job in reversed(world.jobs()) if job.branch == branch}
            assert jobs["step"].total == jobs["whole"].total
            assert _paths(world, jobs["step"]) == _paths(world, jobs["whole"])


def _paths(world: World, job: flow.Job) -> list[str]:
    assert job.datums is not None
    return [entry.path for entry in world.store.tree.walk(job.datums)]


@pytest.mark.parametrize("kind", ["files and folders", "join", "group"])
def test_cost_follows_the_change(world: World, kind: str) -> None:
    """One more file among many runs one datum, and looks at few."""
    world.engine = InlineEngine(world.store, digest)
    for repo in ("one", "two"):
        world.put(repo, {f"/{number:04}.{number:04}": "x" for number in range(300)})
    world.pipeline("step", INPUTS[kind], ["x"])
    world.drain_well()
    assert world.engine.ran == 300
    world.put("one", {"/0150.0150": "y"})
    (job,) = world.drain_well()
    assert (job.total, job.run, world.engine.ran) == (300, 1, 301)
    with world.db.read() as tx:
        assert tx.execute("SELECT COUNT(*) FROM job_datum WHERE job = :id", {"id": job.id}).scalar() == 1
