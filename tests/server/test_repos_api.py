"""Repos, branches, files and their bytes over HTTP."""

import json

import pytest

HOSTILE = {
    "/page.html": b"<script>alert(1)</script>",
    "/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "/code.js": b"alert(1)",
    "/feed.xml": b"<?xml version='1.0'?><x/>",
    "/paper.pdf": b"%PDF-1.4",
    "/no-type": b"<html><script>alert(1)</script>",
}


@pytest.fixture(scope="module")
def pool(served):
    served.post("/repos", {"name": "pool", "description": "raw"})
    served.upload("pool", "/a.csv", 'x,y\n1,"two\nlines"\n3,4\n', message="first")
    served.upload("pool", "/sub/b.txt", "bee")
    served.upload("pool", "/a.csv", "x,y\n1,2\n")
    return served


def test_a_repo_is_listed_with_its_branches(pool):
    (repo,) = [each for each in pool.get("/repos") if each["name"] == "pool"]
    assert (repo["kind"], repo["description"], repo["files"]) == ("user", "raw", 2)
    assert [branch["name"] for branch in repo["branches"]] == ["main"]
    assert pool.get("/repos/default:pool") == repo == pool.get("/repos/pool")


def test_the_log_comes_in_pages_and_by_path(pool):
    whole = pool.get("/repos/pool/log")["commits"]
    assert [commit["message"] for commit in whole] == ["Put /a.csv", "Put /sub/b.txt", "first"]
    first = pool.get("/repos/pool/log", limit=2)
    rest = pool.get("/repos/pool/log", limit=2, after=first["next"])
    assert first["commits"] + rest["commits"] == whole
    assert rest["next"] is None
    of_path = pool.get("/repos/pool/log", path="/sub/b.txt")["commits"]
    assert [commit["id"] for commit in of_path] == [whole[1]["id"]]
    assert pool.get("/repos/pool/log", ref="main^2")["commits"] == whole[2:]
    assert pool.get(f"/commits/{whole[0]['id']}") == whole[0]


def test_a_listing_shows_one_folder_in_pages(pool):
    top = pool.get("/repos/pool/ls")
    assert [(node["type"], node["path"], node["size"]) for node in top["entries"]] == [
        ("file", "/a.csv", 8),
        ("folder", "/sub", 3),
    ]
    assert (top["files"], top["size"]) == (2, 11)
    first = pool.get("/repos/pool/ls", limit=1)
    assert (first["next"], first["files"], first["size"]) == ("/a.csv", 2, 11)
    assert pool.get("/repos/pool/ls", limit=1, after=first["next"])["entries"] == top["entries"][1:]
    assert [node["name"] for node in pool.get("/repos/pool/ls", path="/sub")["entries"]] == ["b.txt"]


def test_a_difference_is_shown_against_a_ref_or_the_parent(pool):
    changes = pool.get("/repos/pool/diff")["changes"]
    assert [(change["path"], change["kind"]) for change in changes] == [("/a.csv", "changed")]
    changes = pool.get("/repos/pool/diff", **{"from": "main^2", "to": "main"})["changes"]
    assert [(change["path"], change["kind"]) for change in changes] == [("/a.csv", "changed"), ("/sub/b.txt", "added")]
    first = pool.get("/repos/pool/diff", **{"from": "main^2", "to": "main", "limit": 1})
    rest = pool.get("/repos/pool/diff", **{"from": "main^2", "to": "main", "limit": 1, "after": first["next"]})
    assert first["changes"] + rest["changes"] == changes
    assert rest["next"] is None


def raw(served, repo, path, **headers):
    return served.http.get(f"/api/v1/repos/{repo}/raw", params={"path": path}, headers=headers)


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-1", 206, b"x,", "bytes 0-1/8"),
        ("bytes=4-", 206, b"1,2\n", "bytes 4-7/8"),
        ("bytes=-3", 206, b",2\n", "bytes 5-7/8"),
        ("bytes=4-99", 206, b"1,2\n", "bytes 4-7/8"),
        ("bytes=8-9", 416, b"", "bytes */8"),
        ("bytes=-0", 416, b"", "bytes */8"),
        ("lines=1-2", 200, b"x,y\n1,2\n", None),
    ],
)
def test_a_range_of_bytes(pool, asked, status, body, told):
    answer = raw(pool, "pool", "/a.csv", range=asked)
    assert (answer.status_code, answer.content) == (status, body)
    assert answer.headers.get("content-range") == told


def test_hostile_bytes_come_as_downloads_in_a_sandbox(served):
    served.post("/repos", {"name": "hostile"})
    for path, content in HOSTILE.items():
        served.upload("hostile", path, content)
        answer = raw(served, "hostile", path)
        assert answer.content == content
        assert answer.headers["content-security-policy"].startswith("sandbox;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-type"] == "application/octet-stream"


def test_a_type_that_the_uploader_chose_changes_nothing(served):
    served.post("/repos", {"name": "dressed"})
    answer = served.http.post(
        "/api/v1/repos/dressed/upload",
        params={"path": "/x.png"},
        content=b"<script>alert(1)</script>",
        headers={"content-type": "text/html; charset=utf-7"},
    )
    assert answer.status_code == 201
    assert raw(served, "dressed", "/x.png").headers["content-disposition"].startswith("attachment;")


def test_previews_show_what_the_file_is(pool):
    assert pool.get("/repos/pool/preview", path="/a.csv", ref="main^2") == {
        "kind": "csv",
        "path": "/a.csv",
        "size": 22,
        "content_type": "text/csv",
        "truncated": False,
        "text": None,
        "columns": ["x", "y"],
        "rows": [["1", "two\nlines"], ["3", "4"]],
    }
    pool.post("/repos", {"name": "kinds"})
    big = "".join(f"{number},{'x' * 90}\n" for number in range(4000))
    files = {
        "/j.json": b'{"a": 1}',
        "/t.txt": "caf\u00e9".encode(),
        "/p.png": b"\x89PNG",
        "/b.bin": bytes(range(256)),
        "/big.csv": f"n,x\n{big}".encode(),
    }
    for path, content in files.items():
        pool.upload("kinds", path, content)
    kinds = {path: pool.get("/repos/kinds/preview", path=path) for path in files}
    assert [kinds[path]["kind"] for path in files] == ["json", "text", "image", "binary", "csv"]
    assert json.loads(kinds["/j.json"]["text"]) == {"a": 1}
    assert kinds["/big.csv"]["truncated"]
    assert len(kinds["/big.csv"]["rows"]) == 200
    assert all(len(row) == 2 for row in kinds["/big.csv"]["rows"])


def test_branches_are_made_moved_promoted_and_deleted(served):
    served.post("/repos", {"name": "twigs"})
    first = served.upload("twigs", "/a", b"1")
    served.post("/repos/twigs/branches", {"name": "dev", "at": "main"})
    second = served.upload("twigs", "/a", b"2", branch="dev")
    assert served.get("/repos/twigs/log")["commits"][0]["id"] == first["id"]
    assert served.post("/repos/twigs/branches/dev/promote", {"to": "main"})["head"] == second["id"]
    stale = {"to": first["id"], "expect": first["id"]}
    assert served.http.put("/api/v1/repos/twigs/branches/main", json=stale).status_code == 409
    moved = served.http.put("/api/v1/repos/twigs/branches/main", json={"to": first["id"], "expect": "main"})
    assert moved.json()["head"] == first["id"]
    assert served.http.delete("/api/v1/repos/twigs/branches/dev").status_code == 200
    assert [branch["name"] for branch in served.get("/repos/twigs/branches")] == ["main"]
    assert served.http.delete("/api/v1/repos/twigs").status_code == 200
    assert served.http.get("/api/v1/repos/twigs").status_code == 404


@pytest.mark.parametrize("path", ["/../up", "/a/./b", "//x", "/a/", "/", "/nul\0byte", "/" + "x" * 1100])
def test_a_path_that_breaks_the_rules_is_refused_and_nothing_is_kept(pool, path):
    before = pool.get("/repos/pool/log")["commits"][0]["id"]
    answer = pool.http.post("/api/v1/repos/pool/upload", params={"path": path}, content=b"x")
    assert answer.status_code == 400
    assert answer.json()["error"]["where"] == "path"
    assert pool.get("/repos/pool/log")["commits"][0]["id"] == before


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/repos/nowhere/log", {}),
        ("/repos/pool/log", {"ref": "no-such-branch"}),
        ("/repos/pool/ls", {"path": "/nothing"}),
        ("/repos/pool/raw", {"path": "/nothing"}),
        ("/commits/00000000000000000000000000", {}),
        ("/projects/nothing", {}),
        ("/pipelines/nothing", {}),
        ("/jobs/nothing", {}),
        ("/no/such/route", {}),
    ],
)
def test_what_is_not_there_is_a_404_in_the_common_shape(pool, address, query):
    answer = pool.http.get("/api/v1" + address, params=query)
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] == "not-found"
    assert error["message"]
    assert set(error) == {"code", "message", "where", "hint"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": "Bad Name"}, "repo"),
        ({"name": "good", "colour": "red"}, "body.colour"),
        ({}, "body.name"),
        ([], "body"),
    ],
)
def test_a_wrong_body_names_the_field(pool, body, where):
    answer = pool.http.post("/api/v1/repos", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"
    assert answer.json()["error"]["where"] == where


def test_a_wrong_method_and_broken_json_are_told_in_the_common_shape(pool):
    assert pool.http.patch("/api/v1/repos").json()["error"]["code"] == "invalid"
    answer = pool.http.post("/api/v1/repos", content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


def test_a_commit_of_another_repo_is_not_shown_through_this_one(pool):
    pool.post("/repos", {"name": "secret"})
    commit = pool.upload("secret", "/s.txt", b"s")
    answer = pool.http.get("/api/v1/repos/pool/ls", params={"ref": commit["id"]})
    assert answer.status_code == 404


def test_a_grant_lets_an_annotator_read_that_repo_only(pool):
    pool.post("/repos", {"name": "granted"})
    pool.upload("granted", "/x.txt", b"x")
    with pool.user("reader") as reader:
        assert reader.get("/api/v1/repos").status_code == 403
        grant = {"repo": "granted", "level": "read"}
        assert pool.http.put("/api/v1/users/reader/grants", json=grant).status_code == 200
        assert [repo["name"] for repo in reader.get("/api/v1/repos").json()] == ["granted"]
        assert reader.get("/api/v1/repos/granted/raw", params={"path": "/x.txt"}).content == b"x"
        assert reader.get("/api/v1/repos/pool/log").status_code == 403
        upload = reader.post("/api/v1/repos/granted/upload", params={"path": "/y"}, content=b"y")
        assert upload.status_code == 403


def test_a_removed_person_is_out_at_once(pool):
    with pool.user("leaver", "lead") as leaver:
        assert leaver.get("/api/v1/repos").status_code == 200
        assert pool.http.delete("/api/v1/users/leaver").status_code == 200
        assert leaver.get("/api/v1/repos").status_code == 401
