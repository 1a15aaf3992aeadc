"""Three-way merges agree with merging plain dicts; conflicts are data, and the cost follows the change."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.errors import Conflict, Invalid, NotFound
from recension.store import Put, Store
from recension.store.ancestry import merge_base
from recension.store.merging import merge, preview_merge
from recension.store.naming import branch_protect
from recension.store.on_head import Place
from recension.store.three_way import MergeConflicts

MAIN, DEV = Place("pool", "main"), Place("pool", "dev")

paths = st.sampled_from([f"/{name}" for name in "abcdef"] + ["/sub/a", "/sub/b"])
bodies = st.sampled_from([b"1", b"2", b"3"])
trees = st.dictionaries(paths, bodies, max_size=6)


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def become(store, branch, files):
    with store.upload() as upload:
        puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        return store.write("pool", branch, puts, upload=upload, replace=True)


def forked(folder, base, ours, theirs):
    """A repo whose branches main and dev hold ``ours`` and ``theirs``, made from ``base``."""
    store = Store.create(folder / "home")
    store.create_repo("pool")
    start = become(store, "main", base)
    store.branch_create("pool", "dev", at=start.id)
    return store, start, become(store, "main", ours), become(store, "dev", theirs)


def merged(base, ours, theirs, choose):
    """The dict that a merge of dicts gives, and the paths that need a decision."""
    found, conflicts = {}, []
    for path in {*base, *ours, *theirs}:
        was, mine, yours = (tree.get(path) for tree in (base, ours, theirs))
        if yours in (mine, was):
            value = mine
        elif mine == was:
            value = yours
        else:
            conflicts.append(path)
            value = {"ours": mine, "theirs": yours, "base": was}[choose]
        if value is not None:
            found[path] = value
    return found, sorted(conflicts)


@settings(max_examples=60, deadline=None)
@given(base=trees, ours=trees, theirs=trees, side=st.sampled_from(["ours", "theirs", "base"]))
def test_a_merge_is_the_merge_of_dicts(tmp_path_factory, base, ours, theirs, side):
    store, start, _, source = forked(tmp_path_factory.mktemp("merge"), base, ours, theirs)
    with store:
        wanted, conflicts = merged(base, ours, theirs, side)
        shown = preview_merge(store, MAIN, source)
        assert [each.path for each in shown.conflicts] == conflicts
        assert shown.base == start
        head = store.head("pool")
        if conflicts:
            with pytest.raises(MergeConflicts) as caught:
                merge(store, MAIN, source)
            assert caught.value.conflicts == shown.conflicts
            assert store.head("pool") == head
        done = merge(store, MAIN, source, resolve=dict.fromkeys(conflicts, side))
        assert (done.how, done.base) == ("merged", start)
        assert content(store, done.commit) == wanted
        assert done.commit.parents == (head.id, source.id)
        assert done.commit.kind == "merge"
        store.branch_create("pool", "again", at=head.id)
        assert merge(store, Place("pool", "again"), source, strategy=side).commit.content_id == done.commit.content_id
        assert merge(store, MAIN, source).how == "nothing"


@settings(max_examples=40, deadline=None)
@given(base=trees, ours=trees, theirs=trees)
def test_a_merge_without_conflicts_is_the_same_from_either_side(tmp_path_factory, base, ours, theirs):
    if merged(base, ours, theirs, "ours")[1]:
        return
    store, _, mine, yours = forked(tmp_path_factory.mktemp("merge"), base, ours, theirs)
    with store:
        assert merge(store, MAIN, yours).commit.content_id == merge(store, DEV, mine).commit.content_id


@given(base=trees, theirs=trees)
@settings(max_examples=20, deadline=None)
def test_where_ours_is_the_base_the_merge_is_theirs(tmp_path_factory, base, theirs):
    with Store.create(tmp_path_factory.mktemp("merge") / "home") as store:
        store.create_repo("pool")
        start = become(store, "main", base)
        store.branch_create("pool", "dev", at=start.id)
        source = become(store, "dev", theirs)
        store.branch_create("pool", "kept", at=start.id)
        made = merge(store, Place("pool", "kept"), source, fast_forward=False)
        assert (made.how, made.commit.content_id) == ("merged", source.content_id)
        assert merge(store, MAIN, source) == type(made)(source, start, "fast-forward")
        assert store.head("pool") == source
        assert merge(store, MAIN, source).how == "nothing"
        assert merge(store, MAIN, start).how == "nothing"


def test_sides_by_glob_and_a_file_of_its_own(store, put):
    start = put({"/labels/a": b"0", "/labels/b": b"0", "/raw/a": b"0", "/x": b"0"})
    store.branch_create("pool", "dev", at=start.id)
    put(dict.fromkeys(("/labels/a", "/labels/b", "/raw/a", "/x"), b"ours"))
    source = put(dict.fromkeys(("/labels/a", "/labels/b", "/raw/a", "/x"), b"theirs"), branch="dev")
    rules = [("/labels/a", "base"), ("/labels/*", "theirs"), ("/raw/**", "ours")]
    with pytest.raises(MergeConflicts) as caught:
        merge(store, MAIN, source, strategy=rules)
    (left,) = caught.value.conflicts
    sides = [left.base, left.ours, left.theirs]
    assert [store.open_blob(side.blob) for side in sides] == [b"0", b"ours", b"theirs"]
    with store.upload() as upload:
        own = Put("/x", upload.add_bytes(b"both"), 4)
        done = merge(store, MAIN, source, strategy=rules, resolve={"/x": own}, upload=upload)
    assert content(store, done.commit) == {"/labels/a": b"0", "/labels/b": b"theirs", "/raw/a": b"ours", "/x": b"both"}
    assert done.commit.meta["resolved"] == {
        "/labels/a": "base", "/labels/b": "theirs", "/raw/a": "ours", "/x": "new"
    }  # fmt: skip


def test_a_resolution_without_a_conflict_is_refused(store, put):
    start = put({"/a": b"0"})
    store.branch_create("pool", "dev", at=start.id)
    put({"/b": b"1"})
    source = put({"/c": b"1"}, branch="dev")
    with pytest.raises(Invalid, match="/a"):
        merge(store, MAIN, source, resolve={"/a": "ours"})


@pytest.mark.parametrize(
    ("side", "files"),
    [
        ("ours", {"/a": b"ours", "/c/d/e": b"ours", "/keep": b""}),
        ("theirs", {"/a/b": b"theirs", "/c": b"theirs", "/keep": b""}),
        ("base", {"/keep": b""}),
    ],
)
def test_a_file_against_a_folder_is_a_conflict(store, put, side, files):
    start = put({"/keep": b""})
    store.branch_create("pool", "dev", at=start.id)
    put({"/a": b"ours", "/c/d/e": b"ours"})
    source = put({"/a/b": b"theirs", "/c": b"theirs"}, branch="dev")
    with pytest.raises(MergeConflicts) as caught:
        merge(store, MAIN, source)
    assert [(each.path, each.clash) for each in caught.value.conflicts] == [("/a/b", ("/a",)), ("/c", ("/c/d/e",))]
    assert content(store, merge(store, MAIN, source, strategy=side).commit) == files


def test_the_base_is_the_newest_common_ancestor(store, put):
    def base(one, other):
        with store.db.read() as tx:
            return merge_base(tx, one, other)

    start = put({"/a": b"0"})
    store.branch_create("pool", "dev", at=start.id)
    ours, theirs = put({"/a": b"1"}), put({"/b": b"1"}, branch="dev")
    assert base(ours, theirs) == base(theirs, ours) == start
    first = merge(store, MAIN, theirs).commit
    later = put({"/b": b"2"}, branch="dev")
    assert base(first, later) == theirs
    assert base(first, first) == first
    # the second parent is far deeper than the first: depth, not first parents, orders the walk
    for number in range(5):
        later = put({"/b": b"%d" % number}, branch="dev")
    second = merge(store, MAIN, later).commit
    assert second.generation == first.generation + 1
    assert second.depth == later.depth + 1
    put({"/c": b""})
    assert base(put({"/b": b"x"}, branch="dev"), store.head("pool")) == later
    store.branch_create("pool", "apart")
    apart = put({"/z": b""}, branch="apart")
    assert base(apart, later) is None
    assert set(content(store, merge(store, MAIN, apart).commit)) == {"/a", "/b", "/c", "/z"}


def test_merging_goes_around_a_writer_in_between(store, put):
    start = put({"/a": b"0"})
    sources = []
    for number in range(6):
        store.branch_create("pool", f"b{number}", at=start.id)
        sources.append(put({f"/file{number}": b"x"}, branch=f"b{number}"))
    workers = [threading.Thread(target=merge, args=(store, MAIN, source)) for source in sources]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert set(content(store, store.head("pool"))) == {"/a"} | {f"/file{number}" for number in range(6)}


def test_what_cannot_be_merged(store, put):
    commit = put({"/a": b"0"})
    store.create_repo("other")
    with pytest.raises(Invalid, match="within its repo"):
        merge(store, Place("other", "main"), commit)
    with pytest.raises(NotFound):
        preview_merge(store, Place("pool", "nowhere"), commit)
    assert merge(store, Place("pool", "new"), commit).how == "fast-forward"


def test_a_protected_branch_takes_merges(store, put):
    start = put({"/a": b"0"})
    store.branch_create("pool", "dev", at=start.id)
    branch_protect(store, "pool", "main")
    source = put({"/b": b"1"}, branch="dev")
    assert merge(store, MAIN, source, fast_forward=False).how == "merged"
    assert merge(store, MAIN, put({"/c": b"1"}, branch="dev")).how == "merged"


def test_a_conflict_names_itself(store, put):
    start = put({"/a": b"0"})
    store.branch_create("pool", "dev", at=start.id)
    put({"/a": b"1"})
    with pytest.raises(Conflict, match="1 path was changed on both sides: /a"):
        merge(store, MAIN, put({"/a": b"2"}, branch="dev"))


def test_the_cost_follows_the_change(store):
    files = {f"/f{number:05}": b"" for number in range(20_000)}
    with store.upload() as upload:
        blob = upload.add_bytes(b"")
        start = store.write("pool", "main", [Put(path, blob, 0) for path in files], upload=upload)
    store.branch_create("pool", "dev", at=start.id)
    with store.upload() as upload:
        other = upload.add_bytes(b"x")
        store.write("pool", "main", [Put("/f00001", other, 1)], upload=upload)
        source = store.write("pool", "dev", [Put("/f19999", other, 1)], upload=upload)
    seen = []
    before = store.nodes.get
    store.nodes.get = lambda identity: seen.append(identity) or before(identity)
    merge(store, MAIN, source)
    leaves = 20_000 // 1500
    assert len(set(seen)) < leaves
