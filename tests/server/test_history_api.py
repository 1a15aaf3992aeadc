"""Names, merges and what undoes them over HTTP."""

import io
import json
import zipfile

import pytest
from tests.server.served import PIPELINE, run_cli, until


@pytest.fixture(scope="module")
def ask(served):
    def request(method, address, body=None, *, code=200, **query):
        answer = served.http.request(method, "/api/v1" + address, json=body, params=query)
        assert answer.status_code == code, answer.text
        return answer.json()

    return request


def test_a_repo_that_a_project_reads_keeps_its_name(served, ask):
    served.project("named", ["one", "two"])
    refusal = ask("POST", "/repos/named-pool/rename", {"name": "lake"}, code=409)["error"]
    assert "project 'named' reads it" in refusal["message"]
    ask("POST", "/repos/named-labels/rename", {"name": "lake"}, code=403)


def test_a_grant_follows_a_renamed_repo(served, ask):
    served.post("/repos", {"name": "before"})
    served.upload("before", "/a", "1")
    with served.user("renamed-reader") as reader:
        ask("PUT", "/users/renamed-reader/grants", {"repo": "before", "level": "read"})
        assert reader.get("/api/v1/repos/before").status_code == 200
        assert ask("POST", "/repos/before/rename", {"name": "after"})["name"] == "after"
        assert reader.get("/api/v1/repos/after").status_code == 200
        served.post("/repos", {"name": "before"})
        assert reader.get("/api/v1/repos/before").status_code == 403
    assert ask("PUT", "/repos/after", {"description": "raw"})["description"] == "raw"


def test_tags_over_http(served, ask):
    served.post("/repos", {"name": "tagged"})
    first = served.upload("tagged", "/a", "1")
    made = ask("POST", "/repos/tagged/tags", {"name": "v1", "message": "as printed"}, code=201)
    assert (made["commit"], made["author"]) == (first["id"], ask("GET", "/me")["user"]["name"])
    served.upload("tagged", "/a", "2")
    assert [each["id"] for each in ask("GET", "/repos/tagged/log", ref="v1")["commits"]] == [first["id"]]
    assert ask("GET", "/repos/tagged/tags") == [made]
    ask("DELETE", "/repos/tagged/tags/v1")
    ask("GET", "/repos/tagged/log", ref="v1", code=404)


def test_only_who_runs_a_repo_promotes_into_a_protected_branch(served, ask):
    served.post("/repos", {"name": "guarded"})
    served.upload("guarded", "/a", "1")
    ask("POST", "/repos/guarded/branches", {"name": "dev", "at": "main"}, code=201)
    assert ask("PUT", "/repos/guarded/branches/main/protection", {"protected": True})["protected"]
    served.upload("guarded", "/a", "2", branch="dev")
    refused = served.http.post("/api/v1/repos/guarded/upload", params={"path": "/a"}, content=b"3")
    assert refused.status_code == 403
    promote = "/repos/guarded/branches/dev/promote"
    with served.user("guarded-writer") as writer:
        ask("PUT", "/users/guarded-writer/grants", {"repo": "guarded", "level": "write"})
        assert writer.post("/api/v1" + promote, json={"to": "main"}).status_code == 403
    ask("POST", promote, {"to": "main"})


def test_workspaces_over_http(ask):
    ask("POST", "/workspaces", {"name": "team", "description": "ours"}, code=201)
    assert [each["name"] for each in ask("GET", "/workspaces")] == ["default", "team"]
    ask("POST", "/repos", {"name": "x", "workspace": "team"}, code=201)
    ask("DELETE", "/workspaces/team", code=409)
    ask("DELETE", "/repos/team:x")
    ask("DELETE", "/workspaces/team")


def paths(ask, repo, ref="main"):
    return [each["path"] for each in ask("GET", f"/repos/{repo}/diff", to=ref, **{"from": f"{ref}.0"})["changes"]]


def test_files_move_by_reference_over_http(served, ask):
    for name in ("here", "there"):
        served.post("/repos", {"name": name})
        served.upload(name, "/first", "")
    served.upload("here", "/raw/a.csv", "a")
    copied = ask("POST", "/repos/there/copy", {"source": "here@main:/raw", "to": "/in"}, code=201)["commit"]
    assert [each["repo"] for each in copied["provenance"]] == ["here"]
    ask("POST", "/repos/there/move", {"path": "/in/*.csv", "to": "/out/"}, code=201)
    assert paths(ask, "there") == ["/out/a.csv"]
    ask("POST", "/repos/there/remove", {"paths": ["/out"]}, code=400)
    ask("POST", "/repos/there/remove", {"paths": ["/out"], "recursive": True}, code=201)
    assert paths(ask, "there") == []
    with served.user("copying-writer") as writer:
        ask("PUT", "/users/copying-writer/grants", {"repo": "there", "level": "write"})
        body = {"source": "here@main:/raw", "to": "/in"}
        assert writer.post("/api/v1/repos/there/copy", json=body).status_code == 403


def test_appending_and_archives_over_http(served, ask):
    served.post("/repos", {"name": "grown"})
    served.upload("grown", "/log", "one\n")
    add = served.http.post("/api/v1/repos/grown/append/upload", params={"path": "/log"}, content=b"two\n")
    assert add.status_code == 201
    assert served.http.get("/api/v1/repos/grown/raw", params={"path": "/log"}).text == "one\ntwo\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a/b", "b")
    put = served.http.post(
        "/api/v1/repos/grown/archive/upload", params={"path": "/in", "delete": True}, content=buffer.getvalue()
    )
    assert put.status_code == 201
    assert put.json()["commit"]["files"] == 2
    broken = served.http.post("/api/v1/repos/grown/archive/upload", content=b"no archive")
    assert broken.status_code == 400


def test_a_merge_over_http(served, ask):
    served.post("/repos", {"name": "merged"})
    served.upload("merged", "/a", "0")
    ask("POST", "/repos/merged/branches", {"name": "dev", "at": "main"}, code=201)
    served.upload("merged", "/a", "theirs", branch="dev")
    served.upload("merged", "/new", "", branch="dev")
    served.upload("merged", "/a", "ours!")
    shown = ask("GET", "/repos/merged/merge", source="dev")
    assert (shown["how"], shown["changes"]) == ("merged", 1)
    (conflict,) = shown["conflicts"]
    assert [conflict[side]["size"] for side in ("base", "ours", "theirs")] == [1, 5, 6]
    refusal = ask("POST", "/repos/merged/merge", {"source": "dev"}, code=409)["error"]
    assert "/a" in refusal["message"]
    done = ask("POST", "/repos/merged/merge", {"source": "dev", "resolve": {"/a": "theirs"}}, code=201)
    assert (done["how"], done["base"], len(done["commit"]["parents"])) == ("merged", shown["base"], 2)
    assert served.http.get("/api/v1/repos/merged/raw", params={"path": "/a"}).text == "theirs"
    ask("POST", "/repos/merged/merge", {"source": "dev", "strategy": "mine"}, code=400)


def test_conflicts_are_decided_by_bytes_of_their_own(served, ask):
    served.post("/repos", {"name": "decided"})
    for path in ("/a", "/b", "/c", "/d"):
        served.upload("decided", path, "0")
    ask("POST", "/repos/decided/branches", {"name": "dev", "at": "main"}, code=201)
    for path in ("/a", "/b", "/c", "/d"):
        served.upload("decided", path, "theirs", branch="dev")
        served.upload("decided", path, "ours")
    refusal = ask("POST", "/repos/decided/merge", {"source": "dev", "resolve": {"/a": "ours"}}, code=409)["error"]
    assert [each["path"] for each in refusal["conflicts"]] == ["/b", "/c", "/d"]
    assert {"base", "ours", "theirs", "clash", "unclear"} <= refusal["conflicts"][0].keys()
    assert ask("GET", "/repos/decided/merge", source="dev", strategy="theirs")["conflicts"] == []
    sent = served.http.post("/api/v1/repos/decided/blobs/upload", content=b"both of them").json()["receipts"][0]
    resolve = {"/a": "ours", "/b": "theirs", "/c": {"receipt": sent, "executable": True}, "/d": "delete"}
    forged = resolve | {"/c": {"receipt": sent[:-1] + ("0" if sent[-1] != "0" else "1")}}
    ask("POST", "/repos/decided/merge", {"source": "dev", "resolve": forged}, code=404)
    done = ask("POST", "/repos/decided/merge", {"source": "dev", "resolve": resolve}, code=201)
    assert done["commit"]["meta"]["resolved"] == {"/a": "ours", "/b": "theirs", "/c": "new", "/d": "delete"}
    found = {node["path"]: node for node in ask("GET", "/repos/decided/ls")["entries"]}
    assert {path: (node["size"], node["mode"]) for path, node in found.items()} == {
        "/a": (4, 0o644), "/b": (6, 0o644), "/c": (12, 0o755)
    }  # fmt: skip


def test_undoing_over_http(served, ask):
    served.post("/repos", {"name": "undone"})
    first = served.upload("undone", "/a", "1")["id"]
    second = served.upload("undone", "/b", "1")["id"]
    made = ask("POST", "/repos/undone/revert", {"commit": second}, code=201)["commit"]
    assert (made["files"], made["meta"]) == (1, {"reverts": second})
    ask("POST", "/repos/undone/drop", {"commit": first}, code=409)
    assert ask("POST", "/repos/undone/drop", {"commit": "main"}) == {"branches": ["main"], "parent": second}
    assert [each["id"] for each in ask("POST", "/repos/undone/squash", {"commit": first})["commits"]] == [second]
    assert [each["id"] for each in ask("GET", "/repos/undone/log")["commits"]] == [second]


def test_a_commit_that_a_project_stands_at_stays(served, ask):
    served.project("standing", ["one", "two"])
    head = ask("GET", "/repos/standing-pool/log")["commits"][0]["id"]
    until(lambda: ask("GET", "/projects/standing/progress")["tasks"]["total"] == 2, "the project has taken it in")
    refusal = ask("POST", "/repos/standing-pool/drop", {"commit": head}, code=409)["error"]
    assert "standing" in refusal["message"]
    ask("POST", "/repos/standing-labels/drop", {"commit": "live"}, code=403)


def test_a_commit_is_gathered_over_http(served, ask):
    for name in ("gathered", "beside"):
        served.post("/repos", {"name": name})
        served.upload(name, "/old", "1")
    ids = [
        ask("POST", f"/repos/{name}/open-commits", {"message": "nightly", "meta": {"run": 1}}, code=201)["id"]
        for name in ("gathered", "beside")
    ]
    put = served.http.post(f"/api/v1/open-commits/{ids[0]}/upload", params={"path": "/a"}, content=b"1")
    assert (put.status_code, put.json()["changes"]) == (201, 1)
    ask("POST", f"/open-commits/{ids[0]}/removals", {"paths": ["/old"], "folders": []})
    assert [each["id"] for each in ask("GET", "/repos/gathered/open-commits")] == ids[:1]
    with served.user("gathering-writer") as writer:
        ask("PUT", "/users/gathering-writer/grants", {"repo": "gathered", "level": "write"})
        assert writer.post("/api/v1/open-commits/finish", json={"ids": ids}).status_code == 403
    done = ask("POST", "/open-commits/finish", {"ids": ids}, code=201)["commits"]
    assert [commit["files"] for commit in done] == [1, 1]
    assert done[0]["global_id"] == done[1]["global_id"]
    assert done[0]["meta"] == {"run": 1}
    last = ask("POST", "/repos/gathered/open-commits", {}, code=201)["id"]
    ask("DELETE", f"/open-commits/{last}")
    ask("DELETE", f"/open-commits/{last}", code=404)


def test_a_log_by_metadata_over_http(served, ask):
    served.post("/repos", {"name": "described"})
    for run in (1, 2):
        one = ask("POST", "/repos/described/open-commits", {"meta": {"run": run}}, code=201)["id"]
        ask("POST", "/open-commits/finish", {"ids": [one]}, code=201)
    assert [each["meta"] for each in ask("GET", "/repos/described/log", where="run=1")["commits"]] == [{"run": 1}]
    ask("GET", "/repos/described/log", where="run", code=400)


def test_a_cascade_is_waited_for(served, ask):
    served.post("/repos", {"name": "feed"})
    spec = PIPELINE.format(name="lines", repo="feed").replace("/labels.csv", "/*.csv").replace("feed/*.csv", "feed/*")
    served.post("/pipelines", {"yaml": spec.replace("wc -l <", "cat"), "files": {}})
    made = served.upload("feed", "/a.csv", "a,b\n")
    waited = ask("GET", f"/global/{made['global_id']}/wait", timeout_s="30")
    assert waited["done"]
    assert [job["pipeline"] for job in waited["jobs"]] == ["lines"]
    assert {commit["repo"] for commit in waited["commits"]} == {"feed", "lines"}
    assert made["global_id"] in [each["global_id"] for each in ask("GET", "/global", limit="1000")]
    ended = run_cli(served.home, "cascade", "wait", made["global_id"], "--json")
    assert json.loads(ended.stdout)["done"]
