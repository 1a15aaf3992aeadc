"""Links: what an entry holds of bytes that lie elsewhere, and reading them there.

An entry's blob id is then the hash of the bytes, where they were read once, or a hash of what is known of them. Bytes
that are stored are always preferred: a link is looked for only when nothing is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blake3 import blake3

from recension.db import Database, Tx
from recension.errors import SourceChanged, Unavailable
from recension.ids import BlobId
from recension.store.condemned import batches
from recension.store.link_source import Listed, Source, changed, source_url

if TYPE_CHECKING:
    from recension.store.link_place import LinkPlace

_HELD: Final = 16 << 20
_TOGETHER: Final = 5000
_COLUMNS: Final = "l.blob, p.url, l.name, l.size, l.etag, l.mtime_us, l.hashed"
_UPSERT: Final = (
    "INSERT INTO link(blob, place, name, size, etag, mtime_us, hashed, at_us) "
    "VALUES(:blob, :place, :name, :size, :etag, :mtime_us, :hashed, :at_us) ON CONFLICT(blob, place, name) "
    "DO UPDATE SET size = excluded.size, etag = excluded.etag, mtime_us = excluded.mtime_us, "
    "hashed = excluded.hashed, at_us = excluded.at_us"
)


_UNSTORED: Final = (
    "SELECT blob, MAX(size), MAX(hashed) FROM link WHERE blob > :after "
    "AND NOT EXISTS (SELECT 1 FROM record WHERE record.id = link.blob) GROUP BY blob ORDER BY blob LIMIT :limit"
)


class Link(NamedTuple):
    """Where the bytes of a blob lie, and in which state they were linked.

    ``place`` is the URL of the place, ``name`` that of the object below it. ``hashed``: the blob id is the hash of the
    bytes, and not of this description.
    """

    blob: BlobId
    place: str
    name: str
    size: int
    etag: str
    mtime_us: int | None
    hashed: bool

    @property
    def url(self) -> str:
        """The URL of the object, without options."""
        return source_url(self.place, self.name)

    @property
    def listed(self) -> Listed:
        """The state of the object."""
        return Listed(self.name, self.size, self.etag, self.mtime_us)


class Links:
    """The links of a home; safe to share between threads."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._open: dict[str, Source] = {}

    def known(self, blobs: Sequence[bytes], tx: Tx) -> set[bytes]:
        """Which of the blobs have a link."""
        return set(self.sizes(blobs, tx))

    def sizes(self, blobs: Sequence[bytes], tx: Tx) -> dict[bytes, int]:
        """Those of the blobs that have a link, with their sizes."""
        rows = _select(tx, "SELECT blob, size FROM link", "blob", blobs)
        return {bytes(blob): size for blob, size in rows}

    def of(self, blobs: Iterable[bytes]) -> dict[BlobId, list[Link]]:
        """The links of those of the blobs that have any and are not stored."""
        wanted = list(dict.fromkeys(blobs))
        with self._db.read() as tx:
            if tx.execute("SELECT 1 FROM link LIMIT 1").first() is None:
                return {}
            stored = {bytes(row[0]) for row in _select(tx, "SELECT id FROM record", "id", wanted)}
            return self.all_of([blob for blob in wanted if blob not in stored], tx)

    def all_of(self, blobs: Sequence[bytes], tx: Tx) -> dict[BlobId, list[Link]]:
        """The links of those of the blobs that have any, stored or not."""
        found: dict[BlobId, list[Link]] = {}
        select = f"SELECT {_COLUMNS} FROM link l JOIN link_place p ON p.id = l.place"
        for blob, url, name, size, etag, mtime_us, hashed in _select(tx, select, "l.blob", blobs):
            link = Link(BlobId(bytes(blob)), url, name, size, etag, mtime_us, bool(hashed))
            found.setdefault(link.blob, []).append(link)
        return found

    def add(self, place: LinkPlace, links: Sequence[Link], at_us: int) -> None:
        """Note links to objects of one place; one that is noted already is brought up to date.

        ``at_us`` is the present: what was noted lately is kept by a collection, though no commit refers to it yet.
        """
        for batch in batches(links, _TOGETHER):
            self._db.write(partial(_insert, place.url, batch, at_us))

    def pieces(self, blob: BlobId, start: int, end: int) -> Iterator[bytes]:
        """The bytes of a linked blob, from the first of its sources that has them still.

        Raises:
            SourceChanged: none has; the error names the first.
            Unavailable: one does not answer, and no other has them.
        """
        with self._db.read() as tx:
            links = self.all_of([blob], tx).get(blob, [])
        faults: list[SourceChanged | Unavailable] = []
        for link in sorted(links, key=lambda each: each.url):
            pieces = self._read(link, start, end)
            try:
                head = next(pieces, b"")
            except (SourceChanged, Unavailable) as fault:
                faults.append(fault)
                continue
            yield head
            yield from pieces
            return
        raise faults[0]

    def _read(self, link: Link, start: int, end: int) -> Iterator[bytes]:
        """Bytes of one source; when all are wanted and their hash is known, checked before the last is given."""
        pieces = self.source(link.place).read(link.listed, start, end)
        if not link.hashed or (start, end) != (0, link.size):
            yield from pieces
            return
        hasher, held, size = blake3(), list[bytes](), 0
        for piece in pieces:
            hasher.update(piece)
            size += len(piece)
            held.append(piece)
            if size > _HELD:
                yield held.pop(0)
        if hasher.digest() != link.blob:
            raise changed(link.place, link.name, "does not have the bytes that were linked")
        yield from held

    def source(self, url: str) -> Source:
        """The place of this URL, opened once."""
        with self._lock:
            found = self._open.get(url)
            if found is None:
                from recension.store.link_place import noted_place, open_place  # noqa: PLC0415  few homes have links

                found = self._open[url] = open_place(noted_place(url))
            return found

    def changed(self) -> Iterator[tuple[BlobId, SourceChanged | Unavailable]]:
        """The linked blobs that no source has any more, each with what is wrong.

        Where the hash of the bytes is known they are read, elsewhere what the source says of them is compared.
        """
        after = b""
        while True:
            with self._db.read() as tx:
                rows = tx.execute(_UNSTORED, {"after": after, "limit": _TOGETHER}).all()
            for blob, size, hashed in rows:
                after = bytes(blob)
                try:
                    for _ in self.pieces(BlobId(after), 0, size if hashed else 0):
                        pass
                except (SourceChanged, Unavailable) as fault:
                    yield BlobId(after), fault
            if len(rows) < _TOGETHER:
                return


def _insert(url: str, links: Sequence[Link], at_us: int, tx: Tx) -> None:
    tx.execute("INSERT INTO link_place(url) VALUES(:url) ON CONFLICT(url) DO NOTHING", {"url": url})
    number = tx.execute("SELECT id FROM link_place WHERE url = :url", {"url": url}).scalar()
    more = {"place": number, "at_us": at_us}
    tx.executemany(_UPSERT, [{**link._asdict(), **more, "hashed": int(link.hashed)} for link in links])


def _select(tx: Tx, select: str, column: str, ids: Sequence[bytes]) -> Iterator[tuple[Any, ...]]:
    for batch in batches(ids):
        yield from tx.execute(f"{select} WHERE {column} IN ({','.join('?' * len(batch))})", batch)
