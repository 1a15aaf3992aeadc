"""Bulk transfer with a real server: equal content, nothing sent twice, and lines that break."""

import os
import random
import zlib

import msgspec
import pytest
from tests.client.bulk_person import MIB, Person, contents, scatter, stamp, total
from tests.server.served import Served, run_cli

import recension
from recension.client.bulk import putting
from recension.client.bulk.placing import File, Placing
from recension.errors import Conflict, Forbidden, Invalid, NotFound, RecensionError, Unavailable
from recension.store import LINK_MODE, Store
from recension.store.settings import read_settings, write_settings


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    server = Served(tmp_path_factory.mktemp("bulk") / "home").start()
    yield server
    server.stop()


@pytest.fixture
def repo(served, request):
    name = f"r{zlib.crc32(request.node.name.encode())}"
    served.post("/repos", {"name": name})
    return name


@pytest.fixture
def rng(request):
    return random.Random(request.node.name)


@pytest.fixture
def engineer(served, repo, tmp_path):
    token = served.user(f"e-{repo}", "engineer").headers["authorization"].removeprefix("Bearer ")
    with Person(served.url, token, tmp_path / "cache", repo) as person:
        yield person


@pytest.mark.parametrize("seed", range(3))
def test_what_is_put_is_got_whatever_happens_in_between(engineer, tmp_path, seed):
    rng, source, copy = random.Random(seed), tmp_path / "source", tmp_path / "copy"
    scatter(source, rng, files=40, largest=200_000)
    for _round in range(3):
        before = total(source)
        sent = engineer.put(source, delete=True)
        assert sent.bytes_sent <= before + 100_000
        engineer.get(copy, mode="exact")
        assert contents(copy) == contents(source)
        assert engineer.put(source, delete=True).bytes_sent == 0
        for path in rng.sample([path for path in source.rglob("*") if path.is_file()], 5):
            path.unlink()
        (source / f"more{_round}").write_bytes(rng.randbytes(100))


def test_an_insertion_into_a_large_file_sends_a_few_chunks(engineer, tmp_path, rng):
    source, body = tmp_path / "source", rng.randbytes(40 * MIB)
    source.mkdir()
    (source / "large.bin").write_bytes(body)
    assert engineer.put(source).bytes_sent >= 40 * MIB
    (source / "large.bin").write_bytes(body[: 9 * MIB] + b"inserted" + body[9 * MIB :])
    assert engineer.put(source).bytes_sent < 33 * MIB
    engineer.get(tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(source)


def test_a_renamed_folder_sends_no_file(engineer, tmp_path, rng):
    scatter(tmp_path / "source", rng, files=20, largest=100_000)
    engineer.put(tmp_path / "source")
    (tmp_path / "source").rename(tmp_path / "other")
    assert engineer.put(tmp_path / "other", into="/moved").bytes_sent == 0
    engineer.get(tmp_path / "copy", "/moved")
    assert contents(tmp_path / "copy") == contents(tmp_path / "other")


def test_a_second_get_brings_what_has_changed(engineer, tmp_path, rng):
    source, copy = tmp_path / "source", tmp_path / "copy"
    scatter(source, rng, files=20, largest=10_000)
    engineer.put(source)
    assert engineer.get(copy).kept == 0
    kept = {path: stamp(path) for path in copy.rglob("*") if not path.is_dir()}
    (source / "run.sh").write_bytes(b"#!/bin/sh\necho new\n")
    engineer.put(source)
    assert engineer.get(copy).written == 1
    changed = [path.name for path, before in kept.items() if stamp(path) != before]
    assert changed == ["run.sh"]
    assert contents(copy) == contents(source)


def test_a_checkout_removes_what_is_gone_and_overwrites_nothing_unknown(engineer, tmp_path):
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.mkdir()
    (source / "a").write_text("1")
    (source / "b").write_text("2")
    engineer.put(source)
    engineer.get(copy, mode="exact")
    (copy / "own").write_text("mine")
    (source / "own").write_text("theirs")
    (source / "a").unlink()
    engineer.put(source, delete=True)
    with pytest.raises(Conflict, match="in the way"):
        engineer.get(copy, mode="exact")
    assert (copy / "own").read_text() == "mine"
    assert engineer.get(copy, mode="force").removed == 1
    assert contents(copy) == contents(source)


def test_what_the_server_has_lost_is_sent_again_although_it_is_remembered(own, tmp_path):
    source = tmp_path / "source"
    scatter(source, random.Random(1), files=5, largest=1000)
    own.post("/repos", {"name": "lost"})
    with Person(own.url, own.token, tmp_path / "cache", "lost") as person:
        person.put(source)
        own.http.delete("/api/v1/repos/lost").raise_for_status()
        for _step in range(3):
            run_cli(own.home, "gc", "--grace", "0")
        own.post("/repos", {"name": "lost"})
        assert person.put(source).bytes_sent > 0
        person.get(tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(source)


def test_what_was_sent_and_is_in_no_commit_stays_for_the_grace_period(own, tmp_path):
    own.post("/repos", {"name": "pending"})
    own.user("ann", "engineer").close()
    token = own.post("/tokens", {"name": "more", "user": "ann"})["token"]
    source = tmp_path / "source"
    scatter(source, random.Random(1), files=5, largest=1000)
    with Person(own.url, token, tmp_path / "cache", "pending") as person:
        put = putting._Put(person.line, putting.Wish("main", [source]), person.cache, lambda *_: None)
        put._commit = lambda _rows: (_ for _ in ()).throw(Interrupted())
        with pytest.raises(Interrupted):
            put.run(trusting=True)
        run_cli(own.home, "gc")
        assert person.put(source).bytes_sent == 0


class Interrupted(Exception):
    """The program ends here."""


@pytest.fixture
def own(tmp_path):
    server = Served(tmp_path / "own-home").start()
    yield server
    server.stop()


def test_a_server_that_does_not_run_is_said_so_at_once(tmp_path):
    with Person("http://127.0.0.1:9", "x", tmp_path, "none") as person, pytest.raises(Unavailable):
        person.put(tmp_path)


def test_faults_are_the_ones_the_server_raised(engineer, served, tmp_path):
    (tmp_path / "a").write_text("1")
    nowhere = Person(served.url, served.token, tmp_path / "cache", "nowhere")
    with nowhere as person, pytest.raises(NotFound, match="nowhere"):
        person.put(tmp_path / "a")
    with served.user("may-not") as annotator:
        token = annotator.headers["authorization"].removeprefix("Bearer ")
        with Person(served.url, token, tmp_path / "cache", engineer.line.repo) as person, pytest.raises(Forbidden):
            person.put(tmp_path / "a")
    with pytest.raises(NotFound, match="no such file"):
        engineer.put(tmp_path / "none")
    engineer.put(tmp_path / "a")
    with pytest.raises(Invalid, match="is there"):
        engineer.put(tmp_path / "a", into="/a")


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/etc/out", ".", "a//b", "a\0b"])
def test_a_server_cannot_write_outside_the_folder(tmp_path, name):
    (tmp_path / "place").mkdir()
    with pytest.raises(Invalid):
        Placing(str(tmp_path / "place")).write(File(name, "/x", bytes(32), 1, 0o644), b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_no_link_leads_what_is_written_out_of_the_folder(tmp_path):
    (tmp_path / "place").mkdir()
    (tmp_path / "outside").mkdir()
    placing = Placing(str(tmp_path / "place"))
    placing.write(File("a", "/a", bytes(32), 1, LINK_MODE), os.fsencode(tmp_path / "outside"))
    placing.write(File("a/b", "/a/b", bytes(32), 1, 0o644), b"x")
    with pytest.raises(OSError):
        placing.finish()
    (tmp_path / "place" / "c").symlink_to(tmp_path / "outside")
    placing.write(File("c/d", "/c/d", bytes(32), 1, 0o644), b"x")
    assert list((tmp_path / "outside").iterdir()) == []


def test_the_sdk_and_the_commands_do_the_same(served, repo, tmp_path, monkeypatch):
    for name in ("RECENSION_HOME", "RECENSION_SERVER", "RECENSION_TOKEN", "RECENSION_JOB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    source = tmp_path / "source"
    scatter(source, random.Random(5), files=10, largest=1000)
    commit = recension.put(source, f"{repo}@main:/in", server=served.url, token=served.token, message="Some files")
    assert served.get(f"/repos/{repo}/log")["commits"][0]["id"] == commit
    folder = recension.get(f"{repo}@main:/in", server=served.url, token=served.token)
    assert contents(folder).keys() == contents(source).keys()
    env = {"RECENSION_TOKEN": served.token, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for command in (["get", f"{repo}@main:/in", "out"], ["checkout", f"{repo}@main:/in", "out2"]):
        done = run_cli(tmp_path, "--server", served.url, *command, "--json", env=env, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert contents(tmp_path / command[2]) == contents(source)
    done = run_cli(tmp_path, "--server", served.url, "get", f"{repo}@main:/in/run.sh", "one", env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "one").read_bytes() == (source / "run.sh").read_bytes()
    piped = run_cli(tmp_path, "--server", served.url, "put", f"{repo}@main:/piped", "-", env=env, input="from a pipe")
    assert piped.returncode == 0, piped.stderr
    shown = run_cli(tmp_path, "--server", served.url, "get", f"{repo}@main:/piped", "-", env=env)
    assert shown.stdout == "from a pipe"
    with Store.create(tmp_path / "local") as store:
        store.create_repo("here")
    local = recension.put([source], "here", home=tmp_path / "local")
    with Store.open(tmp_path / "local") as store:
        remote = {entry.path: entry.blob for entry in store.walk(store.commit(local))}
    assert {path.lstrip("/") for path in remote} == set(contents(source))


def test_a_put_with_nothing_to_do_makes_no_commit(engineer, tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a").write_text("1")
    first = engineer.put(tmp_path / "source")
    again = engineer.put(tmp_path / "source")
    assert (again.new, again.commit["id"], again.bytes_sent) == (False, first.commit["id"], 0)


def test_a_full_disk_is_said_so_and_not_waited_for(engineer, tmp_path, monkeypatch):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a").write_text("1")
    engineer.put(tmp_path / "source")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "a").mkdir()
    (tmp_path / "copy" / "a" / "in-the-way").write_text("x")
    with pytest.raises(RecensionError, match="cannot be written"):
        engineer.get(tmp_path / "copy")


def test_what_links_lead_to_is_got_too(own, tmp_path):
    source = tmp_path / "elsewhere"
    scatter(source, random.Random(3), files=12, largest=9000)
    (source / "link").unlink()
    (source / "run.sh").chmod(0o644)
    write_settings(own.home, msgspec.structs.replace(read_settings(own.home), links=(f"file://{source}",)))
    own.post("/repos", {"name": "linked"})
    own.post("/repos/linked/import", {"url": f"file://{source}", "path": "/"})
    with Person(own.url, own.token, tmp_path / "cache", "linked") as person:
        assert person.get(tmp_path / "copy").written == len(contents(source))
        assert person.get(tmp_path / "copy").written == 0
    assert contents(tmp_path / "copy") == contents(source)
