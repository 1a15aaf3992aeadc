"""Importing and materialising over HTTP: only where the operator lets links lead."""

import os

import msgspec
import pytest
from tests.server.served import Served, until

import recension
from recension.errors import Forbidden
from recension.store.settings import Settings, read_settings, write_settings

LOUD = """\
pipeline: {name: loud}
input: {pfs: {repo: linked, glob: "/*"}}
transform: {cmd: [sh], stdin: ["for f in /pfs/linked/*; do tr a-z A-Z < $f > /pfs/out/$(basename $f); done"]}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server whose operator allows one folder; the folder."""
    base = tmp_path_factory.mktemp("links")
    server = Served(base / "home").start()
    (base / "open").mkdir()
    (base / "closed").mkdir()
    (base / "closed" / "secret").write_text("secret")
    server.post("/repos", {"name": "pool"})
    yield server, base
    assert server.stop() == 0


def allow(server, *urls):
    settings = read_settings(server.home)
    write_settings(server.home, msgspec.structs.replace(settings, links=urls))


def ask(server, address, body, code=201):
    answer = server.http.post(f"/api/v1/repos/{address}", json=body)
    assert answer.status_code == code, answer.text
    return answer.json()


def raw(server, path, code=200, **more):
    answer = server.http.get("/api/v1/repos/pool/raw", params={"path": path}, **more)
    assert answer.status_code == code, answer.text
    return answer


def test_nothing_may_be_linked_until_the_operator_says_so(place):
    server, base = place
    for url in (f"file://{base}/open", "s3://bucket/x", "s3://bucket?endpoint=http://127.0.0.1:1"):
        refusal = ask(server, "pool/import", {"url": url}, 403)["error"]
        assert "settings.yaml" in refusal["hint"]
    ask(server, "pool/import", {"url": str(base / "open")}, 400)


def test_what_is_imported_is_read_where_it_lies(place):
    server, base = place
    allow(server, f"file://{base}/open")
    (base / "open" / "a.txt").write_text("linked")
    (base / "open" / "b").write_text("b")
    for url in (f"file://{base}/closed", f"file://{base}/open/../closed", f"file://{base}"):
        answer = server.http.post("/api/v1/repos/pool/import", json={"url": url})
        assert answer.status_code in {400, 403}
    done = ask(server, "pool/import", {"url": f"file://{base}/open", "path": "/in"})
    assert (done["listed"], done["size"], done["new"], done["commit"]["files"]) == (2, 7, True, 2)
    assert not ask(server, "pool/import", {"url": f"file://{base}/open", "path": "/in"})["new"]
    assert raw(server, "/in/a.txt").text == "linked"
    assert raw(server, "/in/a.txt", 206, headers={"range": "bytes=1-3"}).text == "ink"
    (node, _) = server.http.get("/api/v1/repos/pool/ls", params={"path": "/in"}).json()["entries"]
    assert node["link"]["url"] == f"file://{base}/open/a.txt"
    assert not node["link"]["hashed"]
    shown = server.http.get("/api/v1/repos/pool/preview", params={"path": "/in/a.txt"}).json()
    assert shown["text"] == "linked"
    assert server.http.get("/api/v1/repos/pool/zip", params={"path": "/in"}).status_code == 200
    commit = done["commit"]["id"]
    (base / "open" / "a.txt").write_text("other!")
    os.utime(base / "open" / "a.txt", (1, 1))
    fault = raw(server, "/in/a.txt", 409).json()["error"]
    assert fault["code"] == "source-changed"
    assert f"pool@{commit}:/in/a.txt" in fault["where"]
    assert f"{base}/open/a.txt" in fault["where"]
    ask(server, "pool/materialise", {}, 409)
    made = ask(server, "pool/materialise", {"path": "/in/b"})
    assert (made["files"], made["size"], made["new"]) == (1, 1, True)
    (base / "open" / "b").unlink()
    assert raw(server, "/in/b").text == "b"


def test_a_pipeline_reads_what_is_linked_and_fails_where_it_has_changed(place):
    server, base = place
    folder = base / "open" / "steps"
    folder.mkdir()
    (folder / "a").write_text("linked")
    allow(server, f"file://{base}/open")
    server.post("/repos", {"name": "linked"})
    ask(server, "linked/import", {"url": f"file://{folder}"})
    server.post("/pipelines", {"yaml": LOUD, "files": {}})
    until(lambda: shout(server, "/a") == "LINKED", "the pipeline has run")
    with pytest.raises(Forbidden, match="pipeline"), recension.repo("loud", home=server.home).commit():
        pass
    (folder / "b").write_text("new")
    ask(server, "linked/import", {"url": f"file://{folder}"})
    until(lambda: shout(server, "/b") == "NEW", "the pipeline has run again")
    assert server.get("/pipelines/loud/jobs")[0]["datums_skipped"] == 1
    server.post("/pipelines/loud/pause")
    (folder / "c").write_text("gone soon")
    ask(server, "linked/import", {"url": f"file://{folder}"})
    (folder / "c").unlink()
    server.post("/pipelines/loud/resume")
    job = until(lambda: failed(server), "the job has failed")
    assert f"{folder}/c" in str(server.get(f"/jobs/{job}"))


def shout(server, path):
    answer = server.http.get("/api/v1/repos/loud/raw", params={"path": path})
    return answer.text if answer.is_success else None


def failed(server):
    jobs = server.get("/pipelines/loud/jobs")
    return next((job["id"] for job in jobs if job["state"] == "failure"), None)


def test_what_a_prefix_allows_is_forgotten_with_it(place):
    server, base = place
    allow(server)
    ask(server, "pool/import", {"url": f"file://{base}/open"}, 403)


def test_a_server_starts_on_settings_with_links(tmp_path):
    server = Served(tmp_path / "home").start()
    server.stop()
    before = read_settings(tmp_path / "home")
    allow(server, "s3://bucket/prefix?endpoint=http://10.0.0.1:9000")
    server = Served(tmp_path / "home").start()
    assert read_settings(tmp_path / "home") == Settings(
        before.database, before.objects, ("s3://bucket/prefix?endpoint=http://10.0.0.1:9000",)
    )
    assert server.stop() == 0
