"""Opening a home to serve it: made when it is new, its tables brought up to date after a copy of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from recension.clock import Clock, iso
from recension.crowd.schema import MIGRATIONS as CROWD
from recension.db import Database, migrate
from recension.errors import Invalid
from recension.flow import MIGRATIONS as FLOW
from recension.server.schema import MIGRATIONS as SERVER
from recension.store import MIGRATIONS as STORE
from recension.store import Store
from recension.store.home import check_home, create_home
from recension.store.places import objects_at, open_database, refuse_strangers
from recension.store.settings import SETTINGS, Settings, read_settings, refuse_secrets

ALL_MIGRATIONS: Final = (*STORE, *CROWD, *FLOW, *SERVER)
_KEPT: Final = 5


def ensure_home(home: Path, settings: Settings | None = None) -> bool:
    """Make sure that ``home`` is a home this program can use; True when it was made just now.

    Args:
        home: its folder.
        settings: where the database and the objects of a new home are; what an old one must have been made with.

    Raises:
        Invalid: the folder holds something else, a home of a newer version, or one whose places are others.
        Unavailable: it cannot be written, or a place does not answer.
    """
    is_new = not (home / "format").exists()
    if is_new:
        if settings is not None:
            _try_places(settings)
        create_home(home, settings)
    check_home(home)
    if settings is not None and _places(settings) != _places(read_settings(home)):
        hint = f"leave the options out, or change {home / SETTINGS}"
        raise Invalid("this home has its database or its objects elsewhere", where=str(home), hint=hint)
    return is_new


def _places(settings: Settings) -> tuple[str | None, str | None]:
    return settings.database, settings.objects


def _try_places(settings: Settings) -> None:
    """Make sure that both places answer, and belong together, before a home refers to them."""
    refuse_secrets(settings)
    objects = None if settings.objects is None else objects_at(settings.objects)
    if settings.database is None:
        if objects is not None:
            next(objects.keys("packs/"), None)
        return
    db = Database.open(settings.database)
    try:
        if objects is not None:
            refuse_strangers(db, objects)
    finally:
        db.close()


def open_home(home: Path, clock: Clock, *, is_new: bool = False) -> Store:
    """The store of a home, with the tables of every room.

    Raises:
        Invalid: the tables were written by a newer version.
    """
    db = open_database(home)
    try:
        # a new home may stand on a database that another home has filled
        copies = not is_new or (home / SETTINGS).exists()
        migrate(db, ALL_MIGRATIONS, (lambda: _back_up(db, home, clock)) if copies else None, clock=clock)
    finally:
        db.close()
    return Store.open(home, clock=clock)


def _back_up(db: Database, home: Path, clock: Clock) -> None:
    """A whole copy of the database beside it, made before tables change; the newest few are kept."""
    folder = home / "backups"
    folder.mkdir(exist_ok=True)
    stamp = iso(clock.now_us()).replace(":", "").replace(".", "-")
    made = db.copy(folder, f"recension-{stamp}")
    for old in sorted(folder.glob(f"recension-*{made.suffix}"))[:-_KEPT]:
        old.unlink()
