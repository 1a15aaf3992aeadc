"""What the store's methods share: the database, the objects, and the nodes read from them."""

from __future__ import annotations

from pathlib import Path

from recension.clock import Clock
from recension.db import Database
from recension.store.backends import Backend
from recension.store.nodes import Nodes
from recension.store.records import Records
from recension.store.turns import Turns
from recension.store.upload import Upload


class Parts:
    """The open resources of one home."""

    def __init__(self, home: Path, db: Database, objects: Backend, clock: Clock) -> None:
        self.home = home
        self.db = db
        self.objects = objects
        self.clock = clock
        self.records = Records(db, objects)
        self.nodes = Nodes(self.records.node)
        self.turns = Turns(db)

    def upload(self) -> Upload:
        """Begin to bring bytes in; use it as a context."""
        return Upload(self.db, self.objects, self.records, self.clock)

    def close(self) -> None:
        """Close files and connections."""
        self.objects.close()
        self.db.close()
