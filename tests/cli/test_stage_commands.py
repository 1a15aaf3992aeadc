"""``recension stage`` and branch triggers as people type them."""

import io
import json
import sys

import pytest

from recension.cli.main import main


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RECENSION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RECENSION_SERVER", raising=False)
    return tmp_path / "home"


@pytest.fixture
def run(capsys):
    def command(*words, code=0):
        ended = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert ended == code, (out, err)
        return err if code else out

    return command


@pytest.fixture
def pool(run, tmp_path):
    file = tmp_path / "one.txt"
    file.write_text("one")
    run("repo", "create", "pool")
    run("put", "pool@main", file)
    run("stage", "mode", "pool@main", "--idle", "3600")
    return file


def test_a_staged_file_is_listed_and_read(run, pool, tmp_path):
    assert run("stage", "put", "pool@main:/new.txt", pool) == "/new.txt  3 B  1 change staged\n"
    assert "/new.txt" in run("ls", "pool@main")
    assert run("get", "pool@main:/new.txt", tmp_path / "copy") != ""
    assert (tmp_path / "copy").read_text() == "one"
    assert run("log", "pool@main").startswith("1 change is staged, to be committed by ")
    assert "/new.txt" in run("diff", "pool@main.0", "pool@main")
    assert "pool@main  1 change" in run("stage", "list")
    assert "1 change staged" in run("fsck")
    assert "+1 ~0 -0  2 files" in run("stage", "commit", "pool@main")
    assert run("stage", "commit", "pool@main") == "nothing is staged\n"
    assert "staged" not in run("log", "pool@main")
    assert run("stage", "list", "pool") == ""


def test_a_checkout_holds_what_was_staged(run, pool, tmp_path):
    run("stage", "put", "pool@main:/new.txt", pool)
    run("stage", "rm", "pool@main:/one.txt")
    run("checkout", "pool@main", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["new.txt"]
    assert run("stage", "list") == ""


def test_standard_input_and_json(run, pool, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped")))
    shape = json.loads(run("stage", "put", "pool@main:/in", "-", "--json", "--author", "ann"))
    assert (shape["size"], shape["waiting"], shape["commit"]) == (5, 1, None)
    (group,) = json.loads(run("stage", "list", "--json"))
    assert (group["branch"], group["changes"]) == ("main", 1)
    made = json.loads(run("stage", "commit", "pool@main", "--json"))["commit"]
    assert (made["author"], made["message"]) == ("ann", "Put /in")


def test_modes_are_shown_and_kept(run, pool):
    assert run("stage", "mode", "pool@main", "--idle", "5", "--changes", "3") == (
        "committed in groups: after a pause of 5 s, or 3 changes\n"
    )
    assert run("stage", "mode", "pool@main", "--alone") == "each put is a commit\n"
    assert "in commit" in run("stage", "put", "pool@main:/b", pool)
    assert json.loads(run("stage", "mode", "pool@main", "--json")) == {"alone": True, "idle_s": 5.0, "changes": 3}
    assert "too few" in run("stage", "mode", "pool@main", "--changes", "0", code=2)


@pytest.mark.parametrize("words", [
    ("put", "pool@main", "x"), ("put", "pool@main:/x", "/nowhere"), ("put", "pool@main:/one.txt/x", __file__),
    ("rm", "pool@main"), ("commit", "pool@main^"),
])  # fmt: skip
def test_wrong_words_are_refused(run, pool, words):
    assert run("stage", *words, code=4 if "/nowhere" in words else 2).startswith("recension: ")


def test_a_branch_is_triggered(run, pool):
    assert run("branch", "trigger", "pool@prod", "--on", "main", "--commits", "2", "--size", "1.5GB") == (
        "branch pool@prod is triggered by main: 2 commits or 1.5 GB\n"
    )
    assert "triggered by main: 2 commits or 1.5 GB" in run("branch", "list", "pool")
    shown = {branch["name"]: branch["trigger"] for branch in json.loads(run("branch", "list", "pool", "--json"))}
    assert shown["main"] is None
    assert (shown["prod"]["source"], shown["prod"]["size"]) == ("main", 1_500_000_000)
    assert "circle: main -> prod -> main" in run(
        "branch", "trigger", "pool@main", "--on", "prod", "--cron", "@daily", code=2
    )
    for words in (("--size", "many"), ("--commits", "0"), ("--cron", "soon"), ()):
        run("branch", "trigger", "pool@prod", "--on", "main", *words, code=2)
    assert "moved by its trigger" in run("put", "pool@prod", pool, code=7)
    assert run("branch", "untrigger", "pool@prod") == "branch pool@prod is moved by hand alone\n"
    assert "has no trigger" in run("branch", "untrigger", "pool@prod", code=4)
