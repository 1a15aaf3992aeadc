"""What a step sees, with bubblewrap and without."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.flow.world import World, pfs

from recension.flow import Host
from recension.flow.sandbox import Sandbox

PRINT_ENV = """
import json, os
from pathlib import Path
Path(os.environ["RECENSION_OUT"], "env.json").write_text(json.dumps(dict(os.environ)))
"""


@pytest.fixture(params=["bubblewrap", "bare"])
def room(request: pytest.FixtureRequest, tmp_path: Path, host: Host) -> Iterator[World]:
    """A world with each of the two ways to run a step."""
    sandbox = Sandbox(host, use_bubblewrap=request.param == "bubblewrap")
    if request.param == "bubblewrap" and not sandbox.isolates:
        pytest.skip("bubblewrap does not work here")
    with World(tmp_path / "home", host, sandbox=sandbox) as world:
        yield world


@pytest.fixture
def isolated(world: World) -> World:
    if not world.engine.sandbox.isolates:
        pytest.skip("bubblewrap does not work here")
    return world


def test_environment_is_clean_and_has_pachyderms_names(room: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "1")
    images = room.put("images", {"/d/a.png": "A"})
    labels = room.put("labels", {"/a.json": "L"})
    inputs = {
        "join": [
            pfs("images", "/d/(*).png", join_on="$1", name="my-images"),
            pfs("labels", "/(*).json", join_on="$1"),
        ]
    }
    room.pipeline(
        "env", inputs, ["python", "env.py"], {"env.py": PRINT_ENV}, transform={"env": {"MINE": "/pfs/labels"}}
    )
    (job,) = room.drain_well()
    env = json.loads(room.files("env")["/env.json"])
    pfs_root = "/pfs" if room.engine.sandbox.isolates else env["RECENSION_OUT"].removesuffix("/out")
    assert "SECRET_OF_THE_SERVER" not in env
    assert env["my-images"] == env["RECENSION_INPUT_MY_IMAGES"] == f"{pfs_root}/my-images/d/a.png"
    assert env["MINE"] == f"{pfs_root}/labels"
    assert env["labels_COMMIT"] == labels.id
    assert env["my-images_COMMIT"] == images.id
    assert env["PACH_DATUM_labels_JOIN_ON"] == "a"
    assert env["PACH_JOB_ID"] == env["RECENSION_JOB"] == env["PACH_OUTPUT_COMMIT_ID"] == job.id
    assert len(env["PACH_DATUM_ID"]) == 32
    assert env["PATH"].split(":")[0].endswith("/bin")
    assert env["HOME"] == env["TMPDIR"]
    allowed = {"PWD", "SHLVL", "_", "LC_CTYPE", "OLDPWD"}
    ours = ("PACH_", "RECENSION_", "PYTHON", "my-images", "labels")
    rest = {name for name in env if not name.startswith(ours)} - allowed
    assert rest == {"PATH", "LANG", "HOME", "TMPDIR", "VIRTUAL_ENV", "MINE"}


def test_pachyderms_layout_in_command_and_standard_input(room: World) -> None:
    room.put("texts", {"/d/a": "one", "/d/b": "two"})
    stdin = ["cat /pfs/texts/d/a > /pfs/out/one", "echo '/pfs/texts' | wc -l > /pfs/out/n", "cat '/pfs/texts/d/b' >&2"]
    room.pipeline("copy", pfs("texts", "/"), ["/bin/sh"], transform={"stdin": stdin})
    (job,) = room.drain_well()
    assert room.files("copy") == {"/one": "one", "/n": "1\n"}
    assert "two" in room.logs(job.id)


def test_group_variable_and_several_files(room: World) -> None:
    room.put("texts", {"/a-1": "x", "/b-1": "y"})
    inputs = {"group": [pfs("texts", "/*-(*)", group_by="$1")]}
    script = "ls /pfs/texts | tr '\\n' ' ' > /pfs/out/$PACH_DATUM_texts_GROUP_BY"
    room.pipeline("group", inputs, ["sh", "-c", script])
    room.drain_well()
    assert room.files("group") == {"/1": "a-1 b-1 "}


def test_declared_files_are_in_the_working_directory(room: World) -> None:
    room.put("texts", {"/a": "one"})
    files = {"main.sh": "cat lib/part.txt > /dev/null && pwd > $RECENSION_OUT/pwd", "lib/part.txt": "p"}
    room.pipeline("here", pfs("texts", "/"), ["sh", "main.sh"], files)
    room.pipeline(
        "there", pfs("texts", "/"), ["sh", "/usr/src/app/main.sh"], files, transform={"working_dir": "/usr/src/app"}
    )
    room.drain_well()
    if room.engine.sandbox.isolates:
        assert room.files("here")["/pwd"] == "/step\n"
        assert room.files("there")["/pwd"] == "/usr/src/app\n"


def test_links_to_inputs_are_copies(room: World) -> None:
    room.put("texts", {"/d/a": "one", "/d/b": "two"})
    script = "cd /pfs/out; ln -s /pfs/texts/d/a x; ln -s ../texts/d all; echo 1 > own; ln -s own same; mkdir empty"
    room.pipeline("links", pfs("texts", "/"), ["sh", "-c", script])
    room.drain_well()
    assert room.files("links") == {"/x": "one", "/all/a": "one", "/all/b": "two", "/own": "1\n", "/same": "1\n"}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("ln -s /etc/passwd /pfs/out/x", "/pfs/out/x: the link leads out of /pfs"),
        ("ln -s /pfs/texts/none /pfs/out/x", "/pfs/out/x: the link leads nowhere"),
        ("mkfifo /pfs/out/x", "/pfs/out/x: it is neither a file nor a folder"),
        ("printf x > $(printf '/pfs/out/\\377')", "is not UTF-8"),
    ],
)
def test_output_that_cannot_be_stored(room: World, script: str, message: str) -> None:
    room.put("texts", {"/a": "one"})
    room.pipeline("odd", pfs("texts", "/"), ["sh", "-c", script], datum_tries=1)
    (job,) = room.drain()
    assert message in (job.reason or "")


def test_executable_files_stay_executable(room: World) -> None:
    room.put("texts", {"/a": "one"})
    room.pipeline("tool", pfs("texts", "/"), ["sh", "-c", "echo 'echo hi' > /pfs/out/x; chmod +x /pfs/out/x"])
    room.pipeline("use", pfs("tool", "/"), ["sh", "-c", "/pfs/tool/x > /pfs/out/y || sh /pfs/tool/x > /pfs/out/y"])
    room.drain_well()
    assert room.files("use") == {"/y": "hi\n"}
    assert room.store.stat(room.store.resolve("tool"), "/x").mode == 0o755


def test_home_and_network_are_out_of_sight(isolated: World) -> None:
    isolated.put("texts", {"/a": "one"})
    home = isolated.store.home
    script = f"ls -A /root /home {home} 2>&1 | tee /pfs/out/seen; cat /proc/net/dev | grep -c : > /pfs/out/net; ls /tmp"
    isolated.pipeline("look", pfs("texts", "/"), ["sh", "-c", script])
    (job,) = isolated.drain_well()
    seen = isolated.files("look")["/seen"]
    assert "recension.db" not in seen
    assert "objects" not in seen
    assert isolated.files("look")["/net"] == "1\n"  # the loop-back device only
    for member in Path.home().iterdir():
        if member.name != ".pyenv":
            assert member.name not in seen.split()
    assert job.environment == "unlocked"


def test_hidden_folder_outside_of_the_usual_places(isolated: World, host: Host) -> None:
    """A home in a folder that steps do see is covered."""
    open_place = next((one for one in (Path("/srv"), Path("/opt")) if os.access(one, os.W_OK)), None)
    if open_place is None:
        pytest.skip("no such folder can be written")
    secret = open_place / "recension-test-secret"
    secret.mkdir()
    try:
        (secret / "key").write_text("x")
        hiding = replace(host, hidden=(secret,))
        sandbox = Sandbox(hiding)
        from recension.flow.log_capture import BoundedLog, run_command
        from recension.flow.sandbox import Place

        place = Place(host.scratch / "x")
        for folder in (place.out, place.files, place.tmp):
            folder.mkdir(parents=True)
        import threading

        launch = sandbox.launch(
            place,
            ["ls", "-A", str(secret)],
            stdin=b"",
            env={"PATH": host.path},
            working_dir=None,
            network=False,
            readable=(),
        )
        log = BoundedLog()
        assert run_command(launch, log, deadline=None, stop=threading.Event()).code == 0
        assert log.bytes() == b""
    finally:
        shutil.rmtree(secret)


def test_inputs_cannot_be_changed(isolated: World) -> None:
    isolated.put("texts", {"/a": "one"})
    isolated.pipeline("spoil", pfs("texts", "/"), ["sh", "-c", "echo x > /pfs/texts/b"], datum_tries=1)
    (job,) = isolated.drain()
    assert "Read-only file system" in "\n".join(isolated.logs(job.id))


def test_long_output_is_cut_in_the_middle(world: World) -> None:
    world.put("texts", {"/a": "one"})
    world.pipeline("loud", pfs("texts", "/"), ["sh", "-c", "echo start; seq 1000000; echo end"])
    (job,) = world.drain_well()
    lines = world.logs(job.id)
    with world.db.read() as tx:
        (log,) = tx.execute("SELECT log FROM job_datum").one()
    assert len(world.store.open_blob(log)) < 1_200_000
    assert "start" in lines
    assert lines[-1] == "end"
    assert any("bytes left out" in line for line in lines)


def test_background_children_do_not_keep_a_step_waiting(room: World) -> None:
    room.put("texts", {f"/{number}": "x" for number in range(4)})
    room.pipeline("quick", pfs("texts", "/*"), ["sh", "-c", "sleep 120 & echo done"])
    started = time.monotonic()
    (job,) = room.drain_well()
    assert room.logs(job.id).count("done") == 4
    assert time.monotonic() - started < 60, "no step waits for the child it left behind"
