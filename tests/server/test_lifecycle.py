"""Starting, stopping, being killed, and what a start refuses."""

import json
import os
import socket
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from tests.server.served import Served, answer_page, run_cli, until

from recension.clock import ManualClock
from recension.errors import Invalid
from recension.server.home import ensure_home, open_home
from recension.store import Store


def one_line(done):
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_first_start_makes_the_home_and_prints_a_link_that_works_once(own):
    assert (own.home / "format").exists()
    link = own.told["sign_in"]
    with httpx.Client() as browser:
        first = browser.get(link)
        assert first.status_code == 303
        assert first.headers["location"] == "/"
        cookie = first.headers["set-cookie"].lower()
        assert cookie.startswith(f"recension_{httpx.URL(own.url).port}=")
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        me = browser.get(own.url + "/api/v1/me").json()
        assert me["user"] == {"name": "admin", "roles": ["admin"], "simulated": False}
        assert browser.get(link).status_code == 401
        own_page = {"origin": own.url}
        assert browser.post(own.url + "/api/v1/logout").status_code == 403
        assert browser.post(own.url + "/api/v1/logout", headers=own_page).status_code == 204
        assert browser.get(own.url + "/api/v1/me").status_code == 401


def test_a_later_start_prints_a_link_only_while_nobody_has_used_one(own):
    own.stop()
    own.start()
    link = own.told["sign_in"]
    assert httpx.get(link).status_code == 303
    own.stop()
    own.start()
    assert own.told["sign_in"] is None


def test_the_server_file_is_its_owners_and_goes_at_a_clean_stop(own):
    file = own.home / "server.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = json.loads(file.read_text())
    assert told["pid"] == own.process.pid
    assert own.stop() == 0
    assert not file.exists()
    own.start()
    with own.client(told["token"]) as late:
        assert late.get("/api/v1/me").status_code == 401, "each start has a token of its own"


def test_a_second_server_on_one_home_is_refused_in_one_line(own):
    done = run_cli(own.home, "up", "--port", "0")
    assert done.returncode == 8
    assert str(own.home) in one_line(done)
    assert str(own.process.pid) in one_line(done)
    assert own.get("/me")


def test_a_port_in_use_is_refused_with_the_remedy(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_cli(tmp_path / "home", "up", "--port", str(port))
    assert done.returncode == 8
    assert f"port {port} is in use" in one_line(done)
    assert "--port" in one_line(done)


@pytest.mark.parametrize("options", [("--port", "99999"), ("--port", "x"), ("--host", "no.such.host.invalid")])
def test_wrong_options_are_refused_in_one_line(tmp_path, options):
    done = run_cli(tmp_path / "home", "up", *options)
    assert done.returncode == 2
    assert options[1] in one_line(done)


def test_a_folder_that_is_no_home_is_left_alone(tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    done = run_cli(tmp_path, "up", "--port", "0")
    assert done.returncode == 2
    assert "not empty" in one_line(done)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_listening_beyond_this_machine_is_warned_of_and_names_must_be_allowed(tmp_path):
    server = Served(tmp_path / "home").start("--host", "0.0.0.0", "--allow-host", "labels.example")
    try:
        ask = {"host": f"labels.example:{httpx.URL(server.url).port}"}
        assert httpx.get(server.url + "/healthz", headers=ask).status_code == 200
        assert httpx.get(server.url + "/healthz", headers={"host": "other.example"}).status_code == 403
        server.process.terminate()
        assert "warning" in server.process.stderr.read()
    finally:
        server.stop()


def test_what_was_acknowledged_survives_a_kill(own):
    own.project("lines", ["one", "two", "three", "four"])
    ann = own.user("ann")
    given = answer_page(ann, "lines")
    assert len(given) == 4
    token = ann.headers["authorization"].removeprefix("Bearer ")
    own.kill()
    assert (own.home / "server.json").exists(), "a killed server leaves its file"
    own.start()
    log = own.get("/projects/lines/answers")["answers"]
    assert len(log) == 4
    with own.client(token) as again:
        assert again.get("/api/v1/projects/lines/workbench").json()["progress"]["answered"] == 4
    ann.close()
    published = until(lambda: own.get("/repos/lines-labels")["branches"], "what was said is published")
    assert {branch["name"] for branch in published} <= {"main", "live"}


def test_no_noise_on_the_terminal_and_one_json_line_per_request(own):
    own.get("/projects")
    assert own.http.get("/login", params={"token": "a-secret-link"}).status_code == 401
    own.process.terminate()
    assert own.process.stdout.read() == ""
    assert own.process.stderr.read() == ""
    records = [json.loads(line) for line in (own.home / "server.log").read_text().splitlines()]
    seen = [record for record in records if record["logger"] == "recension.access"]
    assert ("/api/v1/projects", 200, "local") in [
        (record["path"], record["status"], record["caller"]) for record in seen
    ]
    assert "a-secret-link" not in (own.home / "server.log").read_text()


@pytest.mark.files
def test_tables_change_only_after_a_copy_of_the_database(tmp_path):
    home = tmp_path / "home"
    with Store.create(home) as store:
        store.create_repo("before")
    open_home(home, ManualClock()).close()
    (copy,) = (home / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT name FROM repo").fetchall() == [("before",)]
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'account'").fetchall() == []
    open_home(home, ManualClock()).close()
    assert len(list((home / "backups").iterdir())) == 1, "nothing to change, nothing to copy"


@pytest.mark.files
def test_a_new_home_is_not_copied_and_a_newer_one_is_refused(tmp_path):
    home = tmp_path / "home"
    assert ensure_home(home)
    open_home(home, ManualClock(), is_new=True).close()
    assert not (home / "backups").exists()
    with closing(sqlite3.connect(home / "recension.db", isolation_level=None)) as db:
        db.execute("INSERT INTO migration(room, number, at_us) VALUES('server', 99, 0)")
    with pytest.raises(Invalid, match="newer"):
        open_home(home, ManualClock())


def test_an_idle_server_is_small(own):
    pages = int(Path(f"/proc/{own.process.pid}/statm").read_text().split()[1])
    assert pages * os.sysconf("SC_PAGE_SIZE") < 150e6


def test_an_open_stream_of_events_does_not_hold_up_the_stop(own):
    with own.http.stream("GET", "/api/v1/events") as events:
        assert next(events.iter_lines()).startswith("retry:")
        began = time.monotonic()
        own.process.terminate()
        assert own.process.wait(10) == 0
        assert time.monotonic() - began < 4


def test_guessing_is_slowed_down_and_those_who_know_are_let_in(own):
    with own.client("wrong") as guesser:
        seen = [guesser.get("/api/v1/me").status_code for _ in range(25)]
        assert seen == [401] * 20 + [429] * 5
        assert guesser.get("/login", params={"token": "guess"}).status_code == 429
    with own.client(own.token) as fresh:
        assert fresh.get("/api/v1/me").status_code == 200
    assert httpx.get(own.told["sign_in"]).status_code == 303


def test_a_job_that_was_cut_off_goes_on_and_what_came_meanwhile_is_taken_in(own, tmp_path):
    own.project("lines", ["one"])
    own.post("/repos", {"name": "texts"})
    slow = (
        "pipeline: {name: slow}\ninput: {pfs: {repo: texts, glob: /*}}\n"
        "transform: {cmd: [sh], stdin: ['sleep 2', 'cp /pfs/texts/* /pfs/out/']}\n"
    )
    own.post("/pipelines", {"yaml": slow, "files": {}})
    own.upload("texts", "/a.txt", "abc")
    jobs = until(lambda: [job for job in own.get("/pipelines/slow/jobs") if job["state"] == "running"], "it runs")
    own.kill()
    (tmp_path / "more.csv").write_text("headline\ntwo\n")
    assert run_cli(own.home, "put", "lines-pool@main", str(tmp_path / "more.csv")).returncode == 0
    own.start()
    until(lambda: own.get("/projects/lines/progress")["tasks"]["open"] == 2, "the commit made meanwhile")
    until(lambda: own.get(f"/jobs/{jobs[0]['id']}")["state"] == "success", "the same job ends")
    commits = own.get("/repos/slow/log")["commits"]
    assert [commit["meta"]["job"] for commit in commits] == [jobs[0]["id"]]
    assert own.http.get("/api/v1/repos/slow/raw", params={"path": "/a.txt"}).text == "abc"
