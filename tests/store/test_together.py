"""Several branches at once, and commits that several processes gather: all or nothing, once."""

import threading

import pytest

from recension.db import outbox
from recension.errors import Conflict, Forbidden, Invalid, NotFound
from recension.store import Delete, DeleteFolder, Put, Store
from recension.store.naming import branch_protect
from recension.store.on_head import Place
from recension.store.opening import add_changes, cancel, finish, open_commit, open_commits, opened
from recension.store.together import Write, write_many

MAIN = Place("pool", "main")
OTHER = Place("other", "main")


@pytest.fixture(autouse=True)
def _other(store):
    store.create_repo("other")


def content(store, commit):
    return {entry.path: store.open_blob(entry.blob) for entry in store.walk(commit)}


def test_commits_to_several_repos_carry_one_global_id(store):
    with store.upload() as upload:
        put = Put("/a", upload.add_bytes(b"1"), 1)
        first, second = write_many(
            store, [Write(MAIN, [put]), Write(OTHER, [put], message="its own")], upload=upload, message="both"
        )
    assert first.global_id == second.global_id == first.id
    assert (first.message, second.message) == ("both", "its own")
    assert {commit.id for commit in store.by_global_id(first.global_id)} == {first.id, second.id}
    assert content(store, first) == content(store, second) == {"/a": b"1"}
    assert write_many(store, []) == []


def test_when_one_is_refused_none_is_made(store, put):
    head = put({"/a": b"1"})
    blob = store.stat(head, "/a").blob
    with store.db.read() as tx:
        before = outbox.latest(tx)
    refused = [
        ([Write(OTHER, [Put("/x", blob, 1)]), Write(MAIN, [Put("/a/b", blob, 1)])], Invalid),
        ([Write(OTHER, [Put("/x", blob, 1)]), Write(MAIN, [Delete("/a")], base=None)], Conflict),
        ([Write(OTHER, [Put("/x", blob, 1)]), Write(Place("nowhere", "main"), [])], NotFound),
        ([Write(OTHER, [Put("/x", blob, 1)]), Write(OTHER, [Put("/y", blob, 1)])], Invalid),
    ]
    for writes, error in refused:
        with pytest.raises(error):
            write_many(store, writes)
    branch_protect(store, "pool", "main")
    with pytest.raises(Forbidden):
        write_many(store, [Write(OTHER, [Put("/x", blob, 1)]), Write(MAIN, [Delete("/a")])])
    assert store.head("other") is None
    with store.db.read() as tx:
        assert outbox.latest(tx) == before


def test_writers_of_the_same_two_branches_all_get_in(store):
    def work(number):
        with store.upload() as upload:
            put = Put(f"/{number}", upload.add_bytes(b"%d" % number), len(str(number)))
            places = [MAIN, OTHER] if number % 2 else [OTHER, MAIN]
            write_many(store, [Write(place, [put]) for place in places], upload=upload)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for repo in ("pool", "other"):
        assert set(content(store, store.head(repo))) == {f"/{number}" for number in range(8)}
        assert len(store.log(repo)) == 8


def bring(store, identity, files, *edits):
    with store.upload() as upload:
        puts = [Put(path, upload.add_bytes(body), len(body)) for path, body in files.items()]
        return add_changes(store, identity, [*edits, *puts], upload)


def test_what_several_processes_gather_appears_at_once(store, put, tmp_path):
    put({"/old": b"o", "/gone": b"g", "/dir/x": b"x"})
    begun = open_commit(store, MAIN, message="nightly", author="ann", meta={"run": 7})
    assert bring(store, begun.id, {"/a": b"1"}).changes == 1
    with Store.open(tmp_path / "home") as process:
        bring(process, begun.id, {"/b": b"2", "/a": b"newer"}, Delete("/gone"), DeleteFolder("/dir"))
    assert [each.changes for each in open_commits(store, "pool")] == [5]
    head = put({"/meanwhile": b"m"})
    (made,) = finish(store, [begun.id])
    assert content(store, made) == {"/old": b"o", "/meanwhile": b"m", "/a": b"newer", "/b": b"2"}
    assert (made.parents, made.message, made.author, made.meta) == ((head.id,), "nightly", "ann", {"run": 7})
    assert open_commits(store, "pool") == []
    with pytest.raises(NotFound):
        finish(store, [begun.id])
    with pytest.raises(NotFound):
        bring(store, begun.id, {"/late": b""})


def test_open_commits_of_two_repos_are_finished_as_one(store):
    ids = [open_commit(store, place).id for place in (MAIN, OTHER)]
    bring(store, ids[0], {"/a": b"1"})
    bring(store, ids[1], {"/b": b"1"}, Put("/b/c", *stored(store)))
    with pytest.raises(Invalid):
        finish(store, ids)
    assert store.head("pool") is None
    assert opened(store, ids[0]).changes == 1
    add_changes(store, ids[1], [Delete("/b")])
    first, second = finish(store, ids)
    assert first.global_id == second.global_id
    assert content(store, second) == {"/b/c": b"kept"}


def stored(store):
    with store.upload() as upload:
        return upload.add_bytes(b"kept"), 4


def test_a_cancelled_commit_never_was(store):
    begun = open_commit(store, MAIN)
    bring(store, begun.id, {"/a": b"1"})
    cancel(store, begun.id)
    assert store.head("pool") is None
    with pytest.raises(NotFound):
        cancel(store, begun.id)


def test_bad_changes_are_refused_as_they_come(store):
    begun = open_commit(store, MAIN)
    with pytest.raises(Invalid):
        add_changes(store, begun.id, [Delete("/a/../b")])
    with pytest.raises(NotFound, match="blob"):
        add_changes(store, begun.id, [Put("/a", bytes(32), 1)])
    assert opened(store, begun.id).changes == 0
    with pytest.raises(NotFound):
        open_commit(store, Place("nowhere", "main"))


def test_whoever_finishes_first_finishes_it_for_all(store):
    begun = open_commit(store, MAIN)
    bring(store, begun.id, {"/a": b"1"})
    outcomes = []

    def work():
        try:
            outcomes.append(finish(store, [begun.id]))
        except (NotFound, Conflict) as error:
            outcomes.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(isinstance(each, list) for each in outcomes) == 1
    assert len(store.log("pool")) == 1


def test_collection_keeps_what_is_gathered(store):
    from recension.store.gc import collect

    begun = open_commit(store, MAIN)
    bring(store, begun.id, {"/a": b"only here"})
    collect(store, grace_s=0)
    (made,) = finish(store, [begun.id])
    assert content(store, made) == {"/a": b"only here"}
