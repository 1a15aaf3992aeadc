"""A bucket at the end of a bad line: nothing that was said to be stored is missing, and nothing is there twice."""

import random
import threading

import pytest
from tests.services import flaky
from tests.services.flaky import FlakyLine

from recension.errors import Unavailable
from recension.store import Put, Store
from recension.store.places import objects_at
from recension.store.settings import Settings

pytestmark = pytest.mark.backends


@pytest.fixture
def line(s3_server):
    opened = FlakyLine(s3_server.port)
    yield opened
    opened.close()


@pytest.fixture
def url(s3_server, line):
    return s3_server.new_bucket().replace(str(s3_server.port), str(line.port))


@pytest.fixture
def backend(url):
    return objects_at(url)


def first(method, contains, fault):
    """The first request of this kind meets a fault."""
    met = []

    def plan(seen_method, target):
        if seen_method == method and contains in target and not met:
            met.append(1)
            return fault
        return None

    return plan


@pytest.mark.parametrize("fault", [flaky.LOSE, flaky.CUT, flaky.LATE, flaky.REFUSE])
def test_a_small_object_is_stored_whatever_befalls_the_answer(backend, line, fault):
    line.plan = first("PUT", "packs/a", fault)
    backend.put("packs/a", b"hello")
    assert (fault in [seen for _, _, seen in line.seen]) is True
    assert backend.read("packs/a", 0, 9) == b"hello"
    assert list(backend.keys("")) == ["packs/a"]


@pytest.mark.parametrize("fault", [flaky.LOSE, flaky.CUT, flaky.LATE, flaky.REFUSE])
@pytest.mark.parametrize("request_of", [("POST", "uploads"), ("PUT", "partNumber"), ("POST", "uploadId")])
def test_a_large_object_is_stored_whatever_befalls_any_answer(backend, line, request_of, fault):
    line.plan = first(*request_of, fault)
    writer = backend.create("packs/large")
    for number in range(20):
        writer.write(bytes([number]) * (1 << 20))
    writer.finish()
    assert fault in [seen for _, _, seen in line.seen]
    assert backend.size("packs/large") == 20 << 20
    assert backend.read("packs/large", (19 << 20) - 1, 2) == b"\x12\x13"
    assert list(backend.keys("")) == ["packs/large"]


@pytest.mark.parametrize("fault", [flaky.LOSE, flaky.CUT, flaky.LATE, flaky.REFUSE])
def test_reading_asks_again(backend, line, fault):
    backend.put("packs/a", bytes(100_000))
    line.plan = first("GET", "packs/a", fault)
    assert backend.read("packs/a", 10, 50_000) == bytes(50_000)
    line.plan = first("HEAD", "packs/a", fault)
    assert backend.size("packs/a") == 100_000


def test_a_service_that_does_not_come_back_is_an_error_in_time(backend, line):
    line.plan = lambda _method, _target: flaky.REFUSE
    with pytest.raises(Unavailable, match="nothing was committed"):
        backend.size("packs/a")


def test_a_store_on_a_bad_line_loses_nothing(tmp_path, url, line):
    """Several writers; a fifth of all answers meets a fault."""
    rng = random.Random(5)
    faults = [flaky.LOSE, flaky.CUT, flaky.LATE, flaky.REFUSE] + [None] * 16
    with Store.create(tmp_path / "home", settings=Settings(objects=url)) as store:
        store.create_repo("pool")
        line.plan = lambda _method, _target: rng.choice(faults)
        failed = []

        def write(worker):
            try:
                for number in range(8):
                    body = b"%d %d " % (worker, number) * 2000
                    with store.upload() as upload:
                        put = Put(f"/{worker}/{number}", upload.add_bytes(body), len(body))
                        store.write("pool", "main", [put], upload=upload)
            except Exception as error:  # noqa: BLE001  looked at in the test's own thread
                failed.append(error)

        threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert failed == []
        head = store.resolve("pool")
        assert len(store.log("pool", limit=100)) == 32
        for worker in range(4):
            for number in range(8):
                assert store.read_bytes(head, f"/{worker}/{number}") == b"%d %d " % (worker, number) * 2000
        report = store.fsck()
        assert report.clean
        assert report.orphans == []
    assert {seen for _, _, seen in line.seen} == {None, *faults}
