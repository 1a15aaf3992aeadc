"""``recension.get``: a read-only folder, fetched once, from a home or over HTTP."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.served import Served, until

import recension
from recension.client.bulk.getting import Place, bring, listing
from recension.client.bulk.line import Line
from recension.client.discovery import Server
from recension.client.http import Http
from recension.client.remote import commit_of
from recension.errors import Damaged, Forbidden, Invalid, NotFound, Unavailable
from recension.ids import parse_address
from recension.store import EXECUTABLE_MODE, LINK_MODE, Put, Store

FILES = {"/a.csv": b"x,y\n1,2\n", "/sub/b.txt": "caf\u00e9".encode(), "/sub/deep/c.bin": bytes(300_000)}


def commit(store, files, *, repo="data", branch="main", mode=0o644):
    with store.upload() as upload:
        puts = [Put(path, upload.add_bytes(body), len(body), mode) for path, body in files.items()]
        return store.write(repo, branch, puts, upload=upload)


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("RECENSION_HOME", "RECENSION_SERVER", "RECENSION_TOKEN", "RECENSION_JOB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Store.create(tmp_path / "home") as store:
        store.create_repo("data")
        commit(store, FILES)
    return tmp_path / "home"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        f"/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def stamps(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(path), path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*"))


def test_the_folder_holds_the_version_and_a_second_call_moves_no_byte(home):
    folder = recension.get("data@main", home=home)
    assert contents(folder) == FILES
    before = stamps(folder)
    objects = {path: path.stat().st_atime_ns for path in (home / "objects").rglob("*") if path.is_file()}
    for path in objects:
        path.rename(path.with_suffix(".away"))  # whoever reads a stored byte now fails
    assert recension.get("data", home=str(home)) == folder
    assert stamps(folder) == before


def test_equal_content_is_fetched_once_whatever_it_is_called(home):
    with Store.open(home) as store:
        store.create_repo("copy")
        commit(store, FILES, repo="copy")
        commit(store, {"/more": b"m"})
    assert recension.get("copy@main", home=home) == recension.get("data@main^", home=home)
    assert recension.get("data@main", home=home) != recension.get("copy", home=home)


def test_nothing_in_it_can_be_changed_by_mistake(home):
    folder = recension.get("data@main", home=home)
    modes = {path.stat().st_mode & 0o222 for path in [folder, *folder.rglob("*")]}
    assert modes == {0}


def test_a_path_names_a_folder_or_file_of_it(home):
    assert recension.get("data@main:/sub", home=home).joinpath("b.txt").read_bytes() == FILES["/sub/b.txt"]
    assert recension.get("data@main:/a.csv", home=home).read_bytes() == FILES["/a.csv"]
    with pytest.raises(NotFound, match="no such path"):
        recension.get("data@main:/nothing", home=home)


def test_what_is_not_there_is_named_and_leaves_nothing(home):
    for address in ("nowhere@main", "data@nobranch"):
        with pytest.raises(NotFound):
            recension.get(address, home=home)
    with pytest.raises(Invalid):
        recension.get("data@main:/../x", home=home)
    assert not (home / "cache" / "data").exists()


def test_a_fetch_that_fails_leaves_no_half_folder(home):
    packs = [path for path in (home / "objects").rglob("*") if path.is_file()]
    for pack in packs:
        pack.chmod(0o644)
        pack.write_bytes(b"")
    with pytest.raises(Damaged):
        recension.get("data@main", home=home)
    assert list((home / "cache" / "data").iterdir()) == []


def test_inside_a_step_it_is_the_input_and_nothing_else(home, tmp_path, monkeypatch):
    monkeypatch.setenv("RECENSION_JOB", "j1")
    monkeypatch.setenv("RECENSION_PIPELINE", "train")
    monkeypatch.setenv("RECENSION_INPUTS", json.dumps({"data": str(tmp_path)}))
    monkeypatch.setenv("data_COMMIT", "0" * 26)
    (tmp_path / "a.csv").write_text("given")
    assert recension.get("data@main") == tmp_path
    assert recension.get(f"data@{'0' * 26}:/a.csv").read_text() == "given"
    with pytest.raises(Invalid, match="no input 'other'"):
        recension.get("other@main")
    with pytest.raises(Invalid, match="was given commit"):
        recension.get(f"data@{'1' * 26}")


def test_importing_the_package_is_light():
    code = "import recension, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pyarrow", "httpx", "fastapi", "yaml", "msgspec", "blake3"}
    assert heavy & set(done.stdout.split()) == set()
    assert dir(recension) == ["connect", "get", "pipeline", "put", "repo"]
    with pytest.raises(AttributeError):
        _ = recension.nothing


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    home = tmp_path_factory.mktemp("remote") / "home"
    with Store.create(home) as store:
        store.create_repo("data")
        commit(store, FILES)
        commit(store, {"/run.sh": b"#!/bin/sh\n"}, mode=EXECUTABLE_MODE)
        commit(store, {"/link": b"a.csv"}, mode=LINK_MODE)
        store.create_repo("empty")
    server = Served(home).start()
    yield server
    server.stop()


def bytes_asked(served):
    log = (served.home / "server.log").read_text().splitlines()
    return sum(json.loads(line).get("path", "").endswith(("/raw", "/bulk/read")) for line in log)


def test_it_comes_over_http_with_modes_and_links_and_once(served, home):
    folder = recension.get("data@main", server=served.url, token=served.token)
    assert {path: body for path, body in contents(folder).items() if path in FILES} == FILES
    assert (folder / "run.sh").stat().st_mode & 0o777 == 0o555
    assert (folder / "link").readlink() == Path("a.csv")
    asked = 1
    until(lambda: bytes_asked(served) == asked, "small files are asked for together")
    before = stamps(folder)
    assert recension.get("data@main", server=served.url, token=served.token) == folder
    assert bytes_asked(served) == asked
    assert stamps(folder) == before


def test_the_environment_names_server_and_token(served, home, monkeypatch):
    monkeypatch.setenv("RECENSION_SERVER", served.url)
    monkeypatch.setenv("RECENSION_TOKEN", served.token)
    assert contents(recension.get("data@main^2")).keys() == FILES.keys()


def test_errors_are_the_classes_that_the_server_raised(served, home):
    with pytest.raises(NotFound) as fault:
        recension.get("nowhere@main", server=served.url, token=served.token)
    assert "nowhere" in str(fault.value)
    with served.user("cannot-read") as annotator:
        token = annotator.headers["authorization"].removeprefix("Bearer ")
        with pytest.raises(Forbidden):
            recension.get("data@main", server=served.url, token=token)
    with pytest.raises(Unavailable, match="recension up"):
        recension.get("data@main", server="http://127.0.0.1:9", token="x")


def test_bytes_that_changed_on_the_way_are_refused(served, tmp_path):
    class Lossy(Http):
        def download(self, where, **params):
            for piece in super().download(where, **params):
                yield piece[:-1]

    with Lossy(Server(served.url, served.token)) as http:
        found = commit_of(http, parse_address("data@main"))
        line = Line(http, "default", "data")
        with pytest.raises(Damaged):
            bring(line, found["id"], listing(line, found["id"]), Place(tmp_path / "out", tmp_path), lambda *_: None)
