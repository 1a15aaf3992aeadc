"""Reverting is the inverse of a change; squashing and dropping leave nobody pointing at nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.errors import Conflict, Forbidden, Invalid, NotFound
from recension.store import Put, Store
from recension.store.merging import merge
from recension.store.naming import branch_protect
from recension.store.on_head import Place
from recension.store.tags import tag_create
from recension.store.three_way import MergeConflicts
from recension.store.undoing import drop, revert, squash

MAIN = Place("pool", "main")
trees = st.dictionaries(st.sampled_from([f"/{name}" for name in "abcde"]), st.sampled_from([b"1", b"2"]), max_size=5)


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def history(folder, versions):
    """A repo whose main has held these dicts, one after the other."""
    store = Store.create(folder / "home")
    store.create_repo("pool")
    commits = []
    for files in versions:
        with store.upload() as upload:
            puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
            commits.append(store.write("pool", "main", puts, upload=upload, replace=True))
    return store, commits


@settings(max_examples=30, deadline=None)
@given(versions=st.lists(trees, min_size=1, max_size=4))
def test_reverting_everything_backwards_leads_through_every_version(tmp_path_factory, versions):
    store, commits = history(tmp_path_factory.mktemp("undo"), versions)
    with store:
        for commit, before in reversed(list(zip(commits, [{}, *versions], strict=False))):
            made = revert(store, MAIN, commit)
            assert content(store, made) == before


def test_reverting_an_older_commit_keeps_what_came_later(store, put):
    put({"/a": b"1", "/b": b"1"})
    wrong = put({"/a": b"wrong", "/c": b"wrong"}, message="Bad import")
    put({"/b": b"2"})
    made = revert(store, MAIN, wrong)
    assert content(store, made) == {"/a": b"1", "/b": b"2"}
    assert (made.message, made.meta) == ("Revert Bad import", {"reverts": wrong.id})
    assert revert(store, MAIN, wrong) == made


def test_reverting_what_was_changed_since_is_a_conflict(store, put):
    put({"/a": b"1"})
    wrong = put({"/a": b"wrong"})
    head = put({"/a": b"3"})
    with pytest.raises(MergeConflicts) as caught:
        revert(store, MAIN, wrong)
    assert [each.path for each in caught.value.conflicts] == ["/a"]
    assert store.head("pool") == head
    assert content(store, revert(store, MAIN, wrong, resolve={"/a": "theirs"})) == {"/a": b"1"}


def test_only_what_is_in_the_history_is_reverted(store, put):
    put({"/a": b"1"})
    other = put({"/a": b"2"}, branch="apart")
    with pytest.raises(Invalid, match="history"):
        revert(store, MAIN, other)


@settings(max_examples=20, deadline=None)
@given(versions=st.lists(trees, min_size=3, max_size=5), data=st.data())
def test_a_squashed_commit_is_folded_into_its_child(tmp_path_factory, versions, data):
    store, commits = history(tmp_path_factory.mktemp("undo"), versions)
    with store:
        at = data.draw(st.integers(0, len(commits) - 2))
        (child,) = squash(store, commits[at])
        left = [commit for commit in commits if commit is not commits[at]]
        assert [commit.id for commit in reversed(store.log("pool"))] == [commit.id for commit in left]
        for number, commit in enumerate(left):
            assert store.resolve(f"pool@main.{number}").id == commit.id
            assert content(store, store.commit(commit.id)) == versions[commits.index(commit)]
        before = versions[at - 1] if at else {}
        after = versions[at + 1]
        assert (child.added, child.removed) == (len(after.keys() - before.keys()), len(before.keys() - after.keys()))
        assert child.changed == sum(before[path] != after[path] for path in before.keys() & after.keys())
        with pytest.raises(NotFound):
            store.commit(commits[at].id)
        assert store.fsck().problems == []


def test_a_squashed_commit_hands_on_what_it_was_made_from(store, put):
    source = put({"/raw": b""})
    store.create_repo("made")
    first = put({"/a": b"1"}, repo="made", provenance=[source.id])
    second = put({"/a": b"2"}, repo="made")
    (child,) = squash(store, first)
    assert (child.id, child.provenance, child.parents) == (second.id, (source.id,), ())
    with pytest.raises(Conflict, match="made from"):
        store.delete_repo("pool")


def test_squashing_a_side_keeps_the_merge(store, put):
    start = put({"/a": b"0"})
    store.branch_create("pool", "dev", at=start.id)
    put({"/a": b"1"})
    side = put({"/b": b"1"}, branch="dev")
    joined = merge(store, MAIN, side).commit
    store.branch_delete("pool", "dev")
    (child,) = squash(store, side)
    assert child.id == joined.id
    assert child.parents == (joined.parents[0], start.id)
    assert child.generation == joined.generation
    assert content(store, child) == {"/a": b"1", "/b": b"1"}


def needed(store, put):
    """A commit that nobody needs, and ways to need it with what is then said."""
    commit = put({"/a": b"1"})
    return commit, {
        "tag 'v1'": lambda: tag_create(store, "pool", "v1", commit.id),
        "made@": lambda: (store.create_repo("made"), put({"/x": b""}, repo="made", provenance=[commit.id])),
        "a check": None,
    }


@pytest.mark.parametrize("who", ["tag 'v1'", "made@", "a check"])
@pytest.mark.parametrize("how", [squash, drop])
def test_whoever_needs_a_commit_is_named(store, put, who, how):
    commit, ways = needed(store, put)
    if how is squash:
        put({"/a": b"2"})
    check = None
    if ways[who] is None:

        def check(_tx, commit):
            raise Conflict("a check", where=commit.address)
    else:
        ways[who]()
    with pytest.raises(Conflict, match=who):
        how(store, commit, check=check)
    assert store.commit(commit.id) == commit


def test_a_head_is_not_squashed_and_a_parent_not_dropped(store, put):
    first, second = put({"/a": b"1"}), put({"/a": b"2"})
    with pytest.raises(Conflict, match="no child"):
        squash(store, second)
    store.branch_create("pool", "dev", at=first.id)
    with pytest.raises(Conflict, match="branch 'dev'"):
        squash(store, first)
    with pytest.raises(Conflict, match=second.id):
        drop(store, first)


def test_what_jobs_and_people_have_done_stays(store, put):
    commit = put({"/a": b"1"}, kind="people")
    with pytest.raises(Conflict, match="people"):
        drop(store, commit)


def test_a_dropped_head_takes_its_branches_back(store, put):
    first, second = put({"/a": b"1"}), put({"/a": b"2"})
    store.branch_create("pool", "dev", at=second.id)
    branch_protect(store, "pool", "dev")
    with pytest.raises(Forbidden):
        drop(store, second)
    branch_protect(store, "pool", "dev", protected=False)
    assert drop(store, second) == ["dev", "main"]
    assert {branch.head for branch in store.branches("pool")} == {first.id}
    assert drop(store, first) == ["dev", "main"]
    assert store.head("pool") is None
    assert put({"/a": b"3"}).generation == 0
    assert store.fsck().problems == []
