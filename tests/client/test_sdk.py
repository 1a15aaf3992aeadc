"""One interface, two places: the same operations on a home of this machine and on a live server."""

import inspect
import os
import threading
import time
import zipfile
from pathlib import Path

import msgspec
import pytest
from tests.server.served import Served

import recension
from recension.client import values
from recension.client.home_repo import HomeRepo
from recension.client.repo_interface import Repo
from recension.client.server_repo import ServerRepo
from recension.errors import (
    AlreadyExists,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RecensionError,
    SourceChanged,
    Unavailable,
)
from recension.store import Store
from recension.store.settings import Settings, read_settings, write_settings


@pytest.fixture(autouse=True)
def _plain(monkeypatch, tmp_path):
    for name in ("RECENSION_HOME", "RECENSION_SERVER", "RECENSION_TOKEN", "RECENSION_JOB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    server = Served(tmp_path_factory.mktemp("sdk") / "home").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def linkable(served):
    """A folder that the server's operator allows links to."""
    folder = served.home.parent / "linkable"
    folder.mkdir()
    settings = read_settings(served.home)
    write_settings(served.home, msgspec.structs.replace(settings, links=(f"file://{folder}",)))
    return folder


@pytest.fixture(params=["home", "server"])
def make(request, tmp_path, served):
    """Make a repo and give it to use."""
    if request.param == "server":

        def on_server(name):
            unique = f"{name}-{os.urandom(5).hex()}"
            served.post("/repos", {"name": unique})
            return recension.repo(unique, server=served.url, token=served.token)

        return on_server
    Store.create(tmp_path / "home").close()

    def in_home(name):
        with Store.open(tmp_path / "home") as store:
            store.create_repo(name)
        return recension.repo(name, home=tmp_path / "home", author="ann")

    return in_home


@pytest.fixture
def repo(make):
    return make("pool")


def put(repo, files, branch="main", **about):
    with repo.commit(branch, **about) as changes:
        for path, body in files.items():
            changes.put(path, body)
    return changes.id


def content(repo, ref="main"):
    return {file.path: repo.read(file.path, ref) for file in repo.walk("/", ref)}


class TestNames:
    def test_a_repo_says_what_it_is(self, repo):
        put(repo, {"/a": "123"})
        assert repo.describe("Raw scans").description == "Raw scans"
        info = repo.info()
        assert (info.name, info.workspace, info.files, info.size) == (repo.name, "default", 1, 3)
        assert repo.address == repo.name

    def test_branches(self, repo):
        first, second = put(repo, {"/a": "1"}), put(repo, {"/a": "2"})
        assert repo.create_branch("dev", "main^").head == first
        assert repo.create_branch("empty").head is None
        with pytest.raises(AlreadyExists):
            repo.create_branch("dev")
        assert repo.promote_branch("main", "dev").head == second
        assert repo.move_branch("dev", first, expect="main").head == first
        with pytest.raises(Conflict):
            repo.move_branch("dev", "main", expect="main")
        assert repo.protect_branch("dev").protected
        with pytest.raises(Forbidden):
            put(repo, {"/b": "1"}, "dev")
        with pytest.raises(Forbidden):
            repo.delete_branch("dev")
        assert not repo.protect_branch("dev", protected=False).protected
        repo.delete_branch("dev")
        assert [(branch.name, branch.head) for branch in repo.branches()] == [("empty", None), ("main", second)]
        with pytest.raises(NotFound):
            repo.delete_branch("dev")

    def test_tags(self, repo):
        commit = put(repo, {"/a": "1"})
        made = repo.create_tag("v1", message="First")
        assert (made.name, made.commit, made.message) == ("v1", commit, "First")
        assert repo.tags() == [made]
        assert repo.resolve("v1").id == commit
        repo.delete_tag("v1")
        assert repo.tags() == []


class TestHistory:
    def test_log_with_filters(self, repo):
        ids = [put(repo, {f"/f{n}": "1"}, message=f"m{n}", meta={"run": {"n": n}}) for n in range(4)]
        log = list(repo.log())
        assert [commit.id for commit in log] == ids[::-1]
        assert log[0] == repo.resolve()
        assert log[0].parents == (ids[2],)
        assert (log[0].message, log[0].meta, log[0].kind) == ("m3", {"run": {"n": 3}}, "user")
        assert [commit.id for commit in repo.log("main^2")] == ids[1::-1]
        assert [commit.id for commit in repo.log(path="/f1")] == [ids[1]]
        assert [commit.id for commit in repo.log(where={"run.n": "2"})] == [ids[2]]
        assert repo.resolve("main.0").id == ids[0]
        with pytest.raises(NotFound):
            repo.resolve("nowhere")

    def test_diff(self, repo):
        put(repo, {"/a": "1", "/sub/b": "old name", "/c": "1"})
        repo.move("/sub/b", "/sub/moved")
        put(repo, {"/a": "2", "/d": "1"})
        repo.remove("/c")
        changes = list(repo.diff("main.0"))
        assert [(each.path, each.kind) for each in changes] == [
            ("/a", "changed"), ("/c", "removed"), ("/d", "added"), ("/sub/b", "removed"), ("/sub/moved", "added")
        ]  # fmt: skip
        assert changes[0].before.path == changes[0].after.path == "/a"
        assert changes[0].before.blob != changes[0].after.blob
        (renamed,) = repo.diff("main.0", path="/sub", renames=True)
        assert (renamed.kind, renamed.before.path, renamed.after.path) == ("renamed", "/sub/b", "/sub/moved")
        assert [each.kind for each in repo.diff(None)] == ["added"] * 3
        assert [each.path for each in repo.diff("main.0", path="/sub")] == ["/sub/b", "/sub/moved"]
        assert list(repo.diff("main", "main")) == []

    def test_provenance_both_ways(self, make):
        raw, clean, model = make("raw"), make("clean"), make("model")
        first = put(raw, {"/a": "1"})
        clean.copy(f"{raw.address}@main:/a", "/a")
        model.copy(f"{clean.address}@main:/a", "/a")
        second = clean.resolve().id
        assert [commit.id for commit in model.provenance()] == [second]
        assert [commit.id for commit in model.provenance(direct=False)] == [first, second]
        assert [commit.id for commit in raw.derived()] == [second]
        assert [commit.id for commit in raw.derived(direct=False)] == [second, model.resolve().id]
        assert raw.provenance() == []

    def test_a_cascade_and_waiting_for_it(self, repo):
        commit = put(repo, {"/a": "1"})
        assert [each.id for each in repo.cascade()] == [commit]
        if isinstance(repo, ServerRepo):
            assert [each.id for each in repo.wait(timeout_s=20)] == [commit]
        else:
            with pytest.raises(Unavailable):
                repo.wait(timeout_s=1)

    def test_subscribing_misses_nothing(self, repo):
        put(repo, {"/a": "0"})
        coming = repo.subscribe()
        ids = [put(repo, {"/a": str(n)}) for n in range(1, 4)]

        def later():
            time.sleep(0.3)
            ids.append(put(repo, {"/a": "later"}))

        writer = threading.Thread(target=later)
        writer.start()
        found = [next(coming).id for _ in range(4)]
        writer.join()
        assert found == ids
        repo.move_branch("main", ids[0])
        assert next(coming).id == ids[0]
        assert list(repo.subscribe(timeout_s=0.1)) == []
        with pytest.raises(NotFound):
            repo.subscribe("nowhere")


class TestContent:
    def test_listings(self, repo):
        put(repo, {"/b/x/1": "1", "/b/x/2": "22", "/b.txt": "3", "/a": "4", "/b/y": "5"})
        assert [(type(node).__name__, node.path) for node in repo.ls()] == [
            ("File", "/a"), ("File", "/b.txt"), ("Folder", "/b")
        ]  # fmt: skip
        assert next(iter(repo.ls("/b"))) == values.Folder("/b/x", 2, 3) == repo.stat("/b/x")
        assert [node.path for node in repo.walk()] == ["/a", "/b.txt", "/b/x/1", "/b/x/2", "/b/y"]
        assert [node.path for node in repo.walk("/b/x")] == ["/b/x/1", "/b/x/2"]
        assert list(repo.walk("/a")) == list(repo.ls("/a")) == [repo.stat("/a")]
        file = repo.stat("/b.txt")
        assert (file.size, file.mode, file.content_type, file.link) == (1, 0o644, "text/plain", None)
        assert repo.stat("/") == values.Folder("/", 5, 6)
        for look in (lambda: list(repo.ls("/no")), lambda: list(repo.walk("/no")), lambda: repo.stat("/no")):
            with pytest.raises(NotFound):
                look()

    def test_many_calls_share_what_is_opened_once(self, repo):
        with repo as held:
            assert held is repo
            put(repo, {"/a": "1"})
            assert [file.path for file in repo.walk()] == ["/a"]
            put(repo, {"/b": "2"})
            assert content(repo) == {"/a": b"1", "/b": b"2"}
        assert repo.read("/b") == b"2"

    def test_more_than_a_page(self, repo):
        names = [f"/f{n:04}" for n in range(1100)]
        put_all(repo, names)
        assert [node.path for node in repo.ls()] == names
        assert [node.path for node in repo.walk()] == names
        assert [each.path for each in repo.diff(None)] == names

    def test_bytes_from_anywhere(self, repo):
        body = os.urandom(300_000)
        put(repo, {"/a": body, "/sub/b": "text", "/empty": ""})
        assert repo.read("/a") == body
        assert repo.read("/a", start=1000, end=1010) == body[1000:1010]
        assert repo.read("/a", start=len(body) - 3) == body[-3:]
        assert repo.read("/a", end=3) == body[:3]
        assert repo.read("/a", start=len(body)) == repo.read("/empty") == b""
        assert repo.read("/a", start=5, end=5) == b""
        with pytest.raises(NotFound):
            repo.read("/nowhere")
        with repo.open("/a") as file:
            assert file.seek(-10, os.SEEK_END) == len(body) - 10
            assert file.read() == body[-10:]
            file.seek(100_000)
            assert file.read(7) == body[100_000:100_007]
            put(repo, {"/a": "changed meanwhile"})
            file.seek(0)
            assert file.read() == body
        with pytest.raises(Invalid):
            repo.open("/sub")

    def test_files_on_disk(self, repo, tmp_path):
        put(repo, {"/in/a": "1", "/in/sub/b": "2", "/other": "3"})
        assert repo.get("/in/sub/b").read_text() == "2"
        done = repo.checkout(tmp_path / "out", path="/in")
        assert (done.written, done.removed) == (2, 0)
        repo.remove("/in/sub", recursive=True)
        again = repo.checkout(tmp_path / "out", path="/in")
        assert (again.written, again.kept, again.removed) == (0, 1, 1)
        assert [path.name for path in (tmp_path / "out").rglob("*") if path.is_file()] == ["a"]


def put_all(repo, names):
    with repo.commit() as changes:
        for name in names[:1]:
            changes.put(name, "x")
    folder = Path(os.environ["XDG_CACHE_HOME"]) / "many"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name[1:]).write_text("x")
    repo.put([folder])


class TestChanging:
    def test_what_a_commit_says(self, repo):
        commit = put(repo, {"/a": "1"}, message="Said", meta={"by": "me"})
        seen = repo.resolve()
        assert (seen.id, seen.message, seen.meta) == (commit, "Said", {"by": "me"})
        assert seen.author == ("ann" if isinstance(repo, HomeRepo) else "local")
        with pytest.raises(ZeroDivisionError), repo.commit() as changes:  # noqa: PT012
            changes.put("/b", "1")
            raise ZeroDivisionError
        assert repo.resolve().id == commit

    def test_putting_and_appending(self, repo, tmp_path):
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "a").write_text("one")
        made = repo.put([tmp_path / "new"], "/in", message="Put")
        assert (made.message, made.files) == ("Put", 1)
        repo.append("/in/a", " two")
        repo.append("/in/a", tmp_path / "new" / "a")
        repo.append("/in/new", b"x")
        assert content(repo) == {"/in/a": b"one twoone", "/in/new": b"x"}
        assert repo.put([tmp_path / "new"], "/in", delete=True).files == 1

    def test_archives(self, repo, tmp_path):
        put(repo, {"/in/old": "old", "/kept": "kept"})
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("sub/new", "new")
        made = repo.put_archive(tmp_path / "a.zip", "/in", delete=True, message="Unpacked")
        assert made.message == "Unpacked"
        assert content(repo) == {"/in/sub/new": b"new", "/kept": b"kept"}

    def test_copying_moving_removing(self, repo, make):
        other = make("other")
        put(repo, {"/a": "1", "/sub/b": "2", "/sub/c": "3"})
        assert repo.copy("/a", "/copied/").files == 4
        assert other.copy(f"{repo.address}@main:/sub", "/there").provenance == (repo.resolve().id,)
        assert content(other) == {"/there/b": b"2", "/there/c": b"3"}
        repo.move("/sub/b", "/moved", message="Away")
        assert repo.resolve().message == "Away"
        repo.remove(["/a", "/copied/*"])
        with pytest.raises(Invalid):
            repo.remove("/sub")
        repo.remove("/sub", recursive=True)
        assert content(repo) == {"/moved": b"2"}
        with pytest.raises(NotFound):
            repo.move("/nowhere", "/x")

    def test_a_merge_with_conflicts(self, repo, tmp_path):
        paths = ("/bytes", "/delete", "/file", "/ours", "/theirs")
        start = put(repo, dict.fromkeys(paths, "0"))
        repo.create_branch("dev", "main")
        put(repo, dict.fromkeys(paths, "ours"))
        theirs = put(repo, dict.fromkeys(paths, "theirs") | {"/new": "new"}, "dev")
        shown = repo.preview_merge("dev")
        assert (shown.how, shown.commit, shown.bases) == ("merged", None, (start,))
        with pytest.raises(values.MergeConflicts) as caught:
            repo.merge("dev")
        assert caught.value.conflicts == shown.conflicts
        assert [each.path for each in shown.conflicts] == list(paths)
        first = shown.conflicts[0]
        assert [side.size for side in (first.base, first.ours, first.theirs)] == [1, 4, 6]
        assert (first.clash, first.unclear) == ((), False)
        assert repo.preview_merge("dev", strategy="ours").conflicts == ()
        (tmp_path / "both").write_text("of a file")
        resolve = {"/bytes": b"both", "/file": tmp_path / "both", "/delete": "delete", "/ours": "ours"}
        done = repo.merge("dev", resolve=resolve, strategy=[("/their*", "theirs")], message="Together")
        assert (done.how, done.bases, done.commit.message) == ("merged", (start,), "Together")
        assert done.commit.parents[1] == theirs
        assert content(repo) == {
            "/bytes": b"both", "/file": b"of a file", "/new": b"new", "/ours": b"ours", "/theirs": b"theirs"
        }  # fmt: skip
        assert repo.merge("dev").how == "nothing"
        assert repo.merge("main", "dev").how == "fast-forward"

    def test_crossed_histories_have_several_bases(self, repo):
        put(repo, {"/x": "0"})
        repo.create_branch("dev", "main")
        one, other = put(repo, {"/x": "1"}), put(repo, {"/x": "2"}, "dev")
        repo.merge(other, strategy="ours")
        repo.merge(one, "dev", strategy="ours")
        shown = repo.preview_merge("dev")
        assert set(shown.bases) == {one, other}
        assert [(each.unclear, each.base) for each in shown.conflicts] == [(True, None)]

    def test_undoing(self, repo):
        put(repo, {"/a": "1"})
        second = put(repo, {"/a": "2"})
        third = put(repo, {"/b": "1"})
        assert repo.revert(second).meta == {"reverts": second}
        assert content(repo) == {"/a": b"1", "/b": b"1"}
        put(repo, {"/a": "3"})
        with pytest.raises(values.MergeConflicts) as caught:
            repo.revert(second)
        assert [each.path for each in caught.value.conflicts] == ["/a"]
        assert repo.revert(second, resolve={"/a": b"4"}).files == 2
        assert repo.read("/a") == b"4"
        (after,) = repo.squash(third)
        assert after.parents == (second,)
        head = repo.resolve()
        assert repo.drop("main") == ["main"]
        assert repo.resolve().id == head.parents[0]
        with pytest.raises(Conflict):
            repo.drop(second)

    def test_importing_and_materialising(self, repo, linkable):
        folder = linkable / os.urandom(5).hex()
        folder.mkdir()
        (folder / "a").write_text("linked")
        (folder / "b").write_text("b")
        done = repo.import_from(f"file://{folder}", "/in", hashed=False)
        assert (done.listed, done.size, done.hashed, done.new, done.unfit) == (2, 7, 0, True, ())
        assert content(repo) == {"/in/a": b"linked", "/in/b": b"b"}
        assert repo.stat("/in/a").link == f"file://{folder}/a"
        assert not repo.import_from(f"file://{folder}", "/in").new
        made = repo.materialise("/in/b")
        assert (made.files, made.size, made.new) == (1, 1, True)
        assert repo.stat("/in/b").link is None
        (folder / "a").unlink()
        (folder / "b").unlink()
        with pytest.raises(SourceChanged) as caught:
            repo.read("/in/a")
        assert f"{repo.address}@{made.commit.id}:/in/a" in str(caught.value)
        with pytest.raises(SourceChanged):
            repo.materialise()
        assert repo.read("/in/b") == b"b"
        (folder / "c").write_text("c")
        assert repo.import_from(f"file://{folder}", "/in", delete=True, hashed=True).commit.files == 1

    def test_linked_files_are_checked_out(self, repo, linkable, tmp_path):
        folder = linkable / os.urandom(5).hex()
        folder.mkdir()
        (folder / "empty").write_text("")
        (folder / "small").write_text("small")
        (folder / "large").write_bytes(os.urandom(5 << 20))
        repo.import_from(f"file://{folder}")
        repo.checkout(tmp_path / "out")
        for name in ("empty", "small", "large"):
            assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes()
        assert repo.checkout(tmp_path / "out").written == 0
        (folder / "small").write_text("other")
        os.utime(folder / "small", (1, 1))
        with pytest.raises(RecensionError) as caught:
            repo.checkout(tmp_path / "again")
        assert "small" in str(caught.value)


def public(kind):
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


def test_both_kinds_of_repo_offer_the_interface_and_nothing_else():
    assert not HomeRepo.__abstractmethods__
    assert not ServerRepo.__abstractmethods__
    assert public(HomeRepo) == public(ServerRepo) == public(Repo)


def test_a_home_needs_no_settings_to_link(tmp_path):
    Store.create(tmp_path / "home").close()
    assert read_settings(tmp_path / "home") == Settings()
