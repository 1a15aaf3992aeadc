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
def _one_builder(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _folder(host: Host, named: Sequence[str], lines: Sequence[str], report: Report, stop: threading.Event) -> Path:
    folder = host.environments / _name(named)
    if _resolved(folder) is not None:
        return folder
    with _one_builder(host.environments / f"{folder.name}.building"):
        if _resolved(folder) is not None:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        frozen = _build(host, folder, lines, report, stop)
        unfinished = folder / (_LOCK_FILE + ".new")
        unfinished.write_text("\n".join(frozen), encoding="utf-8")
        unfinished.rename(folder / _LOCK_FILE)
    return folder


def _build(host: Host, folder: Path, lines: Sequence[str], report: Report, stop: threading.Event) -> list[str]:
    uv = shutil.which("uv", path=host.path) or shutil.which("uv", path=str(Path(sys.prefix) / "bin"))
    python, inside = str(host.python), str(folder / "bin" / "python")
    if uv is not None:
        make = [uv, "venv", "--no-project", "--no-config", "--python", python, str(folder)]
        install = [uv, "pip", "install", "--python", inside, "-r"]
        freeze = [uv, "pip", "freeze", "--python", inside]
    else:
        make = [python, "-m", "venv", *([] if lines else ["--without-pip"]), str(folder)]
        install = [inside, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r"]
        freeze = [inside, "-m", "pip", "freeze"]
    _run(host, make, None, "cannot make an environment", stop)
    if not lines:
        return []
    report(f"environment: installing {', '.join(lines)}")
    wanted = folder / "requirements.txt"
    wanted.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _run(host, [*install, str(wanted)], report, "the requirements cannot be installed", stop)
    listed = _run(host, freeze, None, "the environment cannot be read", stop)
    found = sorted(line for line in listed if line and not line.startswith(("#", "Using ")))
    report(f"environment: {len(found)} packages in place")
    return found


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


def _run(host: Host, argv: Sequence[str], report: Report | None, problem: str, stop: threading.Event) -> list[str]:
    lines = _Lines(report)
    # The installer is ours, not the step's: it keeps the settings of this machine (index, proxies, certificates).
    launch = Launch(tuple(argv), None, host.environments, b"")
    done = run_command(launch, lines, deadline=None, stop=stop)
    lines.add(b"\n")
    if done.stopped:
        raise Conflict("the environment was not built: stopped")
    if done.code != 0:
        last = " | ".join([line for line in lines.seen if line][-_LAST_LINES:])
        raise Invalid(problem, where="transform.requirements", hint=last or f"exit code {done.code}")
    return list(lines.seen)
