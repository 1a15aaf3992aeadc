"""Files in and out in bulk: what comes out is what went in, and what is unchanged is not read."""

import os
import random
import stat

import pytest

from recension.errors import Conflict, Invalid, NotFound
from recension.store import EXECUTABLE_MODE, LINK_MODE, stat_cache


@pytest.fixture
def tree(tmp_path):
    """A folder with files of all sorts, old enough to be trusted."""
    root = tmp_path / "tree"
    rng = random.Random(1)
    files = {
        "a.csv": b"a,b\n1,2\n",
        "empty": b"",
        "deep/er/still/x.json": b"{}" * 3000,
        "deep/y.bin": rng.randbytes(300_000),
        "deep.txt": b"sorts before what is in deep/",
        "large.bin": rng.randbytes(6 << 20),
        "große Datei ü.txt": "ä".encode(),
        "copy of a.csv": b"a,b\n1,2\n",
    }
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("deep/y.bin")
    (root / "dangling").symlink_to("/nowhere")
    (root / "link to folder").symlink_to("deep")
    (root / "nothing in it").mkdir()
    age(root)
    return root


def age(root):
    """Make everything look an hour old; what changes later is then seen by its time."""
    for path in root.rglob("*"):
        os.utime(path, ns=(1_700_000_000 * 10**9,) * 2, follow_symlinks=False)


@pytest.fixture
def trusting(monkeypatch):
    """Trust even stats taken right after a change: tests are faster than the file system's clock."""
    monkeypatch.setattr("recension.store.folder_scan._RACY_NS", -(10**18))


def contents(root):
    found = {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_file():
            found[name] = (bool(path.stat().st_mode & stat.S_IXUSR), path.read_bytes())
    return found


def test_what_goes_in_comes_out(store, tree, tmp_path):
    report = store.put_files("pool", "main", [tree])
    assert report.new
    assert (report.files, report.read) == (12, 12)
    store.checkout(report.commit, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tree)
    assert store.stat(report.commit, "/run.sh").mode == EXECUTABLE_MODE
    assert store.stat(report.commit, "/link").mode == LINK_MODE
    assert store.read_bytes(report.commit, "/link") == b"deep/y.bin"


def test_the_same_files_give_the_same_content_one_by_one_and_in_bulk(store, tree, put):
    bulk = store.put_files("pool", "main", [tree]).commit
    single = None
    for entry in sorted(store.walk(bulk), key=lambda entry: entry.path[::-1]):
        single = put(
            {entry.path: store.read_bytes(bulk, entry.path)},
            branch="single",
        )
    assert {entry.path: entry.blob for entry in store.walk(single)} == {e.path: e.blob for e in store.walk(bulk)}
    again = store.put_files("pool", "other", [tree]).commit
    assert again.content_id == bulk.content_id


def test_unchanged_files_are_not_read_again(store, tree, trusting):
    first = store.put_files("pool", "main", [tree])
    second = store.put_files("pool", "main", [tree])
    assert (second.new, second.read, second.commit) == (False, 0, first.commit)
    (tree / "a.csv").write_bytes(b"changed")
    (tree / "deep" / "new").write_bytes(b"new")
    third = store.put_files("pool", "main", [tree])
    assert third.read == 2
    assert (third.commit.added, third.commit.changed, third.commit.removed) == (1, 1, 0)
    other = store.put_files("pool", "dev", [tree])
    assert other.read == 0
    assert other.commit.content_id == third.commit.content_id


def test_a_change_right_after_a_put_is_seen(store, tmp_path):
    (tmp_path / "d").mkdir()
    for number in range(30):
        (tmp_path / "d" / "x").write_bytes(b"%02d" % number)
        commit = store.put_files("pool", "main", [tmp_path / "d"]).commit
        assert store.read_bytes(commit, "/x") == b"%02d" % number


def test_the_cache_does_not_hide_what_the_branch_has_lost(store, tree, trusting):
    from recension.store import DeleteFolder

    store.put_files("pool", "main", [tree])
    store.write("pool", "main", [DeleteFolder("/")])
    again = store.put_files("pool", "main", [tree])
    assert (again.read, again.commit.files) == (0, 12)


def test_a_damaged_cache_is_ignored(store, tree, trusting):
    store.put_files("pool", "main", [tree])
    file = stat_cache.cache_file(store.home, str(tree))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert store.put_files("pool", "main", [tree]).read == 12
    file.write_bytes(b"")
    assert store.put_files("pool", "main", [tree]).read == 12


def test_put_never_deletes_unless_told_to(store, tree, put, trusting):
    put({"/in/old": b"1", "/elsewhere": b"2"})
    kept = store.put_files("pool", "main", [tree], into="/in").commit
    assert store.read_bytes(kept, "/in/old") == b"1"
    (tree / "empty").unlink()
    exact = store.put_files("pool", "main", [tree], into="/in", delete=True).commit
    names = {entry.path for entry in store.walk(exact)}
    assert "/elsewhere" in names
    assert not {"/in/old", "/in/empty"} & names
    assert exact.removed == 2


def test_files_go_by_their_names_and_folders_by_their_contents(store, tree, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b").write_bytes(b"2")
    commit = store.put_files("pool", "main", [tree / "a.csv", tmp_path / "other"], into="/x/y").commit
    assert [entry.path for entry in store.walk(commit)] == ["/x/y/a.csv", "/x/y/b"]


def test_what_cannot_be_put_is_named_and_nothing_is_done(store, tree):
    with pytest.raises(NotFound, match="nowhere"):
        store.put_files("pool", "main", [tree, tree / "nowhere"])
    os.mkfifo(tree / "pipe")
    with pytest.raises(Invalid, match="pipe"):
        store.put_files("pool", "main", [tree])
    (tree / "pipe").unlink()
    (tree / os.fsdecode(b"\xff\xfe")).touch()
    with pytest.raises(Invalid, match="UTF-8"):
        store.put_files("pool", "main", [tree])
    assert store.head("pool") is None
    with pytest.raises(NotFound, match="pond"):
        store.put_files("pond", "main", [tree])


def test_checkout_brings_a_folder_up_to_date_and_leaves_alone_what_it_does_not_know(store, put, tmp_path):
    first = put({"/a": b"1", "/b/c": b"2", "/b/d": b"3", "/e": b"4"})
    second = store.write("pool", "main", [])
    second = put({"/a": b"9", "/f/g": b"5"})
    from recension.store import Delete

    third = store.write("pool", "main", [Delete("/b/c"), Delete("/b/d")])
    out = tmp_path / "out"
    assert store.checkout(first, out).written == 4
    (out / "mine").write_bytes(b"mine")
    report = store.checkout(second, out)
    assert (report.written, report.kept, report.removed) == (2, 3, 0)
    report = store.checkout(third, out)
    assert (report.written, report.kept, report.removed) == (0, 3, 2)
    assert {name: data for name, (_, data) in contents(out).items()} == {
        "a": b"9",
        "e": b"4",
        "f/g": b"5",
        "mine": b"mine",
    }
    assert not (out / "b").exists()
    report = store.checkout(first, out)
    assert (report.written, report.kept, report.removed) == (3, 1, 1)


def test_checkout_overwrites_no_work(store, put, tmp_path):
    first = put({"/a": b"1", "/b": b"2"})
    second = put({"/a": b"longer", "/new": b"3"})
    out = tmp_path / "out"
    store.checkout(first, out)
    (out / "a").write_bytes(b"my own work")
    with pytest.raises(Conflict, match="a"):
        store.checkout(second, out)
    assert (out / "a").read_bytes() == b"my own work"
    assert not (out / "new").exists()
    store.checkout(second, out, force=True)
    assert (out / "a").read_bytes() == b"longer"
    (out / "c").mkdir()
    (out / "c" / "unknown").write_bytes(b"x")
    third = put({"/c": b"a file now"})
    with pytest.raises(Conflict):
        store.checkout(third, out)


def test_checkout_writes_through_no_link(store, put, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    commit = put({"/link/x": b"1", "/y": b"2"})
    out = tmp_path / "out"
    out.mkdir()
    (out / "link").symlink_to(outside)
    (out / "y").symlink_to(outside / "y")
    with pytest.raises(Conflict):
        store.checkout(commit, out)
    store.checkout(commit, out, force=True)
    assert list(outside.iterdir()) == []
    assert (out / "link" / "x").read_bytes() == b"1"
    assert not (out / "y").is_symlink()


def test_part_of_a_commit_is_checked_out(store, put, tmp_path):
    commit = put({"/a/b/c": b"1", "/a/d": b"2", "/e": b"3"})
    store.checkout(commit, tmp_path / "folder", path="/a")
    assert sorted(contents(tmp_path / "folder")) == ["b/c", "d"]
    store.checkout(commit, tmp_path / "file", path="/a/d")
    assert sorted(contents(tmp_path / "file")) == ["d"]
    with pytest.raises(NotFound):
        store.checkout(commit, tmp_path / "none", path="/x")


def test_after_a_checkout_a_put_reads_only_what_was_changed(store, tree, tmp_path):
    commit = store.put_files("pool", "main", [tree]).commit
    out = tmp_path / "out"
    store.checkout(commit, out)
    (out / "a.csv").write_bytes(b"changed")
    report = store.put_files("pool", "main", [out])
    assert report.read == 1
    assert (report.commit.changed, report.commit.added) == (1, 0)


def test_one_file_is_copied_whole_or_not_at_all(store, put, tmp_path):
    commit = put({"/x": b"new"})
    (tmp_path / "x").write_bytes(b"old")
    store.copy_file(commit, "/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"new"
    with pytest.raises(NotFound):
        store.copy_file(commit, "/y", tmp_path / "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "x"]


def test_compressible_files_are_stored_small_and_come_back(store, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "log.txt").write_bytes(b"the same line again\n" * 20_000)
    commit = store.put_files("pool", "main", [tmp_path / "d"]).commit
    assert sum(map(store.objects.size, store.objects.keys("packs/"))) < 10_000
    assert store.read_bytes(commit, "/log.txt") == b"the same line again\n" * 20_000
    assert store.fsck().clean


def test_a_large_file_is_compressed_where_it_can_be_and_comes_back(store, tmp_path):
    (tmp_path / "d").mkdir()
    rng = random.Random(3)
    data = rng.randbytes(20 << 20) + b"the same line again\n" * (1 << 20) + rng.randbytes(3 << 20)
    (tmp_path / "d" / "mixed.bin").write_bytes(data)
    commit = store.put_files("pool", "main", [tmp_path / "d"]).commit
    assert store.read_bytes(commit, "/mixed.bin") == data
    assert sum(map(store.objects.size, store.objects.keys("packs/"))) < 36 << 20
    store.checkout(commit, tmp_path / "out")
    assert (tmp_path / "out" / "mixed.bin").read_bytes() == data


def test_many_files_fill_several_buffers_and_packs(store, tmp_path, monkeypatch):
    monkeypatch.setattr("recension.store.ingest._BUFFER", 1 << 16)
    monkeypatch.setattr("recension.store.pack_writer.PACK_BYTES", 1 << 17)
    rng = random.Random(5)
    root = tmp_path / "d"
    for folder in range(4):
        (root / str(folder)).mkdir(parents=True)
        for number in range(100):
            (root / str(folder) / str(number)).write_bytes(rng.randbytes(rng.choice([0, 10, 3000, 9000])))
    monkeypatch.setattr("recension.store.ingest.LARGE", 1 << 15)
    first = store.put_files("pool", "main", [root]).commit
    assert len(list(store.objects.keys("packs/"))) > 4
    store.put_files("pool", "other", [root], into="/again")
    store.checkout(first, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(root)
    assert store.fsck().clean
