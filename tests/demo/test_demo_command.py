"""`recension demo` at a person's hands: it stays until Ctrl-C, leaves nothing behind, and says what is wrong."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

DEMO = [sys.executable, "-m", "recension.cli.main", "demo"]


def environment(tmp_path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECENSION_")}
    return {**kept, "TMPDIR": str(tmp_path)}


def refused(tmp_path, *arguments: str) -> str:
    """The one line with which a demonstration ends that cannot begin."""
    done = subprocess.run(
        [*DEMO, "--exit", *arguments], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("recension: ")]
    return lines[-1]


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert "not empty" in refused(tmp_path, "--home", str(tmp_path / "mine"))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in refused(tmp_path, "--port", str(port), "--home", str(tmp_path / "home"))


def test_a_server_elsewhere_is_refused(tmp_path):
    assert "--server" in refused(tmp_path, "--server", "http://127.0.0.1:1")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_reports_stays_signs_in_once_and_leaves_nothing_behind(tmp_path):
    said = tmp_path / "said"
    with said.open("w") as stderr:
        process = subprocess.Popen(
            [*DEMO, "--port", "0", "--seed", "2"],
            env=environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    try:
        url, link = await_link(process, said)
        first = httpx.get(link, trust_env=False)
        assert (first.status_code, "recension_" in first.headers["set-cookie"]) == (303, True)
        assert httpx.get(link, trust_env=False).status_code == 401
    finally:
        # As a terminal does: the signal goes to the whole group, the server included.
        os.killpg(process.pid, signal.SIGINT)
        report, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert re.search(r"^Tasks +30 of 30 headlines", report, re.MULTILINE)
    assert re.search(r"consensus right on (1[5-9]|20) of \d+ control tasks", report)
    assert re.search(r"\d banned: pages in less than 30 s", report)
    assert re.search(r"\d banned: wrong answers to control tasks", report)
    assert all(f"{repo}@main" in report for repo in ("model", "enriched", "labels", "pool", "clickbait"))
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
    assert [path.name for path in tmp_path.iterdir()] == ["said"]


def await_link(process: subprocess.Popen[str], said) -> tuple[str, str]:
    deadline = time.monotonic() + 360
    while time.monotonic() < deadline:
        assert process.poll() is None, said.read_text()
        found = re.search(r"running at (\S+)\n.* (\S+/login\?token=\S+)\n.*Ctrl-C", said.read_text())
        if found is not None:
            return found[1], found[2]
        time.sleep(0.1)
    raise AssertionError(said.read_text())
