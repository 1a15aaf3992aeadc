"""Bad input: one line that says what, where and what to do, and the branch as it was."""

import os
import random
import sqlite3
import tarfile
import unicodedata

import pytest
from blake3 import blake3
from tests.acceptance.live import ok, ok_json, recension

from recension.clock import ManualClock
from recension.errors import Conflict, Damaged, Invalid, NotFound, RecensionError
from recension.ids import MAX_PATH_BYTES
from recension.store import Delete, DeleteFolder, Put, Store
from recension.store.merging import merge
from recension.store.on_head import Place
from recension.store.opening import add_changes, finish, open_commit
from recension.store.staging import stage_put
from recension.store.tags import tag_create
from recension.store.three_way import MergeConflicts

NOBODY = "0" * 26


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A home that no test here changes: two commits on main, one more on dev."""
    home = tmp_path_factory.mktemp("kept") / "home"
    with Store.create(home) as store:
        store.create_repo("pool")
        for branch, path in (("main", "/a.csv"), ("main", "/d/b.csv")):
            commit = write(store, branch, {path: path.encode()})
        store.branch_create("pool", "dev", at=commit.id)
        write(store, "dev", {"/c.csv": b"c"})
    return home


def write(store, branch, files):
    with store.upload() as upload:
        puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        return store.write("pool", branch, puts, upload=upload)


def heads(store):
    return {branch.name: branch.head for branch in store.branches("pool")}


COMMANDS = {
    "an unknown repo": (["ls", "lake@main"], 4, ["lake", "recension repo create"]),
    "an unknown branch": (["ls", "pool@nope"], 4, ["pool", "nope", "recension branch"]),
    "an unknown commit": (["ls", f"pool@{NOBODY}"], 4, [NOBODY]),
    "an unknown file": (["get", "pool@main:/nope", "{out}"], 4, ["/nope"]),
    "an unknown folder": (["checkout", "pool@main:/nope", "{out}"], 4, ["/nope"]),
    "too far back": (["log", "pool@main^9"], 4, ["2 commits"]),
    "too far on": (["ls", "pool@main.9"], 4, ["2 commits"]),
    "no address": (["ls", "pool@@main"], 2, ["@main"]),
    "a name that is none": (["branch", "create", "pool@No Name"], 2, ["No Name"]),
    "a name that could be a commit": (["branch", "create", f"pool@{NOBODY}"], 2, [NOBODY]),
    "a path that climbs out": (["put", "pool@main:/../up", "{file}"], 2, [".."]),
    "a path that climbs on the way": (["put", "pool@main:/d/../../up", "{file}"], 2, [".."]),
    "a name of 4 KB": (["put", "pool@main:/" + "n" * 4096, "{file}"], 2, ["1024 bytes"]),
    "a file where a folder is": (["put", "pool@main", "{named d}"], 2, ["/d"]),
    "a folder where a file is": (["put", "pool@main:/a.csv/", "{file}"], 2, ["/a.csv"]),
    "a diff with nothing": (["diff", "pool@main", "pool@nope"], 4, ["nope"]),
    "a merge of nothing": (["merge", "pool@nope", "main"], 4, ["nope"]),
    "a merge of another repo": (["merge", "lake@main", "main"], 4, ["lake"]),
    "a copy of nothing": (["cp", "pool@main:/nope", "pool@main:/x"], 4, ["/nope"]),
    "a move into itself": (["mv", "pool@main:/d", "/d/e"], 2, ["itself"]),
    "a removal of nothing": (["rm", "pool@main:/nope"], 4, ["/nope"]),
    "a removal of a folder": (["rm", "pool@main:/d"], 2, ["/d", "-r"]),
    "a tag of nothing": (["tag", "create", "pool@v1", "--at", "nope"], 4, ["nope"]),
    "a branch at nothing": (["branch", "create", "pool@new", "--at", NOBODY], 4, [NOBODY]),
    "a revert of nothing": (["revert", f"pool@{NOBODY}", "main"], 4, [NOBODY]),
    "a squash of a head": (["squash", "pool@dev"], 5, ["pool@"]),
    "a drop of a parent": (["drop", "pool@main^"], 5, ["follows"]),
    "a local file that is not there": (["put", "pool@main", "{out}/nope"], 4, ["nope"]),
    "a bad glob": (["rm", "pool@main:/[a"], 2, ["["]),
}


@pytest.mark.slow
@pytest.mark.files
@pytest.mark.parametrize("case", COMMANDS)
def test_a_command_refuses_in_one_line(kept, tmp_path, case):
    words, code, wanted = COMMANDS[case]
    (tmp_path / "file").write_text("x")
    (tmp_path / "d").write_text("x")
    places = {"file": tmp_path / "file", "out": tmp_path / "out", "named d": tmp_path / "d"}
    with Store.open(kept) as store:
        before = heads(store)
    done = recension(kept, *(word.format(**places) for word in words))
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert [each for each in wanted if each not in line] == [], line
    assert "Traceback" not in line
    with Store.open(kept) as store:
        assert heads(store) == before
    assert not (tmp_path / "out").exists()


PATHS = [
    "", "/", "a/", "/a//b", "/.", "/..", "/../up", "/a/./b", "/a/../b", "/nul\0", "\0", "/" + "n" * 4096,
    "/" + "é" * 600, "/\udc80", "/a/\ud800",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=ascii)
def test_no_way_in_takes_such_a_path(store, put, path):
    put({"/a.csv": b"1"})
    before = heads(store)
    begun = open_commit(store, Place("pool", "main"))
    with store.upload() as upload:
        blob = upload.add_bytes(b"x")
    for edit in (Put(path, blob, 1), Delete(path)):
        with pytest.raises(Invalid):
            store.write("pool", "main", [edit])
        with pytest.raises(Invalid):
            add_changes(store, begun.id, [edit])
    if path not in {"", "/", "a/"}:
        with pytest.raises(Invalid):
            store.write("pool", "main", [DeleteFolder(path)])
    with pytest.raises(Invalid):
        stage_put(store, Place("pool", "main"), path, b"x")
    assert heads(store) == before
    assert store.fsck().problems == []


def test_a_name_of_just_the_length_is_taken(store, put):
    path = "/" + "é" * ((MAX_PATH_BYTES - 1) // 2) + "x"
    assert len(path.encode()) == MAX_PATH_BYTES
    assert store.read_bytes(put({path: b"1"}), path) == b"1"


def test_two_spellings_of_a_name_are_two_files(store, put, tmp_path):
    one, other = (unicodedata.normalize(form, "/é/ﬁle") for form in ("NFC", "NFD"))
    strange = [
        "/\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
        "/\N{ZERO WIDTH SPACE}",
        "/\N{GRINNING FACE}",
        "/ ",
        "/a\nb",
        "/-",
        "/%2e%2e",
        "/con",
    ]
    bodies = {path: b"%d" % number for number, path in enumerate([one, other, *strange])}
    commit = put(bodies)
    assert {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)} == bodies
    store.checkout(commit, tmp_path / "out")
    found = {f"/{path.relative_to(tmp_path / 'out')}" for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == set(bodies)
    assert store.put_files("pool", "again", [tmp_path / "out"]).commit.content_id == commit.content_id


@pytest.mark.files
def test_a_local_name_that_is_no_text_is_refused_and_nothing_is_put(tmp_path, store):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good").write_text("x")
    with open(os.fsencode(folder) + b"/bad\xff", "wb"):  # noqa: PTH123  a path object has text
        pass
    with pytest.raises(Invalid, match="UTF-8"):
        store.put_files("pool", "main", [folder])
    assert store.branches("pool") == []


def test_a_name_that_this_disk_cannot_hold_is_an_error_of_the_checkout(store, put, tmp_path):
    commit = put({"/fine": b"1", "/" + "n" * 300: b"2"})
    with pytest.raises(RecensionError) as caught:
        store.checkout(commit, tmp_path / "out")
    assert "nnn" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_checkout_goes_through_no_link_that_lies_in_its_way(store, put, tmp_path):
    commit = put({"/d/a": b"new", "/b": b"1"})
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    (outside / "a").write_text("old")
    out.mkdir()
    (out / "d").symlink_to(outside)
    with pytest.raises(Conflict, match="in the way"):
        store.checkout(commit, out)
    store.checkout(commit, out, force=True)
    assert (outside / "a").read_text() == "old"
    assert (out / "d" / "a").read_text() == "new"


def gather(store, files):
    begun = open_commit(store, Place("pool", "main"))
    with store.upload() as upload:
        puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        add_changes(store, begun.id, puts, upload)
    finish(store, [begun.id])


def stage(store, files):
    for path, body in files.items():
        stage_put(store, Place("pool", "main"), path, body)


WAYS = {
    "write": lambda store, files: write(store, "main", files),
    "gather": gather,
    "stage": stage,
    "merge": lambda store, files: merge(store, Place("pool", "main"), write(store, "dev", files)),
}


@pytest.mark.parametrize("files", [{"/a/b": b""}, {"/d": b""}, {"/d/b/c": b""}], ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_a_file_and_a_folder_of_one_name_clash_on_every_way_in(store, put, files, way):
    store.branch_create("pool", "dev")
    first = put({"/a": b"1", "/d/b": b"2"})
    with pytest.raises((Invalid, MergeConflicts)):
        WAYS[way](store, files)
    assert store.head("pool") == first
    assert store.view("pool@main").content_id == first.content_id
    assert store.fsck().problems == []


@pytest.mark.files
@pytest.mark.parametrize(
    ("text", "code", "wanted"),
    [("recension home 99\n", 2, "newer"), ("recension home\n", 6, "format"), ("", 6, "format"), ("\xff", 6, "format")],
    ids=ascii,
)
def test_a_home_of_another_format_is_left_alone(tmp_path, text, code, wanted):
    home = tmp_path / "home"
    ok(home, "repo", "create", "pool")
    (home / "format").write_text(text, encoding="latin-1")
    before = (home / "recension.db").read_bytes()
    for words in (["repo", "list"], ["repo", "create", "more"], ["fsck"], ["gc"]):
        done = recension(home, *words)
        assert (done.returncode, done.stdout) == (code, "")
        (line,) = done.stderr.splitlines()
        assert wanted in line
    assert (home / "recension.db").read_bytes() == before


@pytest.mark.files
def test_tables_of_a_newer_program_are_left_alone(tmp_path):
    home = tmp_path / "home"
    with Store.create(home) as store:
        store.create_repo("pool")
    with sqlite3.connect(home / "recension.db") as db:
        db.execute("UPDATE migration SET number = 999 WHERE room = 'store' AND number = 1")
    db.close()
    with pytest.raises(Invalid, match="newer"):
        Store.open(home)
    done = recension(home, "repo", "list")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


@pytest.mark.files
def test_a_database_that_is_none_says_so(tmp_path):
    home = tmp_path / "home"
    ok(home, "repo", "create", "pool")
    for name in ("recension.db", "recension.db-wal", "recension.db-shm"):
        (home / name).unlink(missing_ok=True)
    (home / "recension.db").write_bytes(random.Random(1).randbytes(50_000))
    done = recension(home, "repo", "list")
    assert done.returncode == 6
    (line,) = done.stderr.splitlines()
    assert "recension.db" in line


def test_a_clock_that_goes_backwards_loses_nothing(tmp_path):
    """Commits are in the order in which they were made; a collection keeps what is needed."""
    clock = ManualClock()
    rng = random.Random(8)
    with Store.create(tmp_path / "home", clock=clock) as store:
        store.create_repo("pool")
        made, content = [], {}
        for number in range(30):
            content |= {f"/{number}": b"%d" % number}
            made.append(write(store, "main", {f"/{number}": b"%d" % number}))
            stage_put(store, Place("pool", "main"), f"/s/{number}", b"s%d" % number)
            content[f"/s/{number}"] = b"s%d" % number
            with store.upload() as upload:
                upload.add_bytes(b"nobody needs %d" % number)
            clock.advance(rng.choice([-200_000, -3600, -1, 0, 1, 3600, 100_000]))
            if number % 7 == 0:
                tag_create(store, "pool", f"t{number}", made[-1].id)
                store.gc()
        seen = store.view("pool@main")
        assert {entry.path: store.open_blob(entry.blob) for entry in store.walk(seen)} == content
        store.close_staged("pool")
        line = [commit.id for commit in store.log("pool", limit=1000)]
        assert [each for each in reversed(line) if each in {commit.id for commit in made}] == [c.id for c in made]
        assert store.resolve("pool@t7") == made[7]
        assert merge(store, Place("pool", "main"), made[3]).how == "nothing"
        for _ in range(3):
            clock.advance(1_000_000)
            store.gc()
        assert store.fsck().clean
        seen = store.resolve("pool@main")
        assert {entry.path: store.open_blob(entry.blob) for entry in store.walk(seen)} == content
        with pytest.raises(Damaged):
            store.open_blob(blake3(b"nobody needs 3").digest())


def test_an_archive_that_climbs_out_is_refused(tmp_path):
    home = tmp_path / "home"
    ok(home, "repo", "create", "pool")
    (tmp_path / "x").write_text("x")
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        tar.add(tmp_path / "x", arcname="fine")
        tar.add(tmp_path / "x", arcname="../../up")
    done = recension(home, "put", "pool@main", "--unpack", str(tmp_path / "bad.tar"))
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert ".." in line
    assert ok_json(home, "branch", "list", "pool") == []


def test_what_is_asked_of_nothing_is_not_found(store):
    for ask in (
        lambda: store.resolve("lake@main"),
        lambda: store.resolve("pool@main"),
        lambda: store.commit(NOBODY),
        lambda: store.log("pool", "nope"),
        lambda: tag_create(store, "pool", "v1", NOBODY),
        lambda: finish(store, [NOBODY]),
    ):
        with pytest.raises(NotFound):
            ask()
