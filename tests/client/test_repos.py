"""``recension.repo``: one commit to a home or a server, all of it or nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.served import Served

import recension
from recension.errors import Forbidden, Invalid, NotFound
from recension.store import Store


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("RECENSION_HOME", "RECENSION_SERVER", "RECENSION_TOKEN", "RECENSION_JOB"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path):
    with Store.create(tmp_path / "home") as store:
        store.create_repo("pool")
    return tmp_path / "home"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    server = Served(tmp_path_factory.mktemp("repos") / "home").start()
    server.post("/repos", {"name": "pool"})
    yield server
    assert server.stop() == 0


@pytest.fixture(params=["home", "server"])
def place(request, home):
    """The repo in a home, or on a server, and where its store lies."""
    if request.param == "home":
        return recension.repo("pool", home=home), home
    server = request.getfixturevalue("served")
    return recension.repo("pool", server=server.url, token=server.token), server.home


def content(home, ref):
    with Store.open(home) as store:
        commit = store.resolve(f"pool@{ref}")
        return commit, {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def test_a_commit_holds_everything_that_was_put(place, tmp_path):
    repo, home = place
    (tmp_path / "local.bin").write_bytes(b"from a file")
    with repo.commit("first", message="one") as c:
        c.put("/gone", b"")
        c.put("/sub/gone", b"")
    with repo.commit("first", message="two", meta={"run": 7}) as c:
        assert c.id is None
        c.put("/a.csv", "caf\u00e9")
        c.put("b", b"\x00")
        c.put("/sub/file", tmp_path / "local.bin")
        c.delete("/gone")
        c.delete_folder("/sub")
        c.put("/sub/after", "")
    commit, files = content(home, "first")
    assert commit.id == c.id
    assert (commit.message, commit.meta) == ("two", {"run": 7})
    assert files == {"/a.csv": "caf\u00e9".encode(), "/b": b"\x00", "/sub/after": b""}


def test_after_an_error_there_is_no_commit(place):
    repo, home = place
    with pytest.raises(ZeroDivisionError), repo.commit("second") as c:  # noqa: PT012
        c.put("/a", "1")
        raise ZeroDivisionError
    with pytest.raises(Invalid), repo.commit("second") as c:
        c.put("/a/../b", "1")
    with pytest.raises(NotFound):
        content(home, "second")


def test_what_cannot_be_written_to(home, served, monkeypatch):
    with pytest.raises(NotFound), recension.repo("nowhere", home=home).commit():
        pass
    with pytest.raises(Invalid):
        recension.repo("pool@main", home=home)
    with served.user("sdk-annotator"):
        token = served.post("/tokens", {"name": "sdk", "user": "sdk-annotator"})["token"]
    with pytest.raises(Forbidden), recension.repo("pool", server=served.url, token=token).commit():
        pass
    monkeypatch.setenv("RECENSION_JOB", "j")
    with pytest.raises(Invalid, match="output"):
        recension.repo("pool", home=home)


def test_writing_to_a_home_loads_no_http(home):
    code = (
        "import sys, recension\n"
        f"with recension.repo('pool', home={str(home)!r}).commit() as c: c.put('/a', '1')\n"
        "assert 'httpx' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(home).parent)
