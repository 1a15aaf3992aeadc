"""Keeping a copy of a home's database, and starting again from one.

Objects never change, so they are copied by whatever copies files; the database is what needs a moment in time. A
backup is its online copy and a note with the copy's hash. Restoring checks both against the objects: every pack that
the copy refers to has to be there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from blake3 import blake3

from recension.clock import iso
from recension.db import Database
from recension.errors import AlreadyExists, Damaged, Invalid, NotFound, Unavailable
from recension.store.backends import Backend
from recension.store.backends.local import LocalBackend, sync_folder
from recension.store.home import FORMAT, check_home
from recension.store.pack_writer import pack_key
from recension.store.parts import Parts
from recension.store.places import open_database, open_objects, settings_of

NOTE: Final = ".json"
_PIECE: Final = 1 << 20


class Note(msgspec.Struct, frozen=True):
    """What stands beside a copy: the home's format, when it was made, and the hash of the copy."""

    format: int
    at: str
    blake3: str


_NOTES: Final = msgspec.json.Decoder(Note)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A copy of the database and how it agrees with the objects.

    ``packs`` are in the copy, ``missing`` of them are not among the objects or have another size; ``newer`` are among
    the objects and unknown to the copy: written since, or left by interrupted writes.
    """

    file: Path
    packs: int
    missing: list[str]
    newer: int


def back_up(parts: Parts, dest: Path) -> BackupReport:
    """Write a copy of the database into a folder, and check it against the objects.

    Raises:
        Unavailable: the folder cannot be written.
    """
    at = iso(parts.clock.now_us())
    try:
        dest.mkdir(parents=True, exist_ok=True)
        file = parts.db.copy(dest, f"recension-{at.replace(':', '').replace('.', '-')}")
        note = Note(FORMAT, at, _hash(file))
        _flush(file)
        LocalBackend(dest).put(file.name + NOTE, msgspec.json.encode(note) + b"\n")
    except OSError as error:
        raise Unavailable(
            f"cannot be written: {error.strerror}", where=str(dest), hint="check space and permissions"
        ) from error
    return _compare(file, parts.db, parts.objects)


def restore(file: Path, home: Path, *, force: bool = False) -> BackupReport:
    """Make a copy the database of a home that nobody uses; its objects have to be in place.

    Args:
        file: the copy.
        home: the home; its format file is made when it is missing.
        force: put a database that is there aside, as ``recension.db.replaced``.

    Raises:
        NotFound: there is no such copy, or no note beside it.
        Damaged: the copy does not match its hash.
        AlreadyExists: the home has a database.
        Invalid: the copy is of a newer format, or the home keeps its database on a server.
    """
    _check_copy(file)
    settings = settings_of(home)
    if settings is not None and settings.database is not None:
        hint = "empty that database and feed it the copy with psql"
        raise Invalid("this home keeps its database on a server", where=str(home), hint=hint)
    place = home / "recension.db"
    if place.exists() and not force:
        raise AlreadyExists("this home has a database", where=str(place), hint="--force puts it aside")
    _put_in_place(file, home, place)
    db, objects = open_database(home), open_objects(home)
    try:
        return _compare(file, db, objects)
    finally:
        objects.close()
        db.close()


def _check_copy(file: Path) -> None:
    try:
        note = _NOTES.decode(file.with_name(file.name + NOTE).read_bytes())
        found = _hash(file)
    except FileNotFoundError as error:
        raise NotFound("there is no such backup, or its note is missing", where=str(error.filename)) from None
    except msgspec.MsgspecError as error:
        raise Damaged(f"the note of this backup is none: {error}", where=str(file)) from error
    if note.format > FORMAT:
        raise Invalid(f"the backup has format {note.format}", where=str(file), hint="install a newer recension")
    if found != note.blake3:
        raise Damaged("the backup does not match its hash", where=str(file), hint="take an older one")


def _put_in_place(file: Path, home: Path, place: Path) -> None:
    try:
        if (home / "format").exists():
            check_home(home)
        draft = home / "recension.db.part"
        home.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(file.read_bytes())
        for suffix in ("", "-wal", "-shm"):
            old = place.with_name(place.name + suffix)
            if old.exists():
                old.rename(old.with_name(f"recension.db.replaced{suffix}"))
        _flush(draft)
        draft.rename(place)
        if not (home / "format").exists():
            LocalBackend(home).put("format", f"recension home {FORMAT}\n".encode())
        sync_folder(home)
    except OSError as error:
        raise Unavailable(
            f"cannot be written: {error.strerror}", where=str(home), hint="check its permissions"
        ) from error


def _compare(file: Path, db: Database, objects: Backend) -> BackupReport:
    with db.read() as tx:
        packs = {pack_key(name): size for name, size in tx.execute("SELECT name, size FROM pack")}
    there = set(objects.keys("packs/"))
    missing = [key for key in sorted(packs) if key not in there or objects.size(key) != packs[key]]
    return BackupReport(file, len(packs), [key.removeprefix("packs/") for key in missing], len(there - packs.keys()))


def _flush(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _hash(file: Path) -> str:
    digest = blake3()
    for piece in _pieces(file):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece
