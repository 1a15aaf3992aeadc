"""A check finds what is wrong and names the files that it hits."""

import random

import pytest

from recension.store import Put, Store

pytestmark = pytest.mark.files


@pytest.fixture
def packs(tmp_path):
    return tmp_path / "home" / "objects" / "packs"


def noise(seed: int, size: int = 5000) -> bytes:
    return random.Random(seed).randbytes(size)


def reopened(store, tmp_path):
    store.close()
    return Store.open(tmp_path / "home")


def hit(report):
    return {(repo, path) for problem in report.problems for repo, _, path in problem.paths}


def damage(packs, needle: bytes):
    for pack in packs.iterdir():
        data = bytearray(pack.read_bytes())
        at = data.find(needle)
        if at >= 0:
            data[at] ^= 0xFF
            pack.write_bytes(data)
            return pack.name
    raise AssertionError("not found")


def test_a_sound_store_is_clean(store, put):
    for number in range(5):
        put({f"/{number}": noise(number), "/same": b"%d" % number})
    for full in (False, True):
        report = store.fsck(full=full)
        assert report.clean
        assert (report.commits, report.packs, report.orphans) == (5, 5, [])


def test_a_flipped_bit_names_pack_commit_and_file(store, put, packs, tmp_path):
    put({"/good": noise(1), "/dir/bad": noise(2)})
    head = put({"/other": noise(3)})
    pack = damage(packs, noise(2)[100:150])
    with reopened(store, tmp_path) as again:
        assert again.fsck(full=False).clean
        (problem,) = again.fsck().problems
    assert (problem.kind, problem.pack) == ("record", pack)
    assert problem.paths == [("pool", head.id, "/dir/bad")]


def test_a_missing_pack_names_every_file_in_it(store, put, packs, tmp_path):
    put({"/a": noise(1), "/b": noise(2)})
    lost = {pack.name for pack in packs.iterdir()}
    put({"/c": noise(3)})
    for name in lost:
        (packs / name).unlink()
    with reopened(store, tmp_path) as again:
        for full in (False, True):
            report = again.fsck(full=full)
            assert {("pool", "/a"), ("pool", "/b")} <= hit(report)
            assert ("pool", "/c") not in hit(report)
            assert {problem.pack for problem in report.problems if problem.paths} == lost


def test_a_pack_cut_short_hits_only_what_was_cut(store, put, packs, tmp_path):
    put({"/a": noise(1), "/b": noise(2)})
    (pack,) = packs.iterdir()
    data = pack.read_bytes()
    put({"/c": noise(3)}, replace=False)
    pack.write_bytes(data[: data.index(noise(2)) + 10])
    with reopened(store, tmp_path) as again:
        report = again.fsck()
        assert not report.clean
        assert ("pool", "/b") in hit(report)
        assert ("pool", "/a") not in hit(report)


def test_a_damaged_manifest_names_the_stretch_it_holds(store, put, packs, tmp_path):
    commit = put({"/a": noise(1), "/z": noise(2)})
    record = store.records.find(commit.root)
    (pack,) = packs.iterdir()
    data = bytearray(pack.read_bytes())
    data[record.position + record.stored // 2] ^= 0xFF
    pack.write_bytes(data)
    with reopened(store, tmp_path) as again:
        report = again.fsck()
        assert not report.clean
        assert [(repo, commit_id) for problem in report.problems for repo, commit_id, _ in problem.paths] == [
            ("pool", commit.id)
        ]


def test_a_damaged_chunk_names_the_large_file(store, packs, tmp_path):
    data = noise(7, 12 << 20)
    with store.upload() as upload:
        blob = upload.add_bytes(data)
        store.write("pool", "main", [Put("/big", blob, len(data))], upload=upload)
    damage(packs, data[8 << 20 : (8 << 20) + 50])
    with reopened(store, tmp_path) as again:
        assert hit(again.fsck()) == {("pool", "/big")}


def test_remains_of_an_interrupted_write_are_orphans_not_problems(store, put):
    put({"/a": b"1"})
    upload = store.upload()
    upload.add_bytes(noise(1))
    upload.seal()
    report = store.fsck()
    assert report.clean
    assert len(report.orphans) == 1


def test_a_blob_that_is_not_registered_is_missing(store, put):
    put({"/a": noise(1), "/b": noise(2)})
    blob = store.stat(store.resolve("pool"), "/b").blob
    store.db.write(lambda tx: tx.execute("DELETE FROM record WHERE id = :id", {"id": blob}))
    report = store.fsck(full=False)
    assert [problem.kind for problem in report.problems] == ["missing"]
    assert hit(report) == {("pool", "/b")}


def two_copies(store):
    """The same bytes from two uploads at once: both packs hold them, the table names one."""
    data = noise(1)
    with store.upload() as one, store.upload() as other:
        blob = one.add_bytes(data)
        other.add_bytes(data)
        store.write("pool", "main", [Put("/a", blob, len(data))], upload=one)
    return blob, data


def test_a_damaged_record_is_read_from_a_second_copy_after_a_repair(store, packs, tmp_path):
    blob, data = two_copies(store)
    place = store.records.find(blob)
    pack = packs / place.pack
    raw = bytearray(pack.read_bytes())
    raw[place.position] ^= 0xFF
    pack.write_bytes(raw)
    with reopened(store, tmp_path) as again:
        assert hit(again.fsck()) == {("pool", "/a")}
        report = again.fsck(repair=True)
        assert (report.repaired, hit(report)) == (1, set())
        assert again.open_blob(blob) == data


def test_a_lost_row_is_made_anew_from_the_index(store, put):
    put({"/a": noise(1)})
    blob = store.stat(store.resolve("pool"), "/a").blob
    store.db.write(lambda tx: tx.execute("DELETE FROM record WHERE id = :id", {"id": blob}))
    report = store.fsck(full=False, repair=True)
    assert (report.clean, report.repaired) == (True, 1)
    assert store.open_blob(blob) == noise(1)


def test_what_has_no_second_copy_stays_a_problem(store, put, packs, tmp_path):
    put({"/a": noise(1)})
    damage(packs, noise(1)[:50])
    with reopened(store, tmp_path) as again:
        report = again.fsck(repair=True)
    assert (report.clean, report.repaired) == (False, 0)
    assert hit(report) == {("pool", "/a")}
