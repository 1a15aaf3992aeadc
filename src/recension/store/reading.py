"""Reading files and folders of a commit, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice, starmap
from typing import Final

from recension.errors import Damaged, NotFound
from recension.ids import BlobId, check_path
from recension.store.history import History
from recension.store.model import Change, Commit, Entry, Folder
from recension.store.node import LeafRow
from recension.store.nodes import EMPTY_ID
from recension.store.probe import blobs_of
from recension.store.tree_diff import diff
from recension.store.tree_list import listing
from recension.store.tree_read import below, entry_of, find, first, scan, totals

_TOGETHER: Final = 4096


class Reading(History):
    """The content of commits. Every byte read is checked against its hash."""

    def stat(self, commit: Commit, path: str) -> Entry:
        """The entry of a file.

        Raises:
            NotFound: there is no such file in the commit.
        """
        row = self._row(commit, path)
        if row is None:
            raise _missing(commit, path)
        return entry_of(row)

    def _row(self, commit: Commit, path: str) -> LeafRow | None:
        return find(self.nodes, commit.root, check_path(path).encode())

    def is_folder(self, commit: Commit, path: str) -> bool:
        """Whether anything lies below ``path``; the root is a folder always."""
        return path in {"", "/"} or first(self.nodes, commit.root, below(check_path(path.rstrip("/")))) is not None

    def folder(self, commit: Commit, path: str = "/") -> Folder:
        """How many files a folder holds at any depth, and their bytes; the cost does not depend on either.

        Raises:
            NotFound: nothing lies below the path.
        """
        clean = "" if path in {"", "/"} else check_path(path.rstrip("/"))
        files, size = totals(self.nodes, commit.root, below(clean))
        if clean and not files:
            raise _missing(commit, path)
        return Folder(clean or "/", files, size)

    def ls(
        self, commit: Commit, folder: str = "/", *, after: str | None = None, limit: int = 1000
    ) -> list[Entry | Folder]:
        """What lies directly in a folder, in path order.

        Args:
            commit: the version to look at.
            folder: its path; a file's path gives that one entry.
            after: continue behind this path of an earlier answer.
            limit: at most so many.

        Raises:
            NotFound: there is no such folder or file.
        """
        found = list(islice(listing(self.nodes, commit.root, folder, after), limit))
        if not found and after is None and folder not in {"", "/"} and limit > 0:
            return [self.stat(commit, folder)]
        return found

    def walk(self, commit: Commit, *, prefix: str = "/") -> Iterator[Entry]:
        """Every file in a folder, at any depth, in path order; of a file, itself."""
        clean = "" if prefix in {"", "/"} else check_path(prefix.rstrip("/"))
        row = find(self.nodes, commit.root, clean.encode()) if clean else None
        rows = scan(self.nodes, commit.root, below(clean)) if row is None else iter([row])
        return map(entry_of, rows)

    def read_bytes(self, commit: Commit, path: str, *, start: int = 0, end: int | None = None) -> bytes:
        """The bytes of a file from ``start`` to ``end``.

        Raises:
            NotFound: there is no such file in the commit.
            Damaged: its bytes are; the error names the file and the pack.
        """
        return b"".join(self.read_stream(commit, path, start=start, end=end))

    def read_stream(self, commit: Commit, path: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Like :meth:`read_bytes`, in pieces of at most 16 MiB."""
        entry = self.stat(commit, path)
        with damage_in(f"{commit.address}:{entry.path}"):
            yield from self.records.pieces(entry.blob, start, end)

    def read_many(self, commit: Commit, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The bytes of many files, each with its path, in the order that costs least: not that of ``paths``.

        A few thousand are looked up at a time; what lies in one leaf of the manifest is found by opening it once.

        Raises:
            NotFound: there is no such file in the commit.
            Invalid: a path is none.
            Damaged: its bytes are; the error names the file and the pack.
        """
        rest = iter(paths)
        while some := set(islice(rest, _TOGETHER)):
            ordered = sorted(some)  # code points sort like the bytes of UTF-8
            keys = [path.encode(errors="surrogatepass") for path in ordered]
            wanted: dict[bytes, list[str]] = {}
            for path, blob in zip(ordered, blobs_of(self.nodes, commit.root, keys), strict=True):
                if blob is None:  # it is not there, or spelled in another way
                    yield path, self.read_bytes(commit, path)
                else:
                    wanted.setdefault(blob, []).append(path)
            for blob, data in self._blobs(commit, wanted):
                for path in wanted[blob]:
                    yield path, data

    def _blobs(self, commit: Commit, wanted: Mapping[bytes, list[str]]) -> Iterator[tuple[bytes, bytes]]:
        try:
            yield from self.records.blobs(list(wanted))
        except Damaged:
            # Which file is hit is found out by whoever reads them one by one.
            for paths in wanted.values():
                self.read_bytes(commit, paths[0])
            raise

    def open_blob(self, blob: BlobId) -> bytes:
        """All bytes of a blob."""
        return self.records.blob(blob)

    def read_blob(self, blob: BlobId, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob from ``start`` to ``end``, in pieces of at most 16 MiB."""
        return self.records.pieces(blob, start, end)

    def has_blob(self, blob: BlobId) -> bool:
        """Whether the blob is stored, and need not be brought again."""
        return bool(self.records.reusable([blob]))

    def diff(
        self, before: Commit | None, after: Commit, *, prefix: str = "/", skip_to: str | None = None
    ) -> Iterator[Change]:
        """What differs, in path order; the cost follows the difference, not the size.

        Args:
            before: the older side; None: nothing.
            after: the newer side.
            prefix: only in this folder, or this file.
            skip_to: only paths behind this one, to continue an earlier answer.
        """
        clean = "" if prefix in {"", "/"} else check_path(prefix.rstrip("/"))
        start, stop = below(clean)
        # A file's own path sorts before everything in a folder of that name; one of both is there at most.
        start = clean.encode() or start
        if skip_to is not None:
            start = max(start, skip_to.encode() + b"\0")
        rows = diff(self.nodes, before.root if before else EMPTY_ID, after.root, (start, stop))
        if not clean:
            return starmap(change_of, rows)
        inside = below(clean)[0]
        return (change_of(*pair) for pair in rows if _path(pair) == clean.encode() or _path(pair).startswith(inside))


def _path(pair: tuple[LeafRow | None, LeafRow | None]) -> bytes:
    row = pair[0] or pair[1]
    return row[0] if row else b""


def change_of(before: LeafRow | None, after: LeafRow | None) -> Change:
    """Two rows of one path as a caller sees them."""
    path = _path((before, after)).decode()
    return Change(path, entry_of(before) if before else None, entry_of(after) if after else None)


def _missing(commit: Commit, path: str) -> NotFound:
    return NotFound("there is no such file or folder", where=f"{commit.address}:{path}")


@contextmanager
def damage_in(place: str) -> Iterator[None]:
    """Say of damage found inside which file it hits."""
    try:
        yield
    except Damaged as error:
        raise type(error)(error.message, where=f"{place} in {error.where}", hint=error.hint) from error
