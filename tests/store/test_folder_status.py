"""What a folder differs in from a commit: the same answer as comparing every byte, whatever the stat cache knows."""

import os
import random

import pytest

from recension.errors import NotFound
from recension.store import EXECUTABLE_MODE, FILE_MODE, LINK_MODE
from recension.store.folder_status import folder_status

OLD_NS = 1_700_000_000 * 10**9


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "folder"
    for number in range(30):
        path = root / f"{number % 3}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d" % number)
        os.utime(path, ns=(OLD_NS, OLD_NS))
    return root


@pytest.fixture(autouse=True)
def _trusting(monkeypatch):
    """Trust even stats taken right after a change: tests are faster than the file system's clock."""
    monkeypatch.setattr("recension.store.folder_scan._RACY_NS", -(10**18))


def by_reading(store, commit, root, base=""):
    """The same answer, from every byte."""
    there = {
        entry.path[len(base) + 1 :]: (store.read_bytes(commit, entry.path), entry.mode)
        for entry in store.walk(commit, prefix=base or "/")
    }
    here = {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_symlink():
            here[name] = (os.fsencode(path.readlink()), LINK_MODE)
        elif path.is_file():
            here[name] = (path.read_bytes(), EXECUTABLE_MODE if path.stat().st_mode & 0o100 else FILE_MODE)
    changed = {name for name in here.keys() & there.keys() if here[name] != there[name]}
    return sorted(here.keys() - there.keys()), sorted(changed), sorted(there.keys() - here.keys())


def answer(status):
    return status.added, status.changed, status.missing


def test_a_folder_just_put_is_clean_and_nothing_is_read(store, folder):
    commit = store.put_files("pool", "main", [folder]).commit
    status = folder_status(store, commit, folder)
    assert status.clean
    assert (status.files, status.read) == (30, 0)


def test_a_checkout_is_clean_and_nothing_is_read(store, folder, tmp_path):
    commit = store.put_files("pool", "main", [folder]).commit
    store.checkout(commit, tmp_path / "out")
    status = folder_status(store, commit, tmp_path / "out")
    assert status.clean
    assert status.read == 0


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("base", ["", "/deep/er"])
def test_any_changes_are_seen_as_by_reading_every_byte(store, folder, seed, base, put):
    put({"/elsewhere": b"1", "/deep/other": b"2"})
    commit = store.put_files("pool", "main", [folder], into=base or "/").commit
    rng = random.Random(seed)
    for path in rng.sample(sorted(folder.rglob("*.txt")), 12):
        kind = rng.randrange(6)
        if kind == 0:
            path.unlink()
        elif kind == 1:
            path.write_bytes(b"longer than it was")
        elif kind == 2:
            path.write_bytes(path.read_bytes()[::-1])
        elif kind == 3:
            path.chmod(0o755)
        elif kind == 4:
            path.unlink()
            path.symlink_to("elsewhere")
        else:
            path.with_suffix(".new").write_bytes(b"new")
    status = folder_status(store, commit, folder, path=base or "/")
    assert answer(status) == by_reading(store, commit, folder, base)
    assert status.read <= 24


def test_another_version_than_the_one_put_is_compared_too(store, folder):
    first = store.put_files("pool", "main", [folder]).commit
    (folder / "0" / "0.txt").write_bytes(b"other")
    (folder / "1" / "1.txt").unlink()
    second = store.put_files("pool", "main", [folder], delete=True).commit
    assert folder_status(store, second, folder).clean
    assert answer(folder_status(store, first, folder)) == ([], ["0/0.txt"], ["1/1.txt"])


def test_files_that_others_have_put_are_missing(store, folder, put):
    store.put_files("pool", "main", [folder])
    commit = put({"/0/theirs": b"x"})
    assert answer(folder_status(store, commit, folder)) == ([], [], ["0/theirs"])


def test_a_folder_that_is_not_there_is_named(store, folder, tmp_path):
    commit = store.put_files("pool", "main", [folder]).commit
    with pytest.raises(NotFound, match="nowhere"):
        folder_status(store, commit, tmp_path / "nowhere")
