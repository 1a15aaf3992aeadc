"""Everything one running server holds, handed to every route and loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from recension.clock import Clock
from recension.crowd.table_live import LiveTables
from recension.crowd.table_rows import PublishedTables
from recension.crowd.workers import Worker
from recension.db import Database
from recension.server.backend_state import BackendState
from recension.server.callers import Callers
from recension.server.claims import Claims
from recension.server.events import News
from recension.server.live_logs import LiveLogs
from recension.server.receipts import Receipts
from recension.server.tiles.works import TileWorks
from recension.server.troubles import Troubles
from recension.server.wake import Wake
from recension.store import Store


@dataclass(frozen=True, slots=True)
class Settings:
    """How this server was started.

    Attributes:
        url: where people on this machine find it.
        allow_hosts: further names it answers to, besides loopback and ``host``.
    """

    home: Path
    host: str
    port: int
    url: str
    allow_hosts: tuple[str, ...] = ()

    @property
    def cookie(self) -> str:
        """Name of the session cookie: by port, so that two servers on one machine do not sign each other out."""
        return f"recension_{self.port}"


@dataclass(frozen=True, slots=True)
class Site:
    """One home being served.

    Attributes:
        news: what open pages listen to.
        wake: tells the loops that there may be something to do, so that they need not wait for their next look.
        workers: workers by the name of their account; both never change.
        troubles: what the loops could not do, for the first page of those who can help.
        receipts: for bytes that were sent and are not in a commit yet.
        claims: which stored blobs a caller may refer to by their hash.
        live: what running steps have said so far.
        backends: what is known of the models that projects ask.
        tables: what is decoded of published tables, by the commit's parts.
        tiles: large images in squares.
        live_tables: what is newer than published tables.
    """

    settings: Settings
    store: Store
    clock: Clock
    callers: Callers
    claims: Claims
    news: News = field(default_factory=News)
    wake: Wake = field(default_factory=Wake)
    workers: dict[str, Worker] = field(default_factory=dict)
    troubles: Troubles = field(default_factory=Troubles)
    receipts: Receipts = field(default_factory=Receipts)
    live: LiveLogs = field(default_factory=LiveLogs)
    backends: BackendState = field(default_factory=BackendState)
    tables: PublishedTables = field(init=False)
    tiles: TileWorks = field(init=False)
    live_tables: LiveTables = field(init=False)

    def __post_init__(self) -> None:
        """Tables are read from this site's store; squares of images lie in its home."""
        object.__setattr__(self, "tables", PublishedTables(self.store))
        object.__setattr__(self, "tiles", TileWorks(self.settings.home / "cache" / "tiles"))
        object.__setattr__(self, "live_tables", LiveTables(self.store.db, self.clock))

    @property
    def db(self) -> Database:
        """The home's database."""
        return self.store.db
