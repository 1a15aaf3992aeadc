"""A whole copy of a PostgreSQL database as a script for ``psql``.

It fills tables that are there already, made by the version of Recension that the copy was made for; so it can bring an
older state back into its own database, or into a new one.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import IO, Final

from recension.db.postgres_session import Session

_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
_COLUMNS: Final = (
    "SELECT quote_ident(column_name) FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = :table AND is_generated = 'NEVER' ORDER BY ordinal_position"
)
_REFERENCES: Final = (
    "SELECT DISTINCT t.relname, o.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
    "JOIN pg_class o ON o.oid = c.confrelid "
    "WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND t.oid <> o.oid"
)
_COUNTERS: Final = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND is_identity = 'YES' ORDER BY table_name"
)
_HEAD: Final = """\
-- Tables of a Recension home. Into a database whose tables are there, of the same version:
-- psql DATABASE --set ON_ERROR_STOP=1 --file THIS
BEGIN;
"""


def write_copy(session: Session, target: IO[bytes]) -> None:
    """Write everything that one snapshot holds."""
    session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        tables = _in_order(session)
        target.write(_HEAD.encode())
        target.write(f"TRUNCATE {', '.join(tables)};\n".encode())
        for table in tables:
            _write_table(session, table, target)
        for table, column in session.execute(_COUNTERS).fetchall():
            sequence = f"pg_get_serial_sequence('{table}', '{column}')"
            last = session.execute(f"SELECT pg_sequence_last_value({sequence}::regclass)").fetchall()[0][0]
            if last is not None:
                target.write(f"SELECT setval({sequence}, {last});\n".encode())
        target.write(b"COMMIT;\n")
    finally:
        session.execute("ROLLBACK")


def _in_order(session: Session) -> list[str]:
    """The tables, those that others refer to first."""
    tables = [name for (name,) in session.execute(_TABLES).fetchall()]
    needs: dict[str, set[str]] = {name: set() for name in tables}
    for name, other in session.execute(_REFERENCES).fetchall():
        needs[name].add(other)
    return list(TopologicalSorter(needs).static_order())


def _write_table(session: Session, table: str, target: IO[bytes]) -> None:
    columns = ", ".join(name for (name,) in session.execute(_COLUMNS, {"table": table}).fetchall())
    target.write(f"COPY {table}({columns}) FROM stdin;\n".encode())
    with session.cursor() as cursor, cursor.copy(f"COPY {table}({columns}) TO STDOUT".encode()) as rows:
        for data in rows:
            target.write(data)
    target.write(b"\\.\n")
