"""Running a command where it sees its inputs under ``/pfs`` and as little else as possible.

With bubblewrap a step gets a file system of its own: the machine's folders read-only, no home folders, no ``/tmp`` of
others, ``/pfs`` with its inputs read-only and ``/pfs/out`` to write to, no network unless it asks for one. It ends
with the process that started it.

Where bubblewrap is missing, or the system forbids it, ``/pfs`` cannot exist for one process alone. Commands then run
as they are, with ``/pfs`` (and the folder of declared files) in their words, standard input and environment replaced
by the real folder. Programs that have ``/pfs`` built in do not find it there; network and home stay reachable.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from recension.flow.host import Host

STEP_FOLDER: Final = "/step"
"""Where declared files appear when the transform has no ``working_dir``."""
_NOT_SHARED: Final = frozenset({"dev", "home", "lost+found", "pfs", "proc", "root", "run", "tmp"})
_GRAPHICS: Final = ("nvidia*", "dri", "kfd")
# In order of preference. Containers often forbid a new /proc, and some a network namespace of their own.
_ISOLATION: Final = (
    ("--unshare-all", "--proc", "/proc"),
    ("--unshare-ipc", "--unshare-uts", "--unshare-net", "--ro-bind", "/proc", "/proc"),
    ("--unshare-ipc", "--unshare-uts", "--ro-bind", "/proc", "/proc"),
)
_PROBE_S: Final = 20


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one datum on disk: ``pfs/<input>/…``, ``pfs/out``, ``files`` (declared ones) and ``tmp``."""

    root: Path

    @property
    def pfs(self) -> Path:
        """What appears as ``/pfs``."""
        return self.root / "pfs"

    @property
    def out(self) -> Path:
        """What appears as ``/pfs/out``."""
        return self.root / "pfs" / "out"

    @property
    def files(self) -> Path:
        """The working directory, with the declared files."""
        return self.root / "files"

    @property
    def tmp(self) -> Path:
        """What appears as ``/tmp``."""
        return self.root / "tmp"


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start: argument list, whole environment (``None``: our own), working directory and standard input.

    ``keep`` are descriptors that the command inherits.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] | None
    cwd: Path
    stdin: bytes
    keep: tuple[int, ...] = ()


class Sandbox:
    """How steps are started on this host; finds out once whether bubblewrap works."""

    def __init__(self, host: Host, *, use_bubblewrap: bool = True) -> None:
        self._host = host
        self._bubblewrap = shutil.which("bwrap", path=host.path) if use_bubblewrap else None

    @cached_property
    def _isolation(self) -> tuple[str, ...] | None:
        if self._bubblewrap is None:
            return None
        for flags in _ISOLATION:
            argv = [self._bubblewrap, "--ro-bind", "/", "/", "--dev", "/dev", *flags, "--", "true"]
            try:
                done = subprocess.run(argv, capture_output=True, timeout=_PROBE_S, check=False)  # noqa: S603
            except (OSError, subprocess.TimeoutExpired):
                continue
            if done.returncode == 0:
                return flags
        return None

    @property
    def isolates(self) -> bool:
        """Whether steps see a real ``/pfs`` and nothing of others."""
        return self._isolation is not None

    def folder(self, place: Place, working_dir: str | None) -> tuple[str, str]:
        """The paths of ``/pfs`` and of the declared files, as the step sees them."""
        if self.isolates:
            return "/pfs", working_dir or STEP_FOLDER
        return str(place.pfs), str(place.files)

    def launch(
        self,
        place: Place,
        words: Sequence[str],
        *,
        stdin: bytes,
        env: Mapping[str, str],
        working_dir: str | None,
        network: bool,
        readable: Sequence[Path],
    ) -> Launch:
        """How to start a command for the datum laid out at ``place``.

        Args:
            place: the datum's folders.
            words: the command, not interpreted by a shell.
            stdin: what it reads.
            env: its whole environment, apart from the temporary folder.
            working_dir: where the declared files appear.
            network: whether it may use the network.
            readable: folders it needs beyond the system's, such as its environment.
        """
        if self._isolation is None:
            return self._bare(place, words, stdin, env, working_dir)
        files = working_dir or STEP_FOLDER
        argv = [
            *_system_folders(),
            *("--bind", str(place.tmp), "/tmp"),  # noqa: S108
            *_flatten(("--tmpfs", str(folder)) for folder in self._host.hidden if _is_shared(folder)),
            *_flatten(("--ro-bind", str(folder), str(folder)) for folder in readable),
            *("--ro-bind", str(place.pfs), "/pfs", "--bind", str(place.out), "/pfs/out"),
            *_mount_point(Path(files)),
            *("--bind", str(place.files), files, "--chdir", files),
            *self._isolation,
        ]
        if network:
            # Where the address of the name server is kept on many systems.
            argv = [flag for flag in argv if flag != "--unshare-net"]
            argv += ["--share-net", "--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"]
        assert self._bubblewrap is not None
        # The variables are for the step: bubblewrap itself, still outside of the sandbox, must not see them.
        inner = {**env, "HOME": "/tmp", "TMPDIR": "/tmp"}  # noqa: S108
        argv += _flatten(("--setenv", name, value) for name, value in inner.items())
        whole = (self._bubblewrap, *argv, "--die-with-parent", "--new-session", "--", *words)
        return Launch(whole, {}, place.root, stdin)

    def _bare(
        self, place: Place, words: Sequence[str], stdin: bytes, env: Mapping[str, str], working_dir: str | None
    ) -> Launch:
        moves = [("/pfs", str(place.pfs))]
        if working_dir is not None:
            moves.append((working_dir, str(place.files)))
        argv = tuple(_moved(word, moves) for word in words)
        # Without bubblewrap, nothing else ends a step whose starter was killed.
        guard = shutil.which("setpriv", path=self._host.path)
        if guard is not None:
            argv = (guard, "--pdeathsig", "KILL", *argv)
        moved = {name: _moved(value, moves) for name, value in env.items()}
        moved |= {"HOME": str(place.tmp), "TMPDIR": str(place.tmp)}
        return Launch(argv, moved, place.files, _moved(stdin.decode(), moves).encode())


def _system_folders() -> Iterator[str]:
    yield from ("--tmpfs", "/")
    for entry in sorted(Path("/").iterdir()):
        if entry.name in _NOT_SHARED:
            continue
        if entry.is_symlink():
            yield from ("--symlink", str(entry.readlink()), str(entry))
        elif entry.is_dir():
            yield from ("--ro-bind", str(entry), str(entry))
    yield from ("--dev", "/dev", "--tmpfs", "/home", "--tmpfs", "/root", "--tmpfs", "/run")
    for pattern in _GRAPHICS:
        for device in sorted(Path("/dev").glob(pattern)):
            yield from ("--dev-bind-try", str(device), str(device))


def _is_shared(folder: Path) -> bool:
    """Whether a folder would be visible, were it not covered."""
    return folder.is_dir() and folder.parts[1] not in _NOT_SHARED


def _mount_point(folder: Path) -> Iterator[str]:
    """Make room for ``folder`` inside a read-only one: the parent that exists is rebuilt from its members."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    if existing in {folder, Path("/")}:
        return
    yield from ("--tmpfs", str(existing))
    for member in sorted(existing.iterdir()):
        yield from ("--ro-bind-try", str(member), str(member))


def _flatten(groups: Iterator[tuple[str, ...]]) -> Iterator[str]:
    for group in groups:
        yield from group


def _moved(text: str, moves: Sequence[tuple[str, str]]) -> str:
    """``text`` with every mention of a folder replaced by where it really is."""
    for virtual, real in moves:
        pattern = rf"(?<![\w./-]){re.escape(virtual)}(?![\w.-])"
        text = re.sub(pattern, real.replace("\\", r"\\"), text)
    return text
