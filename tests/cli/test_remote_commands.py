"""Commands with ``--server``: the same words do the same on a server elsewhere."""

import json
import os

import msgspec
import pytest
from tests.server.served import run_cli

from recension.cli.main import FAR
from recension.cli.remote_commands import COMMANDS
from recension.store.settings import read_settings, write_settings


@pytest.fixture(scope="module")
def far(served, tmp_path_factory):
    """Run a command on the server, from a machine that has no home."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "no-home"

    def command(*words, code=0):
        done = run_cli(elsewhere, *map(str, words), "--server", served.url, env={"RECENSION_TOKEN": served.token})
        assert done.returncode == code, (done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stdout + done.stderr

    yield command
    assert not elsewhere.exists()


@pytest.fixture
def show(far):
    return lambda *words: json.loads(far(*words, "--json"))


@pytest.fixture
def pool(far):
    name = f"p-{os.urandom(5).hex()}"
    far("repo", "create", name, "-d", "Raw")
    return name


def test_the_commands_are_those_that_are_sent_on():
    assert set(COMMANDS) == FAR


def test_names(far, show, pool):
    assert pool in far("repo", "list")
    assert "Raw" in far("repo", "list")
    far("repo", "describe", pool, "Clean")
    assert show("repo", "inspect", pool)["description"] == "Clean"
    far("workspace", "create", f"w{pool}")
    assert f"w{pool}" in far("workspace", "list")
    far("repo", "create", f"w{pool}/x")
    far("workspace", "delete", f"w{pool}", code=5)
    far("repo", "rename", f"w{pool}/x", "y")
    far("repo", "delete", f"w{pool}/y")
    far("workspace", "delete", f"w{pool}")
    far("branch", "create", f"{pool}@dev")
    assert "dev  -" in far("branch", "list", pool)
    far("branch", "protect", f"{pool}@dev")
    far("branch", "delete", f"{pool}@dev", code=7)
    far("branch", "unprotect", f"{pool}@dev")
    far("branch", "delete", f"{pool}@dev")
    far("branch", "trigger", f"{pool}@dev", "--on", "main", "--commits", "1", code=2)


def test_files_and_history(far, show, pool, tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a").write_text("1")
    (tmp_path / "in" / "sub" / "b").write_text("22")
    far("put", f"{pool}@main", tmp_path / "in", "-m", "First")
    assert [line.split()[2] for line in far("ls", pool).splitlines()] == ["/a", "/sub/"]
    assert [node["path"] for node in show("ls", f"{pool}@main", "-r")["entries"]] == ["/a", "/sub/b"]
    far("cp", f"{pool}@main:/a", f"{pool}@main:/copies/")
    far("mv", f"{pool}@main:/sub", "/moved", "-m", "Away")
    far("rm", f"{pool}@main:/a")
    far("rm", f"{pool}@main:/moved", code=2)
    log = show("log", pool)
    assert [commit["message"] for commit in log][1:] == ["Away", f"Copy {pool}@main:/a", "First"]
    assert [commit["id"] for commit in show("log", pool, "-n", "2")] == [commit["id"] for commit in log[:2]]
    assert len(show("log", f"{pool}@main:/moved")) == 1
    assert "Away" in far("log", f"{pool}@main^")
    assert far("diff", f"{pool}@main.0", "main", "--names").split() == ["/a", "/copies/a", "/moved/b", "/sub/b"]
    assert "> /moved/b  from /sub/b" in far("diff", f"{pool}@main.0", "main", "--renames")
    far("tag", "create", f"{pool}@v1", "--at", f"{pool}@main^")
    assert show("tag", "list", pool)[0]["commit"] == log[1]["id"]
    far("ls", f"{pool}@nowhere", code=4)


def test_merging_and_undoing(far, show, pool, tmp_path):
    def put(branch, text):
        (tmp_path / "x").write_text(text)
        far("put", f"{pool}@{branch}", tmp_path / "x")

    put("main", "0")
    far("branch", "create", f"{pool}@dev", "--at", "main")
    put("main", "ours")
    put("dev", "theirs")
    assert "! /x" in far("merge", f"{pool}@dev", "--dry-run")
    assert "! /x  base 1 B  ours 4 B  theirs 6 B" in far("merge", f"{pool}@dev", code=5)
    (tmp_path / "both").write_text("both")
    done = show("merge", f"{pool}@dev", "--resolve", f"/x=@{tmp_path / 'both'}", "-m", "Together")
    assert (done["how"], done["commit"]["message"]) == ("merged", "Together")
    assert far("get", f"{pool}@main:/x", "-") == "both"
    far("drop", f"{pool}@main")
    far("revert", f"{pool}@main")
    assert far("get", f"{pool}@main:/x", "-") == "0"
    far("squash", f"{pool}@main^")
    assert len(show("log", pool)) == 2


def test_importing(far, served, pool, tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a").write_text("linked")
    far("import", f"file://{tmp_path}/open", f"{pool}@main", code=7)
    settings = read_settings(served.home)
    write_settings(served.home, msgspec.structs.replace(settings, links=(f"file://{tmp_path}/open",)))
    assert "1 object, 6 B" in far("import", f"file://{tmp_path}/open", f"{pool}@main:/in")
    assert f"-> file://{tmp_path}/open/a" in far("ls", f"{pool}@main:/in")
    assert "1 file brought in" in far("materialise", f"{pool}@main:/in")
