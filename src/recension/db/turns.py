"""Turns: processes that would get in each other's way go one after the other.

A turn is a courtesy, not a lock: whoever waits too long goes ahead without it, and nothing but time is lost. So
nobody ever stands still behind a process that hangs.
"""

from __future__ import annotations

import fcntl
import os
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 10.0
SLOTS: Final = 64
_FIRST_PAUSE_S: Final = 0.0005
_LONGEST_PAUSE_S: Final = 0.01


def slots(names: Iterable[str]) -> list[int]:
    """The slots that names fall into, in the order in which everybody takes them; two names may share one."""
    return sorted({zlib.crc32(name.encode()) % SLOTS for name in names})


@contextmanager
def file_turns(beside: Path, names: Iterable[str]) -> Iterator[None]:
    """Turns of processes on one machine: locks on files beside the database's."""
    files: list[int] = []
    try:
        with suppress(OSError):  # where no file can be made, without it
            for slot in slots(names):
                path = beside.with_name(f"{beside.name}-turn-{slot:02}")
                files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
                _wait_for(files[-1])
        yield
    finally:
        for fd in files:
            os.close(fd)


def _wait_for(fd: int) -> None:
    deadline, pause_s = time.monotonic() + PATIENCE_S, _FIRST_PAUSE_S
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return
        else:
            return
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
