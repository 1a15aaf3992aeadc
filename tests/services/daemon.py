"""A server program as a child process: in a folder of its own, gone with the tests however they end."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

REMEDY = "run scripts/system-packages.sh backends, or leave these tests out: RECENSION_TEST_BACKENDS=sqlite"
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class CannotStart(RuntimeError):
    """A server that the tests need is not installed or does not come up."""


def program(name: str, *folders: str) -> str:
    """The path of a program on ``PATH`` or in one of the folders.

    Raises:
        CannotStart: it is not installed.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *folders])
    found = shutil.which(name, path=path)
    if found is None:
        raise CannotStart(f"{name} is not installed: {REMEDY}")
    return found


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def new_folder(owner: str | None = None) -> Path:
    """A temporary folder that ``owner`` may enter; pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="recension-service-"))
    if owner is not None:
        shutil.chown(folder, owner)
    return folder


def unprivileged_user() -> str | None:
    """Whom to run a server as that refuses to be root; None when we are not root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise CannotStart("there is no user to run a server as")


class Daemon:
    """One running server process.

    Args:
        command: what to run.
        log: takes what it says.
        user: whom to run it as.
        told: what its environment has beside ours.
    """

    def __init__(
        self, command: Sequence[str], *, log: Path, user: str | None = None, told: Mapping[str, str] | None = None
    ) -> None:
        self.command = command
        self.log = log
        self._user = user
        self._environment = {**os.environ, **(told or {})}
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        libc = ctypes.CDLL(None)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                user=self._user,
                group=pwd.getpwnam(self._user).pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
                # a test run that is killed takes its servers with it
                preexec_fn=lambda: libc.prctl(_DIES_WITH_PARENT, signal.SIGTERM),  # noqa: PLW1509
            )

    def await_ready(self, is_ready: Callable[[], bool], timeout_s: float = 60) -> None:
        """Wait until it answers.

        Raises:
            CannotStart: it has ended, or takes too long.
        """
        deadline = time.monotonic() + timeout_s
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                tail = self.log.read_text(errors="replace")[-2000:]
                raise CannotStart(f"{Path(self.command[0]).name} does not come up:\n{tail}")
            time.sleep(0.03)

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = 20) -> None:
        """Send a signal and wait for the end; a process that ignores it is killed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def start_again(self) -> None:
        """Start the same command once more, after a stop."""
        self.process = self._start()


def listens(port: int) -> bool:
    """Whether something answers on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
