"""What things are called: tags, renamed repos, protected branches, workspaces."""

import pytest

from recension.errors import AlreadyExists, Conflict, Forbidden, NotFound
from recension.store import Store
from recension.store.naming import (
    branch_protect,
    repo_describe,
    repo_rename,
    workspace_create,
    workspace_delete,
    workspaces,
)
from recension.store.tags import tag_create, tag_delete, tags


def test_a_tag_names_one_commit_for_good(store, put):
    first, second = put({"/a": b"1"}), put({"/a": b"2"})
    made = tag_create(store, "pool", "v1", first.id, author="ann", message="as printed")
    assert store.resolve("pool@v1") == first
    assert store.resolve("pool@v1.0") == first
    assert [commit.id for commit in store.log("pool", "v1")] == [first.id]
    assert tag_create(store, "pool", "v1", first.id) == made
    with pytest.raises(AlreadyExists, match=first.id):
        tag_create(store, "pool", "v1", second.id)
    assert tags(store, "pool") == [made]
    tag_delete(store, "pool", "v1")
    with pytest.raises(NotFound):
        store.resolve("pool@v1")
    with pytest.raises(NotFound, match="no tag"):
        tag_delete(store, "pool", "v1")
    assert tag_create(store, "pool", "v1", second.id).commit == second.id


def test_a_name_is_a_branch_or_a_tag_and_never_both(store, put):
    commit = put({"/a": b"1"})
    with pytest.raises(AlreadyExists, match="branch"):
        tag_create(store, "pool", "main", commit.id)
    tag_create(store, "pool", "v1", commit.id)
    with pytest.raises(AlreadyExists, match="tag"):
        store.branch_create("pool", "v1")
    with pytest.raises(AlreadyExists, match="tag"):
        put({"/a": b"2"}, branch="v1")
    with pytest.raises(AlreadyExists, match="tag"):
        store.branch_promote("pool", "main", "v1")


def test_a_tag_is_of_its_own_repo(store, put):
    store.create_repo("other")
    elsewhere = put({"/a": b"1"}, repo="other")
    with pytest.raises(NotFound, match="another repo"):
        tag_create(store, "pool", "v1", elsewhere.id)


def test_a_renamed_repo_keeps_its_commits(store, put):
    first, second = put({"/a": b"1"}), put({"/a": b"2"})
    tag_create(store, "pool", "v1", first.id)
    repo_rename(store, "pool", "lake")
    assert [commit.id for commit in store.log("lake")] == [second.id, first.id]
    assert store.resolve("lake@v1").id == first.id
    assert store.commit(first.id).repo == "lake"
    with pytest.raises(NotFound):
        store.repo("pool")
    store.create_repo("pool")
    with pytest.raises(AlreadyExists):
        repo_rename(store, "pool", "lake")


def test_a_repo_keeps_its_name_when_somebody_objects(store):
    def object_to(_tx):
        raise Conflict("a pipeline reads it")

    with pytest.raises(Conflict, match="pipeline"):
        repo_rename(store, "pool", "lake", also=object_to)
    assert [repo.name for repo in store.repos()] == ["pool"]


def test_a_description_is_replaced(store):
    repo_describe(store, "pool", "raw files")
    assert store.repo("pool").description == "raw files"
    with pytest.raises(NotFound):
        repo_describe(store, "nowhere", "x")


def test_a_protected_branch_grows_by_promoting_alone(store, put):
    first = put({"/a": b"1"})
    store.branch_create("pool", "dev", at=first.id)
    second = put({"/a": b"2"}, branch="dev")
    assert branch_protect(store, "pool", "main").protected
    with pytest.raises(Forbidden, match="protected"):
        put({"/a": b"3"})
    with pytest.raises(Forbidden, match="protected"):
        store.branch_move("pool", "main", second.id)
    with pytest.raises(Forbidden, match="protected"):
        store.branch_delete("pool", "main")
    assert store.head("pool").id == first.id
    assert store.branch_promote("pool", "dev", "main").protected
    assert put({"/job": b""}, kind="job").kind == "job"
    assert [branch.protected for branch in store.branches("pool")] == [False, True]
    branch_protect(store, "pool", "main", protected=False)
    put({"/a": b"3"})


def test_a_workspace_is_there_until_it_is_deleted_empty(store):
    assert [(each.name, each.repos) for each in workspaces(store)] == [("default", 1)]
    workspace_create(store, "team", description="ours")
    with pytest.raises(AlreadyExists):
        workspace_create(store, "team")
    store.create_repo("pool", workspace="team")
    store.create_repo("pool", workspace="guests")
    assert [(each.name, each.repos) for each in workspaces(store)] == [("default", 1), ("guests", 1), ("team", 1)]
    with pytest.raises(Conflict, match="pool"):
        workspace_delete(store, "team")
    store.delete_repo("pool", workspace="team")
    workspace_delete(store, "team")
    with pytest.raises(NotFound):
        workspace_delete(store, "team")
    with pytest.raises(Conflict):
        workspace_delete(store, "default")


def test_names_survive_a_restart(store, put, tmp_path):
    commit = put({"/a": b"1"})
    tag_create(store, "pool", "v1", commit.id)
    branch_protect(store, "pool", "main")
    workspace_create(store, "team")
    with Store.open(tmp_path / "home") as again:
        assert again.resolve("pool@v1").id == commit.id
        assert again.branches("pool")[0].protected
        assert [each.name for each in workspaces(again)] == ["default", "team"]
