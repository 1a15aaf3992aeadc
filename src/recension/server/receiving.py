"""Taking in what programs send in bulk: parcels of blobs, and large files put together from their chunks.

Nothing is believed: every blob is hashed before it is stored, and a large file is read once more, chunk by chunk,
before its hash is taken for its name. What is stored here no commit refers to yet; ``gc`` leaves it alone for its
grace period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final, NamedTuple

from blake3 import blake3

from recension.errors import Invalid, NotFound
from recension.ids import BlobId
from recension.server.access import Identity
from recension.server.claims import Target
from recension.server.site import Site
from recension.store import Upload
from recension.store.pack import Kind, Record
from recension.store.parcel import read_blobs, read_contents
from recension.store.records import encode_chunks

MOST_CHUNKS: Final = 65_536
"""Of all large files of one request together."""
_PIECE: Final = 4 << 20


class Large(NamedTuple):
    """A large file to be put together: the ids of its chunks, in order; ``recut``: they are no chunks of ours."""

    chunks: Sequence[bytes]
    recut: bool


def take_parcel(site: Site, who: Identity, body: IO[bytes]) -> int:
    """Store the blobs of a parcel; return how many there were. Durable when this returns.

    Raises:
        Invalid: it is no parcel, or bytes are not what their hash says; nothing can be referred to then.
    """
    items = read_contents(body.read)
    known = site.store.records.reusable([item.id for item in items])
    with site.store.upload() as upload:
        added: set[bytes] = set()
        for item, stored, _ in read_blobs(items, body.read):
            if item.id not in known and item.id not in added:
                upload.pack().append(item.id, item.kind, stored, item.size)
                added.add(item.id)
        if body.read(1):
            raise Invalid("something follows the parcel", where="body", hint="send one parcel in each request")
        upload.note(added)
        _register(site, who, upload, known)
    return len(items)


def assemble(site: Site, who: Identity, target: Target, files: Sequence[Large]) -> list[tuple[BlobId, int]]:
    """Make large files of chunks that were sent before; return their blobs and sizes.

    Raises:
        NotFound: the caller has not sent one of the chunks, or it has been collected.
        Invalid: there are no chunks, or too many.
    """
    wanted = {chunk for file in files for chunk in file.chunks}
    if sum(len(file.chunks) for file in files) > MOST_CHUNKS:
        raise Invalid(f"at most {MOST_CHUNKS:,} chunks at once", where="files", hint="send several requests")
    known = site.claims.among(who, target, list(wanted))
    if missing := wanted - known.keys():
        raise not_sent(missing)
    made: list[tuple[BlobId, int]] = []
    with site.store.upload() as upload:
        there: set[bytes] = set()
        for file in files:
            records = [known[chunk] for chunk in file.chunks]
            _refuse_nested(records)
            blob, size, was_there = _recut(site, upload, records) if file.recut else _chunked(site, upload, records)
            if was_there:
                there.add(blob)
            made.append((blob, size))
        _register(site, who, upload, there)
    return made


def not_sent(missing: Iterable[bytes]) -> NotFound:
    """The one answer to a hash that is not stored, and to one that the caller may not refer to."""
    first = min(missing).hex()
    return NotFound("these bytes were not sent by you, or are stored no more", where=f"blob {first}", hint="send them")


def _chunked(site: Site, upload: Upload, records: Sequence[Record]) -> tuple[BlobId, int, bool]:
    whole = blake3()
    for record in records:
        for piece in site.store.read_blob(BlobId(record.id)):
            whole.update(piece)
    blob, size = BlobId(whole.digest()), sum(record.size for record in records)
    there = upload.has(blob)
    if not there:
        table = encode_chunks((record.id, record.size) for record in records)
        upload.pack().append(blob, int(Kind.CHUNKS), table, size)
        upload.note([blob])
    return blob, size, there


def _recut(site: Site, upload: Upload, records: Sequence[Record]) -> tuple[BlobId, int, bool]:
    """Cut anew where the content says, so that a later version of the file shares most chunks with this one."""

    def pieces() -> Iterator[bytes]:
        for record in records:
            yield from site.store.read_blob(BlobId(record.id))

    blob, size = upload.add_stream(pieces())
    return blob, size, True


def _refuse_nested(records: Sequence[Record]) -> None:
    if not records or any(record.kind == Kind.CHUNKS for record in records):
        raise Invalid("a large file is made of chunks", where="files", hint="name blobs of at most 16 MiB")


def _register(site: Site, who: Identity, upload: Upload, there: Iterable[bytes]) -> None:
    """Make an upload durable, and note down who has sent it."""
    packs = [pack.name for pack in upload.seal()]
    upload.finish()
    blobs = list(there)
    if packs or blobs:
        site.db.write(lambda tx: site.claims.note(tx, who.account, packs, blobs))
