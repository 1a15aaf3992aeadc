"""Finding commits by metadata, files by content, and everything that one change caused."""

import pytest

from recension.errors import Invalid, NotFound
from recension.store import Delete, Put
from recension.store.cascades import cascades, follow
from recension.store.commit_filter import read_filter
from recension.store.on_head import Place
from recension.store.renames import with_renames


def test_a_log_by_metadata(store, put):
    meta = [{"run": 1}, {"run": 2, "by": {"team": "vision", "langs": ["de", "en"]}}, {"ok": True}, {"run": 2}]
    commits = [put({"/a": b"%d" % number}, meta=each) for number, each in enumerate(meta)]
    put({"/b": b""}, meta={"run": 2})

    def log(*words, **more):
        found = store.log("pool", where=read_filter(words), **more)
        return [commits.index(commit) for commit in found if commit in commits]

    assert log("run=2", path="/a") == [3, 1]
    assert len(store.log("pool", where={"run": "2"})) == 3
    assert log("run=2", path="/a", limit=1) == [3]
    assert log("by.team=vision") == log("by.langs=en", "run=2") == [1]
    assert log("ok=true") == [2]
    assert log("ok=false") == log("nothing=null") == log("run.x=2") == []
    assert log("run=2", after=commits[3].id) == [1]
    for wrong in ("run", "=2"):
        with pytest.raises(Invalid):
            read_filter([wrong])


def renamed(store, before, after):
    found = with_renames(store.diff(before, after))
    return [(change.kind, change.before and change.before.path, change.after and change.after.path) for change in found]


def test_a_file_of_the_same_content_elsewhere_is_a_rename(store, put):
    before = put({"/a": b"1", "/b": b"2", "/c": b"3", "/empty": b"", "/same": b"s", "/x/same": b"s"})
    with store.upload() as upload:
        two, three, empty, same = (upload.add_bytes(body) for body in (b"2", b"3x", b"", b"s"))
        edits = [Delete("/b"), Put("/moved", two, 1), Put("/c", three, 2), Delete("/empty"), Put("/void", empty, 0)]
        edits += [Delete("/same"), Delete("/x/same"), Put("/first", same, 1), Put("/y/same", same, 1)]
        after = store.write("pool", "main", edits, upload=upload)
    assert renamed(store, before, after) == [
        ("changed", "/c", "/c"),
        ("removed", "/empty", None),
        ("renamed", "/x/same", "/first"),
        ("renamed", "/b", "/moved"),
        ("added", None, "/void"),
        ("renamed", "/same", "/y/same"),
    ]


def test_a_copy_is_no_rename(store, put):
    before = put({"/a": b"1"})
    after = put({"/b": b"1"})
    assert renamed(store, before, after) == [("added", None, "/b")]


def test_cascades_are_listed_newest_first(store, put):
    store.create_repo("made")
    first = put({"/a": b"1"})
    second = put({"/a": b"2"})
    put({"/b": b"2"}, repo="made", global_id=first.global_id)
    found = cascades(store)
    assert {(each.global_id, each.commits, each.repos) for each in found} == {
        (first.global_id, 2, 2),
        (second.global_id, 1, 1),
    }
    assert [each.global_id for each in found] == sorted((each.global_id for each in found), reverse=True)
    assert cascades(store, limit=1) + cascades(store, after=found[0].global_id) == found


def test_a_branch_is_followed_from_now_on(store, put):
    put({"/a": b"before"})
    coming = follow(store, Place("pool", "main"))
    assert next(coming) is None
    put({"/a": b"elsewhere"}, branch="dev")
    commits = [put({"/a": b"1"}), put({"/a": b"2"})]
    assert [next(coming), next(coming)] == commits
    with pytest.raises(NotFound):
        next(follow(store, Place("pool", "nowhere")))
