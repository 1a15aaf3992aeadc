"""Copies, moves and removals agree with a plain dict, and move no bytes; appends and archives."""

import io
import tarfile
import threading
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.errors import Invalid, NotFound
from recension.store import EXECUTABLE_MODE, LINK_MODE, Put, Store
from recension.store.appending import append
from recension.store.archives import put_archive
from recension.store.copying import copy, move, remove
from recension.store.on_head import Place

MAIN = Place("pool", "main")


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def test_a_copy_goes_across_repos_and_is_made_from_its_source(store, put):
    source = put({"/raw/a.csv": b"a", "/raw/deep/b.csv": b"b", "/x.txt": b"x"})
    store.create_repo("other")
    packs = sum(1 for _ in store.objects.keys(""))
    made = copy(store, source, "/raw", Place("other", "dev"), "/in", message="for a trial")
    assert content(store, made) == {"/in/a.csv": b"a", "/in/deep/b.csv": b"b"}
    assert (made.provenance, made.branch, made.message) == ((source.id,), "dev", "for a trial")
    # one pack with the new manifest, none with bytes of files
    assert sum(1 for _ in store.objects.keys("")) == packs + 1
    with pytest.raises(NotFound):
        copy(store, source, "/nowhere", MAIN, "/y")


def test_a_file_goes_to_a_name_or_into_a_folder(store, put):
    first = put({"/a.csv": b"a", "/b.csv": b"b", "/c.txt": b"c", "/dir/x": b"x"})
    copy(store, first, "/a.csv", MAIN, "/copy.csv")
    copy(store, first, "/a.csv", MAIN, "/dir")
    copy(store, first, "/a.csv", MAIN, "/new/")
    made = copy(store, first, "/*.csv", MAIN, "/globbed/")
    assert set(content(store, made)) == {
        *("/a.csv", "/b.csv", "/c.txt", "/dir/x", "/copy.csv", "/dir/a.csv", "/new/a.csv"),
        *("/globbed/a.csv", "/globbed/b.csv"),
    }
    assert made.provenance == ()
    with pytest.raises(Invalid):
        copy(store, first, "/a.csv", MAIN, "/c.txt/below")


def test_a_moved_folder_is_gone_where_it_was(store, put):
    put({"/a/x": b"x", "/a/b/y": b"y", "/z": b"z"})
    made = move(store, MAIN, "/a", "/moved")
    assert content(store, made) == {"/moved/x": b"x", "/moved/b/y": b"y", "/z": b"z"}
    assert content(store, move(store, MAIN, "/z", "/moved/")) == {
        "/moved/x": b"x",
        "/moved/b/y": b"y",
        "/moved/z": b"z",
    }
    assert content(store, move(store, MAIN, "/moved/b", "/")) == {"/y": b"y", "/moved/x": b"x", "/moved/z": b"z"}
    with pytest.raises(Invalid, match="itself"):
        move(store, MAIN, "/moved", "/moved/below")
    with pytest.raises(NotFound):
        move(store, MAIN, "/gone", "/x")


def test_removal_by_name_glob_and_folder(store, put):
    put({"/a.csv": b"a", "/b.csv": b"b", "/c.txt": b"c", "/dir/x": b"x", "/we[i]rd": b"w", "/wei": b""})
    with pytest.raises(Invalid, match="folder"):
        remove(store, MAIN, ["/dir"])
    with pytest.raises(NotFound):
        remove(store, MAIN, ["/a.csv", "/*.png"])
    made = remove(store, MAIN, ["/*.csv", "/dir", "/we[i]rd"], recursive=True)
    assert content(store, made) == {"/c.txt": b"c", "/wei": b""}


paths = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2).map(lambda parts: "/" + "/".join(parts))
files = st.dictionaries(paths, st.binary(max_size=3), max_size=5)


@settings(max_examples=40, deadline=None)
@given(files=files, source=paths, to=st.sampled_from(["/n", "/n/m", "/n/"]))
def test_a_move_is_a_copy_and_a_removal(tmp_path_factory, files, source, to):
    clashing = any(other.startswith(path + "/") for path in files for other in files)
    if clashing or not any(path == source or path.startswith(source + "/") for path in files):
        return
    with Store.create(tmp_path_factory.mktemp("move") / "home") as store:
        store.create_repo("pool")
        with store.upload() as upload:
            puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
            first = store.write("pool", "main", puts, upload=upload)
        store.branch_create("pool", "other", at=first.id)
        moved = move(store, MAIN, source, to)
        copy(store, first, source, Place("pool", "other"), to)
        removed = remove(store, Place("pool", "other"), [source], recursive=True)
        assert moved.content_id == removed.content_id
        assert sorted(content(store, moved).values()) == sorted(files.values())


def test_appends_of_several_writers_all_get_in(store):
    lines = [b"line %d\n" % number for number in range(12)]
    workers = [threading.Thread(target=append, args=(store, MAIN, "/log.txt", [line])) for line in lines]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    text = store.read_bytes(store.head("pool"), "/log.txt")
    assert sorted(text.splitlines(keepends=True)) == sorted(lines)
    assert len(store.log("pool")) == len(lines)


def test_an_append_keeps_what_the_file_was(store):
    with store.upload() as upload:
        put = Put("/run", upload.add_bytes(b"#!"), 2, EXECUTABLE_MODE, meta={"by": "ann"})
        store.write("pool", "main", [put], upload=upload)
    entry = store.stat(append(store, MAIN, "/run", [b"/bin", b"/sh"]), "/run")
    assert (store.open_blob(entry.blob), entry.mode, entry.meta) == (b"#!/bin/sh", EXECUTABLE_MODE, {"by": "ann"})


def tar_of(*members, mode="w"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, kind, body, bits in members:
            member = tarfile.TarInfo(name)
            member.type, member.mode = kind, bits
            if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE}:
                member.linkname = body.decode()
                tar.addfile(member)
            else:
                member.size = len(body)
                tar.addfile(member, io.BytesIO(body))
    return io.BufferedReader(io.BytesIO(buffer.getvalue()))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_a_tar_is_put_with_links_and_modes(store, put, mode):
    put({"/in/old": b"old", "/keep": b"k"})
    archive = tar_of(
        ("./a.csv", tarfile.REGTYPE, b"a", 0o644),
        ("sub/run", tarfile.REGTYPE, b"#!", 0o755),
        ("sub/link", tarfile.SYMTYPE, b"../a.csv", 0o777),
        ("again", tarfile.LNKTYPE, b"./a.csv", 0o644),
        mode=mode,
    )
    made = put_archive(store, MAIN, archive, into="/in", delete=True)
    assert content(store, made) == {
        "/in/a.csv": b"a",
        "/in/again": b"a",
        "/in/sub/link": b"../a.csv",
        "/in/sub/run": b"#!",
        "/keep": b"k",
    }
    assert [store.stat(made, f"/in/sub/{name}").mode for name in ("run", "link")] == [EXECUTABLE_MODE, LINK_MODE]


def test_a_zip_is_put(store):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "a" * 1000)
        archive.writestr("sub/", "")
        archive.writestr("sub/b", "")
    made = put_archive(store, MAIN, io.BufferedReader(io.BytesIO(buffer.getvalue())))
    assert content(store, made) == {"/a.csv": b"a" * 1000, "/sub/b": b""}


@pytest.mark.parametrize(
    "archive",
    [
        tar_of(("../escape", tarfile.REGTYPE, b"", 0o644)),
        tar_of(("good", tarfile.REGTYPE, b"", 0o644), ("a/../../escape", tarfile.REGTYPE, b"", 0o644)),
        tar_of(("pipe", tarfile.FIFOTYPE, b"", 0o644)),
        tar_of(("hard", tarfile.LNKTYPE, b"/etc/passwd", 0o644)),
        io.BufferedReader(io.BytesIO(b"no archive at all")),
        io.BufferedReader(io.BytesIO(b"PK\x03\x04 cut short")),
        io.BufferedReader(io.BytesIO(tar_of(("a", tarfile.REGTYPE, b"x" * 5000, 0o644), mode="w:gz").read()[:40])),
    ],
)
def test_a_bad_archive_leaves_the_branch_as_it_was(store, put, archive):
    before = put({"/a": b"1"})
    with pytest.raises(Invalid):
        put_archive(store, MAIN, archive)
    assert store.head("pool").id == before.id
