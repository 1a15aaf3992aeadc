"""Opening a home to serve it: made when it is new, its tables brought up to date after a copy of the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from recension.clock import Clock, iso
from recension.crowd.schema import MIGRATIONS as CROWD
from recension.db import Database, migrate
from recension.flow import MIGRATIONS as FLOW
from recension.server.schema import MIGRATIONS as SERVER
from recension.store import MIGRATIONS as STORE
from recension.store import Store
from recension.store.home import check_home, create_home

ALL_MIGRATIONS: Final = (*STORE, *CROWD, *FLOW, *SERVER)
_KEPT: Final = 5


def ensure_home(home: Path) -> bool:
    """Make sure that ``home`` is a home this program can use; True when it was made just now.

    Raises:
        Invalid: the folder holds something else, or a home of a newer version.
        Unavailable: it cannot be written.
    """
    is_new = not (home / "format").exists()
    if is_new:
        create_home(home)
    check_home(home)
    return is_new


def open_home(home: Path, clock: Clock, *, is_new: bool = False) -> Store:
    """The store of a home, with the tables of every room.

    Raises:
        Invalid: the tables were written by a newer version.
    """
    db = Database.open(home / "recension.db")
    try:
        migrate(db, ALL_MIGRATIONS, None if is_new else lambda: _back_up(home, clock), clock=clock)
    finally:
        db.close()
    return Store.open(home, clock=clock)


def _back_up(home: Path, clock: Clock) -> None:
    """A whole copy of the database beside it, made before tables change; the newest few are kept."""
    folder = home / "backups"
    folder.mkdir(exist_ok=True)
    stamp = iso(clock.now_us()).replace(":", "").replace(".", "-")
    target = folder / f"recension-{stamp}.db"
    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(home / "recension.db")) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
    draft.rename(target)
    for old in sorted(folder.glob("recension-*.db"))[:-_KEPT]:
        old.unlink()
