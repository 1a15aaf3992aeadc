"""A real server process with one small project, for tests of what talks to it."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

PROJECT = """\
project: lines
title: Which one?
guideline: "Say which."
input: {repo: pool, glob: /*.csv, rows: {format: csv, key: null}, columns: {line: line}}
fields:
  show: {line: text}
  ask: {kind: {choice: [odd, even], required: true}, sure: {rating: 3}}
overlap: 3
page: {real: 4, control: 1, time_limit_s: 600}
pay: {per_page: "0.05", currency: USD}
training:
  tasks: {repo: quality, path: /training.csv, columns: {line: line}, expected: {kind: kind}}
  page: 5
  pass_percent: 80
control:
  tasks: {repo: quality, path: /control.csv, columns: {line: line}, expected: {kind: kind}}
rules:
  - {if: fast_pages, under_s: 30, last: 5, at_least: 2, then: ban}
  - {if: control_rate, last: 10, at_least: 2, at_most_percent: 60, then: ban}
on_ban: exclude_and_reoffer
output: {repo: labels, branch: main, release: complete}
"""


def table(start, end):
    rows = (f"Line {n},{'odd' if n % 2 else 'even'}\n" for n in range(start, end))
    return "line,kind\n" + "".join(rows)


def free_port():
    """A port that stays free while its server is away.

    Not one that the system hands out by itself: a client that keeps calling there in the meantime may be given that
    very port as its own end, and then holds it.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


class LiveServer:
    """``recension up`` on a home of its own, at a port that stays the same over restarts."""

    def __init__(self, folder: Path, *, lines: int = 24) -> None:
        self.home = folder / "home"
        self.lines = lines
        self.truth = folder / "truth.csv"
        self.truth.write_text(table(0, lines) + "".join(table(1000, 1020).splitlines(keepends=True)[1:]))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "recension.cli.main", "up", "--home", str(self.home), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the server has ended"
            try:
                if httpx.get(f"{self.url}/healthz", trust_env=False).is_success:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def stop(self, how=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=20)

    @property
    def token(self):
        return json.loads((self.home / "server.json").read_bytes())["token"]

    def call(self, method, where, **body):
        answer = httpx.request(
            method,
            f"{self.url}/api/v1{where}",
            headers={"authorization": f"Bearer {self.token}"},
            trust_env=False,
            **body,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def prepare(self):
        """Make the project and wait for its tasks."""
        for repo in ("pool", "quality"):
            self.call("POST", "/repos", json={"name": repo})
        for repo, path, text in (
            ("pool", "/lines.csv", table(0, self.lines)),
            ("quality", "/training.csv", table(1000, 1005)),
            ("quality", "/control.csv", table(1005, 1020)),
        ):
            where = f"/repos/{repo}/upload"
            self.call("POST", where, params={"branch": "main", "path": path, "message": "m"}, content=text.encode())
        self.call("POST", "/projects", json={"yaml": PROJECT, "files": {}})
        deadline = time.monotonic() + 20
        while self.call("GET", "/projects/lines/progress")["tasks"]["total"] < self.lines:
            assert time.monotonic() < deadline, "no tasks"
            time.sleep(0.05)
        return self

    def log(self):
        """The whole answer log."""
        rows, after = [], 0
        while after is not None:
            part = self.call("GET", "/projects/lines/answers", params={"after": after, "limit": 500})
            rows += part["answers"]
            after = part["next"]
        return rows

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RECENSION_")}
        return {**kept, "RECENSION_HOME": str(self.home)}
