"""Files of a commit as files on disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from recension.errors import Conflict, Invalid, RecensionError, Unavailable
from recension.slotted import frozen
from recension.store.model import EXECUTABLE_MODE, Commit
from recension.store.putting import Putting

if TYPE_CHECKING:
    from recension.store.ingest import Told


@frozen
class CheckoutReport:
    """What a checkout did: files written, left as they were, and removed; bytes written."""

    written: int
    kept: int
    removed: int
    size: int


class CheckingOut(Putting):
    """Bulk output."""

    def checkout(
        self,
        commit: Commit,
        dest: Path,
        *,
        path: str = "/",
        force: bool = False,
        track: bool = True,
        told: Told | None = None,
    ) -> CheckoutReport:
        """Make ``dest`` hold the files of a folder of the commit, or one file of it.

        Files that an earlier checkout or put knows are changed and removed as needed; files that are unknown are left
        alone. A checkout that was interrupted is finished by another one with ``force``.

        Args:
            commit: the version.
            dest: the folder; made when it is missing.
            path: which folder or file of the commit.
            force: overwrite unknown files that are in the way.
            track: remember what is written, so that the next checkout can bring it up to date; without, this is a
                plain copy that removes nothing.
            told: hears of progress.

        Raises:
            NotFound: there is no such folder or file in the commit.
            Conflict: an unknown file is in the way, or a known one was changed since.
            Damaged: stored bytes are; the error names the file.
        """
        # Most commands check nothing out, and start faster without.
        from recension.store.check_out import check_out  # noqa: PLC0415

        return check_out(self, commit, dest, path, told, force=force, track=track)

    def copy_file(self, commit: Commit, path: str, dest: Path, *, told: Told | None = None) -> None:
        """Write one file of a commit to ``dest``, over whatever file is there; it appears complete or not at all.

        Raises:
            NotFound: there is no such file in the commit.
            Damaged: its stored bytes are.
        """
        entry = self.stat(commit, path)
        part = dest.with_name(f".{dest.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                for piece in self.read_stream(commit, path):
                    file.write(piece)
                    if told is not None:
                        told(0, len(piece))
            part.chmod((0o777 if entry.mode == EXECUTABLE_MODE else 0o666) & ~_umask())
            part.replace(dest)
        except OSError as error:
            raise unwritable(error, os.fspath(dest)) from error
        finally:
            part.unlink(missing_ok=True)


def _umask() -> int:
    """The permissions that new files of this process do not get; there is no way to ask but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def unwritable(error: OSError, place: str) -> RecensionError:
    """What it means that something cannot be written."""
    if isinstance(error, (NotADirectoryError, FileExistsError, IsADirectoryError)):
        return Conflict(f"cannot be written: {error.strerror}", where=place, hint="move away what is there")
    if isinstance(error, PermissionError):
        return Invalid(f"cannot be written: {error.strerror}", where=place)
    return Unavailable(f"cannot be written: {error.strerror}", where=place, hint="check space and permissions")
