"""A folder of a commit as a zip archive, made while it is sent.

Only the table at the archive's end grows with the number of files, hence ``MOST_FILES``; bytes pass through in pieces.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from recension.errors import TooLarge
from recension.store import Commit, Entry, Store
from recension.store.reading import damage_in

MOST_FILES: Final = 100_000
_EASILY_SQUEEZED: Final = ("text/", "application/json", "application/x-ndjson", "image/svg", "application/xml")
_LARGE: Final = 1 << 30
_SEND: Final = 1 << 16


class _Outgoing(io.RawIOBase):
    """What was written and not yet sent; it cannot be gone back in, so the archive is written front to back."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        self._waiting += view
        return len(view)

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self) -> bytes:
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def check_zippable(store: Store, commit: Commit, folder: str, names: Sequence[str] = ()) -> None:
    """Do nothing when the folder, or what is named of it, is there and may be sent as an archive.

    Raises:
        NotFound: there is no such folder or name.
        TooLarge: it holds too many files.
    """
    files = sum(_files(store, commit, path) for path in _parts(folder, names))
    if files > MOST_FILES:
        raise TooLarge(
            f"an archive may have {MOST_FILES:,} files, this folder has {files:,}",
            where=folder,
            hint=f"zip folders in it one by one, or: recension get {commit.repo}@{commit.id}:{folder} FOLDER",
        )


def zip_folder(store: Store, commit: Commit, folder: str, names: Sequence[str] = ()) -> Iterator[bytes]:
    """The archive in pieces, of all in the folder or of what is named. The same of one commit is the same bytes."""
    stamp = datetime.fromtimestamp(commit.at_us / 1_000_000, UTC).timetuple()[:6]
    base = len(folder.rstrip("/")) + 1
    out = _Outgoing()
    with zipfile.ZipFile(out, "w", allowZip64=True) as archive:
        entries = (entry for path in _parts(folder, names) for entry in store.walk(commit, prefix=path))
        for entry in entries:
            info = _info(entry, entry.path[base:], (max(stamp[0], 1980), *stamp[1:6]))
            place = f"{commit.address}:{entry.path}"
            with damage_in(place), archive.open(info, "w", force_zip64=entry.size >= _LARGE) as file:
                for piece in store.read_blob(entry.blob):
                    for start in range(0, len(piece), _SEND):
                        file.write(piece[start : start + _SEND])
                        if len(out) >= _SEND:
                            yield out.take()
    yield out.take()


def _parts(folder: str, names: Sequence[str]) -> list[str]:
    """The folder, or the paths of some names in it."""
    return [f"{folder.rstrip('/')}/{name}" for name in sorted(set(names))] or [folder]


def _files(store: Store, commit: Commit, path: str) -> int:
    if store.is_folder(commit, path):
        return store.folder(commit, path).files
    store.stat(commit, path)
    return 1


def _info(entry: Entry, name: str, stamp: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, stamp)
    info.create_system = 3  # Unix: the upper half of the attributes is a mode, symbolic links included
    info.external_attr = (entry.mode if entry.mode > 0o777 else 0o100000 | entry.mode) << 16
    squeezed = entry.content_type.startswith(_EASILY_SQUEEZED)
    info.compress_type = zipfile.ZIP_DEFLATED if squeezed else zipfile.ZIP_STORED
    info.file_size = entry.size
    return info
