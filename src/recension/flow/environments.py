"""Virtual environments for steps: one per set of declared requirements, cached and shared between homes.

The first build resolves the requirements; the result, the *lock*, is what later builds install and what a datum's key
holds, so an upgrade on the package index changes nothing by itself. One builder at a time works on an environment, and
writes the lock into it last: a folder without one was left half built and is built again. (A finished environment
cannot be renamed into place: its programs name the folder they were installed in.)
"""

from __future__ import annotations

import fcntl
import json
import shutil
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blake3 import blake3

from recension.errors import Conflict, Invalid, Unavailable
from recension.flow.host import Host, python_version
from recension.flow.log_capture import run_command
from recension.flow.sandbox import Launch

_LAST_LINES: Final = 12
_LOCK_TICK_S: Final = 0.1
_MAX_REPORTED: Final = 400
_LOCK_FILE: Final = "recension-lock.txt"
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Environment:
    """A folder with ``bin/python``. ``lock`` is ``None`` when no requirements were declared."""

    folder: Path
    lock: str | None

    @property
    def bin(self) -> Path:
        """The folder of its programs."""
        return self.folder / "bin"


def ensure(
    host: Host, requirements: Sequence[str] | None, lock: str | None, report: Report, stop: threading.Event
) -> Environment:
    """The environment for ``requirements``, built when it is not in the cache.

    Args:
        host: the cache and the interpreter.
        requirements: what the step declares; ``None`` gives an environment with the standard library only.
        lock: what they were resolved to before, if they were.
        report: receives lines about the progress of a build.
        stop: ends a build when it is set.

    Raises:
        Invalid: the requirements cannot be installed; the hint holds the installer's last lines.
        Unavailable: the cache cannot be written, or the interpreter cannot make an environment.
        Conflict: it was stopped.
    """
    try:
        host.environments.mkdir(parents=True, exist_ok=True)
        if requirements is None:
            return Environment(_folder(host, ["standard library"], [], report, stop), None)
        named, lines = list(requirements), list(requirements)
        if lock is not None and _resolved(host.environments / _name(named)) != lock:
            lines = [line for line in lock.split("\n") if line]
            named = ["lock", *lines]
        folder = _folder(host, named, lines, report, stop)
    except OSError as error:
        raise Unavailable(f"cannot make an environment: {error.strerror}", where=str(error.filename or "")) from None
    found = _resolved(folder)
    assert found is not None
    return Environment(folder, found)


def _name(named: Sequence[str]) -> str:
    return "env-" + blake3(json.dumps([python_version(), *named]).encode()).hexdigest(10)


def _resolved(folder: Path) -> str | None:
    try:
        return (folder / _LOCK_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


@contextmanager
def _one_builder(path: Path, stop: threading.Event) -> Iterator[int]:
    """Hold the lock of an environment; its descriptor is for the installers.

    They inherit it: should this process be killed, the lock is held until the installer that outlived it has ended,
    so that nobody begins anew in a folder that is still being written to.
    """
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if stop.wait(_LOCK_TICK_S):
                    raise Conflict("the environment was not built: stopped") from None
            else:
                break
        yield file.fileno()


def _folder(host: Host, named: Sequence[str], lines: Sequence[str], report: Report, stop: threading.Event) -> Path:
    folder = host.environments / _name(named)
    if _resolved(folder) is not None:
        return folder
    with _one_builder(host.environments / f"{folder.name}.building", stop) as lock:
        if _resolved(folder) is not None:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        frozen = _Installer(host, report, stop, lock).build(folder, lines)
        unfinished = folder / (_LOCK_FILE + ".new")
        unfinished.write_text("\n".join(frozen), encoding="utf-8")
        unfinished.rename(folder / _LOCK_FILE)
    return folder


@dataclass(frozen=True, slots=True)
class _Installer:
    """Runs ``uv`` where it is there, else ``venv`` and ``pip``."""

    host: Host
    report: Report
    stop: threading.Event
    lock: int

    def build(self, folder: Path, lines: Sequence[str]) -> list[str]:
        """Make an environment and install ``lines``; return every package in it with its version."""
        uv = shutil.which("uv", path=self.host.path) or shutil.which("uv", path=str(Path(sys.prefix) / "bin"))
        python, inside = str(self.host.python), str(folder / "bin" / "python")
        if uv is not None:
            make = [uv, "venv", "--no-project", "--no-config", "--python", python, str(folder)]
            install = [uv, "pip", "install", "--python", inside, "-r"]
            freeze = [uv, "pip", "freeze", "--python", inside]
        else:
            make = [python, "-m", "venv", *([] if lines else ["--without-pip"]), str(folder)]
            install = [inside, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r"]
            freeze = [inside, "-m", "pip", "freeze"]
        self._run(make, "an environment cannot be made")
        if not lines:
            return []
        self.report(f"environment: installing {', '.join(lines)}")
        wanted = folder / "requirements.txt"
        wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._run([*install, str(wanted)], "the requirements cannot be installed", self.report)
        listed = self._run(freeze, "the environment cannot be read")
        found = sorted(line for line in listed if line and not line.startswith(("#", "Using ")))
        self.report(f"environment: {len(found)} packages in place")
        return found

    def _run(self, argv: Sequence[str], problem: str, report: Report | None = None) -> list[str]:
        lines = _Lines(report)
        # The installer is ours, not the step's: it keeps the settings of this machine (index, proxies, certificates).
        launch = Launch(tuple(argv), None, self.host.environments, b"", keep=(self.lock,))
        done = run_command(launch, lines, deadline=None, stop=self.stop)
        lines.add(b"\n")
        if done.stopped:
            raise Conflict("the environment was not built: stopped")
        if done.code != 0:
            last = " | ".join([line for line in lines.seen if line][-_LAST_LINES:])
            raise Invalid(problem, where="transform.requirements", hint=last or f"exit code {done.code}")
        return list(lines.seen)


class _Lines:
    """Passes complete lines on and remembers them."""

    def __init__(self, report: Report | None) -> None:
        self.seen: deque[str] = deque(maxlen=10_000)
        self._report = report
        self._rest = b""

    def add(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for raw in whole:
            line = raw.decode(errors="replace").rstrip()
            if line and self._report is not None and len(self.seen) < _MAX_REPORTED:
                self._report(f"environment: {line}")
            self.seen.append(line)
