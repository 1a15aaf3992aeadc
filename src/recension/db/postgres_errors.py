"""What PostgreSQL's complaints mean to a caller."""

from __future__ import annotations

from typing import Final

import psycopg

from recension.errors import AlreadyExists, Busy, Conflict, Damaged, Invalid, RecensionError, Unavailable

# Beginning of the SQLSTATE -> kind, message, hint. The first that fits counts.
_MEANING: Final[tuple[tuple[str, type[RecensionError], str, str], ...]] = (
    ("23505", AlreadyExists, "a row with this key is there already", "take another name"),
    ("23503", Conflict, "another row refers to this one, or is missing", "look again"),
    ("22P05", Invalid, "a text holds a character that the database cannot keep", "leave NUL characters out"),
    ("22021", Invalid, "a text holds a character that the database cannot keep", "leave NUL characters out"),
    ("25006", Unavailable, "the database cannot be written", "name its primary server, not a standby"),
    ("25P03", Unavailable, "the change took too long and was given up", "try again; nothing was changed"),
    ("28", Unavailable, "the database server refuses this user", "check the user, and PGPASSWORD or ~/.pgpass"),
    ("3D000", Unavailable, "there is no such database", "createdb NAME makes it"),
    ("40", Busy, "other writers were in the way", "try again"),
    ("42501", Unavailable, "the database user lacks a right", "make it the owner of the database"),
    ("53100", Unavailable, "the disk of the database server is full", "free some space; nothing was changed"),
    ("53300", Busy, "the database server has no connection left", "raise its max_connections, or close some"),
    ("53", Unavailable, "the database server is short of something", "look into its log; nothing was changed"),
    ("55P03", Busy, "another process keeps the database locked", "try again, or stop the other process"),
    ("57014", Busy, "the database server took too long", "try again"),
    ("57P", Unavailable, "the database server is shutting down or starting", "try again in a moment"),
    ("08", Unavailable, "the connection to the database server was lost", "try again; nothing was changed"),
    ("58", Unavailable, "the database server cannot read or write its disk", "look into its log"),
    ("XX001", Damaged, "the database is damaged", "restore it from a backup"),
    ("XX002", Damaged, "an index of the database is damaged", "REINDEX DATABASE makes it anew"),
)


def meaning(error: Exception, where: str) -> RecensionError | None:
    """The error that a caller understands; None when it is a defect of ours."""
    if not isinstance(error, psycopg.Error):
        return None
    text = str(error).strip().partition("\n")[0]
    state = error.sqlstate or ""
    for beginning, kind, message, hint in _MEANING:
        if state.startswith(beginning):
            return kind(f"{message}: {text}", where=where, hint=hint)
    if isinstance(error, psycopg.DataError) and "NUL" in text:
        return Invalid(f"a text cannot be kept: {text}", where=where, hint="leave NUL characters out")
    if isinstance(error, psycopg.OperationalError) and not state:
        # libpq speaks without a code: the server lets nobody in, does not answer, or has gone
        if "FATAL:" in text:
            hint = "check user, password (PGPASSWORD or ~/.pgpass) and database (createdb NAME makes it)"
            refused = text.partition("FATAL:")[2].strip()
            return Unavailable(f"the database server lets nobody in: {refused}", where=where, hint=hint)
        hint = "is it running? Nothing was changed"
        return Unavailable(f"the database server does not answer: {text}", where=where, hint=hint)
    return None
