"""Databases on servers, by their URLs; the libraries for them are imported only here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from recension.db.driver import Driver
from recension.errors import Invalid

if TYPE_CHECKING:
    from recension.db.postgres import PostgresDriver


def driver_for(url: str) -> Driver:
    """The driver for ``postgresql://...``.

    Raises:
        Invalid: the URL is of another kind, or the library is not installed.
    """
    return _postgres(url)


def hold(url: str, name: str, lost: Callable[[], None]) -> AbstractContextManager[object]:
    """Be the only ``name`` of this database, on whatever machine; as a context.

    Args:
        url: the database.
        name: what there is to be only one of.
        lost: called, in a thread of its own, when another has taken over because the connection was lost.

    Raises:
        Busy: there is one already.
    """
    return _postgres(url).hold(name, lost)


def _postgres(url: str) -> PostgresDriver:
    if not url.startswith(("postgresql://", "postgres://")):
        kind = url.partition(":")[0]
        raise Invalid(f"{kind!r} is no kind of database", where="database", hint="postgresql://USER@HOST/NAME")
    try:
        from recension.db.postgres import PostgresDriver  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise Invalid(
            f"the PostgreSQL driver is missing: {error}", where="database", hint="pip install 'recension[postgres]'"
        ) from error
    return PostgresDriver(url)
