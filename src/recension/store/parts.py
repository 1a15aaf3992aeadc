"""What the store's methods share: the database, the objects, and the nodes read from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from recension.clock import Clock
from recension.db import Database, Tx
from recension.errors import Conflict
from recension.store.backends import Backend
from recension.store.fold_rows import origins_of
from recension.store.model import Commit
from recension.store.nodes import Nodes, readers
from recension.store.staged_bytes import StagedRecords
from recension.store.staging_rows import StagedLeft
from recension.store.staging_view import Views
from recension.store.turns import Turns
from recension.store.upload import Upload

T = TypeVar("T")


class Parts:
    """The open resources of one home."""

    def __init__(self, home: Path, db: Database, objects: Backend, clock: Clock) -> None:
        self.home = home
        self.db = db
        self.objects = objects
        self.clock = clock
        self.records = StagedRecords(db, objects)
        self.views = Views()
        self.nodes = Nodes(*readers(self.records, self.views.node), partial(origins_of, db))
        self.turns = Turns(db)

    def upload(self) -> Upload:
        """Begin to bring bytes in; use it as a context."""
        return Upload(self.db, self.objects, self.records, self.clock)

    def settled(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` in a transaction; what is staged on a branch that it moves is committed before."""
        while True:
            try:
                return self.db.write(work)
            except StagedLeft as left:
                self.close_staged(*left.place)

    def close_staged(self, repo: str, branch: str, workspace: str) -> Commit | None:
        """Commit what is staged on a branch; :class:`recension.store.writing.Writing` knows how.

        Raises:
            Conflict: it cannot be done here.
        """
        raise Conflict("changes are staged on this branch", where=f"{workspace}/{repo}@{branch}")

    def close(self) -> None:
        """Close files and connections."""
        self.nodes.close()
        self.objects.close()
        self.db.close()
