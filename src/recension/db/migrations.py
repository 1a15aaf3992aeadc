"""Forward migrations: every room owns its tables and their numbered steps.

The table ``migration`` holds what was applied. All pending steps run in one transaction, so a database is either as
it was or up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from recension.clock import Clock, SystemClock
from recension.db.database import Database
from recension.db.outbox import OUTBOX_SQL
from recension.db.tx import Tx
from recension.errors import Invalid


class Migration(NamedTuple):
    """One step of one room's tables."""

    room: str
    number: int
    """Counts from 1 within the room; a published step never changes."""
    sql: str


_TABLE = (
    "CREATE TABLE IF NOT EXISTS migration("
    "room TEXT NOT NULL, number INTEGER NOT NULL, at_us BIGINT NOT NULL, PRIMARY KEY(room, number))"
)
_OWN = (Migration("db", 1, OUTBOX_SQL),)


def migrate(
    db: Database,
    migrations: Sequence[Migration],
    backup: Callable[[], None] | None = None,
    *,
    clock: Clock | None = None,
) -> None:
    """Bring the tables of the rooms named in ``migrations`` up to date; forward only.

    Args:
        db: the database to change.
        migrations: every step of these rooms, in the order to apply.
        backup: called once before an existing database is changed.
        clock: what time to note beside each step.

    Raises:
        Invalid: the database was written by a newer version.
    """
    wanted = [*_OWN, *migrations]
    with db.read() as tx:
        done = _applied(tx)
    _refuse_newer(wanted, done)
    if all((step.room, step.number) in done for step in wanted):
        return
    if done and backup is not None:
        backup()
    at_us = (clock or SystemClock()).now_us()

    def apply(tx: Tx) -> None:
        tx.execute(_TABLE)
        present = _applied(tx)
        _refuse_newer(wanted, present)
        for step in wanted:
            if (step.room, step.number) not in present:
                tx.script(step.sql)
                tx.execute(
                    "INSERT INTO migration(room, number, at_us) VALUES(:room, :number, :at)",
                    {"room": step.room, "number": step.number, "at": at_us},
                )

    db.write(apply)


def _applied(tx: Tx) -> set[tuple[str, int]]:
    if not tx.has_table("migration"):
        return set()
    return {(room, number) for room, number in tx.execute("SELECT room, number FROM migration")}


def _refuse_newer(wanted: Sequence[Migration], done: set[tuple[str, int]]) -> None:
    newest: dict[str, int] = {}
    for step in wanted:
        newest[step.room] = max(step.number, newest.get(step.room, 0))
    for room, number in sorted(done):
        if number > newest.get(room, number):
            raise Invalid(
                f"tables of {room!r} are of version {number}, newer than this program's {newest[room]}",
                where="database",
                hint="install a newer recension",
            )
