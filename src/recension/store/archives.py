"""Putting what a tar or zip archive holds, without unpacking it anywhere."""

from __future__ import annotations

import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from lzma import LZMAError
from typing import IO, Final, Unpack

from recension.errors import Invalid
from recension.ids import check_path
from recension.store.model import EXECUTABLE_MODE, FILE_MODE, LINK_MODE, Commit, DeleteFolder, Edit, Put
from recension.store.on_head import About, Place
from recension.store.upload import Upload
from recension.store.writing import Writing

_PIECE: Final = 1 << 20
_SPOOL: Final = 16 << 20
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")

Named = Callable[[str], str]


def put_archive(
    store: Writing,
    place: Place,
    archive: BufferedReader,
    *,
    into: str = "/",
    delete: bool = False,
    **about: Unpack[About],
) -> Commit:
    """Commit every file of a tar (plain, gzip, bzip2 or xz) or zip archive, all or nothing.

    Modes are kept as 644 or 755, symbolic links as links, a hard link as a second path of the same bytes.

    Args:
        store: the store.
        place: the branch.
        archive: the bytes, read once from here on; a tar is never held, a zip is spooled.
        into: the folder that takes the files.
        delete: remove from ``into`` what the archive does not hold.
        about: message, author and the like.

    Raises:
        Invalid: it is no archive or cut short, or holds something that cannot be kept; the error names the member.
    """
    base = into.rstrip("/")

    def named(member: str) -> str:
        name = member
        while name.startswith(("./", "/")):
            name = name.removeprefix("./").lstrip("/")
        return check_path(f"{base}/{name}")

    with store.upload() as upload:
        if archive.peek(4)[:4] in _ZIP:
            with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
                for piece in iter(lambda: archive.read(_PIECE), b""):
                    spool.write(piece)
                spool.seek(0)
                puts = _zipped(upload, spool, named)
        else:
            puts = _tarred(upload, archive, named)
        changes: list[Edit] = [DeleteFolder(base or "/")] if delete else []
        about["upload"] = upload
        return store.write(
            place.repo, place.branch, [*changes, *puts], workspace=place.workspace, allow_empty=False, **about
        )


def _tarred(upload: Upload, archive: IO[bytes], named: Named) -> list[Put]:
    found: dict[str, Put] = {}
    try:
        with tarfile.open(fileobj=archive, mode="r|*") as members:
            for member in members:
                if not member.isdir():
                    put = _from_tar(upload, members, member, named, found)
                    found[put.path] = put
    except (tarfile.TarError, EOFError, OSError, zlib.error, LZMAError) as error:
        raise Invalid(f"the archive cannot be read: {error}", where="archive", hint="is it whole?") from error
    return list(found.values())


def _from_tar(
    upload: Upload, members: tarfile.TarFile, member: tarfile.TarInfo, named: Named, found: dict[str, Put]
) -> Put:
    path, time = named(member.name), int(member.mtime * 1_000_000)
    if member.issym():
        target = member.linkname.encode("utf-8", "surrogateescape")
        return Put(path, upload.add_bytes(target), len(target), LINK_MODE, mtime_us=time)
    if member.islnk():
        other = found.get(named(member.linkname))
        if other is None:
            raise Invalid(f"a hard link to {member.linkname!r}, which is not in the archive", where=member.name)
        return Put(path, other.blob, other.size, other.mode, mtime_us=time)
    body = members.extractfile(member) if member.isreg() else None
    if body is None:
        raise Invalid("is neither a file, a folder nor a link", where=member.name)
    blob, size = upload.add_stream(_pieces(body))
    return Put(path, blob, size, _mode(member.mode), mtime_us=time)


def _zipped(upload: Upload, archive: IO[bytes], named: Named) -> list[Put]:
    found: dict[str, Put] = {}
    try:
        with zipfile.ZipFile(archive) as members:
            for member in members.infolist():
                if not member.is_dir():
                    with members.open(member) as body:
                        blob, size = upload.add_stream(_pieces(body))
                    bits = member.external_attr >> 16
                    mode = LINK_MODE if stat.S_ISLNK(bits) else _mode(bits)
                    put = Put(named(member.filename), blob, size, mode)
                    found[put.path] = put
    except (zipfile.BadZipFile, EOFError, RuntimeError, zlib.error, LZMAError) as error:
        raise Invalid(f"the archive cannot be read: {error}", where="archive", hint="is it whole?") from error
    return list(found.values())


def _mode(bits: int) -> int:
    return EXECUTABLE_MODE if bits & stat.S_IXUSR else FILE_MODE


def _pieces(body: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: body.read(_PIECE), b"")
