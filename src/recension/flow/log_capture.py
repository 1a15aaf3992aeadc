"""Reading what a running command says, keeping a bounded part of it."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from recension.flow.sandbox import Launch

HEAD_BYTES: Final = 512 << 10
TAIL_BYTES: Final = 512 << 10
_READ: Final = 64 << 10
_TICK_S: Final = 0.1
_SHORT_TICK_S: Final = 0.005
_LINGER_S: Final = 1.0


class Log(Protocol):
    """Receives what a command writes, piece by piece."""

    def add(self, data: bytes, /) -> None:
        """Take the next piece."""
        ...


class Answering(Protocol):
    """Something that the command may call upon while it runs."""

    @property
    def listening(self) -> socket.socket:
        """Where a call comes in."""
        ...

    def answer(self) -> None:
        """Take a call that has come in; returns at once."""
        ...


class BoundedLog:
    """The first and last half MiB of a text of any length; it may be read while it grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._left_out = 0

    def add(self, data: bytes) -> None:
        """Append ``data``."""
        with self._lock:
            self._add(data)

    def _add(self, data: bytes) -> None:
        room = HEAD_BYTES - len(self._head)
        self._head += data[:room]
        rest = data[room:] if room < len(data) else b""
        if rest:
            self._tail.append(rest)
            self._tail_size += len(rest)
        while self._tail and self._tail_size - len(self._tail[0]) >= TAIL_BYTES:
            dropped = len(self._tail.popleft())
            self._tail_size -= dropped
            self._left_out += dropped

    def bytes(self) -> bytes:
        """What was kept, with a line that says how much is missing."""
        with self._lock:
            gap = f"\n… {self._left_out:,} bytes left out …\n".encode() if self._left_out else b""
            return bytes(self._head) + gap + b"".join(self._tail)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended: its return code (minus the signal that killed it), or what stopped it."""

    code: int
    timed_out: bool = False
    stopped: bool = False


def run_command(
    launch: Launch, log: Log, *, deadline: float | None, stop: threading.Event, door: Answering | None = None
) -> Finished:
    """Run a command to its end, adding what it writes to ``log``.

    Calls at ``door`` are answered meanwhile. The command and everything it started are killed when
    ``time.monotonic()`` passes ``deadline``, or ``stop`` is set.

    Raises:
        OSError: the command cannot be started.
    """
    with tempfile.TemporaryFile(dir=launch.cwd) as source:
        source.write(launch.stdin)
        source.seek(0)
        process = subprocess.Popen(  # noqa: S603
            launch.argv,
            env=None if launch.env is None else dict(launch.env),
            cwd=launch.cwd,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=launch.keep,
        )
    with process:
        try:
            timed_out, stopped = _follow(process, log, deadline, stop, door)
        finally:
            _kill_group(process)
        process.wait()
    return Finished(process.returncode, timed_out, stopped)


def _follow(
    process: subprocess.Popen[bytes], log: Log, deadline: float | None, stop: threading.Event, door: Answering | None
) -> tuple[bool, bool]:
    """Read until the command has ended, which it does at the latest when it is killed; it is not reaped yet."""
    assert process.stdout is not None
    timed_out = stopped = False
    linger_until: float | None = None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        reading = True
        if door is not None:
            selector.register(door.listening, selectors.EVENT_READ)
        while True:
            for ready, _ in selector.select(_TICK_S if reading else _SHORT_TICK_S):
                if door is not None and ready.fileobj is door.listening:
                    door.answer()
                elif not _read_some(process.stdout.fileno(), log):
                    selector.unregister(process.stdout)
                    reading = False
            now = time.monotonic()
            if _has_ended(process):
                # What it started in the background may hold the pipe open: it does not outlive the command.
                _kill_group(process)
                linger_until = linger_until or now + _LINGER_S
                if not reading or now > linger_until:
                    return timed_out, stopped
            elif not (timed_out or stopped):
                timed_out, stopped = deadline is not None and now > deadline, stop.is_set()
                if timed_out or stopped:
                    _kill_group(process)


def _read_some(pipe: int, log: Log) -> bool:
    data = os.read(pipe, _READ)
    log.add(data)
    return bool(data)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    # WNOWAIT leaves the process unreaped, so that its number, and with it the group's, cannot be someone else's yet.
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
