"""Folding in a store: commits with a delta beside their tree, seen through everything that a store offers."""

import random

import pytest

from recension.errors import Damaged, Invalid, NotFound
from recension.store import Delete, Folder, delta, folding
from recension.store.fold_rows import folds
from recension.store.node import Layout, encode_overlay
from recension.store.nodes import EMPTY_ID
from recension.store.undoing import squash

pytestmark = pytest.mark.usefixtures("small_nodes")


@pytest.fixture(autouse=True)
def eager_deltas(monkeypatch):
    monkeypatch.setattr(delta, "RULE", delta.Rule(leaves=1, one_in=1, rows=1000))


@pytest.fixture
def files(put):
    """Two versions of a repo: a hundred files in five folders, then ten of them changed, scattered."""
    first = {f"/{number % 5}/{number:03d}": b"%d" % number for number in range(100)}
    second = {path: b"changed " + path.encode() for path in sorted(first)[::10]}
    return put(first), put(second), first, first | second


def content(store, commit):
    return {entry.path: store.read_bytes(commit, entry.path) for entry in store.walk(commit)}


def test_a_scattered_commit_has_no_content_id_until_somebody_asks(store, put, files):
    base, scattered, _, now = files
    assert base.content_id == base.root.hex()
    assert scattered.content_id is None
    assert content(store, scattered) == now
    told = store.content_id(scattered)
    assert store.content_id(scattered) == told
    after = store.commit(scattered.id)
    assert (after.content_id, after.root.hex()) == (told, told)
    store.create_repo("other")
    assert put(now, repo="other").content_id == told


def test_a_fold_changes_nothing_but_the_layout(store, files):
    base, scattered, _, now = files
    change = list(store.diff(base, scattered))
    folders = store.ls(scattered)
    folded = store.fold(scattered)
    assert content(store, folded) == content(store, scattered) == now
    assert list(store.diff(base, folded)) == change
    assert list(store.diff(scattered, folded)) == []
    assert store.ls(folded) == folders == [Folder(f"/{n}", 20, store.folder(folded, f"/{n}").size) for n in range(5)]
    same = ("id", "parents", "global_id", "files", "size", "added", "changed", "removed", "volume", "at_us")
    assert [getattr(folded, name) for name in same] == [getattr(scattered, name) for name in same]
    assert store.fold(folded) == folded
    assert store.fsck().problems == []


def test_a_checkout_and_many_reads_see_the_delta(store, files, tmp_path):
    _, scattered, _, now = files
    store.checkout(scattered, tmp_path / "out")
    there = {
        f"/{path.relative_to(tmp_path / 'out')}": path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert there == now
    assert dict(store.read_many(scattered, now)) == now
    some = sorted(now)[5:15]
    assert dict(store.read_many(scattered, some)) == {path: now[path] for path in some}
    for path in ("/0/none", "/nowhere"):
        with pytest.raises(NotFound, match="no such file"):
            list(store.read_many(scattered, [*some, path]))
    assert list(store.read_many(scattered, [some[0][1:]])) == [(some[0][1:], now[some[0]])]
    with pytest.raises(Invalid):
        list(store.read_many(scattered, ["/a//b"]))


def test_damage_found_among_many_reads_names_the_file(store, files):
    _, scattered, _, now = files
    path = min(now)
    blob = store.stat(scattered, path).blob
    store.db.write(lambda tx: tx.execute("DELETE FROM record WHERE id = :id", {"id": blob}))
    with pytest.raises(Damaged) as caught:
        list(store.read_many(scattered, now))
    assert path in caught.value.where


def test_versions_after_a_fold_are_compared_with_those_before_it(store, put, files):
    base, scattered, first, now = files
    store.fold(scattered)
    again = put(dict.fromkeys(sorted(first)[5::10], b"again"))
    assert again.content_id is None
    then = now | dict.fromkeys(sorted(first)[5::10], b"again")
    expected = sorted(path for path in first if first[path] != then[path])
    assert [change.path for change in store.diff(base, again)] == expected
    assert [change.path for change in store.diff(again, base)] == expected


def test_heads_are_folded_when_enough_lies_beside_them(store, files):
    _, scattered, _, _ = files
    assert store.fold_heads() == []
    assert folding.fold_heads(store, worth=21) == []
    assert [done.rows for done in folding.fold_heads(store, worth=20)] == [20]
    assert store.commit(scattered.id).content_id is not None


def test_a_head_that_has_stood_for_a_while_is_folded_whatever_lies_beside_it(store, files):
    base, scattered, _, _ = files
    assert [done.commit.id for done in folding.fold_heads(store, quiet_s=0)] == [scattered.id]
    assert folding.fold_heads(store, quiet_s=0) == []
    assert store.commit(base.id) == base


def test_a_change_that_changes_nothing_gives_the_head(store, put, files):
    _, scattered, _, now = files
    path = min(now)
    assert put({path: now[path]}, allow_empty=False) == scattered
    assert put(now, replace=True, allow_empty=False) == scattered


def test_a_file_cannot_take_a_folders_place_whatever_the_layout(store, put, files):
    put({"/5/new/file": b"1", "/6/a": b"2", "/7/b": b"3"})
    store.write("pool", "main", [Delete("/0/000"), Delete("/6/a")])
    for path in ("/5", "/5/new", "/1", "/7", "/1/001/below", "/5/new/file/below"):
        with pytest.raises(Invalid, match=r"file of this name|folder of this name"):
            put({path: b"x"})
    put({"/6": b"a file now"})


def test_a_collection_keeps_the_deltas_of_folds_only_while_they_lead_somewhere(store, put, files):
    base, scattered, _, now = files
    folded = store.fold(scattered)
    head = put(dict.fromkeys(sorted(now)[7::10], b"more"))
    store.gc(grace_s=0)
    with store.db.read() as tx:
        assert len(list(folds(tx))) == 1
    assert len(list(store.diff(base, head))) == 20
    assert content(store, store.commit(folded.id)) == now
    squash(store, store.commit(base.id))
    store.gc(grace_s=0)
    with store.db.read() as tx:
        assert list(folds(tx)) == []
    assert content(store, store.commit(folded.id)) == now
    assert store.fsck().problems == []


def test_a_missing_blob_hits_only_the_commits_that_show_it(store, files):
    base, scattered, first, _ = files
    path = sorted(first)[10]
    blob = store.stat(base, path).blob
    store.db.write(lambda tx: tx.execute("DELETE FROM record WHERE id = :id", {"id": blob}))
    (problem,) = store.fsck().problems
    assert problem.paths == [("pool", base.id, path)]
    assert scattered.id != base.id


def test_random_histories_agree_with_a_dict(store, put):
    rng = random.Random(4)
    model = {f"/{number % 7}/{number:03d}": b"0" for number in range(80)}
    versions = [(put(model), dict(model))]
    for step in range(12):
        paths = rng.sample(sorted(model), 12)
        gone, new = paths[:3], {path: b"%d %d" % (step, rng.randrange(3)) for path in paths[3:]}
        new |= {f"/{rng.randrange(9)}/{step:02d}{k}": b"new" for k in range(3)}
        put(new)
        commit = store.write("pool", "main", [Delete(path) for path in gone])
        model = {path: data for path, data in (model | new).items() if path not in gone}
        versions.append((commit, dict(model)))
        if rng.random() < 0.4:
            store.fold(rng.choice(versions)[0])
        if rng.random() < 0.2:
            store.gc(grace_s=0)
    for commit, expected in versions:
        now = store.commit(commit.id)
        assert content(store, now) == expected
        assert (now.files, now.size) == (len(expected), sum(map(len, expected.values())))
    for one, before in rng.sample(versions, 6):
        for other, after in rng.sample(versions, 6):
            left, right = store.commit(one.id), store.commit(other.id)
            changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
            assert [change.path for change in store.diff(left, right)] == changed
    assert store.fsck().problems == []


def test_a_layout_is_no_node_of_a_tree(store, files):
    _, scattered, _, _ = files
    with pytest.raises(Damaged, match="a layout stands"):
        store.nodes.get(scattered.root)
    identity, raw = encode_overlay(Layout(EMPTY_ID, EMPTY_ID, EMPTY_ID), 0, 0)
    assert len(identity) == 32
    assert raw[:4] == b"RCO1"
