"""The database room: one writer with group commit, consistent readers, migrations and the outbox.

It knows no other room. Each room owns its tables and hands its ``MIGRATIONS`` to :func:`migrate`.
SQL is one portable dialect (named parameters ``:x``, ``ON CONFLICT``, ``RETURNING``); what a particular database
needs different stands in its driver.
"""

from recension.db.database import Database
from recension.db.migrations import Migration, migrate
from recension.db.tx import Rows, Tx

__all__ = ["Database", "Migration", "Rows", "Tx", "migrate"]
