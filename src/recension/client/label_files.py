"""Where label formats read from and write to: folders, single files, archives and commits.

Names inside an archive or a commit are never used as paths of this machine unchecked: what would leave the folder is
refused, and a folder is written beside its place and moved there when it is complete.
"""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from recension.errors import AlreadyExists, Invalid, NotFound
from recension.label.image_header import read_image_size
from recension.store import Store

_PIECE: Final = 1 << 20
_KEPT_IN_MEMORY: Final = 8 << 20


class FolderFiles:
    """The files below a folder, or one file; hidden ones are left out."""

    def __init__(self, root: Path) -> None:
        if not root.exists():
            raise NotFound("no such file or folder", where=str(root))
        self._root = root if root.is_dir() else root.parent
        self._only = None if root.is_dir() else root.name

    def names(self) -> Iterator[str]:
        """Every file, in byte order."""
        if self._only is not None:
            yield self._only
            return
        found = []
        for folder, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            base = Path(folder).relative_to(self._root)
            found += [(base / name).as_posix() for name in files if not name.startswith(".")]
        yield from sorted(found, key=str.encode)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One file.

        Raises:
            NotFound: it is not there, or not below the folder.
        """
        path = self._root / safe_name(name)
        if not path.is_file():
            raise NotFound("no such file", where=name)
        with path.open("rb") as stream:
            yield stream

    def image_size(self, name: str) -> tuple[int, int] | None:
        """Size of an image, from its header."""
        return _size(self, name)


class ZipFiles:
    """The files of a zip archive; use it as a context."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise Invalid(f"no zip archive: {error}", where=str(path)) from error
        self._names = {info.filename for info in self._zip.infolist() if not info.is_dir()}

    def names(self) -> Iterator[str]:
        """Every file, in byte order."""
        yield from sorted(self._names, key=str.encode)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One file, unpacked as it is read.

        Raises:
            NotFound: the archive has none of that name.
        """
        if name not in self._names:
            raise NotFound("no such file in the archive", where=name)
        with self._zip.open(name) as stream:
            yield stream

    def image_size(self, name: str) -> tuple[int, int] | None:
        """Size of an image, from its header."""
        return _size(self, name) if name in self._names else None


class CommitFiles:
    """The files of a commit below a folder."""

    def __init__(self, store: Store, address: str) -> None:
        self._store = store
        name, _, path = address.partition(":")
        self._commit = store.resolve(name)
        self._prefix = "/" + path.strip("/") + "/" if path.strip("/") else "/"

    def names(self) -> Iterator[str]:
        """Every file, in byte order."""
        for entry in self._store.walk(self._commit, prefix=self._prefix):
            yield entry.path.removeprefix(self._prefix)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One file.

        Raises:
            NotFound: the commit has none of that name.
        """
        yield io.BytesIO(self._store.read_bytes(self._commit, self._prefix + name))

    def image_size(self, name: str) -> tuple[int, int] | None:
        """Size of an image, from its header."""
        return _size(self, name)


Files = FolderFiles | ZipFiles | CommitFiles


class WithImages:
    """Label files, and beside them another place where the images lie."""

    def __init__(self, labels: Files, images: Files) -> None:
        self._labels = labels
        self._images = images

    def names(self) -> Iterator[str]:
        """Every label file."""
        return self._labels.names()

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """One label file."""
        return self._labels.open(name)

    def image_size(self, name: str) -> tuple[int, int] | None:
        """Size of an image in either place, looked for by its path and then by its file name."""
        names = (name, PurePosixPath(name).name)
        found = (files.image_size(each) for files in (self._images, self._labels) for each in names)
        return next((size for size in found if size), None)


class FolderTarget:
    """Writes a new folder: beside its place, moved there by :meth:`finish`, removed by :meth:`cancel`.

    Raises:
        AlreadyExists: there is something at its place.
    """

    def __init__(self, place: Path) -> None:
        if place.exists() and not (place.is_dir() and not any(place.iterdir())):
            raise AlreadyExists("there is something already", where=str(place), hint="name a folder that is not there")
        self._place = place
        self._work = place.with_name(f".{place.name}.{os.getpid()}.partial")
        self._work.mkdir(parents=True)

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """A new file in the folder.

        Raises:
            Invalid: two items give the same name, or one that leads out of the folder.
        """
        path = self._work / safe_name(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as out:
                yield out
        except FileExistsError as error:
            raise Invalid("two items would be written to one file", where=name) from error

    def finish(self) -> None:
        """The folder is complete: put it in its place."""
        if self._place.exists():
            self._place.rmdir()
        self._work.rename(self._place)

    def cancel(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._work, ignore_errors=True)


class ZipTarget:
    """Writes a new archive, beside its place until :meth:`finish`.

    Raises:
        AlreadyExists: there is something at its place.
    """

    def __init__(self, place: Path) -> None:
        if place.exists():
            raise AlreadyExists("there is something already", where=str(place), hint="name a file that is not there")
        place.parent.mkdir(parents=True, exist_ok=True)
        self._place = place
        self._work = place.with_name(f".{place.name}.{os.getpid()}.partial")
        self._zip = zipfile.ZipFile(self._work, "w", zipfile.ZIP_DEFLATED)
        self._names: set[str] = set()

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """A new file in the archive.

        Raises:
            Invalid: two items give the same name, or one that leads out of the archive.
        """
        if safe_name(name) in self._names:
            raise Invalid("two items would be written to one file", where=name)
        self._names.add(name)
        # An archive takes one file after the other, and formats may write two at once.
        with SpooledTemporaryFile(_KEPT_IN_MEMORY) as out:
            yield out
            out.seek(0)
            with self._zip.open(name, "w", force_zip64=True) as packed:
                shutil.copyfileobj(out, packed, _PIECE)

    def finish(self) -> None:
        """The archive is complete: put it in its place."""
        self._zip.close()
        self._work.rename(self._place)

    def cancel(self) -> None:
        """Leave nothing behind."""
        self._zip.close()
        self._work.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """The name, when it stays below where it is put.

    Raises:
        Invalid: it is empty or absolute, or has a part that is empty, ``.`` or ``..``.
    """
    if "\0" in name or any(part in {"", ".", ".."} for part in name.split("/")):
        raise Invalid("no name of a file below a folder", where=name)
    return name


def _size(files: Files, name: str) -> tuple[int, int] | None:
    try:
        with files.open(name) as stream:
            return read_image_size(stream)
    except (NotFound, Invalid):
        return None
