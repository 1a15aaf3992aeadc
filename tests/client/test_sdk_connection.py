"""Repos and workspaces, commits to several repos, and what projects forbid: in a home and on a live server."""

import inspect
import os

import pytest
from tests.server.served import Served, until

import recension
from recension.client.connection import Connection
from recension.client.home_connection import HomeConnection
from recension.client.server_connection import ServerConnection
from recension.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("RECENSION_HOME", "RECENSION_SERVER", "RECENSION_TOKEN", "RECENSION_JOB"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    server = Served(tmp_path_factory.mktemp("connections") / "home").start()
    yield server
    assert server.stop() == 0


def put(repo, files, branch="main"):
    with repo.commit(branch) as changes:
        for path, body in files.items():
            changes.put(path, body)


def content(repo):
    return {file.path: repo.read(file.path) for file in repo.walk()}


class TestConnection:
    @pytest.fixture(params=["home", "server"])
    def connection(self, request, tmp_path, served):
        if request.param == "server":
            return recension.connect(server=served.url, token=served.token)
        return recension.connect(home=tmp_path / "new", author="ann")

    def test_repos_and_workspaces_come_and_go(self, connection):
        space = f"w-{os.urandom(5).hex()}"
        assert connection.create_workspace(space, description="Ours").repos == 0
        repo = connection.create_repo(f"{space}/pool", description="Raw")
        assert repo.address == f"{space}/pool"
        with pytest.raises(AlreadyExists):
            connection.create_repo(f"{space}/pool")
        put(repo, {"/a": "1"})
        assert [(each.name, each.description, each.files) for each in connection.repos(space)] == [("pool", "Raw", 1)]
        assert f"{space}/pool" in [f"{each.workspace}/{each.name}" for each in connection.repos()]
        (seen,) = [each for each in connection.workspaces() if each.name == space]
        assert (seen.description, seen.repos) == ("Ours", 1)
        renamed = connection.rename_repo(f"{space}/pool", "lake")
        assert content(renamed) == {"/a": b"1"}
        with pytest.raises(Conflict):
            connection.delete_workspace(space)
        connection.delete_repo(f"{space}/lake")
        connection.delete_workspace(space)
        with pytest.raises(NotFound):
            renamed.info()

    def test_a_commit_to_several_repos_is_all_or_nothing(self, connection):
        one, two = (connection.create_repo(f"t-{os.urandom(5).hex()}") for _ in range(2))
        names = [f"{one.name}@main", f"{two.name}@dev"]
        with connection.commit(*names, message="Both", meta={"run": 1}) as changes:
            changes[names[0]].put("/a", "1")
            changes[names[1]].put("/b", "2")
        first, second = one.resolve(), two.resolve("dev")
        assert [each.id for each in changes.values()] == [first.id, second.id]
        assert first.global_id == second.global_id == first.id
        assert (first.message, second.meta) == ("Both", {"run": 1})
        with pytest.raises(ZeroDivisionError), connection.commit(*names) as changes:  # noqa: PT012
            changes[names[0]].put("/a", "2")
            raise ZeroDivisionError
        assert content(one) == {"/a": b"1"}
        with pytest.raises(NotFound), connection.commit(names[0], "nowhere@main"):
            pass
        for wrong in (one.name, f"{one.name}@main^", f"{one.name}@main:/a"):
            with pytest.raises(Invalid), connection.commit(wrong):
                pass


def test_branches_that_a_project_or_pipeline_writes_are_refused(served, tmp_path):
    served.project("owned", ["one"])
    served.post("/repos", {"name": "owned-free"})
    for place in ({"home": served.home}, {"server": served.url, "token": served.token}):
        labels = recension.repo("owned-labels", **place)
        for attempt in (
            lambda repo: put(repo, {"/a": "1"}, "main"),
            lambda repo: put(repo, {"/a": "1"}, "live"),
            lambda repo: repo.create_branch("main"),
            lambda repo: repo.copy("owned-pool@main:/", "/in"),
            lambda repo: repo.merge("live"),
            lambda repo: repo.drop("live"),
            lambda repo: repo.import_from(f"file://{tmp_path}", branch="main"),
        ):
            with pytest.raises(Forbidden, match="project 'owned'"):
                attempt(labels)
        put(labels, {"/a": "1"}, "mine")
        with pytest.raises(Forbidden, match="documents"):
            put(recension.repo("projects", **place), {"/a": "1"})
        labels.delete_branch("mine")
    (tmp_path / "f").write_text("x")
    with pytest.raises(Forbidden, match="project 'owned'"):
        recension.put(tmp_path / "f", "owned-labels@main", home=served.home)
    home = recension.connect(home=served.home)
    with pytest.raises(Forbidden, match="project 'owned'"), home.commit("owned-labels@live"):
        pass
    with pytest.raises(Forbidden, match="project 'owned'"):
        home.delete_repo("owned-labels")
    with pytest.raises(Conflict, match="owned"):
        home.rename_repo("owned-pool", "other")
    pool = home.repo("owned-pool")
    until(lambda: served.get("/projects/owned/progress")["tasks"]["total"] == 1, "the project has taken it in")
    with pytest.raises(Conflict, match="owned"):
        pool.drop("main")


def public(kind):
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


def test_both_kinds_of_connection_offer_the_interface_and_nothing_else():
    assert not HomeConnection.__abstractmethods__
    assert not ServerConnection.__abstractmethods__
    assert public(HomeConnection) == public(ServerConnection) == public(Connection)
