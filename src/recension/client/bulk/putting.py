"""Putting files and folders on a server's branch as one commit; only what the server lacks is sent.

Order of things: files are hashed and cut here, the server is asked about a buffer full of hashes at a time, missing
blobs go out as parcels, large files are put together there, and then one request commits rows of path and hash. Every
request may be repeated. When the program is killed, what it has sent stays for a while: the next run sends the rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from recension.client.bulk.line import Line
from recension.client.bulk.outgoing import Outgoing
from recension.client.bulk.packing import LargeFile, Packing
from recension.client.bulk.remembered import memory_of
from recension.client.http import path
from recension.clock import SystemClock
from recension.errors import NotFound
from recension.ids import check_name, check_path, new_commit_id
from recension.store.edits import Edits
from recension.store.ingest import Told
from recension.store.node import LeafRow, decode_style
from recension.store.put_folders import Run, add_file, add_folder
from recension.store.stat_cache import StatCache, load, save

_SOME_IDS: Final = 4096
_SOME_BYTES: Final = 256 << 20
_LINES_BYTES: Final = 1 << 20
_ENCODE: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Sent:
    """What a put did. ``commit`` is the head afterwards, as the server describes it; ``new``: it was made by this put.

    ``files`` were looked at, ``read`` of them had to be read, with ``bytes_read`` bytes; ``bytes_sent`` went out.
    """

    commit: dict[str, Any]
    new: bool
    files: int
    read: int
    bytes_read: int
    bytes_sent: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What to put where: ``into`` is a folder; ``delete``: nothing else is to stay in it."""

    branch: str
    sources: Sequence[Path]
    into: str = "/"
    delete: bool = False
    message: str = ""


def put(line: Line, wish: Wish, cache: Path, told: Told) -> Sent:
    """Commit files and the contents of folders to a branch, which is made when it is missing.

    Args:
        line: the repo.
        wish: what to put where.
        cache: the user's cache folder.
        told: hears how many files and bytes were read.

    Raises:
        NotFound: there is no such repo, or no such source.
        Invalid: a file cannot be read, or cannot be kept under its name.
        Forbidden: the caller may not write there.
        Unavailable: the server did not answer for too long.
    """
    check_name("branch", wish.branch)
    try:
        return _Put(line, wish, cache, told).run(trusting=True)
    except NotFound as fault:
        if not (fault.where or "").startswith("blob "):
            raise
        # What was remembered of unchanged files the server has no more, or never had from us: read all of them.
        return _Put(line, wish, cache, told).run(trusting=False)


class _Put:
    """One put in progress."""

    def __init__(self, line: Line, wish: Wish, cache: Path, told: Told) -> None:
        self._line = line
        self._wish = wish
        self._cache = cache
        self._base = "" if wish.into in {"", "/"} else check_path(wish.into.rstrip("/"))
        self._outgoing = Outgoing(line)
        self._packing = Packing(self._have, self._outgoing, told)
        self._address = f"{line.at()}@{wish.branch}:{self._base}/"

    def run(self, *, trusting: bool) -> Sent:
        """Put once; ``trusting`` what is remembered of files."""
        head = self._head()
        run = Run(Edits(), self._packing)
        for source in self._wish.sources:
            self._add(run, source, None if head is None else _content(head), trusting=trusting)
        self._packing.flush()
        self._outgoing.finish()
        self._assemble(self._packing.large)
        if run.edits.rows or head is None or self._wish.delete:
            made = self._commit(list(run.edits.rows.values()))
        else:
            made = {"commit": head, "new": False, "added": 0, "changed": 0, "removed": 0}
        self._remember(run, _content(made["commit"]))
        counts = {name: made[name] for name in ("added", "changed", "removed")}
        return Sent(
            made["commit"] | counts, made["new"], run.files, run.read, run.bytes_read, self._outgoing.sent
        )  # fmt: skip

    def _add(self, run: Run, source: Path, content_id: str | None, *, trusting: bool) -> None:
        text = os.fspath(source)
        if not source.is_dir():
            add_file(run, text, self._base)
            return
        cache = load(self._memory(text)) if trusting else StatCache()
        skip = content_id is not None and not self._wish.delete and not run.caches
        there = skip and cache.roots.get(self._address) == content_id
        add_folder(run, text, cache, self._base, unchanged_is_there=there)

    def _head(self) -> dict[str, Any] | None:
        """The commit that the branch stands at."""
        # the first contact is not patient: a server that does not run is said so at once
        repo = self._line.http.get(self._line.at())
        heads = [branch["head"] for branch in repo["branches"] if branch["name"] == self._wish.branch]
        if not heads or heads[0] is None:
            return None
        found: dict[str, Any] = self._line.again(lambda: self._line.http.get(path("commits", heads[0])))
        return found

    def _have(self, ids: list[bytes]) -> set[bytes]:
        where, body = self._line.at("bulk", "have", "upload"), b"".join(ids)
        answer = self._line.again(lambda: self._line.http.upload(where, body))
        return {identity for identity, known in zip(ids, answer["have"], strict=True) if known == "1"}

    def _assemble(self, files: Sequence[LargeFile]) -> None:
        """Have the large files put together that the server lacks; it reads each, so not too many at once."""
        some: list[LargeFile] = []
        for file in self._lacking(files):
            if some and sum(each.size for each in some) + file.size > _SOME_BYTES:
                self._put_together(some)
                some = []
            some.append(file)
        if some:
            self._put_together(some)

    def _put_together(self, files: Sequence[LargeFile]) -> None:
        where = self._line.at("bulk", "large")
        body = {"files": [{"chunks": [chunk.hex() for chunk in file.chunks]} for file in files]}
        self._line.again(lambda: self._line.http.post(where, body))

    def _lacking(self, files: Sequence[LargeFile]) -> list[LargeFile]:
        known: set[bytes] = set()
        ids = list({file.blob for file in files})
        for start in range(0, len(ids), _SOME_IDS):
            known |= self._have(ids[start : start + _SOME_IDS])
        return list({file.blob: file for file in files if file.blob not in known}.values())

    def _commit(self, rows: Sequence[LeafRow | None]) -> dict[str, Any]:
        wish = self._wish
        about = {
            "send": str(new_commit_id(SystemClock().now_us())),
            "branch": wish.branch,
            "message": wish.message,
            "into": self._base or "/",
            "delete": wish.delete,
        }
        where = self._line.at("bulk", "commit", "upload")
        made: dict[str, Any] = self._line.again(lambda: self._line.http.send(where, _lines(about, rows)))
        return made

    def _memory(self, folder: str) -> Path:
        return memory_of(self._cache, self._line.http.url, folder)

    def _remember(self, run: Run, content_id: str) -> None:
        for folder, known, cache in run.caches:
            changed = known != cache.folders
            if changed or cache.roots.get(self._address) != content_id:
                save(self._memory(folder), known, {**({} if changed else cache.roots), self._address: content_id})


def _content(commit: Mapping[str, Any]) -> str:
    """What says that two commits hold the same files: the content id, or the commit's own where nobody knows that."""
    found: str = commit["content_id"] or commit["id"]
    return found


def _lines(about: dict[str, Any], rows: Sequence[LeafRow | None]) -> Iterator[bytes]:
    """The body of a bulk commit."""
    text = bytearray(_ENCODE(about) + b"\n")
    for row in rows:
        assert row is not None, "a put removes nothing by itself"
        key, blob, size, style, mtime_us, _ = row
        text += _ENCODE((key.decode(), blob.hex(), size, decode_style(style)[0], mtime_us)) + b"\n"
        if len(text) >= _LINES_BYTES:
            yield bytes(text)
            text.clear()
    yield bytes(text)
