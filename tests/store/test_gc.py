"""A collection removes what nothing refers to, and never anything else."""

import os
import random
import time
from pathlib import Path

import pytest

from recension.clock import ManualClock
from recension.db import Migration, migrate
from recension.errors import Conflict, Damaged, NotFound
from recension.ids import BlobId
from recension.store import Put, Store, gc_clear, writing

HOUR = 3600


def noise(seed, size=3000):
    return random.Random(seed).randbytes(size)


@pytest.fixture
def clock():
    return ManualClock(1_800_000_000_000_000)


@pytest.fixture
def store(tmp_path: Path, clock):
    with Store.create(tmp_path / "home", clock=clock) as opened:
        opened.create_repo("pool")
        yield opened


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def records(store):
    with store.db.read() as tx:
        return {row[0] for row in tx.execute("SELECT id FROM record")}


def gone(store, blob):
    return blob not in records(store)


def test_everything_reachable_stays_and_all_else_goes(store, put):
    store.create_repo("other")
    kept = put({f"/{number}": noise(number) for number in range(20)})
    older = put({"/0": noise(100), "/new": noise(101)})
    put({f"/{number}": noise(200 + number) for number in range(40)}, repo="other")
    before = {commit.id: content(store, commit) for commit in (kept, older)}
    bytes_before = sum(store.objects.size(key) for key in store.objects.keys("packs/"))
    store.delete_repo("other")
    report = store.gc(grace_s=0)
    assert report.removed_records == 41
    assert report.bytes_freed >= 40 * 3000
    assert sum(store.objects.size(key) for key in store.objects.keys("packs/")) < bytes_before - 40 * 3000
    assert {commit.id: content(store, commit) for commit in (kept, older)} == before
    assert store.fsck().clean
    assert store.fsck().orphans == []


def test_a_dry_run_says_what_a_run_does_and_does_nothing(store, put):
    store.create_repo("other")
    put({"/a": noise(1)})
    put({f"/{number}": noise(10 + number) for number in range(5)}, repo="other")
    store.delete_repo("other")
    before = records(store)
    said = store.gc(grace_s=0, dry_run=True)
    assert records(store) == before
    done = store.gc(grace_s=0)
    assert (
        (said.removed_records, said.removed_bytes)
        == (done.removed_records, done.removed_bytes)
        == (6, said.removed_bytes)
    )
    assert (
        (said.packs_dropped, said.bytes_dropped) == (done.packs_dropped, done.bytes_dropped) == (1, said.bytes_dropped)
    )


def test_each_step_waits_for_the_grace_period(store, put, clock):
    store.create_repo("other")
    put({"/a": noise(1)}, repo="other")
    blob = store.stat(store.head("other", "main"), "/a").blob
    store.delete_repo("other")
    assert store.gc(grace_s=3600).waiting_records == 0  # too young to be looked at
    clock.advance(2 * HOUR)
    report = store.gc(grace_s=3600)
    assert (report.waiting_records, report.removed_records) == (2, 0)
    assert store.open_blob(blob) == noise(1)
    clock.advance(2 * HOUR)
    report = store.gc(grace_s=3600)
    assert (report.removed_records, report.packs_dropped, report.objects_deleted) == (2, 1, 0)
    assert gone(store, blob)
    clock.advance(2 * HOUR)
    assert store.gc(grace_s=3600).objects_deleted == 1
    assert list(store.objects.keys("packs/")) == []


def test_bytes_that_come_again_after_they_were_condemned_are_stored_anew(store, put, clock):
    store.create_repo("other")
    put({"/a": noise(1)}, repo="other")
    store.delete_repo("other")
    clock.advance(2 * HOUR)
    store.gc(grace_s=3600)
    with store.upload() as upload:  # referred to by nothing yet
        blob = upload.add_bytes(noise(1))
    clock.advance(HOUR // 2)
    store.gc(grace_s=1800)
    store.write("pool", "main", [Put("/b", blob, 3000)])
    clock.advance(9 * HOUR)
    for _ in range(3):
        store.gc(grace_s=3600)
        clock.advance(2 * HOUR)
    assert content(store, store.head("pool", "main")) == {"/b": noise(1)}
    assert store.fsck().clean


def test_what_is_referred_to_again_is_spared(store, put, clock):
    store.create_repo("other")
    put({"/a": noise(1)}, repo="other")
    blob = store.stat(store.head("other", "main"), "/a").blob
    store.delete_repo("other")
    clock.advance(2 * HOUR)
    store.gc(grace_s=3600)
    store.write("pool", "main", [Put("/b", blob, 3000)])
    clock.advance(2 * HOUR)
    store.gc(grace_s=3600)
    assert content(store, store.head("pool", "main")) == {"/b": noise(1)}
    with store.db.read() as tx:
        assert blob not in {row[0] for row in tx.execute("SELECT id FROM condemned")}


def run_once(action):
    """A function that does something the first time only."""
    done = []

    def once():
        if not done:
            done.append(None)
            done[0] = action()
        return done[0]

    return once


def test_a_commit_that_lands_between_marking_and_removing_is_seen(store, put, monkeypatch):
    store.create_repo("other")
    put({"/a": noise(1), "/b": noise(2)}, repo="other")
    blob = store.stat(store.head("other", "main"), "/a").blob
    store.delete_repo("other")
    land = run_once(lambda: store.write("pool", "main", [Put("/late", blob, 3000)]))
    inner = gc_clear._in_pack
    monkeypatch.setattr(gc_clear, "_in_pack", lambda *args: (land(), inner(*args))[1])
    report = store.gc(grace_s=0)
    assert content(store, land()) == {"/late": noise(1)}
    assert report.removed_records == 2
    assert store.fsck().clean


def test_a_commit_looks_again_when_something_was_removed_meanwhile(store, put, monkeypatch):
    store.create_repo("other")
    put({"/a": noise(1), "/b": noise(2)}, repo="other")
    store.delete_repo("other")
    with store.upload() as upload:
        found = upload.add_bytes(noise(1))  # stored already: nothing is added
        collect = run_once(lambda: store.gc(grace_s=0))
        inner = writing.keep_nodes
        monkeypatch.setattr(writing, "keep_nodes", lambda *args: (inner(*args), collect())[0])
        with pytest.raises(NotFound):
            store.write("pool", "main", [Put("/a", found, 3000)], upload=upload)
    assert store.branches("pool") == []


def test_nodes_that_went_meanwhile_are_written_again(store, put, monkeypatch):
    put({"/keep": noise(9)})
    kept = store.stat(store.head("pool", "main"), "/keep").blob
    store.create_repo("other")
    store.write("other", "main", [Put("/x", kept, 3000)])
    store.delete_repo("other")  # its root is unreachable now, its blob is not
    collect = run_once(lambda: store.gc(grace_s=0))
    inner = writing.keep_nodes
    monkeypatch.setattr(writing, "keep_nodes", lambda *args: (inner(*args), collect())[0])
    store.create_repo("third")
    commit = store.write("third", "main", [Put("/x", kept, 3000)])
    assert collect().removed_records == 1
    assert content(store, commit) == {"/x": noise(9)}
    assert store.fsck().clean


def test_a_put_reads_files_again_whose_blobs_were_collected(store, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}").write_bytes(noise(number))
        os.utime(folder / f"{number}", (1, 1))
    time.sleep(0.15)
    store.create_repo("other")
    store.put_files("other", "main", [folder])
    store.delete_repo("other")
    store.gc(grace_s=0)
    report = store.put_files("pool", "main", [folder])
    assert report.read == 5
    assert content(store, report.commit) == {f"/{number}": noise(number) for number in range(5)}


def test_a_room_keeps_what_its_tables_refer_to(store):
    with store.upload() as upload:
        blob, tree_blob, lost = (upload.add_bytes(noise(number)) for number in range(3))
        tree = store.tree.build([Put("/x", tree_blob, 3000)], upload)
    sql = "CREATE TABLE room_row(blob BLOB, tree BLOB); "
    query = "INSERT INTO needed_content(room, kind, query) VALUES('room', '{0}', 'SELECT {0} FROM room_row');"
    migrate(store.db, [Migration("room", 1, sql + query.format("blob") + query.format("tree"))])
    store.db.write(lambda tx: tx.execute("INSERT INTO room_row VALUES(:blob, :tree)", {"blob": blob, "tree": tree}))
    store.gc(grace_s=0)
    assert store.open_blob(blob) == noise(0)
    assert [store.open_blob(entry.blob) for entry in store.tree.walk(tree)] == [noise(1)]
    assert gone(store, lost)


def test_nothing_is_collected_while_a_room_has_not_said_what_it_needs(store):
    migrate(store.db, [Migration("silent", 1, "CREATE TABLE silent_row(blob BLOB);")])
    with pytest.raises(Conflict, match="silent"):
        store.gc(grace_s=0)


def test_nothing_is_collected_below_a_manifest_that_cannot_be_read(store, put):
    commit = put({"/a": noise(1)})
    store.db.write(lambda tx: tx.execute("DELETE FROM record WHERE id = :id", {"id": commit.root}))
    with store.upload() as upload:
        lost = upload.add_bytes(noise(5))
    with Store.open(store.home, clock=store.clock) as again, pytest.raises(Damaged):
        again.gc(grace_s=0)
    assert not gone(store, lost)


def test_a_pack_more_than_half_live_keeps_its_place(store):
    with store.upload() as upload:
        lost = upload.add_bytes(noise(99))
        blobs = [upload.add_bytes(noise(number)) for number in range(9)]
        changes = [Put(f"/{number}", blob, 3000) for number, blob in enumerate(blobs)]
        store.write("pool", "main", changes, upload=upload)
    before = list(store.objects.keys("packs/"))
    report = store.gc(grace_s=0)
    assert (report.removed_records, report.packs_dropped) == (1, 0)
    assert list(store.objects.keys("packs/")) == before
    assert gone(store, lost)
    with store.upload() as upload:
        assert upload.add_bytes(noise(99)) == lost
    assert store.open_blob(lost) == noise(99)


def test_large_files_keep_their_chunks(store):
    data = noise(3, 12 << 20)
    with store.upload() as upload:
        blob = upload.add_bytes(data)
        store.write("pool", "main", [Put("/big", blob, len(data))], upload=upload)
    with store.upload() as upload:
        lost = upload.add_bytes(noise(4, 9 << 20))
    store.gc(grace_s=0)
    assert store.open_blob(blob) == data
    assert gone(store, lost)
    assert store.fsck().clean


@pytest.mark.files
def test_a_damaged_record_is_not_copied(store, tmp_path, put):
    with store.upload() as upload:
        lost = [upload.add_bytes(noise(50 + number)) for number in range(9)]
        blob = upload.add_bytes(noise(1))
        store.write("pool", "main", [Put("/a", blob, 3000)], upload=upload)
    (pack,) = (tmp_path / "home" / "objects" / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[data.find(noise(1)[:50])] ^= 1
    pack.write_bytes(data)
    with Store.open(store.home, clock=store.clock) as again:
        report = again.gc(grace_s=0)
    assert [name[:26] for name in report.damaged] == [pack.name]
    assert pack.exists()
    assert all(gone(store, BlobId(blob)) for blob in lost)


@pytest.mark.files
def test_remains_of_interrupted_writes_go_when_they_are_old(store, clock, tmp_path):
    upload = store.upload()
    upload.add_bytes(noise(1))
    upload.seal()
    part = tmp_path / "home" / "objects" / "packs" / "x.part"
    part.write_bytes(b"half")
    assert store.gc(grace_s=3600).objects_deleted == 0
    clock.advance(7200)
    os.utime(part, (1, 1))
    assert store.gc(grace_s=3600).objects_deleted == 2
    assert list((tmp_path / "home" / "objects" / "packs").iterdir()) == []


def test_an_upload_that_was_taken_for_a_remain_is_refused(store, clock):
    upload = store.upload()
    blob = upload.add_bytes(noise(1))
    upload.seal()
    clock.advance(7200)
    store.gc(grace_s=3600)
    with pytest.raises(Conflict, match="collected"):
        store.write("pool", "main", [Put("/a", blob, 3000)], upload=upload)
