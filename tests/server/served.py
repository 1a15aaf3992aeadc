"""A real server process on a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import httpx
from tests.backing import up_options

COMMAND = [sys.executable, "-m", "recension.cli.main"]

SPEC = """\
project: {name}
title: Which one?
guideline: "Say *which*. <script>alert(1)</script>"
input: {{repo: {pool}, glob: /*.csv, rows: {{format: csv, key: null}}, columns: {{headline: headline}}}}
label_config: |
  <View><Text name="headline" value="$headline"/>
  <Choices name="category" toName="headline" required="true"><Choice value="yes"/><Choice value="no"/></Choices></View>
overlap: {overlap}
page: {{real: 4, control: 0, time_limit_s: 600}}
pay: {{per_page: "0.05", currency: USD}}
consensus: {{method: majority}}
output: {{repo: {labels}, branch: main, release: complete}}
"""

PIPELINE = """\
pipeline: {{name: {name}}}
input: {{pfs: {{repo: {repo}, glob: /labels.csv}}}}
transform: {{cmd: [sh], stdin: ["wc -l < /pfs/{repo}/labels.csv > /pfs/out/lines"]}}
"""


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECENSION_")}
    return {**kept, "RECENSION_HOME": str(home)}


def run_cli(home: Path, *arguments: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home) | more.pop("env", {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **more,
    )


def until(look, what: str, patience_s: float = 20.0):
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.03)
    raise AssertionError(f"not within {patience_s} s: {what}")


class Served:
    """Start it, talk to it, kill it, start it again."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def start(self, *options: str) -> Served:
        command = [*COMMAND, "up", "--port", "0", "--json", *up_options(self.home), *options]
        self.process = subprocess.Popen(
            command, env=environment(self.home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        # The object on standard output is complete when its last brace is there; it comes when requests are answered.
        lines = iter(self.process.stdout.readline, "")
        text = ""
        for line in lines:
            text += line
            if line.rstrip() == "}":
                break
        assert text, self.process.stderr.read()
        self.told = json.loads(text)
        self.url = self.told["url"]
        self.token = json.loads((self.home / "server.json").read_text())["token"]
        self.http = self.client(self.token)
        return self

    def client(self, token: str | None) -> httpx.Client:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20)

    def user(self, name: str, *roles: str) -> httpx.Client:
        self.post("/users", {"name": name, "roles": list(roles or ["annotator"])})
        return self.client(self.post("/tokens", {"name": "test", "user": name})["token"])

    def get(self, address: str, /, **query):
        answer = self.http.get("/api/v1" + address, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, address: str, body=None):
        answer = self.http.post("/api/v1" + address, json=body if body is not None else {})
        assert answer.is_success, answer.text
        return answer.json()

    def upload(self, repo: str, path: str, content: bytes | str, **query):
        answer = self.http.post(f"/api/v1/repos/{repo}/upload", params={"path": path, **query}, content=content)
        assert answer.is_success, answer.text
        return answer.json()["commit"]

    def project(self, name: str, lines: list[str], *, overlap: int = 1) -> None:
        self.post("/repos", {"name": f"{name}-pool"})
        self.upload(f"{name}-pool", "/lines.csv", "headline\n" + "".join(f"{line}\n" for line in lines))
        spec = SPEC.format(name=name, pool=f"{name}-pool", labels=f"{name}-labels", overlap=overlap)
        self.post("/projects", {"yaml": spec, "files": {}})

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self._closed()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._closed()

    def _closed(self) -> int:
        code = self.process.wait(30)
        self.process.stdout.close()
        self.process.stderr.close()
        self.http.close()
        return code


def answer_page(http: httpx.Client, project: str, value: str = "yes") -> list[str]:
    """Take a page and answer all of it; the ids of the answers."""
    page = http.post(f"/api/v1/projects/{project}/pages", json={}).raise_for_status().json()["page"]
    given = []
    for task in [] if page is None else page["tasks"]:
        given.append(str(uuid.uuid4()))
        body = {"answer_id": given[-1], "task": task["id"], "fields": {"category": value}, "spent_ms": 9000}
        http.post(f"/api/v1/pages/{page['id']}/answers", json=body).raise_for_status()
    return given
