"""Where records lie is found the same way by every path, and again after they were moved."""

import pytest

from recension.store import Put, record_places, records
from recension.store.pack_writer import pack_key


def fill(store, count=40):
    with store.upload() as upload:
        bodies = {f"/{number}": b"body %d" % number for number in range(count)}
        changes = [Put(path, upload.add_bytes(body), len(body)) for path, body in bodies.items()]
        return store.write("pool", "main", changes, upload=upload), bodies


def test_indexes_and_table_agree(store, monkeypatch):
    commit, bodies = fill(store)
    fill(store, 60)
    blobs = [entry.blob for entry in store.walk(commit)]
    from_table = store.records.locate(blobs)
    monkeypatch.setattr(records, "_MANY", 1)
    assert store.records.locate(blobs) == from_table
    assert len(from_table) == len(bodies)


@pytest.mark.files
def test_a_pack_whose_index_is_damaged_is_looked_up_in_the_table(store, tmp_path, monkeypatch):
    commit, _ = fill(store)
    blobs = [entry.blob for entry in store.walk(commit)]
    expected = store.records.locate(blobs)
    (pack,) = (tmp_path / "home" / "objects" / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    data[-60] ^= 1
    pack.write_bytes(data)
    monkeypatch.setattr(records, "_MANY", 1)
    assert store.records.locate(blobs) == expected


@pytest.mark.files
def test_a_reader_follows_records_that_were_moved(store, tmp_path):
    commit, bodies = fill(store)
    assert store.read_bytes(commit, "/7") == bodies["/7"]
    (old,) = store.objects.keys("packs/")
    data = (tmp_path / "home" / "objects" / old).read_bytes()
    store.objects.put(pack_key("moved"), data)
    store.db.write(lambda tx: tx.execute("UPDATE pack SET name = :name", {"name": "moved"}))
    store.objects.delete(old)
    assert store.read_bytes(commit, "/7") == bodies["/7"]


@pytest.mark.parametrize("into", ["out", "again"])
def test_a_checkout_by_indexes_is_complete(store, tmp_path, monkeypatch, into):
    commit, bodies = fill(store)
    monkeypatch.setattr(records, "_MANY", 1)
    store.checkout(commit, tmp_path / into)
    assert {f"/{p.name}": p.read_bytes() for p in (tmp_path / into).iterdir()} == bodies


@pytest.mark.files
def test_a_checkout_reads_the_copy_that_the_table_names_when_another_is_damaged(store, tmp_path, monkeypatch):
    commit, bodies = fill(store)
    (good,) = store.objects.keys("packs/")
    data = bytearray((tmp_path / "home" / "objects" / good).read_bytes())
    data[20] ^= 1
    store.objects.put(pack_key("0damaged"), bytes(data))
    row = {"name": "0damaged", "size": len(data)}
    store.db.write(
        lambda tx: tx.execute("INSERT INTO pack(name, size, records, at_us) VALUES(:name, :size, 41, 0)", row)
    )
    monkeypatch.setattr(records, "_MANY", 1)
    monkeypatch.setattr(store.records, "_indexes", lambda _wanted: [store.records._index("0damaged", len(data))])
    store.checkout(commit, tmp_path / "out")
    assert {f"/{p.name}": p.read_bytes() for p in (tmp_path / "out").iterdir()} == bodies


def test_places_are_forgotten_when_there_are_too_many(store, monkeypatch):
    monkeypatch.setattr(record_places, "_KEPT", 3)
    commit, bodies = fill(store)
    for path, body in bodies.items():
        assert store.read_bytes(commit, path) == body
    assert len(store.records._places) <= 3
