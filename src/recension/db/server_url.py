"""Which driver serves a database URL."""

from __future__ import annotations

from recension.db.driver import Driver
from recension.errors import Invalid


def driver_for(url: str) -> Driver:
    """The driver for ``postgresql://...``; its library is imported only here.

    Raises:
        Invalid: the URL is of another kind, or the library is not installed.
    """
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
