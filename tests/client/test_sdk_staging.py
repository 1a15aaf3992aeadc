"""Single puts and triggers in Python: the same in a home and on a server."""

import os

import pytest
from tests.server.served import Served

import recension
from recension.errors import Forbidden, Invalid, NotFound
from recension.store import Store


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("RECENSION_HOME", "RECENSION_SERVER", "RECENSION_TOKEN", "RECENSION_JOB"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    server = Served(tmp_path_factory.mktemp("staging") / "home").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(params=["home", "server"])
def repo(request, tmp_path, served):
    if request.param == "server":
        name = f"pool-{os.urandom(5).hex()}"
        served.post("/repos", {"name": name})
        made = recension.repo(name, server=served.url, token=served.token)
    else:
        with Store.create(tmp_path / "home") as store:
            store.create_repo("pool")
        made = recension.repo("pool", home=tmp_path / "home", author="ann")
    with made.commit() as changes:
        changes.put("/first", b"1")
    assert made.staging_mode(idle_s=3600).idle_s == 3600
    return made


def test_single_puts(repo, tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    first = repo.stage("/a", "text", message="by hand")
    assert (first.path, first.size, first.waiting, first.commit) == ("/a", 4, 1, None)
    assert repo.stage("/big", tmp_path / "file").waiting == 2
    assert repo.stage_delete("/first").waiting == 3
    assert repo.read("/a") == b"text"
    (group,) = repo.staged()
    assert (group.branch, group.changes, group.since <= group.at < group.due) == ("main", 3, True)
    made = repo.commit_staged()
    assert [file.path for file in repo.walk()] == ["/a", "/big"]
    assert made.meta["staged"]["messages"] == ["by hand"]
    assert made == next(repo.log())
    assert (repo.staged(), repo.commit_staged()) == ([], None)
    with pytest.raises(Invalid):
        repo.stage("/a/b", b"")


def test_what_resolves_is_a_commit_with_everything(repo):
    repo.stage("/a", b"1")
    assert repo.resolve().message == "Put /a"
    assert repo.staged() == []


def test_modes(repo):
    assert repo.staging_mode(alone=True, changes=7).alone
    assert repo.staging_mode().changes == 7
    assert repo.stage("/a", b"1").commit.message == "Put /a"
    with pytest.raises(NotFound):
        repo.staging_mode("nowhere")


def test_triggers(repo):
    made = repo.set_trigger("prod", "main", commits=1, cron="@daily", whole=False)
    assert (made.branch, made.source, made.commits, made.size, made.fired) == ("prod", "main", 1, None, None)
    assert repo.triggers() == [made]
    with repo.commit() as changes:
        changes.put("/second", b"2")
    assert {branch.head for branch in repo.branches()} == {changes.id}
    assert repo.triggers()[0].fired is not None
    with pytest.raises(Forbidden):
        repo.stage("/a", b"1", branch="prod")
    with pytest.raises(Invalid):
        repo.set_trigger("main", "prod", commits=1)
    repo.remove_trigger("prod")
    with pytest.raises(NotFound):
        repo.remove_trigger("prod")


def test_a_walk_finds_what_is_staged(repo):
    repo.stage("/a", b"1")
    assert [file.path for file in repo.walk()] == ["/a", "/first"]
    assert repo.stat("/a").size == 1
