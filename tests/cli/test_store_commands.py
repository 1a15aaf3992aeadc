"""The store's commands as people type them: what they print, where, and how they end."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recension.cli.main import COMMANDS, main
from recension.cli.output import Progress

OWN = ("repo", "put", "get", "checkout", "ls", "log", "diff", "branch", "fsck")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    place = tmp_path / "home"
    monkeypatch.setenv("RECENSION_HOME", str(place))
    monkeypatch.delenv("RECENSION_SERVER", raising=False)
    return place


@pytest.fixture
def run(capsys):
    def command(*words, code=0):
        ended = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert ended == code, (out, err)
        if code:
            assert len(err.splitlines()) == 1, err
            assert err.startswith("recension: ")
        return err if code else out

    return command


@pytest.fixture
def show(run):
    return lambda *words: json.loads(run(*words, "--json"))


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.csv").write_text("a,b\n")
    (folder / "sub" / "b.txt").write_text("hello")
    return folder


@pytest.fixture
def pool(run, data):
    run("repo", "create", "pool", "-d", "raw files")
    run("put", "pool@main", data, "-m", "first")
    return data


def test_a_repo_is_made_listed_shown_and_deleted(run, show):
    assert run("repo", "list") == ""
    assert show("repo", "list") == []
    run("repo", "create", "pool", "--description", "raw")
    assert "pool" in run("repo", "list")
    (repo,) = show("repo", "list")
    assert (repo["name"], repo["workspace"], repo["description"], repo["branches"]) == ("pool", "default", "raw", [])
    assert show("repo", "inspect", "pool") == repo
    assert "raw" in run("repo", "inspect", "pool")
    run("repo", "create", "team/pool")
    assert [r["workspace"] for r in show("repo", "list")] == ["default", "team"]
    run("repo", "delete", "pool")
    assert "pool" in run("repo", "delete", "pool", code=4)


def test_files_are_put_listed_and_taken_out(run, show, pool, tmp_path):
    assert run("ls", "pool").splitlines() == ["4 B  /a.csv", "5 B  /sub/  1 file"]
    listing = show("ls", "pool@main:/sub")
    assert [entry["path"] for entry in listing["entries"]] == ["/sub/b.txt"]
    assert [e["path"] for e in show("ls", "-r", "pool")["entries"]] == ["/a.csv", "/sub/b.txt"]
    run("get", "pool:/sub/b.txt", tmp_path / "one")
    assert (tmp_path / "one").read_text() == "hello"
    run("get", "pool:/sub/b.txt", tmp_path)
    assert (tmp_path / "b.txt").read_text() == "hello"
    run("get", "pool", tmp_path / "all")
    assert (tmp_path / "all" / "sub" / "b.txt").read_text() == "hello"
    run("get", "pool:/sub", tmp_path / "all")
    assert (tmp_path / "all" / "b.txt").read_text() == "hello"


def test_put_says_what_it_did(run, show, pool):
    assert "nothing differs" in run("put", "pool@main", pool)
    (pool / "a.csv").write_text("a,b\n1,2\n")
    done = show("put", "pool@main", pool, "--author", "ann", "-m", "two")
    assert done["new"]
    assert (done["commit"]["changed"], done["commit"]["author"], done["commit"]["message"]) == (1, "ann", "two")
    (pool / "a.csv").unlink()
    run("put", "pool@main", pool)
    assert len(show("ls", "pool")["entries"]) == 2
    run("put", "pool@main", pool, "--delete")
    assert [e["path"] for e in show("ls", "pool")["entries"]] == ["/sub"]
    run("put", "pool@new:/deep/er", pool)
    assert [e["path"] for e in show("ls", "-r", "pool@new")["entries"]] == ["/deep/er/sub/b.txt"]


def test_standard_input_becomes_a_file(run, show, pool, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"piped" * 1000)))
    run("put", "pool@main:/from/stdin.txt", "-")
    assert show("ls", "pool:/from")["entries"][0]["size"] == 5000
    assert "standard input" in run("put", "pool@main", "-", code=2)
    assert "alone" in run("put", "pool@main:/x", "-", pool, code=2)


def test_a_file_goes_to_standard_output_untouched(home, pool):
    command = [sys.executable, "-m", "recension.cli.main", "get", "pool:/a.csv", "-"]
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "RECENSION_HOME": str(home)})
    assert (done.stdout, done.stderr) == (b"a,b\n", b"")


def test_history_is_told_and_compared(run, show, pool):
    (pool / "a.csv").write_text("more")
    (pool / "new").write_text("x")
    run("put", "pool@main", pool, "-m", "second")
    second, first = show("log", "pool")
    assert [second["message"], first["message"]] == ["second", "first"]
    assert (second["added"], second["changed"], second["removed"], second["files"]) == (1, 1, 0, 3)
    text = run("log", "pool@main")
    for word in (second["id"], first["global_id"], "+1 ~1 -0", "user", "second"):
        assert word in text
    assert [c["id"] for c in show("log", "pool:/sub/b.txt")] == [first["id"]]
    assert [c["id"] for c in show("log", "pool@main^")] == [first["id"]]
    assert [c["id"] for c in show("log", "pool", "-n", "1")] == [second["id"]]
    assert [c["id"] for c in show("log", "pool", "--after", second["id"])] == [first["id"]]
    assert [c["id"] for c in show("log", "--global", first["global_id"])] == [first["id"]]
    changes = show("diff", "pool@main^", "main")
    assert [(c["kind"], c["path"]) for c in changes] == [("changed", "/a.csv"), ("added", "/new")]
    assert changes[1]["before"] is None
    assert run("diff", "pool@main^", "pool@main", "--names") == "/a.csv\n/new\n"
    assert run("diff", "pool@main^", "pool@main:/new") == "+ /new  - -> 1 B\n"
    assert show("diff", first["id"], "pool@main^") == []


def test_branches_are_managed(run, show, pool):
    head = show("log", "pool")[0]["id"]
    run("branch", "create", "pool@dev", "--at", "pool@main")
    run("branch", "create", "pool@empty")
    (pool / "x").write_text("x")
    run("put", "pool@dev", pool)
    tip = show("log", "pool@dev")[0]["id"]
    heads = {branch["name"]: branch["head"] for branch in show("branch", "list", "pool")}
    assert heads == {"dev": tip, "empty": None, "main": head}
    assert tip in run("branch", "promote", "pool@dev", "--to", "main")
    run("branch", "move", "pool@dev", "--to", "main^")
    run("branch", "delete", "pool@empty")
    assert {b["name"]: b["head"] for b in show("branch", "list", "pool")} == {"dev": head, "main": tip}
    run("branch", "create", "pool@dev", code=5)
    run("branch", "promote", "pool@main", "--to", "nowhere!", code=2)
    run("branch", "delete", "pool@gone", code=4)
    run("branch", "create", "pool", code=2)


def test_checkout_is_brought_up_to_date(run, show, pool, tmp_path):
    out = tmp_path / "out"
    assert show("checkout", "pool", out)["written"] == 2
    (pool / "a.csv").write_text("other")
    run("put", "pool@main", pool)
    done = show("checkout", "pool", out)
    assert (done["written"], done["kept"]) == (1, 1)
    (out / "a.csv").write_text("my work")
    assert "in the way" in run("checkout", "pool@main^", out, code=5)
    run("checkout", "pool@main^", out, "--force")
    assert (out / "a.csv").read_text() == "a,b\n"


def test_damage_is_found_and_named(run, show, pool, home, capsys):
    assert run("fsck").startswith("clean: 1 commit")
    assert show("fsck", "--quick")["clean"]
    (pack,) = (home / "objects" / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[data.index(b"hello")] ^= 1
    pack.write_bytes(data)
    assert main(["fsck"]) == 6
    said = capsys.readouterr().err
    assert pack.name in said
    assert "/sub/b.txt" in said
    assert "/a.csv" not in said
    assert main(["fsck", "--json"]) == 6
    report = json.loads(capsys.readouterr().out)
    assert report["problems"][0]["paths"][0]["path"] == "/sub/b.txt"
    assert "/sub/b.txt" in run("get", "pool:/sub/b.txt", home / "never", code=6)
    assert not (home / "never").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nonsense"], 2, "nonsense"),
        (["put"], 2, "REPO@BRANCH"),
        (["ls", "pool", "--nonsense"], 2, "--nonsense"),
        (["ls", "pond"], 4, "repo create pond"),
        (["ls", "pool@dev"], 4, "dev"),
        (["ls", "pool@main:/none"], 4, "/none"),
        (["ls", "pool@main:/../x"], 2, ".."),
        (["ls", "pool@main^^^^"], 4, "pool@main^4"),
        (["put", "pond@main", "DATA"], 4, "repo create pond"),
        (["put", "pool@main:/../up", "DATA"], 2, ".."),
        (["put", "pool@main", "DATA/none"], 4, "none"),
        (["put", "pool@main:/a.csv", "DATA"], 2, "/a.csv"),
        (["put", "pool@main^", "DATA"], 2, "branch"),
        (["put", "pool@Main", "DATA"], 2, "Main"),
        (["get", "pool:/none", "DATA"], 4, "/none"),
        (["get", "pool", "-"], 2, "folder"),
        (["repo", "create", "pool"], 5, "already"),
        (["repo", "create", "pool@main"], 2, "pool"),
        (["log"], 2, "--global"),
        (["log", "--global", "x"], 2, "x"),
        (["diff", "main", "dev"], 2, "repo"),
        (["ls", "pool", "--home"], 2, "--home"),
        (["fsck", "--server", "http://127.0.0.1:1"], 2, "--server"),
        (["ls", "pool", "--server", "http://127.0.0.1:1"], 3, "does not answer"),
        (["ls", "pool", "--home", "DATA/a.csv"], 4, "a.csv"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_a_code(run, pool, words, code, says):
    words = [str(word).replace("DATA", str(pool)) for word in words]
    assert says in run(*words, code=code)


def test_a_missing_home_is_named(run, tmp_path):
    assert str(tmp_path / "home") in run("ls", "pool", code=4)
    assert not (tmp_path / "home").exists()


def test_global_options_may_stand_anywhere(run, pool, home, monkeypatch):
    monkeypatch.setenv("RECENSION_HOME", "/nonexistent")
    for words in (["--home", home, "ls", "pool"], ["ls", f"--home={home}", "pool"], ["ls", "pool", "--home", home]):
        assert "/a.csv" in run(*words)


def test_a_defect_is_one_line_and_its_details_a_file(run, pool, monkeypatch):
    from recension.store import Store

    def broken(*_args, **_options):
        raise KeyError("defect")

    monkeypatch.setattr(Store, "ls", broken)
    said = run("ls", "pool", code=70)
    file = Path(said.rpartition("details are in ")[2].strip().rstrip(")"))
    assert "Traceback" in file.read_text()
    assert "Traceback" not in said
    file.unlink()


def test_help_names_every_command_and_each_has_its_own(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert [name for name in COMMANDS if name not in text] == []
    for name in OWN:
        assert main([name, "--help"]) == 0
        assert "--home" in capsys.readouterr().out


def test_nobody_left_to_read_is_no_error(home, tmp_path, run):
    run("repo", "create", "pool")
    (tmp_path / "many").mkdir()
    for number in range(3000):
        (tmp_path / "many" / f"{number:05d}").touch()
    run("put", "pool@main", tmp_path / "many")
    command = f"{sys.executable} -m recension.cli.main ls pool | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.endswith("/00000\n")


def test_the_hot_commands_import_no_heavy_library(home, run, pool, tmp_path):
    """A command that lists files may not pay for numpy."""
    code = (
        "import sys; from recension.cli.main import main; code = main(sys.argv[1:]); "
        "heavy = {'numpy', 'pyarrow', 'fastapi', 'pydantic', 'httpx', 'sqlalchemy', 'msgspec', 'fastcdc', 'yaml'}; "
        "print('HEAVY', sorted(heavy & set(sys.modules)), code)"
    )
    for words in (
        ["put", "pool@main", str(pool)],
        ["ls", "pool"],
        ["log", "pool"],
        ["diff", "pool@main", "main"],
        ["branch", "list", "pool"],
        ["checkout", "pool", str(tmp_path / "out")],
        ["repo", "list"],
        ["fsck"],
    ):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "HEAVY [] 0", (words, done.stdout, done.stderr)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal_after_a_second_and_wiped(monkeypatch):
    now = 100.0
    monkeypatch.setattr("recension.cli.output.time.monotonic", lambda: now)
    screen, pipe = Terminal(), io.StringIO()
    with Progress("put", screen) as shown, Progress("put", pipe) as silent:
        shown.more(1, 1000)
        assert screen.getvalue() == ""
        now += 2
        shown.more(1, 1_999_000)
        silent.more(1, 1_999_000)
        assert "2 files  2.0 MB  1.0 MB/s" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")
    assert pipe.getvalue() == ""
