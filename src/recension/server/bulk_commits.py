"""Commits by reference: rows of path and blob, whose bytes were sent before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from types import MappingProxyType
from typing import IO, Final, NamedTuple

import msgspec

from recension.db import Tx
from recension.errors import Invalid, NotFound, TooLarge
from recension.ids import BlobId, CommitId, check_path
from recension.server.access import Identity
from recension.server.claims import Target
from recension.server.receiving import not_sent
from recension.server.site import Site
from recension.store import Commit, Delete, DeleteFolder, Edit, Put

MOST_ROWS: Final = 2_000_000
_HEX: Final = 64
_TOGETHER: Final = 10_000
# Each of a million rows with an empty mapping of its own would be told by the memory.
_NO_META: Final[Mapping[str, str]] = MappingProxyType({})


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: what the commit says, and ``send``, an id made by the client, so that it is committed once.

    ``delete``: remove from the folder ``into`` whatever no row names.
    """

    send: str
    branch: str = "main"
    message: str = ""
    into: str = "/"
    delete: bool = False


class Row(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Each further line: one file. ``blob`` None removes it."""

    path: str
    blob: str | None = None
    size: int = 0
    mode: int = 0o644
    mtime_us: int | None = None


_ABOUT: Final = msgspec.json.Decoder(About)
_ROW: Final = msgspec.json.Decoder(Row)


class Made(NamedTuple):
    """The head of the branch afterwards; ``new``: this request has made it, or the same one sent before."""

    commit: Commit
    new: bool


def commit_rows(site: Site, who: Identity, target: Target, about: About, rows: IO[bytes]) -> Made:
    """Commit what the lines say; nothing when nothing differs.

    Raises:
        NotFound: the caller may not refer to a blob, or it is not stored.
        Invalid: a line is none, or its size is not the blob's.
    """
    before = _made_before(site, who, about)
    if before is not None:
        return before
    head = site.store.head(target.repo, about.branch, target.workspace)
    # The lines are read twice: a million files as values would take more memory than the tree that they become.
    start = rows.tell()
    _check_blobs(site, who, target, head, _edits(rows))
    rows.seek(start)

    def note(tx: Tx, made: Commit) -> None:
        row = {"account": who.account, "send": about.send, "id": made.id, "at": site.clock.now_us()}
        tx.execute("INSERT INTO sent_commit(account, send, commit_id, at_us) VALUES(:account, :send, :id, :at)", row)

    commit = site.store.write(
        target.repo,
        about.branch,
        chain(_emptied(about), _edits(rows)),
        message=about.message,
        author=who.name,
        workspace=target.workspace,
        allow_empty=False,
        also=note,
    )
    return Made(commit, head is None or commit.id != head.id)


def read_about(line: bytes) -> About:
    """The first line of a bulk commit.

    Raises:
        Invalid: it says something else.
    """
    try:
        return _ABOUT.decode(line)
    except msgspec.MsgspecError as error:
        raise Invalid(str(error), where="line 1", hint='{"send": "...", "branch": "main"}') from None


def _made_before(site: Site, who: Identity, about: About) -> Made | None:
    with site.db.read() as tx:
        found = tx.execute(
            "SELECT commit_id FROM sent_commit WHERE account = :account AND send = :send",
            {"account": who.account, "send": about.send},
        ).first()
    return None if found is None else Made(site.store.commit(CommitId(found[0])), new=True)


def _edits(lines: IO[bytes]) -> Iterator[Edit]:
    for number, line in enumerate(lines, 2):
        if number > MOST_ROWS:
            raise TooLarge(f"one commit takes at most {MOST_ROWS:,} rows", where="body", hint="commit folder by folder")
        try:
            row = _ROW.decode(line)
            blob = None if row.blob is None else bytes.fromhex(row.blob)
        except (msgspec.MsgspecError, ValueError) as error:
            raise Invalid(f"this is no file: {error}", where=f"line {number}") from None
        if blob is None:
            yield Delete(row.path)
            continue
        if len(blob) != _HEX // 2:
            raise Invalid("a blob id has 64 hexadecimal digits", where=f"line {number}")
        yield Put(row.path, BlobId(blob), row.size, row.mode, meta=_NO_META, mtime_us=row.mtime_us)


def _emptied(about: About) -> list[Edit]:
    """What goes before the lines are followed."""
    if not about.delete:
        return []
    return [DeleteFolder("/" if about.into in {"", "/"} else check_path(about.into.rstrip("/")))]


def _check_blobs(site: Site, who: Identity, target: Target, head: Commit | None, edits: Iterator[Edit]) -> None:
    """Make sure that every row refers to bytes that the caller may refer to, and says their size."""
    puts = (edit for edit in edits if isinstance(edit, Put))
    while some := list(islice(puts, _TOGETHER)):
        known = site.claims.among(who, target, list({put.blob for put in some}))
        missing: set[bytes] = set()
        for put in some:
            record = known.get(put.blob)
            if record is None:
                if not _is_there(site, head, put):
                    missing.add(put.blob)
            elif record.size != put.size:
                raise Invalid(f"the file has {record.size:,} bytes, not {put.size:,}", where=put.path)
        if missing:
            raise not_sent(missing)


def _is_there(site: Site, head: Commit | None, put: Put) -> bool:
    """Whether the row changes no bytes: whoever may write here may say again what is there."""
    if head is None:
        return False
    try:
        entry = site.store.stat(head, put.path)
    except NotFound:
        return False
    return (entry.blob, entry.size) == (put.blob, put.size)
