"""Tags, protection, copies, merges and what undoes them, as people type them."""

import io
import json
import tarfile

import pytest

from recension.cli.main import main


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    place = tmp_path / "home"
    monkeypatch.setenv("RECENSION_HOME", str(place))
    monkeypatch.delenv("RECENSION_SERVER", raising=False)
    return place


@pytest.fixture
def run(capsys):
    def command(*words, code=0, quiet=False):
        ended = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert ended == code, (out, err)
        if code and not quiet:
            assert len(err.splitlines()) == 1, err
        return err if code and not quiet else out

    return command


@pytest.fixture
def show(run):
    return lambda *words: json.loads(run(*words, "--json"))


@pytest.fixture
def put(run, tmp_path):
    """Commit texts by path to a branch of pool."""

    def commit(branch, files, *options):
        folder = tmp_path / "put"
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        found = json.loads(run("put", f"pool@{branch}", folder, *options, "--json"))["commit"]
        for path in files:
            (folder / path).unlink()
        return found["id"]

    return commit


@pytest.fixture
def pool(run):
    run("repo", "create", "pool")


@pytest.fixture
def paths(show):
    return lambda address="pool": [entry["path"] for entry in show("ls", "-r", address)["entries"]]


def test_tags(run, show, pool, put):
    first = put("main", {"a": "1"})
    assert first in run("tag", "create", "pool@v1", "-m", "as printed")
    put("main", {"a": "2"})
    assert show("ls", "pool@v1")["commit"] == first
    (tag,) = show("tag", "list", "pool")
    assert (tag["name"], tag["commit"], tag["message"]) == ("v1", first, "as printed")
    assert "v1" in run("tag", "list", "pool")
    run("tag", "create", "pool@v1", code=5)
    run("tag", "delete", "pool@v1")
    run("ls", "pool@v1", code=4)
    run("tag", "create", "pool@main^1", code=2)


def test_renaming_and_describing(run, show, pool, put):
    first = put("main", {"a": "1"})
    run("repo", "rename", "pool", "lake")
    run("repo", "describe", "lake", "raw files")
    assert show("repo", "inspect", "lake")["description"] == "raw files"
    assert show("ls", "lake")["commit"] == first
    run("repo", "rename", "pool", "x", code=4)


def test_protection(run, show, pool, put, tmp_path):
    put("main", {"a": "1"})
    run("branch", "protect", "pool@main")
    assert show("branch", "list", "pool")[0]["protected"]
    (tmp_path / "b").write_text("2")
    assert "unprotect" in run("put", "pool@main", tmp_path / "b", code=7)
    run("branch", "delete", "pool@main", code=7)
    run("branch", "unprotect", "pool@main")
    run("put", "pool@main", tmp_path / "b")


def test_workspaces(run, show):
    run("workspace", "create", "team", "-d", "ours")
    run("repo", "create", "team/pool")
    assert [(each["name"], each["repos"]) for each in show("workspace", "list")] == [("default", 0), ("team", 1)]
    assert "pool" in run("workspace", "delete", "team", code=5)
    run("repo", "delete", "team/pool")
    run("workspace", "delete", "team")
    assert "team" not in run("workspace", "list")


def test_copies_moves_and_removals(run, show, paths, pool, put):
    put("main", {"raw/a.csv": "1", "raw/b.csv": "2", "c": "3"})
    run("repo", "create", "team/other")
    run("cp", "pool@main:/raw", "team/other@dev:/in")
    assert paths("team/other@dev") == ["/in/a.csv", "/in/b.csv"]
    assert "nothing differs" in run("cp", "pool:/raw", "team/other@dev:/in")
    run("cp", "pool:/c", "pool@main:/raw/", "-m", "beside the others")
    assert show("log", "pool", "-n", "1")[0]["message"] == "beside the others"
    run("mv", "pool@main:/raw", "/data")
    assert paths() == ["/c", "/data/a.csv", "/data/b.csv", "/data/c"]
    run("rm", "pool@main:/data/*.csv", "/c")
    assert paths() == ["/data/c"]
    assert "-r" in run("rm", "pool@main:/data", code=2)
    assert show("rm", "-r", "pool@main:/data")["commit"]["files"] == 0
    run("rm", "pool@main:/nothing", code=4)
    run("mv", "pool@main", "/x", code=2)


def test_appending_and_unpacking(run, show, paths, tmp_path, monkeypatch):
    run("repo", "create", "pool")
    (tmp_path / "more").write_text("two\n")
    for _ in range(2):
        run("put", "--append", "pool@main:/log", tmp_path / "more")
    assert run("get", "pool:/log", "-") == "two\ntwo\n"
    run("put", "--append", "pool@main", tmp_path / "more", code=2)
    run("put", "--append", "pool@main:/log", tmp_path / "missing", code=4)
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
        tar.add(tmp_path / "more", "sub/more")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO((tmp_path / "a.tgz").read_bytes()))))
    assert show("put", "--unpack", "pool@main:/in", "-")["seen"] == 1
    assert paths() == ["/in/sub/more", "/log"]
    assert "archive" in run("put", "--unpack", "pool@main", tmp_path / "more", code=2)


def test_merging(run, show, paths, put, tmp_path):
    run("repo", "create", "pool")
    put("main", {"a": "0", "b": "0", "c": "0"})
    run("branch", "create", "pool@dev", "--at", "main")
    assert "nothing to merge" in run("merge", "pool@dev")
    put("dev", {"a": "theirs", "b": "theirs", "c": "theirs", "new": ""})
    put("main", {"a": "ours", "b": "ours", "c": "ours"})
    assert show_failing(run, "merge", "pool@dev", "--dry-run")["how"] == "merged"
    conflicts = show_failing(run, "merge", "pool@dev")["conflicts"]
    assert [each["path"] for each in conflicts] == ["/a", "/b", "/c"]
    assert "! /a  base 1 B  ours 4 B  theirs 6 B" in run("merge", "pool@dev", "--dry-run", code=5, quiet=True)
    (tmp_path / "both").write_text("both")
    sides = ("--strategy", "theirs", "--strategy", "/b=ours", "--resolve", f"/c=@{tmp_path / 'both'}")
    done = show("merge", "pool@dev", "main", *sides, "-m", "together")
    assert (done["how"], done["commit"]["message"], len(done["commit"]["parents"])) == ("merged", "together", 2)
    assert [run("get", f"pool:/{name}", "-") for name in "abc"] == ["theirs", "ours", "both"]
    assert paths() == ["/a", "/b", "/c", "/new"]
    assert show("merge", "pool@main", "dev")["how"] == "fast-forward"
    run("merge", "pool@dev", "--strategy", "mine", code=2)
    run("merge", "pool@dev:/a", code=2)
    run("merge", "pool@nowhere", code=4)


def show_failing(run, *words):
    return json.loads(run(*words, "--json", code=5, quiet=True))


def test_reverting_squashing_and_dropping(run, show, paths, pool, put):
    first, second, third = put("main", {"a": "1"}), put("main", {"b": "1"}), put("main", {"a": "2"})
    assert show("revert", "pool@main^1")["commit"]["meta"] == {"reverts": second}
    assert paths() == ["/a"]
    assert "nothing is left" in run("revert", f"pool@{second}")
    assert show_failing(run, "revert", f"pool@{first}")["conflicts"][0]["path"] == "/a"
    run("revert", f"pool@{first}", "--resolve", "/a=theirs")
    assert paths() == []
    assert third in run("squash", f"pool@{second}")
    assert [commit["id"] for commit in show("log", "pool")][2:] == [third, first]
    assert show("drop", "pool@main")["branches"] == ["main"]
    assert len(show("log", "pool")) == 3
    assert first in run("drop", f"pool@{first}", code=5)


def test_gathering_a_commit(run, show, paths, put, tmp_path):
    run("repo", "create", "pool")
    put("main", {"old/x": "1", "gone": "1"})
    run("repo", "create", "other")
    folder = tmp_path / "folder" / "sub"
    folder.mkdir(parents=True)
    (folder / "run.sh").write_text("#!")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("run.sh")
    one = run("commit", "start", "pool@main", "-m", "nightly").strip()
    two = show("commit", "start", "other@main")["id"]
    assert show("commit", "put", f"{one}:/in", tmp_path / "folder")["changes"] == 2
    run("commit", "put", one, folder / "run.sh")
    run("commit", "rm", one, "/gone")
    run("commit", "rm", "-r", one, "/old")
    assert one in run("commit", "list", "pool")
    assert paths() == ["/gone", "/old/x"]
    commits = show("commit", "finish", one, two)["commits"]
    assert len({commit["global_id"] for commit in commits}) == 1
    entries = show("ls", "-r", "pool")["entries"]
    assert [(entry["path"], entry["mode"]) for entry in entries] == [
        ("/in/sub/link", "120777"),
        ("/in/sub/run.sh", "755"),
        ("/run.sh", "755"),
    ]
    run("commit", "finish", one, code=4)
    three = run("commit", "start", "pool@main").strip()
    run("commit", "put", three, tmp_path / "missing", code=4)
    run("commit", "cancel", three)
    assert show("commit", "list", "pool") == []


def test_looking_back(run, show, pool, put):
    first = put("main", {"a": "1", "b": "2"})
    run("mv", "pool@main:/a", "/moved")
    assert run("diff", f"pool@{first}", "main", "--renames") == "> /moved  from /a\n"
    (change,) = show("diff", f"pool@{first}", "main", "--renames")
    assert (change["kind"], change["before"]["path"]) == ("renamed", "/a")
    assert len(show("diff", f"pool@{first}", "main")) == 2
    reverted = show("revert", "pool@main")["commit"]
    assert [commit["id"] for commit in show("log", "pool", "--where", f"reverts={reverted['parents'][0]}")] == [
        reverted["id"]
    ]
    run("log", "pool", "--where", "reverts", code=2)


def test_cascades(run, show, pool, put):
    first = put("main", {"a": "1"})
    assert [(each["global_id"], each["commits"]) for each in show("cascade", "list")] == [(first, 1)]
    assert first in run("cascade", "list")
    assert "no further commit" in run("cascade", "follow", "pool@main", "--timeout", "0", code=8)
    run("cascade", "follow", "pool@nowhere", code=4)
    run("cascade", "wait", "x", code=2)
    run("cascade", "wait", first, code=3)
