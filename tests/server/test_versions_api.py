"""History, comparisons, many changes in one commit, and archives over HTTP."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.server.comparing import Comparison, differences
from recension.server.receipts import Receipts
from recension.store import Change, Entry


def entry(path, blob, size=1):
    return Entry(path, bytes([blob]) * 32, size)


trees = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), max_size=8)


@given(trees, trees)
def test_renames_lose_and_invent_nothing(before, after):
    changes = []
    for name in sorted(before.keys() | after.keys()):
        old, new = (entry(f"/{name}", side[name]) if name in side else None for side in (before, after))
        if old != new:
            changes.append(Change(f"/{name}", old, new))
    found = differences(changes)
    assert sorted(each.before.path for each in found if each.before) == [c.path for c in changes if c.before]
    assert sorted(each.after.path for each in found if each.after) == [c.path for c in changes if c.after]
    assert [each.path for each in found] == sorted(each.path for each in found)
    for each in found:
        if each.kind == "renamed":
            assert each.before.blob == each.after.blob
            assert each.before.path != each.after.path
    # What is left over as removed was added nowhere.
    removed = {each.before.blob for each in found if each.kind == "removed"}
    assert not removed & {each.after.blob for each in found if each.kind == "added"}


@given(trees, st.integers(1, 4))
def test_pages_of_a_comparison_are_the_whole(tree, limit):
    changes = [Change(f"/{name}", None, entry(f"/{name}", blob)) for name, blob in sorted(tree.items())]
    whole = Comparison(tuple(differences(changes)), complete=True)
    seen, after = [], None
    while True:
        shown, after = whole.page(after, limit)
        seen += shown
        if after is None:
            break
    assert tuple(seen) == whole.differences


def test_empty_files_are_no_renames():
    changes = [Change("/a", entry("/a", 0, 0), None), Change("/b", None, entry("/b", 0, 0))]
    assert [each.kind for each in differences(changes)] == ["removed", "added"]


def test_a_receipt_is_good_for_its_account_only():
    receipts = Receipts()
    receipt = receipts.issue(1, b"x" * 32, 7)
    assert receipts.redeem(1, receipt) == (b"x" * 32, 7)
    for account, text in [(2, receipt), (1, receipt.replace("-7-", "-8-")), (1, ""), (1, "x-y-ü")]:
        with pytest.raises(LookupError):
            receipts.redeem(account, text)


def send(served, repo, *parts):
    sizes = ",".join(str(len(part)) for part in parts)
    answer = served.http.post(f"/api/v1/repos/{repo}/blobs/upload", params={"sizes": sizes}, content=b"".join(parts))
    assert answer.status_code == 201, answer.text
    return answer.json()["receipts"]


def put(path, receipt):
    return {"op": "put", "path": path, "receipt": receipt}


@pytest.fixture(scope="module")
def box(served):
    """A repo that was filled, changed on a branch and merged by hand."""
    served.post("/repos", {"name": "box"})
    one, two, three, nothing = send(served, "box", b"one", b"two", b"three", b"")
    changes = [put("/in/1", one), put("/in/2", two), put("/deep/er/3.txt", three), put("/empty", nothing)]
    served.post("/repos/box/commits", {"message": "four", "changes": changes})
    return served


def commit(served, repo, *changes, **more):
    return served.http.post(f"/api/v1/repos/{repo}/commits", json={"changes": list(changes), **more})


def paths(served, repo, ref="main"):
    found, waiting = [], ["/"]
    while waiting:
        for node in served.get(f"/repos/{repo}/ls", ref=ref, path=waiting.pop())["entries"]:
            (waiting if node["type"] == "folder" else found).append(node["path"])
    return sorted(found)


def test_many_files_become_one_commit(box):
    (made,) = box.get("/repos/box/log")["commits"]
    assert (made["message"], made["files"], made["size"]) == ("four", 4, 11)
    assert box.http.get("/api/v1/repos/box/raw", params={"path": "/deep/er/3.txt"}).content == b"three"


def test_sizes_that_do_not_add_up_are_refused(box):
    for sizes in ("2", "2,2", "x", "3,", "-1,4", "²"):
        answer = box.http.post("/api/v1/repos/box/blobs/upload", params={"sizes": sizes}, content=b"abc")
        assert (answer.status_code, answer.json()["error"]["where"]) == (400, "sizes"), sizes


def test_a_folder_is_moved_and_another_deleted_at_once(box):
    box.post("/repos/box/branches", {"name": "tidy", "at": "main"})
    changes = [{"op": "move", "path": "/in", "to": "/out/side"}, {"op": "delete", "path": "/deep"}]
    assert commit(box, "box", *changes, branch="tidy").status_code == 201
    assert paths(box, "box", "tidy") == ["/empty", "/out/side/1", "/out/side/2"]
    seen = box.get("/repos/box/compare", **{"from": "main", "to": "tidy"})
    assert [(each["kind"], each["path"]) for each in seen["differences"]] == [
        ("removed", "/deep/er/3.txt"),
        ("renamed", "/out/side/1"),
        ("renamed", "/out/side/2"),
    ]
    assert seen["totals"] | {"bytes_before": 0} == {
        "added": 0, "changed": 0, "removed": 1, "renamed": 2, "bytes_before": 0, "bytes_after": 6,
    }  # fmt: skip


def test_files_and_folders_are_copied_beside_other_changes(box):
    box.post("/repos/box/branches", {"name": "twice", "at": "main"})
    changes = [{"op": "copy", "path": "/in", "to": "/again/in"}, {"op": "copy", "path": "/empty", "to": "/again/empty"}]
    made = commit(box, "box", *changes, {"op": "delete", "path": "/deep"}, branch="twice").json()["commit"]
    assert made["message"] == "Change 3 paths"
    assert paths(box, "box", "twice") == ["/again/empty", "/again/in/1", "/again/in/2", "/empty", "/in/1", "/in/2"]
    assert box.http.get("/api/v1/repos/box/raw", params={"path": "/again/in/2", "ref": "twice"}).content == b"two"


def test_a_comparison_is_filtered_by_path_and_kind_and_comes_in_pages(box):
    both = {"from": "main", "to": "tidy"}
    shown = box.get("/repos/box/compare", **both, path="/in/")
    assert [each["before"]["path"] for each in shown["differences"]] == ["/in/1", "/in/2"]
    shown = box.get("/repos/box/compare", **both, path="SIDE", kind="renamed", limit=1)
    assert shown["totals"]["removed"] == 0
    rest = box.get("/repos/box/compare", **both, path="SIDE", kind="renamed", limit=1, after=shown["next"])
    assert [each["path"] for each in shown["differences"] + rest["differences"]] == ["/out/side/1", "/out/side/2"]
    assert rest["next"] is None


def test_a_commit_gets_in_whole_or_not_at_all(box):
    (receipt,) = send(box, "box", b"new")
    before = box.get("/repos/box/branches")
    refused = [
        ({"op": "delete", "path": "/nowhere"}, 404),
        ({"op": "move", "path": "/in/1", "to": "/in/2"}, 409),
        ({"op": "move", "path": "/in/1", "to": "/deep"}, 409),
        ({"op": "move", "path": "/in", "to": "/in/side"}, 400),
        ({"op": "copy", "path": "/in", "to": "/in/side"}, 400),
        ({"op": "copy", "path": "/in/1", "to": "/in/2"}, 409),
        ({"op": "copy", "path": "/nowhere", "to": "/x"}, 404),
        (put("/x", receipt[:-1] + "_"), 404),
        (put("/../x", receipt), 400),
        (put("/in", receipt), 400),
    ]
    for change, status in refused:
        answer = commit(box, "box", put("/new", receipt), change)
        assert answer.status_code == status, answer.text
    assert box.get("/repos/box/branches") == before


def test_a_receipt_of_another_account_opens_nothing(box):
    (receipt,) = send(box, "box", b"for me alone")
    with box.user("curious", "engineer") as curious:
        answer = curious.post("/api/v1/repos/box/commits", json={"changes": [put("/x", receipt)]})
        assert answer.status_code == 404


def test_a_commit_may_ask_where_the_branch_stands(box):
    box.post("/repos", {"name": "watched"})
    receipts = send(box, "watched", b"1", b"2")
    first = commit(box, "watched", put("/a", receipts[0])).json()["commit"]["id"]
    second = commit(box, "watched", put("/a", receipts[1]), expect=first)
    assert second.status_code == 201
    assert commit(box, "watched", put("/a", receipts[0]), expect=first).status_code == 409


def test_history_shows_every_branch_in_pages(box):
    box.post("/repos", {"name": "forked"})
    first = box.upload("forked", "/a", "1")
    box.post("/repos/forked/branches", {"name": "side", "at": "main"})
    side = box.upload("forked", "/b", "2", branch="side")
    main = box.upload("forked", "/c", "3")
    whole = box.get("/repos/forked/history")["commits"]
    assert [each["id"] for each in whole] == [main["id"], side["id"], first["id"]]
    assert whole[0]["parents"] == whole[1]["parents"] == [first["id"]]
    page = box.get("/repos/forked/history", limit=2)
    assert page["commits"] + box.get("/repos/forked/history", limit=2, after=page["next"])["commits"] == whole


def test_a_folder_comes_as_an_archive(box):
    answer = box.http.get("/api/v1/repos/box/zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''box.zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        read = {name: archive.read(name) for name in archive.namelist()}
    assert read == {"in/1": b"one", "in/2": b"two", "deep/er/3.txt": b"three", "empty": b""}
    assert box.http.get("/api/v1/repos/box/zip").content == answer.content
    inner = box.http.get("/api/v1/repos/box/zip", params={"path": "/deep"})
    assert zipfile.ZipFile(io.BytesIO(inner.content)).namelist() == ["er/3.txt"]
    some = box.http.get("/api/v1/repos/box/zip", params={"name": ["deep", "empty", "deep"]})
    assert zipfile.ZipFile(io.BytesIO(some.content)).namelist() == ["deep/er/3.txt", "empty"]
    for asked in ({"path": "/none"}, {"name": "none"}, {"path": "/in", "name": "../deep"}):
        assert box.http.get("/api/v1/repos/box/zip", params=asked).status_code in {400, 404}


def test_an_archive_of_much_is_made_in_little_memory(tmp_path):
    import os
    import tracemalloc

    from recension.server.zipping import zip_folder
    from recension.store import Put, Store

    with Store.open(tmp_path / "home", create=True) as store:
        store.create_repo("much")
        with store.upload() as packed:
            large = packed.add_stream(os.urandom(1 << 20) for _ in range(96))
            made = store.write("much", "main", [Put(f"/{n}/big", *large) for n in range(3)], upload=packed)
        sizes = []
        tracemalloc.start()
        with (tmp_path / "out.zip").open("wb") as file:
            for piece in zip_folder(store, made, "/"):
                sizes.append(len(piece))
                file.write(piece)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        with zipfile.ZipFile(tmp_path / "out.zip") as archive:
            assert [info.file_size for info in archive.infolist()] == [96 << 20] * 3
    assert max(sizes) < 1 << 20
    assert peak < 80 << 20


def test_roles_are_changed_at_once_and_an_administrator_stays(served):
    with served.user("climber", "annotator") as climber:
        assert climber.get("/api/v1/repos").status_code == 403
        answer = served.http.put("/api/v1/users/climber/roles", json={"roles": ["lead", "annotator"]})
        assert (answer.status_code, answer.json()["roles"]) == (200, ["annotator", "lead"])
        assert climber.get("/api/v1/repos").status_code == 200
    (admin,) = [u["name"] for u in served.get("/users") if "admin" in u["roles"] and not u["robot"]]
    answer = served.http.put(f"/api/v1/users/{admin}/roles", json={"roles": ["lead"]})
    assert "last administrator" in answer.json()["error"]["message"]
    for roles in ([], ["boss"]):
        assert served.http.put("/api/v1/users/climber/roles", json={"roles": roles}).status_code == 400
    assert served.http.put("/api/v1/users/nobody/roles", json={"roles": ["lead"]}).status_code == 404


def test_throughput_counts_every_answer(served):
    from tests.server.served import answer_page

    served.project("paced", [f"line {n}" for n in range(8)])
    empty = served.get("/projects/paced/throughput")
    assert (empty["answers"], empty["slices"], empty["start"]) == (0, [], None)
    with served.user("pacer") as pacer:
        given = answer_page(pacer, "paced") + answer_page(pacer, "paced")
    for slices in (1, 7, 40):
        seen = served.get("/projects/paced/throughput", slices=slices)
        assert (seen["answers"], sum(seen["slices"]), len(seen["slices"])) == (len(given), len(given), slices)
    assert not seen["simulated"]


def test_the_guideline_is_called_by_its_project_in_the_lineage(served):
    from tests.server.served import answer_page, until

    served.project("family", ["a line"])
    with served.user("father") as father:
        answer_page(father, "family")
    log = until(
        lambda: served.http.get("/api/v1/repos/family-labels/log").json().get("commits"), "the labels are published"
    )
    nodes = served.get(f"/commits/{log[0]['id']}/lineage")["nodes"]
    assert [node["label"] for node in nodes if node["kind"] == "guideline"] == ["Guideline of family"]


def test_taking_an_answer_back_is_news(served):
    import threading

    from tests.server.served import answer_page

    served.project("regret", ["a line"])
    heard, listening = [], threading.Event()

    def listen():
        with served.http.stream("GET", "/api/v1/events") as stream:
            for line in stream.iter_lines():
                listening.set()
                if line.startswith("data:") and '"answer"' in line:
                    heard.append(line)
                    return

    with served.user("regretful") as worker:
        (given,) = answer_page(worker, "regret")
        listener = threading.Thread(target=listen)
        listener.start()
        assert listening.wait(10)
        assert worker.post("/api/v1/undo", json={"answer_id": given}).status_code == 200
        listener.join(10)
    assert '"regret"' in heard[0]
