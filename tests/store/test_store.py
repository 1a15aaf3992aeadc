"""What a caller of the store is promised about repos, branches, commits and their content."""

import json
import threading

import pytest

from recension.clock import ManualClock
from recension.db import outbox
from recension.errors import AlreadyExists, Conflict, Damaged, Invalid, NotFound
from recension.store import EXECUTABLE_MODE, Delete, DeleteFolder, Put, Store


def events(store):
    with store.db.read() as tx:
        return [event.body for event in outbox.after(tx, 0) if event.topic == "ref"]


def test_a_commit_holds_what_was_put(store, put):
    commit = put({"/a/x.csv": b"1,2", "/b.txt": b"hello"}, message="first", author="ann", meta={"cost": "1.20"})
    assert store.read_bytes(commit, "/a/x.csv") == b"1,2"
    assert [entry.path for entry in store.walk(commit)] == ["/a/x.csv", "/b.txt"]
    assert (commit.files, commit.size, commit.added) == (2, 8, 2)
    assert store.resolve("pool@main") == store.commit(commit.id) == store.head("pool", "main") == commit
    assert (commit.global_id, commit.kind, commit.meta) == (commit.id, "user", {"cost": "1.20"})
    assert store.stat(commit, "/a/x.csv").content_type == "text/csv"


def test_a_commit_never_changes(store, put):
    first = put({"/x": b"1"})
    put({"/x": b"2", "/y": b"3"})
    assert store.read_bytes(first, "/x") == b"1"
    assert [entry.path for entry in store.walk(store.commit(first.id))] == ["/x"]


def test_the_last_change_to_a_path_counts(store, put):
    put({"/a/1": b"1", "/a/2": b"2", "/b": b"b"})
    blob = store.stat(store.resolve("pool"), "/b").blob
    changes = [Put("/a/3", blob, 1), DeleteFolder("/a"), Put("/a/4", blob, 1), Put("/c", blob, 1), Delete("/c")]
    commit = store.write("pool", "main", changes)
    assert [entry.path for entry in store.walk(commit)] == ["/a/4", "/b"]
    assert (commit.added, commit.changed, commit.removed) == (1, 0, 2)


def test_equal_files_give_equal_content_ids_whatever_was_done_before(store, put):
    one = put({"/x": b"1", "/y": b"2"}, branch="one")
    put({"/y": b"9", "/z": b"0"}, branch="two")
    put({"/x": b"1", "/y": b"2"}, branch="two")
    two = store.write("pool", "two", [Delete("/z")])
    assert one.content_id == two.content_id
    assert one.id != two.id


def test_times_are_kept_beside_and_change_nothing(store, put):
    commit = put({"/x": b"1"})
    entry = store.stat(commit, "/x")
    again = store.write("pool", "main", [Put("/x", entry.blob, 1, mtime_us=5, md5=b"m" * 16)], replace=True)
    assert again.content_id == commit.content_id
    other = store.write("pool", "main", [Put("/y", entry.blob, 1, mtime_us=5, md5=b"m" * 16)])
    assert store.stat(other, "/y").mtime_us == 5
    assert store.stat(other, "/y").md5 == b"m" * 16
    assert store.stat(other, "/x").mtime_us is None


def test_mode_content_type_and_metadata_are_part_of_the_content(store, put):
    commit = put({"/x": b"1"})
    blob = store.stat(commit, "/x").blob
    seen = {commit.content_id}
    for options in ({"mode": EXECUTABLE_MODE}, {"content_type": "text/x"}, {"meta": {"k": "v"}}, {"meta": {"k": "w"}}):
        changed = store.write("pool", "main", [Put("/x", blob, 1, **options)])
        assert changed.content_id not in seen
        seen.add(changed.content_id)
    assert store.stat(changed, "/x").meta == {"k": "w"}


def test_replace_means_the_changes_are_everything(store, put):
    put({"/x": b"1", "/y": b"2"})
    blob = store.stat(store.resolve("pool"), "/x").blob
    commit = store.write("pool", "main", [Put("/y", blob, 1), Put("/z", blob, 1)], replace=True)
    assert [entry.path for entry in store.walk(commit)] == ["/y", "/z"]
    assert (commit.added, commit.changed, commit.removed) == (1, 1, 1)


def test_an_unchanged_write_is_a_commit_only_when_wanted(store, put):
    first = put({"/x": b"1"})
    assert put({"/x": b"1"}, allow_empty=False) == first
    second = put({"/x": b"1"})
    assert second.parents == (first.id,)
    assert second.content_id == first.content_id


def test_base_is_compared_and_swapped(store, put):
    first = put({"/x": b"1"}, base=None)
    with pytest.raises(Conflict):
        put({"/x": b"2"}, base=None)
    second = put({"/x": b"2"}, base=first.id)
    with pytest.raises(Conflict):
        put({"/x": b"3"}, base=first.id)
    assert store.head("pool") == second


def test_a_path_is_a_file_or_a_folder_never_both(store, put):
    put({"/a/b": b"1", "/a!": b"2", "/c": b"3"})
    for clash in ("/a", "/c/d", "/a/b/c/d"):
        with pytest.raises(Invalid, match="there"):
            put({clash: b"x"})
    with pytest.raises(Invalid, match="there"):
        put({"/n/m": b"1", "/n": b"2"})
    assert store.head("pool").generation == 0
    blob = store.stat(store.head("pool"), "/c").blob
    swapped = store.write("pool", "main", [DeleteFolder("/a"), Put("/a", blob, 1), Delete("/c"), Put("/c/d", blob, 1)])
    assert [entry.path for entry in store.walk(swapped)] == ["/a", "/a!", "/c/d"]


@pytest.mark.parametrize("path", ["", "/", "/a/../b", "/./a", "/a//b", "/a/", "/a\0b", "/" + "x" * 1024, "/\ud800"])
def test_paths_that_break_the_rule_are_refused_and_nothing_is_done(store, put, path):
    with pytest.raises(Invalid):
        put({"/fine": b"1", path: b"2"})
    assert store.head("pool") is None


def test_paths_are_bytes_and_never_normalised(store, put):
    composed, decomposed = "/caf\u00e9", "/cafe\u0301"
    commit = put({composed: b"1", decomposed: b"2"})
    assert store.read_bytes(commit, composed) == b"1"
    assert store.read_bytes(commit, decomposed) == b"2"


def test_a_blob_that_is_not_stored_cannot_be_committed(store):
    with pytest.raises(NotFound, match="not stored"):
        store.write("pool", "main", [Put("/x", b"\0" * 32, 1)])


def test_blobs_uploaded_earlier_can_be_used_later(store):
    with store.upload() as upload:
        blob = upload.add_bytes(b"kept")
    assert store.open_blob(blob) == b"kept"
    commit = store.write("pool", "main", [Put("/x", blob, 4)])
    assert store.read_bytes(commit, "/x") == b"kept"


def test_an_upload_that_fails_leaves_nothing(store):
    upload = store.upload()
    blob = upload.add_bytes(b"gone")
    upload.__exit__(RuntimeError)
    assert not store.has_blob(blob)
    assert list(store.objects.keys("")) == []


def test_equal_bytes_are_stored_once(store, put):
    put({"/x": b"z" * 10_000, "/y": b"z" * 10_000})
    put({"/z": b"z" * 10_000})
    with store.db.read() as tx:
        assert tx.execute("SELECT COUNT(*) FROM record WHERE size = 10000").scalar() == 1


def test_a_listing_shows_a_folder_once_and_can_be_continued(store, put):
    paths = ["/a!", "/a/1", "/a/2/x", "/a/2/y", "/a0", "/b/z", "/c"]
    commit = put(dict.fromkeys(paths, b"12"))
    shown = [item.path for item in store.ls(commit)]
    assert shown == ["/a!", "/a", "/a0", "/b", "/c"]
    folder = store.ls(commit)[1]
    assert (folder.files, folder.size) == (3, 6)
    for cut in range(len(shown)):
        rest = store.ls(commit, after=shown[cut]) if cut else store.ls(commit, limit=100)[1:]
        assert [item.path for item in rest] == shown[cut + 1 :]
    assert [item.path for item in store.ls(commit, "/a")] == ["/a/1", "/a/2"]
    assert [item.path for item in store.ls(commit, "/a", limit=1)] == ["/a/1"]
    assert [item.path for item in store.ls(commit, "/c")] == ["/c"]
    with pytest.raises(NotFound):
        store.ls(commit, "/nowhere")


def test_sizes_of_folders(store, put):
    commit = put({"/a/1": b"1", "/a/b/2": b"22", "/c": b"333"})
    assert (store.folder(commit).files, store.folder(commit).size) == (3, 6)
    assert (store.folder(commit, "/a").files, store.folder(commit, "/a").size) == (2, 3)
    assert store.is_folder(commit, "/a/b")
    assert not store.is_folder(commit, "/c")


def test_walking_a_file_gives_the_file(store, put):
    commit = put({"/a/1": b"1", "/a0": b"2"})
    assert [entry.path for entry in store.walk(commit, prefix="/a")] == ["/a/1"]
    assert [entry.path for entry in store.walk(commit, prefix="/a0")] == ["/a0"]


def test_differences_name_both_sides(store, put):
    first = put({"/a/x": b"1", "/a/y": b"2", "/b": b"3"})
    second = put({"/a/x": b"9", "/c": b"4"})
    third = store.write("pool", "main", [Delete("/a/y")])
    assert [(c.kind, c.path) for c in store.diff(first, third)] == [
        ("changed", "/a/x"),
        ("removed", "/a/y"),
        ("added", "/c"),
    ]
    assert [c.path for c in store.diff(first, third, prefix="/a")] == ["/a/x", "/a/y"]
    assert [c.path for c in store.diff(first, third, prefix="/c")] == ["/c"]
    assert [c.path for c in store.diff(first, third, skip_to="/a/x")] == ["/a/y", "/c"]
    assert [c.kind for c in store.diff(None, second)] == ["added"] * 4


def test_parts_of_a_file_are_read_alone(store, put):
    commit = put({"/x": b"0123456789"})
    assert store.read_bytes(commit, "/x", start=2, end=5) == b"234"
    assert store.read_bytes(commit, "/x", start=8, end=99) == b"89"
    assert store.read_bytes(commit, "/x", start=99) == b""


def test_large_files_are_cut_and_share_what_is_equal(store):
    import random

    data = bytearray(random.Random(3).randbytes(24 << 20))
    with store.upload() as upload:
        blob, size = upload.add_stream(bytes(data[at : at + 100_000]) for at in range(0, len(data), 100_000))
        assert upload.add_bytes(bytes(data)) == blob
        first = store.write("pool", "main", [Put("/big", blob, size)], upload=upload)
    assert store.read_bytes(first, "/big") == data
    middle = 9 << 20
    assert store.read_bytes(first, "/big", start=middle, end=middle + 50) == data[middle : middle + 50]
    data[middle:middle] = b"inserted"
    before = sum(map(store.objects.size, store.objects.keys("packs/")))
    with store.upload() as upload:
        blob = upload.add_bytes(data)
        second = store.write("pool", "main", [Put("/big", blob, len(data))], upload=upload)
    assert store.read_bytes(second, "/big") == data
    assert sum(map(store.objects.size, store.objects.keys("packs/"))) - before < 17 << 20


def test_a_file_on_disk_gives_the_blob_of_its_bytes(store, tmp_path):
    (tmp_path / "f").write_bytes(b"some bytes")
    with store.upload() as upload:
        assert upload.add_file(tmp_path / "f") == (upload.add_bytes(b"some bytes"), 10)
        with pytest.raises(NotFound, match="missing"):
            upload.add_file(tmp_path / "missing")


@pytest.mark.files
def test_damaged_bytes_are_never_given_out(store, put, tmp_path):
    commit = put({"/dir/x": b"precious" * 10})
    store.close()
    (pack,) = (tmp_path / "home" / "objects" / "packs").iterdir()
    data = bytearray(pack.read_bytes())
    at = data.index(b"precious")
    data[at] ^= 1
    pack.write_bytes(data)
    with Store.open(tmp_path / "home") as reopened, pytest.raises(Damaged) as error:
        reopened.read_bytes(commit, "/dir/x")
    assert "/dir/x" in str(error.value)
    assert pack.name in str(error.value)


def test_branches_are_made_moved_promoted_and_removed(store, put):
    first = put({"/x": b"1"})
    second = put({"/x": b"2"})
    store.branch_create("pool", "dev", at=first.id)
    assert [(branch.name, branch.head) for branch in store.branches("pool")] == [("dev", first.id), ("main", second.id)]
    store.branch_move("pool", "dev", second.id, expect=first.id)
    third = put({"/x": b"3"}, branch="dev")
    assert store.head("pool", "main") == second
    store.branch_promote("pool", "dev", "main")
    assert store.head("pool", "main") == third
    store.branch_promote("pool", "dev", "release")
    assert store.head("pool", "release") == third
    store.branch_delete("pool", "dev")
    assert store.head("pool", "dev") is None
    assert store.commit(third.id) == third


def test_what_a_branch_refuses(store, put):
    first = put({"/x": b"1"})
    with pytest.raises(AlreadyExists):
        store.branch_create("pool", "main")
    with pytest.raises(NotFound, match="dev"):
        store.branch_move("pool", "dev", first.id)
    with pytest.raises(Conflict):
        store.branch_move("pool", "main", first.id, expect=None)
    store.branch_create("pool", "dev", at=first.id)
    put({"/y": b"2"}, branch="dev")
    put({"/z": b"2"})
    with pytest.raises(Conflict, match="main"):
        store.branch_promote("pool", "dev", "main")
    store.create_repo("other")
    with pytest.raises(NotFound, match="another repo"):
        store.branch_create("other", "x", at=first.id)
    store.branch_create("pool", "empty")
    with pytest.raises(NotFound, match="no commit yet"):
        store.resolve("pool@empty")


def test_every_move_of_a_branch_is_an_event(store, put):
    first = put({"/x": b"1"})
    store.branch_create("pool", "dev", at=first.id)
    second = put({"/x": b"2"}, branch="dev", kind="job", global_id="f" * 26)
    store.branch_promote("pool", "dev", "main")
    store.branch_move("pool", "dev", first.id)
    store.branch_delete("pool", "dev")
    brief = [(e["cause"], e["branch"], e["old"], e["new"], e["kind"]) for e in events(store)]
    assert brief == [
        ("commit", "main", None, first.id, "user"),
        ("create", "dev", None, first.id, "user"),
        ("commit", "dev", first.id, second.id, "job"),
        ("promote", "main", first.id, second.id, "job"),
        ("move", "dev", second.id, first.id, "user"),
        ("delete", "dev", first.id, None, None),
    ]
    assert {e["repo"] for e in events(store)} == {"pool"}
    assert events(store)[3]["global_id"] == "f" * 26


def test_also_shares_the_fate_of_the_commit(store, put):
    store.db.write(lambda tx: tx.execute("CREATE TABLE note(text TEXT)"))
    commit = put({"/x": b"1"}, also=lambda tx, c: tx.execute("INSERT INTO note VALUES(:t)", {"t": c.id}))
    with store.db.read() as tx:
        assert tx.execute("SELECT text FROM note").all() == [(commit.id,)]

    def fail(tx, made):
        tx.execute("INSERT INTO note VALUES('no')")
        raise Invalid("stop")

    with pytest.raises(Invalid):
        put({"/x": b"2"}, also=fail)
    assert store.head("pool") == commit
    assert len(events(store)) == 1
    with store.db.read() as tx:
        assert len(tx.execute("SELECT text FROM note")) == 1


def test_addresses_are_resolved_and_what_is_missing_is_named(store, put):
    commits = [put({"/x": b"%d" % number}) for number in range(5)]
    for address, index in {
        "pool": 4,
        "pool@main": 4,
        "pool@main^": 3,
        "pool@main^^": 2,
        "pool@main^4": 0,
        "pool@main.0": 0,
        "pool@main.3": 3,
        f"pool@{commits[2].id}": 2,
        f"pool@{commits[2].id}^": 1,
        "default/pool@main:/x": 4,
    }.items():
        assert store.resolve(address) == commits[index], address
    for address, missing in {
        "pond@main": "pond",
        "pool@dev": "dev",
        "pool@main^5": "main",
        "pool@main.5": "main",
        f"pool@{'0' * 26}": "0" * 26,
        "else/pool": "else/pool",
    }.items():
        with pytest.raises(NotFound, match=missing):
            store.resolve(address)


def test_log_goes_back_along_the_branch_and_by_path(store, put):
    commits = [
        put({"/a/x": b"1", "/b": b"1"}),
        put({"/b": b"2"}),
        put({"/a/y": b"1"}),
        store.write("pool", "main", [Delete("/a/x")]),
    ]
    order = [commit.id for commit in commits]
    assert [commit.id for commit in store.log("pool")] == order[::-1]
    assert [commit.id for commit in store.log("pool", limit=2)] == order[:1:-1]
    assert [commit.id for commit in store.log("pool", after=order[2])] == order[1::-1]
    assert [commit.id for commit in store.log("pool", order[1])] == order[1::-1]
    assert [commit.id for commit in store.log("pool", path="/b")] == [order[1], order[0]]
    assert [commit.id for commit in store.log("pool", path="/a")] == [order[3], order[2], order[0]]
    assert [commit.id for commit in store.log("pool", path="/a/x")] == [order[3], order[0]]
    assert store.log("pool", path="/none") == []


def test_provenance_is_walked_both_ways_and_keeps_what_it_points_to(store, put):
    store.create_repo("model")
    store.create_repo("report")
    data = put({"/x": b"1"})
    model = put({"/m": b"1"}, repo="model", kind="job", provenance=[data.id], global_id=data.global_id)
    report = put({"/r": b"1"}, repo="report", kind="job", provenance=[model.id], global_id=data.global_id)
    assert model.provenance == (data.id,)
    assert [c.id for c in store.provenance(report.id)] == [model.id]
    assert [c.id for c in store.provenance_of(data.id)] == [model.id]
    assert [c.id for c in store.upstream(report.id)] == sorted([data.id, model.id])
    assert [c.id for c in store.downstream(data.id)] == sorted([model.id, report.id])
    assert [c.id for c in store.by_global_id(data.global_id)] == sorted([data.id, model.id, report.id])
    with pytest.raises(Conflict, match="model"):
        store.delete_repo("pool")
    store.delete_repo("report")
    store.delete_repo("model")
    store.delete_repo("pool")
    assert store.repos() == []
    with pytest.raises(NotFound):
        put({"/x": b"1"})


def test_provenance_must_exist(store, put):
    with pytest.raises(NotFound, match="made from"):
        put({"/x": b"1"}, provenance=["0" * 26])
    assert store.head("pool") is None


def test_repos_live_in_workspaces(store, put):
    store.create_repo("pool", workspace="team", description="theirs", kind="people")
    with pytest.raises(AlreadyExists):
        store.create_repo("pool")
    with pytest.raises(Invalid):
        store.create_repo("Bad Name")
    put({"/x": b"12"}, workspace="team")
    assert [(r.workspace, r.name, r.files, r.size) for r in store.repos()] == [
        ("default", "pool", 0, 0),
        ("team", "pool", 1, 2),
    ]
    assert store.resolve("team/pool").workspace == "team"
    assert store.head("pool") is None
    assert store.repo("pool", workspace="team").description == "theirs"


def test_commits_are_stamped_by_the_clock(tmp_path):
    clock = ManualClock(1_700_000_000_000_000)
    with Store.create(tmp_path / "h", clock=clock) as store:
        store.create_repo("pool")
        first = store.write("pool", "main", [])
        clock.advance(5)
        second = store.write("pool", "main", [])
    assert second.at_us - first.at_us == 5_000_000
    assert first.id < second.id


def test_metadata_must_be_json(store, put):
    with pytest.raises(Invalid, match="JSON"):
        put({"/x": b"1"}, meta={"x": object()})
    with pytest.raises(Invalid, match="kind"):
        put({"/x": b"1"}, kind="other")
    commit = put({"/x": b"1"}, meta={"ä": [1, None, {"b": True}]})
    assert json.loads(json.dumps(store.commit(commit.id).meta)) == {"ä": [1, None, {"b": True}]}


def test_thirty_two_writers_on_one_branch_all_get_in(store, put):
    failures = []

    def work(number):
        try:
            for step in range(4):
                put({f"/{number:02d}/{step}": b"%d" % number})
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    head = store.head("pool")
    assert head.files == 128
    assert head.generation == 127
    assert len(store.log("pool", limit=1000)) == 128


def test_two_processes_of_one_home_rebase_on_each_other(store, put, tmp_path):
    with Store.open(tmp_path / "home") as other, other.upload() as upload:
        blob = upload.add_bytes(b"theirs")
        raced = []
        tree = store._tree

        def slow_tree(*arguments):
            outcome = tree(*arguments)
            if not raced:
                raced.append(other.write("pool", "main", [Put("/theirs", blob, 6)], upload=upload))
            return outcome

        store._tree = slow_tree
        mine = put({"/mine": b"mine"})
    assert mine.parents == (raced[0].id,)
    assert [entry.path for entry in store.walk(mine)] == ["/mine", "/theirs"]


def test_a_home_of_a_newer_format_is_refused(tmp_path):
    Store.create(tmp_path / "h").close()
    (tmp_path / "h" / "format").write_text("recension home 2\n")
    with pytest.raises(Invalid, match="newer"):
        Store.open(tmp_path / "h")
    (tmp_path / "h" / "format").write_text("something")
    with pytest.raises(Damaged):
        Store.open(tmp_path / "h")
    with pytest.raises(NotFound):
        Store.open(tmp_path / "nothing")
    with pytest.raises(AlreadyExists):
        Store.create(tmp_path / "h")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(Invalid):
        Store.create(tmp_path / "full")
