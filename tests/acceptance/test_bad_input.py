"""Bad input: one line that says what, where and what to do; nothing half done; an exit code that is not 0."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys

import pytest
from tests.acceptance.live import Live, csv_of, ok, ok_json, one_question, recension, until


def refused(done, *words):
    """The command failed with one line that holds all of ``words``."""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode != 0, done.stdout
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    missing = [word for word in words if word not in lines[0]]
    assert missing == [], lines[0]


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def test_an_unknown_repo(home, tmp_path):
    ok(home, "repo", "create", "pool")
    refused(recension(home, "ls", "nowhere@main"), "nowhere", "recension repo")
    refused(recension(home, "put", "nowhere@main", write(tmp_path, "a.csv", "x")), "nowhere", "recension repo")
    assert "nowhere" not in ok(home, "repo", "list")


def test_a_path_that_climbs_out(home, tmp_path):
    ok(home, "repo", "create", "pool")
    refused(recension(home, "put", "pool@main:/../up", write(tmp_path, "a.csv", "x")), "..")
    assert ok_json(home, "branch", "list", "pool") == []


def test_a_column_that_is_not_there(live: Live, tmp_path):
    spec = write(tmp_path, "p.yaml", one_question("lines", "pool", "labels"))
    live.put("pool@main", {"a.csv": csv_of(["x"], column="title")}, folder=tmp_path / "data")
    refused(recension(live.home, "project", "create", spec), "a.csv", "line 1", "headline")
    assert live.get("/projects") == []

    # A commit cannot be refused for a project's sake: the project says what is wrong, and takes in nothing of it.
    live.put("pool@main", {"a.csv": csv_of(["x"])}, folder=tmp_path / "data")
    ok(live.home, "project", "create", spec)
    live.put("pool@main", {"b.csv": csv_of(["y"], column="title")}, folder=tmp_path / "data")
    wrong = until(lambda: live.get("/projects/lines")["input_error"], "the project says what is wrong with its input")
    assert "b.csv" in wrong
    assert "headline" in wrong
    assert live.get("/projects/lines/progress")["tasks"]["total"] == 1


def test_a_label_config_that_is_no_xml(live: Live, tmp_path):
    live.put("pool@main", {"a.csv": csv_of(["x"])}, folder=tmp_path / "data")
    broken = one_question("lines", "pool", "labels").replace("</Choices>", "")
    refused(recension(live.home, "project", "create", write(tmp_path, "p.yaml", broken)), "p.yaml:", "label_config")
    assert live.get("/projects") == []


def test_a_field_that_is_unknown(live: Live, tmp_path):
    spec = one_question("lines", "pool", "labels") + "overlapp: 3\n"
    refused(recension(live.home, "project", "create", write(tmp_path, "p.yaml", spec)), "p.yaml:13", "overlapp")
    assert live.get("/projects") == []
    pipeline = "pipeline: {name: p}\ninput: {pfs: {repo: pool, glob: /, blob: 1}}\ntransform: {cmd: [ls]}\n"
    refused(recension(live.home, "pipeline", "create", write(tmp_path, "q.yaml", pipeline)), "q.yaml:2", "blob")
    assert live.get("/pipelines") == []


def test_a_control_task_that_is_there_twice(live: Live, tmp_path):
    live.put("pool@main", {"a.csv": csv_of(["x"])}, folder=tmp_path / "data")
    doubled = "headline,category\nsame,yes\nother,no\nsame,no\n"
    live.put("quality@main", {"control.csv": doubled}, folder=tmp_path / "data")
    spec = one_question("lines", "pool", "labels").replace("control: 0", "control: 1") + (
        "control:\n  tasks: {repo: quality, path: /control.csv, columns: {headline: headline},"
        " expected: {category: category}}\n"
    )
    refused(recension(live.home, "project", "create", write(tmp_path, "p.yaml", spec)), "control.csv", "4", "2")
    assert live.get("/projects") == []


def test_a_line_of_two_gigabytes(live: Live, tmp_path):
    # A file with a hole: two gigabytes to whoever reads it, nothing on the disk.
    long = tmp_path / "long.csv"
    with long.open("wb") as file:
        file.write(b"headline\nx\n")
        file.truncate(2 << 30)
    ok(live.home, "repo", "create", "pool")
    ok(live.home, "project", "create", write(tmp_path, "p.yaml", one_question("lines", "pool", "labels")))
    ok(live.home, "put", "pool@main", str(long))
    wrong = until(lambda: live.get("/projects/lines")["input_error"], "the project refuses the line")
    assert "long.csv" in wrong
    assert live.get("/projects/lines/progress")["tasks"]["total"] == 0


def test_a_port_that_is_taken(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(recension(home, "up", "--port", str(port)), str(port), "--port")


def test_a_second_server_on_one_home(live: Live):
    refused(recension(live.home, "up", "--port", "0"), str(live.home), "--home")
    assert live.get("/me")["user"]["name"]


def test_a_damaged_pack(home, tmp_path):
    marks = {"one": random.Random(1).randbytes(50_000), "two": random.Random(2).randbytes(50_000)}
    for name, mark in marks.items():
        (tmp_path / f"{name}.bin").write_bytes(mark)
        ok(home, "repo", "create", name)
        ok(home, "put", f"{name}@main", str(tmp_path / f"{name}.bin"))
    packs = [path for path in (home / "objects").rglob("*") if path.is_file()]
    (damaged,) = [path for path in packs if marks["two"] in path.read_bytes()]
    body = bytearray(damaged.read_bytes())
    body[body.index(marks["two"]) + 1000] ^= 1
    damaged.chmod(0o644)
    damaged.write_bytes(body)
    done = recension(home, "fsck")
    assert done.returncode == 6
    assert "two.bin" in done.stdout + done.stderr
    assert "one.bin" not in done.stdout + done.stderr
    ok(home, "get", "one@main:/one.bin", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == marks["one"]
    refused(recension(home, "get", "two@main:/two.bin", str(tmp_path / "bad")), "two.bin", "fsck")


def test_a_home_that_cannot_be_written(tmp_path):
    if os.geteuid() == 0:
        # Root may write anywhere; a file in the place of the folder is refused for anybody.
        place = tmp_path / "home"
        place.write_text("")
    else:
        place = tmp_path / "closed"
        place.mkdir(mode=0o500)
    refused(recension(place, "repo", "list"), str(place))


def test_the_command_itself_starts_without_the_heavy_libraries():
    code = "import recension.cli.main, sys; print([m for m in ('numpy', 'pyarrow', 'fastapi') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
