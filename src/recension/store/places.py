"""Opening the two places of a home: its database and its objects, wherever its settings say they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from recension.db import Database
from recension.errors import Invalid, NotFound
from recension.store.backends import Backend
from recension.store.backends.local import LocalBackend
from recension.store.pack_writer import pack_key

if TYPE_CHECKING:
    from recension.store.settings import Settings


def settings_of(home: Path) -> Settings | None:
    """The settings of a home; None when everything is in the home."""
    if not (home / "settings.yaml").exists():
        return None
    from recension.store.settings import read_settings  # noqa: PLC0415 - most homes have none, and need no YAML

    return read_settings(home)


def open_database(home: Path) -> Database:
    """The database of a home."""
    settings = settings_of(home)
    return Database.open((settings and settings.database) or home / "recension.db")


def open_objects(home: Path) -> Backend:
    """The objects of a home."""
    settings = settings_of(home)
    return objects_at((settings and settings.objects) or str(home / "objects"))


def objects_at(place: str) -> Backend:
    """The backend for a folder's path or a bucket's URL.

    Raises:
        Invalid: it is neither, or what it needs is not installed.
    """
    url, _, query = place.partition("?")
    kind, colon, rest = url.partition("://")
    if not colon or kind == "file":
        folder = Path(unquote(rest) if colon else place)
        if not folder.is_absolute():
            raise Invalid("a folder of objects needs its whole path", where=place, hint="/PATH or s3://BUCKET/PREFIX")
        return LocalBackend(folder)
    try:
        from recension.store.backends.s3 import open_bucket  # noqa: PLC0415 - an extra
    except ImportError as error:
        hint = "pip install 'recension[s3]'"
        raise Invalid(f"the object store driver is missing: {error}", where=url, hint=hint) from error
    return open_bucket(url, dict(parse_qsl(query)))


def refuse_strangers(db: Database, objects: Backend) -> None:
    """Make sure that a database and an object store belong together: the newest pack of the one is in the other.

    Raises:
        Invalid: it is not.
        Unavailable: one of them does not answer.
    """
    with db.read() as tx:
        row = (
            tx.execute("SELECT name, size FROM pack ORDER BY id DESC LIMIT 1").first() if tx.has_table("pack") else None
        )
    if row is None:
        next(objects.keys("packs/"), None)
        return
    try:
        size = objects.size(pack_key(row[0]))
    except NotFound:
        size = None
    if size != row[1]:
        raise Invalid(
            f"the object store has not what the database refers to: pack {row[0]}",
            where="objects",
            hint="name the object store that this database was made with",
        )
