"""Single puts: durable at once, on the branch at once, committed in groups, and every acknowledged version kept."""

import shutil
import threading

import pytest

from recension.clock import ManualClock
from recension.errors import Conflict, Damaged, Forbidden, Invalid, NotFound
from recension.store import Delete, DeleteFolder, Put, Store, staging
from recension.store.backup import restore
from recension.store.copying import move, remove
from recension.store.merging import merge
from recension.store.naming import branch_protect
from recension.store.on_head import Place
from recension.store.staging import (
    About,
    close_due,
    mode_of,
    set_mode,
    stage_delete,
    stage_put,
    staged_groups,
)
from recension.store.staging_rows import HELD_BYTES
from recension.store.undoing import drop

MAIN = Place("pool", "main")


@pytest.fixture
def begun(store, put):
    """A branch with one commit."""
    return put({"/a": b"first", "/d/x": b"x"})


def content(store, ref="main", repo="pool"):
    commit = store.view(f"{repo}@{ref}")
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def waiting(store):
    return {group.branch: group.changes for group in staged_groups(store, "pool")}


def stage(store, path, body, **about):
    return stage_put(store, MAIN, path, body, About(**about))


def test_a_staged_put_is_on_the_branch_at_once_and_in_no_commit(store, begun):
    done = stage(store, "/b", b"new")
    assert (done.waiting, done.commit, done.size) == (1, None, 3)
    view = store.view("pool@main")
    assert store.read_bytes(view, "/b") == b"new"
    assert store.stat(view, "/b").blob == done.blob
    assert [entry.path for entry in store.ls(view)] == ["/a", "/b", "/d"]
    assert (view.files, view.size, view.id, view.staged) == (3, 9, begun.id, 1)
    assert store.head("pool") == store.resolve("pool@main") == store.commit(begun.id) == begun
    with pytest.raises(NotFound):
        store.stat(store.view(f"pool@{begun.id}"), "/b")


def test_another_process_sees_what_is_staged(store, begun):
    stage(store, "/b", b"new")
    with Store.open(store.home) as other:
        assert content(other) == {"/a": b"first", "/b": b"new", "/d/x": b"x"}
        stage_put(other, MAIN, "/c", b"theirs")
    assert content(store)["/c"] == b"theirs"
    assert waiting(store) == {"main": 2}


def test_a_group_is_committed_as_one(store, begun):
    stage(store, "/b", b"new", author="ann", message="one")
    stage(store, "/c", b"", author="bob")
    stage_delete(store, MAIN, "/d/x", author="ann")
    seen = content(store)
    made = store.close_staged("pool")
    assert store.close_staged("pool") is None
    assert (made.added, made.changed, made.removed, made.parents) == (2, 0, 1, (begun.id,))
    assert made.author == "ann, bob"
    assert made.meta == {"staged": {"changes": 3, "authors": ["ann", "bob"], "messages": ["one"]}}
    assert content(store) == seen == {"/a": b"first", "/b": b"new", "/c": b""}
    assert waiting(store) == {}
    assert store.fsck().clean


def test_all_that_a_file_says_of_itself_is_kept(store, begun):
    about = {"mode": 0o755, "content_type": "text/x", "meta": {"k": "ü"}, "mtime_us": 7, "md5": b"m" * 16}
    stage(store, "/b", b"new", **about)
    for entry in (store.stat(store.view("pool@main"), "/b"), store.stat(store.close_staged("pool"), "/b")):
        assert {name: getattr(entry, name) for name in about} == about


def test_a_second_change_of_a_path_commits_the_first(store, begun):
    stage(store, "/b", b"one")
    stage(store, "/c", b"other")
    stage(store, "/b", b"two")
    assert waiting(store) == {"main": 1}
    stage_delete(store, MAIN, "/b")
    stage(store, "/b", b"three")
    store.close_staged("pool")
    versions = [
        None if "/b" not in {entry.path for entry in store.walk(commit)} else store.read_bytes(commit, "/b")
        for commit in reversed(store.log("pool"))
    ]
    assert versions == [None, b"one", b"two", None, b"three"]


def test_what_changes_nothing_is_not_staged(store, begun):
    assert stage(store, "/a", b"first").commit == begun
    assert stage_delete(store, MAIN, "/none").commit == begun
    assert waiting(store) == {}


def test_the_first_put_of_a_branch_is_a_commit(store):
    done = stage(store, "/a", b"1")
    assert done.commit == store.head("pool")
    assert content(store) == {"/a": b"1"}
    with pytest.raises(NotFound):
        stage_put(store, Place("none", "main"), "/a", b"1")


def test_a_branch_can_commit_each_put(store, begun):
    assert set_mode(store, MAIN, alone=True).alone
    first, second = stage(store, "/b", b"1", author="ann"), stage(store, "/b", b"2")
    assert [commit.id for commit in store.log("pool")] == [second.commit.id, first.commit.id, begun.id]
    assert first.commit.author == "ann"
    set_mode(store, MAIN, alone=False, idle_s=3, changes=7)
    assert (mode_of(store, MAIN).idle_s, mode_of(store, MAIN).changes) == (3, 7)
    assert stage(store, "/c", b"1").commit is None


@pytest.mark.parametrize("options", [{"idle_s": 0}, {"idle_s": 1e6}, {"changes": 0}, {"changes": 10**6}])
def test_a_mode_out_of_bounds_is_refused(store, begun, options):
    with pytest.raises(Invalid):
        set_mode(store, MAIN, **options)


def test_large_contents_are_staged_too(store, begun):
    body = bytes(range(256)) * (HELD_BYTES // 128)
    stage(store, "/big", body)
    stage_put(store, MAIN, "/parts", iter([b"ab", b"c"]))
    store.gc(grace_s=0)
    assert content(store)["/big"] == body
    store.close_staged("pool")
    store.gc(grace_s=0)
    assert content(store)["/big"] == body
    assert content(store)["/parts"] == b"abc"
    assert store.fsck().clean


def test_ranges_of_staged_bytes_can_be_read(store, begun):
    stage(store, "/b", b"0123456789")
    assert store.read_bytes(store.view("pool@main"), "/b", start=2, end=5) == b"234"


def test_a_file_and_a_folder_of_one_name_are_refused_at_the_put(store, begun):
    stage(store, "/n/m", b"1")
    for path in ("/a/b", "/d", "/n", "/n/m/o"):
        with pytest.raises(Invalid):
            stage(store, path, b"1")
    stage_delete(store, MAIN, "/d/x")
    stage(store, "/d", b"a file now")
    store.close_staged("pool")
    assert set(content(store)) == {"/a", "/d", "/n/m"}


@pytest.mark.parametrize("path", ["/a/../b", "/a\0", "/" + "x" * 5000, ""])
def test_a_path_that_is_none_is_refused(store, begun, path):
    with pytest.raises(Invalid):
        stage(store, path, b"1")


def test_protected_branches_refuse_puts_and_keep_what_was_staged(store, begun):
    stage(store, "/b", b"1")
    branch_protect(store, "pool", "main")
    with pytest.raises(Forbidden):
        stage(store, "/c", b"1")
    assert store.close_staged("pool").added == 1


def test_a_commit_takes_the_group_in_first(store, begun, put):
    stage(store, "/b", b"1", author="ann")
    made = put({"/c": b"2"})
    group = store.commit(made.parents[0])
    assert (group.author, group.parents, group.added) == ("ann", (begun.id,), 1)
    assert (made.added, made.files) == (1, 4)
    assert waiting(store) == {}
    assert _causes(store)[-2:] == [(begun.id, group.id), (group.id, made.id)]


def _causes(store):
    with store.db.read() as tx:
        import json

        bodies = [json.loads(row[0]) for row in tx.execute("SELECT body FROM outbox WHERE topic = 'ref' ORDER BY seq")]
    return [(body["old"], body["new"]) for body in bodies]


def test_staging_alone_writes_no_event(store, begun):
    before = _causes(store)
    stage(store, "/b", b"1")
    assert _causes(store) == before


def test_a_commit_that_changes_nothing_still_takes_the_group_in(store, begun, put):
    stage(store, "/b", b"1")
    made = put({"/b": b"1"}, allow_empty=False)
    assert (made.added, made.parents) == (1, (begun.id,))


def test_a_commit_for_a_head_leaves_what_it_does_not_touch_staged(store, begun, put):
    stage(store, "/b", b"1")
    made = put({"/c": b"2"}, base=begun.id)
    assert made.parents == (begun.id,)
    assert waiting(store) == {"main": 1}
    assert content(store) == {"/a": b"first", "/b": b"1", "/c": b"2", "/d/x": b"x"}


@pytest.mark.parametrize("changes", [
    [Delete("/b/c")], [DeleteFolder("/b")], [DeleteFolder("/")], [Delete("/b")], [Delete("/b/c/d")],
])  # fmt: skip
def test_a_commit_for_a_head_that_touches_what_is_staged_has_to_look_again(store, begun, changes):
    stage(store, "/b/c", b"1")
    with pytest.raises(Conflict):
        store.write("pool", "main", changes, base=begun.id)
    assert waiting(store) == {}
    assert content(store)["/b/c"] == b"1"


def test_moves_and_removals_see_what_is_staged(store, begun):
    stage(store, "/t/one.tmp", b"1")
    remove(store, MAIN, ["/t/*.tmp"])
    stage(store, "/t/two", b"2")
    move(store, MAIN, "/t", "/u")
    assert content(store) == {"/a": b"first", "/d/x": b"x", "/u/two": b"2"}


def test_a_merge_takes_in_what_is_staged_on_both_sides(store, begun, put):
    store.branch_create("pool", "dev", at=begun.id)
    stage(store, "/ours", b"1")
    stage_put(store, Place("pool", "dev"), "/theirs", b"2")
    merge(store, MAIN, store.pin("pool@dev"))
    assert set(content(store)) == {"/a", "/d/x", "/ours", "/theirs"}


def test_moving_and_deleting_a_branch_commits_its_group(store, begun, put):
    store.branch_create("pool", "dev", at=begun.id)
    dev = Place("pool", "dev")
    stage_put(store, dev, "/b", b"1")
    store.branch_promote("pool", "dev", "main")
    assert set(content(store)) == {"/a", "/b", "/d/x"}
    stage_put(store, dev, "/c", b"2")
    store.branch_move("pool", "dev", begun.id)
    stage_put(store, dev, "/e", b"3")
    store.branch_delete("pool", "dev")
    with store.db.read() as tx:
        held = {row[0] for row in tx.execute("SELECT id FROM repo_commit")}
    added = {entry.path for identity in held for entry in store.walk(store.commit(identity))}
    assert added == {"/a", "/b", "/c", "/d/x", "/e"}


def test_dropping_the_head_under_a_group_is_refused(store, begun, put):
    second = put({"/b": b"1"})
    stage(store, "/c", b"2")
    with pytest.raises(Conflict):
        drop(store, second)
    assert set(content(store)) == {"/a", "/b", "/c", "/d/x"}


def test_a_repo_goes_with_what_is_staged_in_it(store, begun):
    stage(store, "/b", b"1")
    store.delete_repo("pool")
    assert staged_groups(store) == []
    assert store.fsck().clean


def test_a_pin_is_a_commit_with_all_that_is_there(store, begun):
    stage(store, "/b", b"1")
    pinned = store.pin("pool@main")
    assert pinned == store.head("pool")
    assert store.read_bytes(pinned, "/b") == b"1"
    assert store.pin(f"pool@{begun.id}") == begun
    assert store.pin("pool@main^") == begun


def test_a_group_is_committed_when_it_is_large_enough(store, begun):
    set_mode(store, MAIN, changes=3)
    done = [stage(store, f"/n{number}", b"%d" % number) for number in range(4)]
    assert [each.waiting for each in done] == [1, 2, 0, 1]
    assert done[2].commit.added == 3


def test_a_group_is_committed_when_its_rows_hold_much(store, begun, monkeypatch):
    monkeypatch.setattr(staging, "MOST_HELD", 1000)
    done = [stage(store, f"/n{number}", bytes([number]) * 400) for number in range(4)]
    assert [each.waiting for each in done] == [1, 2, 0, 1]


def test_a_group_is_committed_after_a_pause_and_when_it_is_old(tmp_path):
    clock = ManualClock()
    with Store.open(tmp_path / "home", create=True, clock=clock) as store:
        store.create_repo("pool")
        stage(store, "/0", b"0")
        stage(store, "/1", b"1")
        clock.advance(9)
        assert close_due(store) == []
        stage(store, "/2", b"2")
        clock.advance(9)
        assert close_due(store) == []
        clock.advance(2)
        assert [commit.added for commit in close_due(store)] == [2]
        for number in range(100):
            stage(store, f"/n{number}", b"%d" % number)
            clock.advance(5)
            made = close_due(store)
            if made:
                break
        assert number == 59


def test_whoever_opens_the_home_next_commits_what_was_left(tmp_path):
    clock = ManualClock()
    with Store.open(tmp_path / "home", create=True, clock=clock) as store:
        store.create_repo("pool")
        stage(store, "/0", b"0")
        stage(store, "/1", b"1")
    with Store.open(tmp_path / "home", clock=clock) as store:
        assert waiting(store) == {"main": 1}
    clock.advance(60)
    with Store.open(tmp_path / "home", clock=clock) as store:
        assert waiting(store) == {}
        assert store.head("pool").files == 2


@pytest.mark.parametrize("own", [False, True], ids=["threads of one process", "as many processes would"])
def test_many_writers_stage_on_one_branch(store, begun, own):
    errors = []

    def work(name):
        mine = Store.open(store.home) if own else store
        try:
            for number in range(20):
                stage(mine, f"/{name}/{number}", b"%d" % number, author=name)
                stage(mine, "/shared", f"{name} {number}".encode())
                if number % 7 == 0:
                    with mine.upload() as upload:
                        change = Put(f"/{name}/c{number}", upload.add_bytes(b"c"), 1)
                        mine.write("pool", "main", [change], upload=upload)
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            if own:
                mine.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("ann", "bob", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    store.close_staged("pool")
    log = store.log("pool", limit=10_000)
    shared = {store.read_bytes(c, "/shared") for c in log if any(e.path == "/shared" for e in store.walk(c))}
    assert shared == {f"{name} {number}".encode() for name in ("ann", "bob", "eve") for number in range(20)}
    assert log[0].files == 2 + 1 + 3 * 23
    assert store.fsck().clean


def test_rivals_for_a_file_and_a_folder_of_one_name(store, begun):
    """Whoever comes second is refused, so that the group can always be committed."""
    start, refused = threading.Barrier(2), []

    def work(path):
        with Store.open(store.home) as mine:
            start.wait()
            for number in range(15):
                try:
                    stage(mine, path.format(number), b"1")
                except Invalid:
                    refused.append(path.format(number))

    threads = [threading.Thread(target=work, args=(path,)) for path in ("/n{}", "/n{}/below")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 15
    store.close_staged("pool")
    assert store.head("pool").files == 2 + 15


@pytest.mark.files
def test_a_backup_holds_what_is_staged(store, begun, tmp_path):
    stage(store, "/b", b"small")
    stage(store, "/big", b"x" * (HELD_BYTES + 1))
    copy = store.backup(tmp_path / "backups")
    assert copy.missing == []
    shutil.copytree(store.home / "objects", tmp_path / "other" / "objects")
    assert restore(copy.file, tmp_path / "other").missing == []
    with Store.open(tmp_path / "other") as other:
        assert waiting(other) == {"main": 2}
        assert content(other) == content(store)
        assert other.close_staged("pool").added == 2


def test_a_view_can_be_read_while_others_stage_on(store, begun):
    stage(store, "/b", b"1")
    view = store.view("pool@main")
    walk = store.walk(view)
    first = next(walk).path
    for number in range(30):
        stage(store, f"/n{number}", b"%d" % number)
        store.view("pool@main")
    store.close_staged("pool")
    assert [first, *(entry.path for entry in walk)] == ["/a", "/b", "/d/x"]
    assert store.read_bytes(view, "/b") == b"1"


def test_a_check_counts_and_reads_what_is_staged(store, begun):
    stage(store, "/b", b"1")
    stage(store, "/big", b"x" * (HELD_BYTES + 1))
    assert (store.fsck().clean, store.fsck().staged) == (True, 2)
    store.db.write(lambda tx: tx.execute("UPDATE staged SET bytes = :other WHERE bytes IS NOT NULL", {"other": b"2"}))
    store.db.write(lambda tx: tx.execute("DELETE FROM record WHERE size > 1000"))
    assert store.fsck(full=False).problems[0].paths == [("pool", "main", "/big")]
    assert {problem.paths[0][2] for problem in store.fsck().problems} == {"/b", "/big"}
    with pytest.raises(Damaged):
        content(store)
