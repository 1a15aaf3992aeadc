"""Bulk transfer with a real server: equal content, nothing sent twice, and lines that break."""

import os
import random
import signal
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import msgspec
import pytest
from tests.server.served import Served, environment, run_cli
from tests.services.flaky import CUT, LOSE, REFUSE, FlakyLine
from tests.services.relay import CUT_AFTER, CUT_BEFORE, PASS, Relay

import recension
from recension.client.bulk import getting, putting
from recension.client.bulk.getting import Place, bring, listing
from recension.client.bulk.line import Line
from recension.client.bulk.outgoing import PARCEL_BYTES
from recension.client.bulk.placing import File, Placing
from recension.client.discovery import Server
from recension.client.http import Http
from recension.client.remote import commit_of
from recension.errors import Conflict, Damaged, Forbidden, Invalid, NotFound, RecensionError, Unavailable
from recension.ids import parse_address
from recension.store import LINK_MODE, Store
from recension.store.settings import read_settings, write_settings

COMMAND = [sys.executable, "-m", "recension.cli.main"]
MIB = 1 << 20


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


class Person:
    """Somebody with a cache of their own, on a line of their own."""

    def __init__(self, url: str, token: str, cache: Path, repo: str, *, patience_s: float = 60.0) -> None:
        self.http = Http(Server(url, token))
        self.cache = cache
        self.line = Line(self.http, "default", repo, patience_s=patience_s)

    def put(self, *sources: Path, branch: str = "main", into: str = "/", delete: bool = False) -> putting.Sent:
        wish = putting.Wish(branch, sources, into, delete=delete)
        return putting.put(self.line, wish, self.cache, lambda *_: None)

    def get(self, dest: Path, path: str = "/", ref: str = "main", mode: getting.Mode = "copy") -> getting.Got:
        commit = commit_of(self.http, parse_address(f"{self.line.repo}@{ref}"))
        wanted = listing(self.line, commit["id"], path)
        return bring(self.line, commit["id"], wanted, Place(dest, self.cache, mode), lambda *_: None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()


@pytest.fixture
def engineer(served, repo, tmp_path):
    token = served.user(f"e-{repo}", "engineer").headers["authorization"].removeprefix("Bearer ")
    with Person(served.url, token, tmp_path / "cache", repo) as person:
        yield person


def scatter(folder: Path, rng, *, files: int, largest: int) -> None:
    for number in range(files):
        path = folder / rng.choice(["a", "b/c", "."]) / f"{number}.{rng.choice(['txt', 'png', 'bin'])}"
        path.parent.mkdir(parents=True, exist_ok=True)
        size = rng.choice([0, 1, 4095, 4096, rng.randrange(largest)])
        path.write_bytes(rng.randbytes(size) if rng.random() < 0.5 else b"again " * (size // 6))
    (folder / "run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("run.sh")


def contents(folder: Path) -> dict[str, tuple[str, bytes]]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = ("link", os.fsencode(path.readlink()))
        elif path.is_file():
            mode = "x" if path.stat().st_mode & 0o100 else "-"
            found[str(path.relative_to(folder))] = (mode, path.read_bytes())
    return found


def _stamp(path: Path) -> tuple[int, int]:
    seen = path.lstat()
    return seen.st_ino, seen.st_ctime_ns


def total(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


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
    kept = {path: _stamp(path) for path in copy.rglob("*") if not path.is_dir()}
    (source / "run.sh").write_bytes(b"#!/bin/sh\necho new\n")
    engineer.put(source)
    assert engineer.get(copy).written == 1
    changed = [path.name for path, stamp in kept.items() if _stamp(path) != stamp]
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


class Counted:
    """What a client sends through a relay, by request line."""

    def __init__(self, relay: Relay, fates) -> None:
        self.sent = 0
        self.cuts = 0
        self._fates = fates
        self._lock = threading.Lock()
        relay.watch = self

    def __call__(self, data: bytes) -> str:
        with self._lock:
            self.sent += len(data)
            fate = self._fates(self.sent, data)
            self.cuts += fate != PASS
            return fate


@pytest.fixture
def relay(served):
    line = Relay(int(served.url.rpartition(":")[2]))
    yield line
    line.close()


def test_a_line_that_is_cut_again_and_again_costs_the_parcel_under_way(served, repo, relay, tmp_path, rng):
    source = tmp_path / "source"
    source.mkdir()
    (source / "large.bin").write_bytes(rng.randbytes(50 * MIB))
    for number in range(300):
        (source / f"{number}.bin").write_bytes(rng.randbytes(1000))
    cut_at = [5 * MIB, 22 * MIB, 22 * MIB + 100_000]

    def fates(sent, _data):
        if cut_at and sent >= cut_at[0]:
            cut_at.pop(0)
            return CUT_BEFORE
        return PASS

    seen = Counted(relay, fates)
    with Person(f"http://127.0.0.1:{relay.port}", served.token, tmp_path / "cache", repo) as person:
        person.put(source)
        assert seen.cuts == 3
        assert seen.sent < total(source) + 3 * (PARCEL_BYTES + MIB) + MIB
        person.get(tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(source)


def test_a_commit_whose_answer_was_lost_is_made_once(served, repo, relay, tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a").write_text("1")
    state = {"commits": 0}

    def fates(_sent, data):
        state["commits"] += b"/bulk/commit/upload" in data
        return CUT_AFTER if state["commits"] == 1 and data.endswith(b"0\r\n\r\n") else PASS

    Counted(relay, fates)
    with Person(f"http://127.0.0.1:{relay.port}", served.token, tmp_path / "cache", repo) as person:
        sent = person.put(tmp_path / "source")
    assert (sent.new, state["commits"]) == (True, 2)
    log = served.get(f"/repos/{repo}/log")["commits"]
    assert [commit["id"] for commit in log] == [sent.commit["id"]]


def test_a_killed_put_sends_only_the_rest_when_it_is_run_again(served, repo, relay, tmp_path, rng):
    source = tmp_path / "source"
    source.mkdir()
    for number in range(40):
        (source / f"{number}.bin").write_bytes(rng.randbytes(2 * MIB))
    command = [*COMMAND, "--server", f"http://127.0.0.1:{relay.port}", "put", f"{repo}@main", str(source)]
    env = environment(tmp_path) | {"RECENSION_TOKEN": served.token, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    running = []

    def kill_on_the_way(sent, _data):
        if sent > 50 * MIB and running[0].poll() is None:
            running[0].send_signal(signal.SIGKILL)
        return PASS

    relay.watch = lambda _data: PASS
    first = Counted(relay, kill_on_the_way)
    running.append(subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    assert running[0].wait(60) == -signal.SIGKILL
    assert served.http.get(f"/api/v1/repos/{repo}/log").status_code == 404, "nobody sees half a put"
    acknowledged = (first.sent // (PARCEL_BYTES + MIB) - 1) * PARCEL_BYTES
    assert acknowledged > 0
    second = Counted(relay, lambda _sent, _data: PASS)
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert "sent" in done.stdout
    assert second.sent < total(source) - acknowledged + 4 * MIB
    with Person(served.url, served.token, tmp_path / "cache", repo) as person:
        person.get(tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(source)


class Metered(FlakyLine):
    """Counts what comes back."""

    answered = 0

    def _ask(self, raw: bytes) -> bytes:
        answer = super()._ask(raw)
        self.answered += len(answer)
        return answer


@pytest.fixture
def flaky(served):
    line = Metered(int(served.url.rpartition(":")[2]))
    yield line
    line.close()


@pytest.mark.parametrize("fault", [CUT, LOSE, REFUSE])
def test_a_get_goes_on_where_the_line_broke(served, repo, flaky, tmp_path, fault):
    source, rng = tmp_path / "source", random.Random(7)
    scatter(source, rng, files=30, largest=50_000)
    (source / "large.bin").write_bytes(rng.randbytes(12 * MIB))
    with Person(served.url, served.token, tmp_path / "cache", repo) as person:
        person.put(source)
    broken = {"/raw": 1, "/bulk/read": 1, "/bulk/files": 1}

    def plan(_method, target):
        found = next((name for name in broken if name in target), None)
        if found is None or broken[found] == 0:
            return None
        broken[found] = 0
        return fault

    flaky.plan = plan
    with Person(f"http://127.0.0.1:{flaky.port}", served.token, tmp_path / "cache2", repo) as person:
        person.get(tmp_path / "copy")
    assert contents(tmp_path / "copy") == contents(source)
    assert not any(broken.values())
    if fault == CUT:
        ranges = [target for _, target, _ in flaky.seen if "/raw" in target]
        assert len(ranges) == 2
        assert flaky.answered < 12 * MIB + 8 * MIB + 3 * total(source) - 3 * 12 * MIB


def test_what_came_before_the_server_went_away_is_not_asked_for_again(served, repo, flaky, tmp_path, rng):
    source = tmp_path / "source"
    source.mkdir()
    for number in range(12):
        (source / f"{number}.bin").write_bytes(rng.randbytes(3 * MIB))
    (source / "large.bin").write_bytes(rng.randbytes(9 * MIB))
    with Person(served.url, served.token, tmp_path / "cache", repo) as person:
        person.put(source)
    asked = []

    def plan(_method, target):
        asked.append(target)
        if sum("/bulk/read" in each for each in asked) > 2:
            return LOSE
        return None

    flaky.plan = plan
    url = f"http://127.0.0.1:{flaky.port}"
    with Person(url, served.token, tmp_path / "cache2", repo, patience_s=0.5) as person:
        with pytest.raises(Unavailable):
            person.get(tmp_path / "copy")
        flaky.plan, flaky.answered = (lambda *_: None), 0
        got = person.get(tmp_path / "copy")
    assert got.kept == 10
    assert flaky.answered < 9 * MIB + 6 * MIB + MIB
    assert contents(tmp_path / "copy") == contents(source)


def test_a_large_file_that_was_broken_off_goes_on_in_the_next_run(served, repo, flaky, tmp_path, rng):
    source = tmp_path / "source"
    source.mkdir()
    (source / "large.bin").write_bytes(rng.randbytes(12 * MIB))
    with Person(served.url, served.token, tmp_path / "cache", repo) as person:
        person.put(source)
    down = []

    def plan(_method, target):
        if "/raw" not in target:
            return None
        down.append(target)
        return CUT if len(down) == 1 else LOSE

    flaky.plan = plan
    url = f"http://127.0.0.1:{flaky.port}"
    with Person(url, served.token, tmp_path / "cache2", repo, patience_s=0.5) as person:
        with pytest.raises(Unavailable):
            person.get(tmp_path / "copy")
        flaky.plan, flaky.answered = (lambda *_: None), 0
        person.get(tmp_path / "copy")
    assert flaky.answered < 8 * MIB
    assert contents(tmp_path / "copy") == contents(source)


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


def test_a_file_that_came_wrong_is_written_nowhere(served, repo, tmp_path, rng):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "large.bin").write_bytes(rng.randbytes(5 * MIB))

    class Lossy(Http):
        def download(self, where, **params):
            for piece in super().download(where, **params):
                yield bytes([piece[0] ^ 1]) + piece[1:]

    with Person(served.url, served.token, tmp_path / "cache", repo) as person:
        person.put(tmp_path / "source")
        person.http.close()
        person.http = Lossy(Server(served.url, served.token))
        person.line = Line(person.http, "default", repo)
        with pytest.raises(Damaged):
            person.get(tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []


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
