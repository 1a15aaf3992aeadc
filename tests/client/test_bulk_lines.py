"""Bulk transfer over lines that break, and by programs that are killed: what has arrived is not sent again."""

import random
import signal
import subprocess
import sys
import threading
import zlib

import pytest
from tests.client.bulk_person import MIB, Person, contents, scatter, total
from tests.server.served import Served, environment
from tests.services.flaky import CUT, LOSE, REFUSE, FlakyLine
from tests.services.relay import CUT_AFTER, CUT_BEFORE, PASS, Relay

from recension.client.bulk.line import Line
from recension.client.bulk.outgoing import PARCEL_BYTES
from recension.client.discovery import Server
from recension.client.http import Http
from recension.errors import Damaged, Unavailable

COMMAND = [sys.executable, "-m", "recension.cli.main"]


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
