"""A backup and the objects make the home again."""

import random
import shutil

import pytest

from recension.errors import AlreadyExists, Damaged, NotFound
from recension.store import Store
from recension.store.backup import restore

pytestmark = pytest.mark.files


def noise(seed):
    return random.Random(seed).randbytes(3000)


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def test_a_backup_and_the_objects_make_the_home_again(store, put, tmp_path):
    head = put({"/a": noise(1), "/b": noise(2)})
    report = store.backup(tmp_path / "backups")
    assert (report.packs, report.missing, report.newer) == (1, [], 0)
    put({"/c": noise(3)})
    shutil.copytree(tmp_path / "home" / "objects", tmp_path / "again" / "objects")
    found = restore(report.file, tmp_path / "again")
    assert (found.packs, found.missing, found.newer) == (1, [], 1)
    with Store.open(tmp_path / "again") as again:
        assert again.head("pool", "main").id == head.id
        assert content(again, head) == {"/a": noise(1), "/b": noise(2)}
        assert again.fsck().clean


def test_packs_that_the_objects_lack_are_named(store, put, tmp_path):
    put({"/a": noise(1)})
    report = store.backup(tmp_path / "backups")
    (pack,) = store.objects.keys("packs/")
    (tmp_path / "again" / "objects").mkdir(parents=True)
    assert restore(report.file, tmp_path / "again").missing == [pack.removeprefix("packs/")]


def test_a_damaged_backup_is_refused_and_changes_nothing(store, put, tmp_path):
    put({"/a": noise(1)})
    file = store.backup(tmp_path / "backups").file
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(Damaged, match="hash"):
        restore(file, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    with pytest.raises(NotFound):
        restore(tmp_path / "none.db", tmp_path / "again")


def test_a_database_that_is_there_is_put_aside_only_when_asked(store, put, tmp_path):
    put({"/a": noise(1)})
    file = store.backup(tmp_path / "backups").file
    newer = put({"/b": noise(2)})
    store.close()
    with pytest.raises(AlreadyExists):
        restore(file, tmp_path / "home")
    restore(file, tmp_path / "home", force=True)
    with Store.open(tmp_path / "home") as again:
        assert again.head("pool", "main").files == 1
        with pytest.raises(NotFound):
            again.commit(newer.id)
    assert (tmp_path / "home" / "recension.db.replaced").exists()
