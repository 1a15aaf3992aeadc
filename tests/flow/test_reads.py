"""``get`` inside a step: what it gives, what is recorded, and when a datum runs again because of it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.flow.world import World, pfs

from recension.flow import Host
from recension.flow.sandbox import Sandbox

PYTHON = """
import sys
from pathlib import Path
import recension

def main(inputs, out, address):
    for file in inputs["texts"].iterdir():
        found = recension.get(address)
        (out / file.name).write_text(file.read_text() + (found / "m").read_text())
"""


@pytest.fixture(params=["bubblewrap", "bare"])
def room(request: pytest.FixtureRequest, tmp_path: Path, host: Host) -> Iterator[World]:
    sandbox = Sandbox(host, use_bubblewrap=request.param == "bubblewrap")
    if request.param == "bubblewrap" and not sandbox.isolates:
        pytest.skip("bubblewrap does not work here")
    with World(tmp_path / "home", host, sandbox=sandbox) as world:
        yield world


def reader(world: World, script: str, name: str = "join", **top: object) -> None:
    """A pipeline over each text whose command is a shell script; ``$GET address`` prints a folder."""
    script = script.replace("$GET", "python3 -m recension get")
    cmd = ["sh", "-ec", f"cd /pfs/texts; for f in *; do {script}; done"]
    world.pipeline(name, pfs("texts", "/*"), cmd, datum_tries=1, **top)


BOTH = 'm=$($GET model@main); cat "$f" "$m/m" > /pfs/out/$f'


def test_a_python_step_reads_another_repo_and_the_edge_is_drawn(room: World) -> None:
    texts, model = room.put("texts", {"/a": "x"}), room.put("model", {"/m": "1"})
    files = {"step.py": PYTHON}
    room.pipeline(
        "join",
        pfs("texts", "/"),
        [],
        files,
        transform={"function": "step.py:main"},
        parameters={"address": "model@main"},
    )
    room.drain_well()
    output = room.store.resolve("join")
    assert room.files("join") == {"/a": "x1"}
    assert {texts.id, model.id} < set(output.provenance)
    assert [one.id for one in room.store.downstream(model.id)] == [output.id]


def test_a_shell_step_reads_a_folder_and_a_file(room: World) -> None:
    room.put("texts", {"/a": "x"})
    room.put("model", {"/d/m": "1", "/other": "2"})
    script = 'd=$($GET model@main:/d); cat "$d/m" "$($GET model:/other)" > /pfs/out/o; ls "$d/.." > /pfs/out/seen'
    reader(room, script)
    room.drain_well()
    assert room.files("join") == {"/o": "12", "/seen": "d\n"}


def test_what_is_given_cannot_be_changed(world: World) -> None:
    if not world.engine.sandbox.isolates:
        pytest.skip("bubblewrap does not work here")
    world.put("texts", {"/a": "x"})
    world.put("model", {"/m": "1"})
    reader(world, 'm=$($GET model); ! rm -f "$m/m"; ! echo 2 > "$m/new"; chmod u+w "$m/m" || cat "$m/m" > /pfs/out/m')
    world.drain_well()
    assert world.files("join") == {"/m": "1"}


def test_a_datum_runs_again_only_while_what_it_read_differs(world: World) -> None:
    world.put("texts", {"/a": "x", "/b": "y"})
    first = world.put("model", {"/m": "1"})
    reader(world, BOTH)
    assert world.drain_well()[0].run == 2
    # A commit with the same content runs nothing, and the edge follows it all the same.
    same = world.put("model", {})
    assert world.drain_well() == []  # what is read triggers nothing
    world.put("texts", {"/c": "z"})
    (job,) = world.drain_well()
    assert (job.run, job.skipped) == (1, 2)
    provenance = world.store.resolve("join").provenance
    assert same.id in provenance
    assert first.id not in provenance
    # Other content: every datum that read it runs with the next job, those that the inputs' difference names or not.
    world.put("model", {"/m": "2"})
    world.put("texts", {"/d": "w"})
    (job,) = world.drain_well()
    assert (job.run, job.total) == (4, 4)
    assert world.files("join") == {"/a": "x2", "/b": "y2", "/c": "z2", "/d": "w2"}
    kinds = {reason.datum.label: (reason.kind, reason.differences) for reason in world.explain(job.id)}
    assert kinds["texts:/a"] == ("reads", ("read model@main has other content",))
    assert kinds["texts:/d"] == ("new", ())
    # Back to the first content: everything is known.
    world.put("model", {"/m": "1"})
    world.put("texts", {"/d": None})
    (job,) = world.drain_well()
    assert (job.run, job.total) == (0, 3)
    assert world.files("join") == {"/a": "x1", "/b": "y1", "/c": "z1"}


def test_only_the_path_that_was_read_counts(world: World) -> None:
    world.put("texts", {"/a": "x"})
    world.put("model", {"/m": "1", "/other": "1"})
    reader(world, 'cat "$f" "$($GET model@main:/m)" > /pfs/out/$f')
    world.drain_well()
    world.put("model", {"/other": "2"})
    world.put("texts", {"/b": "y"})
    assert world.drain_well()[0].run == 1
    world.put("model", {"/m": "2"})
    world.put("texts", {})
    assert world.drain_well()[0].run == 2


def test_another_branch_and_another_pipeline_share_what_was_read_alike(world: World) -> None:
    world.put("texts", {"/a": "x"})
    world.put("model", {"/m": "1"})
    reader(world, BOTH)
    world.drain_well()
    world.store.branch_create("texts", "dev", at=world.store.resolve("texts").id)
    assert [job.run for job in world.drain_well()] == [0]
    reader(world, BOTH, name="twin")
    assert {job.run for job in world.drain_well()} == {0}
    assert world.store.resolve("model").id in world.store.resolve("twin").provenance


def test_an_address_that_is_not_there_is_refused_and_asked_again(world: World) -> None:
    world.put("texts", {"/a": "x"})
    reader(world, 'm=$($GET model@main) || m=; echo "${m:+yes}" > /pfs/out/$f')
    (job,) = world.drain_well()
    assert "recension: model@main: there is no model@main (a branch, a tag or a commit of a repo)" in world.logs(job.id)
    assert world.files("join") == {"/a": "\n"}
    world.put("texts", {})
    assert world.drain_well()[0].run == 0
    world.put("model", {"/m": "1"})
    world.put("texts", {})
    assert world.drain_well()[0].run == 1
    assert world.files("join") == {"/a": "yes\n"}


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("join@main", "join@main: a step cannot read what its own pipeline writes"),
        ("model@none", "there is no model@none"),
        ("model:/none", "/none: no such path in model@main"),
        ("Model@main", "cannot name a repo"),
        ("model@main:/../x", "has an empty, '.' or '..' segment"),
    ],
)
def test_what_cannot_be_read_is_said(world: World, address: str, message: str) -> None:
    world.put("texts", {"/a": "x"})
    world.put("model", {"/m": "1"})
    reader(world, f"$GET {shlex.quote(address)}")
    (job,) = world.drain()
    assert job.state == "failure"
    assert any(message in line for line in world.logs(job.id))


def test_an_input_by_its_name_is_the_input_itself(room: World) -> None:
    texts = room.put("texts", {"/a": "x", "/b": "y"})
    reader(room, 'ls "$($GET texts)" > /pfs/out/$f; cat "$($GET texts:/$f)" >> /pfs/out/$f')
    room.drain_well()
    assert room.files("join") == {"/a": "a\nx", "/b": "b\ny"}
    assert room.store.resolve("join").provenance[0] == texts.id


def test_an_inputs_branch_is_read_at_the_jobs_commit(world: World) -> None:
    first = world.put("texts", {"/a": "x"})
    reader(world, 'ls "$($GET texts@main)" > /pfs/out/$f')
    world.put("texts", {"/b": "y"})
    jobs = world.drain_well()
    assert [job.inputs[0].commit for job in jobs][:1] == [first.id] or len(jobs) == 1
    assert world.files("join") == {"/a": "a\nb\n", "/b": "a\nb\n"}
    assert [job.run for job in jobs][-1] == 2


def test_a_failed_datum_is_explained_by_what_it_read(world: World) -> None:
    world.put("texts", {"/a": "x"})
    world.put("model", {"/m": "1"})
    reader(world, 'grep 1 "$($GET model)/m" > /pfs/out/$f')
    world.drain_well()
    world.put("model", {"/m": "2"})
    world.put("texts", {})
    (job,) = world.drain()
    (reason,) = world.explain(job.id)
    assert (job.state, reason.kind, reason.differences) == ("failure", "reads", ("read model@main has other content",))


def test_get_of_many_links_nothing_into_another_datums_folder(room: World) -> None:
    """Datums share what is laid out once; what one of them does to its folder is not seen by others."""
    room.put("texts", {str(number): "x" for number in range(4)})
    room.put("model", {"/m": "1"})
    reader(room, 'm=$($GET model); (chmod u+w "$m/m" && echo 2 > "$m/m") 2> /dev/null || true; echo > /pfs/out/$f')
    reader(room, BOTH, name="after")
    room.drain_well()
    assert set(room.files("after").values()) == {"x1"}


def test_a_home_with_a_long_path(tmp_path: Path, host: Host) -> None:
    from dataclasses import replace

    deep = tmp_path.joinpath(*["a-rather-long-name-of-a-folder"] * 4)
    for bubblewrap in (True, False):
        long = replace(host, scratch=deep / "scratch")
        with World(deep / f"home-{bubblewrap}", long, sandbox=Sandbox(long, use_bubblewrap=bubblewrap)) as world:
            world.put("texts", {"/a": "x"})
            world.put("model", {"/m": "1"})
            reader(world, BOTH)
            world.drain_well()
            assert world.files("join") == {"/a": "x1"}
    assert len(os.fsencode(deep)) > 108


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("texts"), st.sampled_from(["/a", "/b", "/c"]), st.sampled_from(["x", "y", None])),
        st.tuples(st.just("model"), st.just("/m"), st.sampled_from(["1", "2", "3"])),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_history_the_output_is_what_a_fresh_run_gives(
    tmp_path_factory: pytest.TempPathFactory, environments: Path, steps: list[tuple[str, str, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    host = Host(scratch=folder / "scratch", environments=environments)
    texts, model, asked = {"/a": "x", "/z": "z"}, "1", set()
    with World(folder / "home", host) as world:
        world.put("texts", dict(texts))
        world.put("model", {"/m": model})
        reader(world, BOTH)
        for repo, path, text in [("texts", "/z", "z"), *steps]:
            if repo == "model":
                model = text or ""
            elif text is None:
                texts.pop(path, None)
            else:
                texts[path] = text
            world.put(repo, {path: text if text is not None or path in texts else None})
            world.put("texts", {})
            run = sum(job.run for job in world.drain_well())
            now = {(path, text, model) for path, text in texts.items()}
            assert run == len(now - asked)
            asked |= now
            assert world.files("join") == {path: text + model for path, text in texts.items()}
