"""A real server process on a home of its own, and the few calls that acceptance tests make against it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx
from tests.backing import up_options

COMMAND = [sys.executable, "-m", "recension.cli.main"]
PATIENCE_S = 60.0
T = TypeVar("T")


def recension(home: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """One run of the command line against ``home``."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home),
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def ok(home: Path, *arguments: str, stdin: str | None = None) -> str:
    """The standard output of a command that must succeed."""
    done = recension(home, *arguments, stdin=stdin)
    assert done.returncode == 0, f"recension {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def ok_json(home: Path, *arguments: str) -> Any:
    """The object that a command prints with ``--json``."""
    return json.loads(ok(home, *arguments, "--json"))


def environment(home: Path) -> dict[str, str]:
    """This process's environment, for ``home`` and without settings that a developer may have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECENSION_")}
    return {**kept, "RECENSION_HOME": str(home), "PYTHONWARNINGS": "default"}


def until(look: Callable[[], T | None], what: str, *, patience_s: float = PATIENCE_S) -> T:
    """What ``look`` returns as soon as it is something."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    raise AssertionError(f"not within {patience_s:.0f} s: {what}")


class Live:
    """A server on ``home``; it may be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client()
        self._clients = [self.http]

    def start(self) -> Live:
        # A killed server leaves its file; only the new one's process number tells them apart.
        with (self.home.parent / f"{self.home.name}.stderr").open("a") as stderr:
            self.process = subprocess.Popen(
                [*COMMAND, "up", "--port", "0", *up_options(self.home)],
                env=environment(self.home),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        found = until(self._answering, "the server answers")
        self.http = self.client(found["url"], found["token"])
        return self

    def client(self, url: str, token: str) -> httpx.Client:
        """A connection that is closed together with the server."""
        self._clients.append(
            httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30.0, trust_env=False)
        )
        return self._clients[-1]

    def _answering(self) -> Mapping[str, Any] | None:
        assert self.process is not None
        assert self.process.poll() is None, "the server ended"
        try:
            found = json.loads((self.home / "server.json").read_text())
            if found["pid"] != self.process.pid:
                return None
            return found if httpx.get(found["url"] + "/healthz").status_code == 200 else None
        except (OSError, ValueError, httpx.TransportError):
            return None

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        assert self.process.poll() is None, "the server had ended by itself"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)
        self._close()

    def stop(self) -> int:
        """End it as Ctrl-C would; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self._close()
        return self.process.wait(timeout=30)

    def _close(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get("/api/v1" + path, params=query)
        assert answer.is_success, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.http.post("/api/v1" + path, json=body if body is not None else {}, params=query)
        assert answer.is_success, f"POST {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def put(self, address: str, files: Mapping[str, str], *, folder: Path, message: str = "data") -> None:
        """Commit ``files`` (name to text) with the command line; the repo is made when it is missing."""
        repo = address.partition("@")[0]
        if repo not in [known["name"] for known in self.get("/repos")]:
            ok(self.home, "repo", "create", repo)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        ok(self.home, "put", address, *(str(folder / name) for name in files), "-m", message)

    def file(self, repo: str, path: str, ref: str = "main") -> str | None:
        """The text of a stored file; None where there is none yet."""
        answer = self.http.get(f"/api/v1/repos/{repo}/raw", params={"ref": ref, "path": path})
        return answer.text if answer.is_success else None

    def log(self, repo: str, ref: str = "main") -> list[Any]:
        """Commits of a branch, newest first; empty where there is none yet."""
        answer = self.http.get(f"/api/v1/repos/{repo}/log", params={"ref": ref})
        return answer.json()["commits"] if answer.is_success else []

    def token(self, name: str) -> str:
        """The token of a new annotator."""
        self.post("/users", {"name": name, "roles": ["annotator"]})
        token: str = self.post("/tokens", {"name": "test", "user": name})["token"]
        return token

    def worker(self, name: str) -> Worker:
        """An annotator with an account of their own."""
        return Worker(self, self.token(name))


class Worker:
    """A person at the workbench: hand me a page, take my answers."""

    def __init__(self, live: Live, token: str) -> None:
        self.live = live
        self.http = live.client(str(live.http.base_url), token)

    def page(self, project: str) -> Any:
        answer = self.http.post(f"/api/v1/projects/{project}/pages", json={})
        assert answer.is_success, answer.text
        return answer.json()["page"]

    def answer(self, page: Any, task: Any, fields: Mapping[str, Any]) -> Any:
        done = self.http.post(
            f"/api/v1/pages/{page['id']}/answers",
            json={"answer_id": str(uuid.uuid4()), "task": task["id"], "fields": dict(fields), "spent_ms": 9000},
        )
        assert done.is_success, done.text
        return done.json()

    def work(self, project: str, choose: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> int:
        """Answer until nothing is left; the number of answers given."""
        given = 0
        while (page := self.page(project)) is not None:
            for task in page["tasks"]:
                self.answer(page, task, choose(task["data"]))
                given += 1
        return given


def one_question(name: str, pool: str, labels: str, *, overlap: int = 1, rows: str = "{format: csv, key: null}") -> str:
    """The YAML of a project without training and control tasks."""
    return f"""\
project: {name}
title: Which one?
guideline: "Say which."
input: {{repo: {pool}, glob: /*.csv, rows: {rows}, columns: {{headline: headline}}}}
label_config: |
  <View><Text name="headline" value="$headline"/>
  <Choices name="category" toName="headline" required="true"><Choice value="yes"/><Choice value="no"/></Choices></View>
overlap: {overlap}
page: {{real: 4, control: 0, time_limit_s: 600}}
pay: {{per_page: "0.05", currency: USD}}
consensus: {{method: majority}}
output: {{repo: {labels}, branch: main, release: complete}}
"""


def csv_of(rows: Sequence[str], column: str = "headline") -> str:
    """A CSV file of one column."""
    return "".join(f"{line}\n" for line in (column, *rows))
