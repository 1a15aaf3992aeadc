"""Branches that are moved when enough has come to another, or at certain times."""

import json

import pytest

from recension.clock import ManualClock
from recension.errors import Conflict, Forbidden, Invalid, NotFound
from recension.store import Delete, Put, Store
from recension.store.merging import merge
from recension.store.naming import branch_protect
from recension.store.on_head import Place
from recension.store.staging import stage_put
from recension.store.triggers import fire_due, told, trigger_remove, trigger_set, triggers
from recension.store.undoing import drop, squash

PROD = Place("pool", "prod")
DAY = 24 * 3600


def heads(store):
    return {branch.name: branch.head for branch in store.branches("pool")}


@pytest.fixture
def begun(store, put):
    return put({"/a": b"first"})


def test_so_many_commits_move_the_branch(store, begun, put):
    trigger_set(store, PROD, "main", commits=3)
    assert heads(store)["prod"] is None
    put({"/b": b"1"})
    assert heads(store)["prod"] is None
    third = put({"/c": b"1"})
    assert heads(store)["prod"] == third.id
    for number in range(2):
        put({f"/d{number}": b"1"})
        assert heads(store)["prod"] == third.id
    assert put({"/e": b"1"}).id == heads(store)["prod"]


def test_so_many_changed_bytes_move_the_branch(store, begun, put):
    put({"/a": b"x" * 50})
    store.branch_create("pool", "prod", at=store.head("pool").id)
    trigger_set(store, PROD, "main", size=100)
    before = heads(store)["prod"]
    put({"/a": b"y" * 60})
    assert heads(store)["prod"] == before
    # replacing bytes counts as much as adding some, and what is removed does not
    now = put({"/a": b"z" * 40})
    assert heads(store)["prod"] == now.id
    store.write("pool", "main", [Delete("/a")])
    assert heads(store)["prod"] == now.id


@pytest.mark.parametrize("whole", [False, True])
def test_any_or_all_conditions(store, begun, put, whole):
    store.branch_create("pool", "prod", at=begun.id)
    trigger_set(store, PROD, "main", commits=2, size=100, whole=whole)
    first = put({"/big": b"x" * 200})
    assert heads(store)["prod"] == (begun.id if whole else first.id)
    second = put({"/b": b"1"})
    assert heads(store)["prod"] == (second.id if whole else first.id)


def test_chains_move_in_the_same_transaction(store, begun, put):
    store.branch_create("pool", "beta", at=begun.id)
    store.branch_create("pool", "prod", at=begun.id)
    trigger_set(store, Place("pool", "beta"), "main", commits=2)
    trigger_set(store, PROD, "beta", commits=4)
    commits = [put({f"/{number}": b"1"}) for number in range(4)]
    assert (heads(store)["beta"], heads(store)["prod"]) == (commits[3].id, commits[3].id)
    with store.db.read() as tx:
        rows = tx.execute("SELECT body FROM outbox WHERE topic = 'ref' ORDER BY seq").all()
    causes = [(body["branch"], body["cause"]) for body in (json.loads(row[0]) for row in rows)]
    assert causes[-3:] == [("main", "commit"), ("beta", "trigger"), ("prod", "trigger")]


def test_circles_are_refused_by_name(store, begun):
    trigger_set(store, Place("pool", "b"), "main", commits=1)
    trigger_set(store, Place("pool", "c"), "b", commits=1)
    with pytest.raises(Invalid, match="main -> c -> b -> main"):
        trigger_set(store, Place("pool", "main"), "c", commits=1)
    with pytest.raises(Invalid, match="main -> main"):
        trigger_set(store, Place("pool", "main"), "main", commits=1)


@pytest.mark.parametrize("conditions", [
    {}, {"commits": 0}, {"size": -1}, {"size": 2**70}, {"cron": "nonsense"}, {"cron": "0 0 30 2 *"},
])  # fmt: skip
def test_conditions_that_are_none_are_refused(store, begun, conditions):
    with pytest.raises(Invalid):
        trigger_set(store, PROD, "main", **conditions)
    assert "prod" not in heads(store)


def test_the_source_has_to_be_there(store, begun):
    with pytest.raises(NotFound):
        trigger_set(store, PROD, "none", commits=1)


def test_a_branch_with_commits_of_its_own_gets_no_trigger(store, begun, put):
    put({"/x": b"1"}, branch="prod")
    with pytest.raises(Conflict):
        trigger_set(store, PROD, "main", commits=1)


def test_nobody_commits_to_a_triggered_branch(store, begun, put):
    store.branch_create("pool", "prod", at=begun.id)
    trigger_set(store, PROD, "main", commits=5)
    dev = put({"/d": b"1"}, branch="dev")
    with pytest.raises(Forbidden, match="untrigger"):
        put({"/b": b"1"}, branch="prod")
    with pytest.raises(Forbidden):
        stage_put(store, PROD, "/b", b"1")
    with pytest.raises(Forbidden):
        merge(store, PROD, dev)
    ahead = put({"/ahead": b"1"})
    with pytest.raises(Forbidden):
        merge(store, PROD, ahead)
    trigger_remove(store, PROD)
    assert put({"/b": b"1"}, branch="prod").branch == "prod"
    with pytest.raises(NotFound):
        trigger_remove(store, PROD)


def test_a_protected_branch_is_moved_by_its_trigger(store, begun, put):
    store.branch_create("pool", "prod", at=begun.id)
    branch_protect(store, "pool", "prod")
    trigger_set(store, PROD, "main", commits=1)
    assert put({"/b": b"1"}).id == heads(store)["prod"]


def test_a_branch_that_is_followed_is_not_deleted(store, begun):
    trigger_set(store, PROD, "main", commits=5)
    with pytest.raises(Conflict, match="triggered"):
        store.branch_delete("pool", "main")
    store.branch_delete("pool", "prod")
    assert triggers(store, "pool") == []
    store.branch_delete("pool", "main")


def test_a_repo_goes_with_its_triggers(store, begun):
    trigger_set(store, PROD, "main", commits=5)
    store.delete_repo("pool")
    assert store.fsck().clean


def test_other_moves_trigger_too(store, begun, put):
    store.branch_create("pool", "prod", at=begun.id)
    trigger_set(store, PROD, "main", commits=2)
    store.branch_create("pool", "dev", at=begun.id)
    put({"/x": b"1"}, branch="dev")
    far = put({"/y": b"1"}, branch="dev")
    assert heads(store)["prod"] == begun.id
    merge(store, Place("pool", "main"), far)
    assert heads(store)["main"] == heads(store)["prod"] == far.id


def test_a_group_and_the_commit_behind_it_move_the_branch_once(store, begun, put):
    store.branch_create("pool", "prod", at=begun.id)
    trigger_set(store, PROD, "main", commits=1)
    stage_put(store, Place("pool", "main"), "/b", b"1")
    assert heads(store)["prod"] == begun.id
    made = put({"/c": b"1"})
    with store.db.read() as tx:
        rows = tx.execute("SELECT body FROM outbox WHERE topic = 'ref' ORDER BY seq").all()
    moves = [body["new"] for body in (json.loads(row[0]) for row in rows) if body["branch"] == "prod"]
    assert moves == [begun.id, made.id]


def test_dropping_and_squashing_on_the_source(store, begun, put):
    store.branch_create("pool", "prod", at=begun.id)
    trigger_set(store, PROD, "main", commits=3)
    second = put({"/b": b"1"})
    drop(store, second)
    assert heads(store) == {"main": begun.id, "prod": begun.id}
    second, third = put({"/b": b"1"}), put({"/c": b"1"})
    squash(store, second)
    fourth = put({"/d": b"1"})
    assert heads(store)["prod"] == begun.id
    assert put({"/e": b"1"}).id == heads(store)["prod"]
    assert third.id != fourth.id


@pytest.fixture
def timed(tmp_path):
    clock = ManualClock()
    with Store.open(tmp_path / "home", create=True, clock=clock) as store:
        store.create_repo("pool")
        yield store, clock, tmp_path / "home"


def commit(store, path):
    with store.upload() as upload:
        return store.write("pool", "main", [Put(path, upload.add_bytes(path.encode()), len(path))], upload=upload)


def test_a_time_moves_the_branch_once_however_many_were_missed(timed):
    store, clock, home = timed
    first = commit(store, "/a")
    trigger_set(store, PROD, "main", cron="0 3 * * *")
    assert fire_due(store) == []
    clock.advance(DAY)
    assert [branch.head for branch in fire_due(store)] == [first.id]
    assert fire_due(store) == []
    second = commit(store, "/b")
    clock.advance(5 * DAY)
    with Store.open(home, clock=clock) as again:
        assert [branch.head for branch in fire_due(again)] == [second.id]
        assert fire_due(again) == []
    clock.advance(DAY)
    assert fire_due(store) == []  # nothing has come
    third = commit(store, "/c")
    assert fire_due(store) == []  # that time has passed
    clock.advance(DAY)
    assert [branch.head for branch in fire_due(store)] == [third.id]


def test_a_time_and_a_number_together_limit_the_rate(timed):
    store, clock, _ = timed
    first = commit(store, "/a")
    store.branch_create("pool", "prod", at=first.id)
    trigger_set(store, PROD, "main", commits=2, cron="@every 1h", whole=True)
    commit(store, "/b")
    commit(store, "/c")
    assert heads(store)["prod"] == first.id
    clock.advance(3601)
    moved = fire_due(store)
    assert [branch.head for branch in moved] == [store.head("pool").id]
    commit(store, "/d")
    clock.advance(7200)
    assert fire_due(store) == []
    assert commit(store, "/e").id == heads(store)["prod"]  # the hour is over, and now there are two


def test_a_trigger_in_words(store, begun):
    one = trigger_set(store, PROD, "main", commits=100, size=10**9)
    assert told(one) == "main: 100 commits or 1 GB"
    assert triggers(store, "pool") == [one]
    other = trigger_set(store, PROD, "main", commits=1, cron="@daily", whole=True)
    assert told(other) == "main: 1 commit and @daily"
    assert triggers(store, "pool") == [other]
