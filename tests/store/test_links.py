"""Links: entries whose bytes lie elsewhere read as those bytes or not at all."""

import os

import pytest
from blake3 import blake3

from recension.errors import Forbidden, Invalid, NotFound, SourceChanged
from recension.store import Store, many_edits
from recension.store.appending import append
from recension.store.copying import copy, move
from recension.store.link_import import import_links
from recension.store.link_materialise import materialise
from recension.store.link_place import allowed_place, read_place
from recension.store.merging import merge
from recension.store.on_head import Place
from recension.store.staging import stage_put
from recension.store.undoing import drop

MAIN = Place("pool", "main")


class MovedClock:
    """A clock that stands still until it is moved."""

    us = 1_800_000_000_000_000

    def now_us(self):
        return self.us


@pytest.fixture
def source(tmp_path):
    """A folder to link to, by name: write to it to change it."""
    folder = tmp_path / "source"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"first")
    (folder / "a b#%.txt").write_bytes(b"odd name")
    (folder / "empty").write_bytes(b"")
    (folder / "deep" / "er" / "large").write_bytes(bytes(range(256)) * 40_000)
    return folder


def at(folder):
    return read_place(str(folder), relative_to=folder)


def content(store, commit):
    return {entry.path: store.read_bytes(commit, entry.path) for entry in store.walk(commit)}


def on_disk(folder, base=""):
    return {f"{base}/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rewrite(path, body):
    """Change a file for sure, whatever the clock of the disk says."""
    before = path.stat().st_mtime_ns
    path.write_bytes(body)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


@pytest.mark.parametrize("hashed", [False, True])
def test_what_is_imported_reads_as_the_source_and_stores_nothing(store, source, hashed):
    done = import_links(store, at(source), MAIN, "/in", hashed=hashed)
    assert (done.new, done.listed, done.size) == (True, 4, sum(map(len, on_disk(source).values())))
    assert done.commit.files == 4
    assert content(store, done.commit) == on_disk(source, "/in")
    assert store.read_bytes(done.commit, "/in/deep/er/large", start=5_000_000, end=5_000_010) == bytes(
        (5_000_000 + n) % 256 for n in range(10)
    )
    with store.db.read() as tx:
        kinds = {row[0] for row in tx.execute("SELECT kind FROM record")}
    assert kinds == {3}, "only nodes are stored"
    again = import_links(store, at(source), MAIN, "/in", hashed=hashed)
    assert (again.new, again.hashed, again.commit) == (False, 0, done.commit)


def test_a_hashed_link_is_the_same_content_as_stored_bytes(store, source, put):
    linked = import_links(store, at(source), MAIN, hashed=True).commit
    stored = put(on_disk(source), branch="stored")
    assert linked.content_id == stored.content_id
    source.rename(source.with_name("gone"))
    assert content(store, linked) == content(store, stored), "stored bytes are read first"


def test_bytes_that_are_only_linked_are_stored_when_they_are_put(store, source, put):
    import_links(store, at(source), MAIN, hashed=True)
    body = (source / "a.txt").read_bytes()
    commit = put({"/mine": body}, branch="other")
    (source / "a.txt").unlink()
    assert store.read_bytes(commit, "/mine") == body
    assert blake3(body).digest() == store.stat(commit, "/mine").blob


@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize(
    "harm",
    [
        lambda path: rewrite(path, b"FIRST"),
        lambda path: rewrite(path, b"longer than before"),
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), path.symlink_to("empty")),
        lambda path: (path.unlink(), os.mkfifo(path)),
    ],
)
def test_a_changed_source_is_an_error_and_never_other_bytes(store, source, tmp_path, hashed, harm):
    commit = import_links(store, at(source), MAIN, hashed=hashed).commit
    harm(source / "a.txt")
    with pytest.raises(SourceChanged) as caught:
        store.read_bytes(commit, "/a.txt")
    assert f"{commit.address}:/a.txt" in str(caught.value)
    assert str(source / "a.txt") in str(caught.value)
    with pytest.raises(SourceChanged, match=r"a\.txt"):
        store.checkout(commit, tmp_path / "out")
    with pytest.raises(SourceChanged, match=r"/a\.txt"):
        materialise(store, MAIN)
    assert store.head("pool") == commit
    assert store.read_bytes(commit, "/empty") == b""


def test_a_hash_finds_what_times_do_not_tell(store, source):
    commit = import_links(store, at(source), MAIN, hashed=True).commit
    seen = (source / "a.txt").stat()
    (source / "a.txt").write_bytes(b"FIRST")
    os.utime(source / "a.txt", ns=(seen.st_atime_ns, seen.st_mtime_ns))
    with pytest.raises(SourceChanged):
        store.read_bytes(commit, "/a.txt")


def test_a_link_on_disk_leads_nowhere_else(store, source, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "large").write_bytes(b"secret")
    (source / "sly").symlink_to(tmp_path / "secret")
    commit = import_links(store, at(source), MAIN).commit
    assert not store.is_folder(commit, "/sly")
    (source / "deep" / "er").rename(tmp_path / "moved")
    (source / "deep" / "er").symlink_to(tmp_path / "moved")
    with pytest.raises(SourceChanged):
        store.read_bytes(commit, "/deep/er/large")


def test_a_folder_that_was_put_in_the_place_of_the_source_is_not_read(store, source, tmp_path):
    commit = import_links(store, at(source), MAIN).commit
    seen = (source / "a.txt").stat()
    source.rename(tmp_path / "moved")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_bytes(b"OTHER")
    os.utime(tmp_path / "other" / "a.txt", ns=(seen.st_atime_ns, seen.st_mtime_ns))
    source.symlink_to(tmp_path / "other")
    with pytest.raises(SourceChanged):
        store.read_bytes(commit, "/a.txt")


def test_importing_again_takes_what_changed(store, source):
    first = import_links(store, at(source), MAIN, "/in").commit
    rewrite(source / "a.txt", b"second")
    (source / "new").write_bytes(b"new")
    (source / "empty").unlink()
    second = import_links(store, at(source), MAIN, "/in").commit
    assert (second.added, second.changed, second.removed) == (1, 1, 0)
    with pytest.raises(SourceChanged):
        store.read_bytes(second, "/in/empty")
    third = import_links(store, at(source), MAIN, "/in", delete=True).commit
    assert (third.added, third.changed, third.removed) == (0, 0, 1)
    assert content(store, third) == on_disk(source, "/in")
    assert store.stat(first, "/in/deep/er/large") == store.stat(third, "/in/deep/er/large")
    hashed = import_links(store, at(source), MAIN, "/in", hashed=True)
    assert hashed.hashed == 4
    assert hashed.commit.changed == 4


def test_a_folder_may_become_a_file_and_a_file_a_folder(store, source, put, monkeypatch):
    put({f"/in/a.txt/{number}": b"x" for number in range(20)} | {"/in/deep": b"a file"})
    monkeypatch.setattr(many_edits, "SLICE", 3)
    commit = import_links(store, at(source), MAIN, "/in", delete=True).commit
    assert content(store, commit) == on_disk(source, "/in")
    put({"/other/deep": b"a file"})
    with pytest.raises(Invalid):
        import_links(store, at(source), MAIN, "/other")


def test_many_objects_go_in_by_slices_like_few(store, source, monkeypatch):
    for number in range(50):
        (source / f"n{number}").write_bytes(b"%d" % number)
    whole = import_links(store, at(source), MAIN).commit
    monkeypatch.setattr(many_edits, "SLICE", 7)
    sliced = import_links(store, at(source), Place("pool", "sliced")).commit
    assert (sliced.content_id, sliced.added) == (whole.content_id, whole.added)
    assert (sliced.files, sliced.size) == (whole.files, whole.size)


@pytest.mark.parametrize("hashed", [False, True])
def test_materialised_bytes_need_no_source(store, source, hashed):
    linked = import_links(store, at(source), MAIN, "/in", hashed=hashed).commit
    wanted = on_disk(source, "/in")
    one = materialise(store, MAIN, "/in/a.txt")
    assert (one.files, one.size, one.new) == (1, 5, not hashed)
    rest = materialise(store, MAIN, author="ann")
    assert rest.files == 3
    assert materialise(store, MAIN).files == 0
    again = import_links(store, at(source), MAIN, "/in")
    assert not again.new, "what was materialised stays so while its source is as it was"
    source.rename(source.with_name("gone"))
    assert content(store, rest.commit) == wanted
    assert store.fsck().clean
    if hashed:
        assert rest.commit == linked


def test_links_go_where_files_go(store, source, put, tmp_path):
    put({"/kept": b"kept"})
    store.branch_create("pool", "dev", at=store.head("pool").id)
    import_links(store, at(source), MAIN, "/in")
    store.create_repo("other")
    copied = copy(store, store.head("pool"), "/in", Place("other", "main"), "/there")
    assert content(store, copied) == on_disk(source, "/there")
    moved = move(store, MAIN, "/in/a.txt", "/b.txt")
    assert store.read_bytes(moved, "/b.txt") == b"first"
    merged = merge(store, Place("pool", "dev"), moved, fast_forward=False).commit
    assert content(store, merged) == content(store, moved)
    grown = append(store, MAIN, "/b.txt", [b" and more"])
    assert store.read_bytes(grown, "/b.txt") == b"first and more"
    assert [change.path for change in store.diff(moved, grown)] == ["/b.txt"]
    report = store.checkout(grown, tmp_path / "out")
    assert report.written == grown.files
    assert on_disk(tmp_path / "out") == content(store, grown)
    assert store.checkout(grown, tmp_path / "out").written == 0


def test_a_collection_keeps_links_and_a_check_can_look_at_sources(store, source):
    commit = import_links(store, at(source), MAIN).commit
    store.gc(grace_s=0)
    assert content(store, commit) == on_disk(source)
    assert store.fsck().clean
    assert store.fsck(sources=True).clean
    rewrite(source / "a.txt", b"other")
    assert store.fsck().clean
    (problem,) = store.fsck(sources=True).problems
    assert problem.kind == "link"
    assert problem.paths == [("pool", commit.id, "/a.txt")]
    assert str(source / "a.txt") in problem.message


def test_links_that_no_commit_has_are_forgotten_after_the_grace_period(tmp_path, source):
    clock = MovedClock()
    with Store.create(tmp_path / "home", clock=clock) as store:
        store.create_repo("pool")
        kept = import_links(store, at(source / "deep"), MAIN).commit
        gone = import_links(store, at(source), Place("pool", "dev")).commit
        store.branch_delete("pool", "dev")
        drop(store, gone)
        assert store.gc(dry_run=True).removed_links == 0
        clock.us += 25 * 3600 * 1_000_000
        assert store.gc(dry_run=True).removed_links == 3
        assert store.gc().removed_links == 3
        assert store.gc().removed_links == 0
        assert content(store, kept) == on_disk(source / "deep")
        again = import_links(store, at(source), Place("pool", "dev")).commit
        assert content(store, again) == on_disk(source)


def test_the_same_links_are_the_same_content_in_any_home(store, source, tmp_path):
    with Store.create(tmp_path / "second") as other:
        other.create_repo("pool")
        one, two = import_links(store, at(source), MAIN).commit, import_links(other, at(source), MAIN).commit
    assert one.content_id == two.content_id
    rewrite(source / "a.txt", b"FIRST")
    assert import_links(store, at(source), MAIN).commit.content_id != one.content_id


def test_another_writer_in_between_loses_nothing(store, source, put, monkeypatch):
    land, before = store.land, []

    def late(draft, upload):
        if not before:
            before.append("/other")
            put({"/other": b"x"})
        return land(draft, upload)

    monkeypatch.setattr(store, "land", late)
    commit = import_links(store, at(source), MAIN, "/in").commit
    assert content(store, commit) == on_disk(source, "/in") | {"/other": b"x"}


def test_what_is_staged_on_the_branch_stays(store, source, put):
    put({"/first": b"0"})
    stage_put(store, MAIN, "/staged", b"1")
    commit = import_links(store, at(source), MAIN, "/in").commit
    assert content(store, commit) == on_disk(source, "/in") | {"/first": b"0", "/staged": b"1"}
    stage_put(store, MAIN, "/later", b"2")
    commit = materialise(store, MAIN).commit
    assert content(store, commit) == on_disk(source, "/in") | {"/first": b"0", "/staged": b"1", "/later": b"2"}


def test_what_cannot_be_imported(store, source, put, tmp_path):
    with pytest.raises(NotFound):
        import_links(store, at(tmp_path / "nowhere"), MAIN)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(NotFound, match="nothing to import"):
        import_links(store, at(tmp_path / "nothing"), MAIN)
    put({"/in": b"a file"})
    with pytest.raises(Invalid):
        import_links(store, at(source), MAIN, "/in")
    (source / ("x" * 200)).mkdir()
    for name in "abcde":
        (source / ("x" * 200) / (name * 200)).mkdir()
        (source / ("x" * 200) / (name * 200) / (name * 250)).write_bytes(b"")
    deep = source / ("x" * 200) / ("a" * 200) / ("y" * 200) / ("z" * 200)
    deep.mkdir(parents=True)
    (deep / ("w" * 250)).write_bytes(b"")
    with pytest.raises(Invalid, match="longer"):
        import_links(store, at(source), MAIN, "/deep")
    assert store.head("pool").files == 1
    done = import_links(store, at(source), MAIN, "/deep", skip_unfit=True)
    assert done.unfit_count == len(done.unfit) == 1


RULES = ["s3://open/data?endpoint=http://10.0.0.1:9000&region=x", "gs://all", "file:///srv/data"]


@pytest.mark.parametrize(
    ("asked", "opened"),
    [
        ("s3://open/data", "s3://open/data?endpoint=http%3A%2F%2F10.0.0.1%3A9000&region=x"),
        ("s3://open/data/sub/", "s3://open/data/sub?endpoint=http%3A%2F%2F10.0.0.1%3A9000&region=x"),
        ("gs://all/deep/er", "gs://all/deep/er"),
        ("file:///srv/data/x", "file:///srv/data/x"),
    ],
)
def test_a_server_links_below_what_its_operator_allows(asked, opened):
    assert allowed_place(asked, RULES).url == opened


@pytest.mark.parametrize(
    "asked",
    [
        "s3://open/database", "s3://open", "s3://other/data", "gs://alles", "az://open/data", "file:///srv/database",
        "file:///etc", "s3://open/data?endpoint=http://127.0.0.1", "gs://all?endpoint=http://169.254.169.254",
    ],
)  # fmt: skip
def test_a_server_links_nowhere_else(asked):
    with pytest.raises(Forbidden):
        allowed_place(asked, RULES)
    with pytest.raises(Forbidden):
        allowed_place(asked, [])


@pytest.mark.parametrize(
    "asked",
    [
        "s3://open/data/../secret", "s3://open/data/%2e%2e/secret", "s3://open/data/.%2E/secret", "s3://open/data/\t../x",
        "s3://open/data/%2fx", "s3://user@open/data", "s3://open/data#x", "http://127.0.0.1/", "file://host/srv/data",
        "file:///srv/data/../../etc", "/srv/data", "s3:///data", "s3://open/data/%0a..", "s3://open//data",
        "s3://open/data?secret_access_key=x",
    ],
)  # fmt: skip
def test_urls_that_say_one_thing_and_mean_another_are_refused(asked):
    with pytest.raises(Invalid):
        allowed_place(asked, RULES)


def test_where_a_folder_really_is_counts(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "sly").symlink_to("/etc")
    with pytest.raises(Forbidden):
        allowed_place(f"file://{tmp_path}/open/sly", [f"file://{tmp_path}/open"])
