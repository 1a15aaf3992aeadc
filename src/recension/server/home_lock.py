"""One server per home: exclusive locks that are freed when the process ends, however it ends.

The operating system guards the folder. Where several folders stand on one database, on several machines perhaps, its
server guards that.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from recension.db.server_url import hold
from recension.errors import Busy
from recension.store.places import settings_of

LOCK_NAME: Final = "server.lock"


def only_server(home: Path, lost: Callable[[], None]) -> AbstractContextManager[object]:
    """Be the only server of the home's database, as a context; ``lost`` is called when another has taken over.

    Raises:
        Busy: another server has it.
    """
    settings = settings_of(home)
    if settings is None or settings.database is None:
        return nullcontext()
    return hold(settings.database, "server", lost)


class HomeLock:
    """Holds the home from ``with`` to its end.

    Raises:
        Busy: another server has it.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / LOCK_NAME
        self._fd = -1

    def __enter__(self) -> Self:
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(fd, 20).decode(errors="replace").strip()
            os.close(fd)
            process = f" (process {holder})" if holder.isdigit() else ""
            raise Busy(
                f"another server{process} has this home open",
                where=str(self._path.parent),
                hint="stop it, or choose another home with --home",
            ) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        # the file stays: removing it would let two servers lock two files of the same name
        os.close(self._fd)
