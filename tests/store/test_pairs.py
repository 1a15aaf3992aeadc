"""What a store promises, on every pair of a database and a place for objects."""

import random
import threading

import pytest

from recension.clock import ManualClock
from recension.db import Database, migrate
from recension.errors import Conflict
from recension.store import Delete, Put, Store, delta
from recension.store.backends.local import LocalBackend
from recension.store.backends.memory import MemoryBackend
from recension.store.copying import copy
from recension.store.merging import merge
from recension.store.on_head import Place
from recension.store.opening import add_changes, finish, open_commit
from recension.store.places import objects_at
from recension.store.schema import MIGRATIONS
from recension.store.staging import stage_delete, stage_put
from recension.store.tags import tag_create
from recension.store.three_way import MergeConflicts
from recension.store.undoing import drop, revert, squash

PAIRS = [
    pytest.param(
        (database, objects), marks=pytest.mark.backends if "postgres" in database or "s3" in objects else [], id=name
    )
    for database in ("sqlite", "postgres")
    for objects in ("memory", "local", "s3")
    for name in (f"{database}+{objects}",)
]
MAIN, DEV = Place("pool", "main"), Place("pool", "dev")
LARGE = random.Random(6).randbytes(9 << 20)

pytestmark = pytest.mark.files  # each pair says itself what it stands on


@pytest.fixture(params=PAIRS)
def opened(request, tmp_path):
    """Opens the same store any number of times: what another process would see."""
    database, objects = request.param
    url = (
        tmp_path / "recension.db" if database == "sqlite" else request.getfixturevalue("postgres_server").new_database()
    )
    bucket = request.getfixturevalue("s3_server").new_bucket() if objects == "s3" else ""
    memory = MemoryBackend()
    stores = []

    def another(clock=None):
        place = {"memory": memory, "local": LocalBackend(tmp_path / "objects")}.get(objects) or objects_at(bucket)
        db = Database.open(url)
        migrate(db, MIGRATIONS)
        stores.append(Store(tmp_path, db, place, clock or ManualClock()))
        return stores[-1]

    yield another
    for store in stores:
        store.close()


@pytest.fixture
def store(opened):
    first = opened()
    first.create_repo("pool")
    return first


def put(store, files, branch="main", **options):
    with store.upload() as upload:
        edits = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        return store.write("pool", branch, edits, upload=upload, **options)


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def test_what_was_committed_is_seen_by_everybody(store, opened):
    files = {f"/{number % 7}/{number}": b"%d" % number for number in range(300)} | {"/large": LARGE}
    commit = put(store, files, message="all", meta={"cost": 1.5, "of": ["ü"]})
    other = opened()
    seen = other.resolve("pool@main")
    assert seen == commit
    assert content(other, seen) == files
    assert other.read_bytes(seen, "/large", start=5_000_000, end=5_000_100) == LARGE[5_000_000:5_000_100]
    assert (other.folder(seen, "/3").files, other.folder(seen, "/").size) == (43, sum(map(len, files.values())))
    later = other.write("pool", "main", [Delete("/large")])
    assert [change.path for change in store.diff(commit, later)] == ["/large"]
    assert [each.id for each in store.log("pool")] == [later.id, commit.id]
    assert store.fsck().clean


def test_the_same_files_have_one_content_id_however_they_came(store):
    files = {f"/{number}": b"%d" % (number % 5) for number in range(50)}
    whole = put(store, files)
    for path in sorted(files, reverse=True):
        bit = put(store, {path: files[path]}, branch="bits")
    begun = open_commit(store, Place("pool", "open"))
    with store.upload() as upload:
        edits = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        add_changes(store, begun.id, edits, upload)
    (gathered,) = finish(store, [begun.id])
    for path, body in files.items():
        stage_put(store, Place("pool", "staged"), path, body)
    staged = store.pin("pool@staged")
    assert {store.content_id(each) for each in (whole, bit, gathered, staged)} == {whole.content_id}


def test_history_is_merged_reverted_squashed_and_dropped(store):
    base = put(store, {"/a": b"1", "/b": b"1"})
    store.branch_create("pool", "dev", at=base.id)
    put(store, {"/a": b"2", "/c": b"main"})
    theirs = put(store, {"/a": b"3", "/d": b"dev"}, branch="dev")
    with pytest.raises(MergeConflicts):
        merge(store, MAIN, theirs)
    merged = merge(store, MAIN, theirs, strategy="theirs").commit
    assert content(store, merged) == {"/a": b"3", "/b": b"1", "/c": b"main", "/d": b"dev"}
    assert content(store, revert(store, DEV, theirs)) == {"/a": b"1", "/b": b"1"}
    tag_create(store, "pool", "v1", merged.id)
    with pytest.raises(Conflict):
        drop(store, merged)
    second = put(store, {"/e": b""}, branch="dev")
    (child,) = squash(store, store.resolve("pool@dev^"))
    assert (child.id, child.parents) == (second.id, (theirs.id,))
    drop(store, child)
    assert store.resolve("pool@dev") == theirs
    assert content(store, copy(store, merged, "/d", DEV, "/from/")) == {**content(store, theirs), "/from/d": b"dev"}
    assert store.fsck().clean


def test_single_puts_are_there_at_once_and_committed_in_order(store, opened):
    put(store, {"/a": b"0"})
    for number in range(1, 6):
        stage_put(store, MAIN, "/a", b"%d" % number)
    stage_put(store, MAIN, "/large", LARGE)
    other = opened()
    assert content(other, other.view("pool@main")) == {"/a": b"5", "/large": LARGE}
    stage_delete(other, MAIN, "/large")
    pinned = store.pin("pool@main")
    assert content(store, pinned) == {"/a": b"5"}
    versions = [content(store, each).get("/a") for each in reversed(store.log("pool"))]
    assert list(dict.fromkeys(versions)) == [b"%d" % number for number in range(6)]


def test_scattered_changes_are_folded_and_what_nobody_needs_goes(store, opened, monkeypatch):
    monkeypatch.setattr(delta, "RULE", delta.Rule(leaves=0, one_in=1, rows=1000))
    files = {f"/{number:03}": b"%d" % number for number in range(100)}
    first = put(store, files)
    scattered = put(store, dict.fromkeys(sorted(files)[::9], b"new"))
    assert scattered.content_id is None
    other = opened()
    folded = other.fold(scattered)
    assert folded.content_id == put(store, content(store, scattered), branch="again").content_id
    store.branch_move("pool", "main", first.id)
    store.create_repo("gone")
    with store.upload() as upload:
        store.write("gone", "main", [Put("/large", upload.add_bytes(LARGE), len(LARGE))], upload=upload)
    store.delete_repo("gone")
    report = store.gc(grace_s=0)
    assert report.bytes_dropped > len(LARGE)
    assert content(other, other.commit(scattered.id)) == files | dict.fromkeys(sorted(files)[::9], b"new")
    again = other.fsck()
    assert (again.problems, again.orphans) == ([], [])


def test_writers_of_several_processes_all_get_in(opened, store):
    others, failed = [opened() for _ in range(3)], []

    def work(number, each):
        try:
            for turn in range(6):
                put(each, {f"/{number}/{turn}": b"%d %d" % (number, turn)})
        except Exception as error:  # noqa: BLE001  looked at in the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate([store, *others])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failed == []
    seen = store.resolve("pool@main")
    assert content(store, seen) == {f"/{n}/{turn}": b"%d %d" % (n, turn) for n in range(4) for turn in range(6)}
    assert [each.files for each in store.log("pool")] == list(range(24, 0, -1))
