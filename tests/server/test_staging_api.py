"""Single puts and branch triggers over HTTP, and what the server does about them by itself."""

import pytest
from tests.server.served import until


@pytest.fixture(scope="module")
def ask(served):
    def request(method, address, body=None, *, code=200, content=None, **query):
        answer = served.http.request(method, "/api/v1" + address, json=body, content=content, params=query)
        assert answer.status_code == code, answer.text
        return answer.json()

    return request


@pytest.fixture
def repo(served, request):
    name = request.node.name.removeprefix("test_").replace("_", "-")[:30].strip("-")
    served.post("/repos", {"name": name})
    served.upload(name, "/first", "1")
    # nothing is committed by itself while a test looks
    served.http.put(f"/api/v1/repos/{name}/branches/main/staging", json={"idle_s": 3600}).raise_for_status()
    return name


def put(ask, repo, path, body, **query):
    return ask("POST", f"/repos/{repo}/staged/upload", content=body, path=path, code=201, **query)


def raw(served, repo, path, ref="main"):
    return served.http.get(f"/api/v1/repos/{repo}/raw", params={"ref": ref, "path": path})


def test_puts_are_there_at_once_and_committed_on_demand(served, ask, repo):
    head = ask("GET", f"/repos/{repo}/log")["commits"][0]["id"]
    first = put(ask, repo, "/a.txt", b"staged")
    assert (first["waiting"], first["commit"], first["size"]) == (1, None, 6)
    big = b"x" * 200_000
    assert put(ask, repo, "/big", big)["waiting"] == 2
    assert raw(served, repo, "/a.txt").content == b"staged"
    assert raw(served, repo, "/big").content == big
    assert raw(served, repo, "/a.txt", head).status_code == 404
    listing = ask("GET", f"/repos/{repo}/ls")
    assert [node["path"] for node in listing["entries"]] == ["/a.txt", "/big", "/first"]
    assert (listing["files"], listing["commit"]["id"]) == (3, head)
    assert ask("GET", f"/repos/{repo}/log")["commits"][0]["id"] == head
    (group,) = ask("GET", f"/repos/{repo}/staged")
    assert (group["branch"], group["changes"]) == ("main", 2)
    gone = ask("POST", f"/repos/{repo}/staged/delete", {"path": "/first"}, code=201)
    assert (gone["blob"], gone["waiting"]) == (None, 3)
    made = ask("POST", f"/repos/{repo}/staged/commit", {"branch": "main"}, code=201)["commit"]
    assert made["parents"] == [head]
    assert made["meta"]["staged"]["authors"] == [ask("GET", "/me")["user"]["name"]]
    assert ask("GET", f"/repos/{repo}/staged") == []
    assert ask("POST", f"/repos/{repo}/staged/commit", {"branch": "main"}, code=201)["commit"] is None


def test_what_names_a_version_commits_first(served, ask, repo):
    put(ask, repo, "/a", b"1")
    tag = ask("POST", f"/repos/{repo}/tags", {"name": "v1", "at": "main"}, code=201)
    assert raw(served, repo, "/a", tag["commit"]).content == b"1"
    put(ask, repo, "/b", b"2")
    ask("POST", f"/repos/{repo}/branches", {"name": "dev", "at": "main"}, code=201)
    assert raw(served, repo, "/b", "dev").content == b"2"
    put(ask, repo, "/c", b"3")
    head = ask("GET", f"/repos/{repo}/ls")["commit"]["id"]
    body = {"branch": "main", "changes": [{"op": "delete", "path": "/c"}], "expect": head}
    ask("POST", f"/repos/{repo}/commits", body, code=201)
    assert raw(served, repo, "/c").status_code == 404


def test_a_mode_over_http(ask, repo):
    assert ask("GET", f"/repos/{repo}/branches/main/staging") == {"alone": False, "idle_s": 3600, "changes": 1000}
    assert ask("PUT", f"/repos/{repo}/branches/main/staging", {"alone": True})["alone"]
    assert put(ask, repo, "/a", b"1")["commit"]["message"] == "Put /a"
    ask("PUT", f"/repos/{repo}/branches/main/staging", {"changes": 0}, code=400)


def test_the_server_commits_after_a_pause(ask, repo):
    ask("PUT", f"/repos/{repo}/branches/main/staging", {"idle_s": 0.1})
    put(ask, repo, "/a", b"1")
    until(lambda: ask("GET", f"/repos/{repo}/staged") == [], "the group is committed")
    assert ask("GET", f"/repos/{repo}/log")["commits"][0]["message"] == "Put /a"


def test_triggers_over_http(served, ask, repo):
    address = f"/repos/{repo}/branches/prod/trigger"
    made = ask("PUT", address, {"source": "main", "commits": 2, "size": 10**9})
    assert made["told"] == "main: 2 commits or 1 GB"
    assert ask("GET", f"/repos/{repo}/triggers") == [made]
    head = served.upload(repo, "/second", "2")["id"]
    heads = {branch["name"]: branch["head"] for branch in ask("GET", f"/repos/{repo}/branches")}
    assert heads == {"main": head, "prod": head}
    refused = served.http.post(f"/api/v1/repos/{repo}/upload", params={"path": "/x", "branch": "prod"}, content=b"1")
    assert refused.status_code == 403
    ask("PUT", address, {"source": "prod", "commits": 1}, code=400)
    ask("PUT", address, {"source": "main", "cron": "at noon"}, code=400)
    ask("PUT", address, {"source": "nowhere", "commits": 1}, code=404)
    ask("DELETE", address)
    ask("DELETE", address, code=404)


def test_the_server_fires_at_times(served, ask, repo):
    ask("PUT", f"/repos/{repo}/branches/prod/trigger", {"source": "main", "cron": "@every 1s"})
    head = served.upload(repo, "/second", "2")["id"]
    until(
        lambda: {b["name"]: b["head"] for b in ask("GET", f"/repos/{repo}/branches")}["prod"] == head, "prod is moved"
    )
    (trigger,) = ask("GET", f"/repos/{repo}/triggers")
    assert trigger["fired"] < trigger["next"]
