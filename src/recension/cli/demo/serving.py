"""A server process for the demonstration: started on a home, waited for, and ended with whoever started it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Final

import httpx

from recension.client.discovery import SERVER_FILE, Server
from recension.errors import Busy, Unavailable

_START_S: Final = 60.0
_STOP_S: Final = 20.0
_LOOK_S: Final = 0.05


@contextmanager
def serving(home: Path, port: int) -> Iterator[Server]:
    """A server on ``home`` from ``with`` to its end.

    Raises:
        Busy: the port or the home is taken.
        Unavailable: the server does not start.
    """
    # A termination ends the block like Ctrl-C does, so that no server is left behind.
    before = signal.signal(signal.SIGTERM, _interrupt)
    command = [sys.executable, "-m", "recension.cli.main", "up", "--home", str(home), "--port", str(port)]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(  # noqa: S603 - this very program
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            yield _answering(process, home, said)
        finally:
            _end(process)
            signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answering(process: subprocess.Popen[bytes], home: Path, said: IO[str]) -> Server:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said.seek(0)
            reason = said.read().strip().splitlines()
            raise Busy(f"the server did not start: {reason[-1] if reason else 'no reason given'}", where=str(home))
        server = _written(process, home)
        if server is not None and _is_healthy(server):
            return server
        time.sleep(_LOOK_S)
    raise Unavailable(f"the server did not answer within {_START_S:.0f} s", where=str(home))


def _written(process: subprocess.Popen[bytes], home: Path) -> Server | None:
    """What the process has written about itself; None before that."""
    try:
        body = json.loads((home / SERVER_FILE).read_bytes())
    except FileNotFoundError:
        return None
    return Server(body["url"], body["token"]) if body["pid"] == process.pid else None


def _is_healthy(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False
