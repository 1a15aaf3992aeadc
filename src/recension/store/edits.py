"""A list of changes as rows, checked, ready to be applied to any tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from recension.errors import Invalid, TooLarge
from recension.ids import MAX_PATH_BYTES, NodeId, check_path
from recension.store.content_types import content_type_of
from recension.store.model import EXECUTABLE_MODE, FILE_MODE, LINK_MODE, Delete, Edit, Entry, Put
from recension.store.node import NO_MD5, NO_TIME, LeafRow, encode_style
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.probe import probe
from recension.store.range_diff import RowChange, alike
from recension.store.tree_read import Span, below, find, first, scan

MAX_META_BYTES: Final = 8 << 10

_MODES: Final = frozenset({FILE_MODE, EXECUTABLE_MODE, LINK_MODE})
_SUSPECT: Final = re.compile(r"^[^/]|^$|//|/\.\.?(?:/|$)|/$|[\0\ud800-\udfff]")
# Four bytes a character at most: below this a path needs no count of its bytes.
_SHORT: Final = MAX_PATH_BYTES // 4


class Edits:
    """Changes by path: the last one made to a path counts.

    ``rows`` maps a path to its new row, or to None where it is removed; ``folders`` are emptied before.
    """

    def __init__(self, rows: dict[bytes, LeafRow | None] | None = None) -> None:
        self.rows: dict[bytes, LeafRow | None] = {} if rows is None else rows
        self.folders: list[Span] = []

    @staticmethod
    def of(changes: Iterable[Edit]) -> Edits:
        """The changes, in order.

        Raises:
            Invalid: a path, mode or metadata breaks its rule.
        """
        edits = Edits()
        for change in changes:
            if isinstance(change, Put):
                edits.rows[checked_key(change.path)] = row_of(change)
            elif isinstance(change, Delete):
                edits.rows[checked_key(change.path)] = None
            else:
                edits.empty_folder(change.path)
        return edits

    def empty_folder(self, path: str) -> None:
        """Remove everything below a folder, what was put there by this list included."""
        span = below("" if path in {"", "/"} else check_path(path.rstrip("/")))
        self.folders.append(span)
        for key in self.rows:
            if span[0] <= key < span[1]:
                self.rows[key] = None

    def blobs(self) -> set[bytes]:
        """Every blob that the changes refer to."""
        return {row[1] for row in self.rows.values() if row is not None}

    def on(self, nodes: Nodes, root: NodeId) -> list[RowChange]:
        """What the changes change in the files of ``root``, in path order: the row that is there, and the new one.

        Raises:
            Invalid: a file would lie where a folder is, or the other way round.
        """
        rows = self.rows
        if self.folders:
            rows = {row[0]: None for span in self.folders for row in scan(nodes, root, span)}
            rows.update(self.rows)
        keys = sorted(rows)
        if root == EMPTY_ID:
            refuse_clashes(nodes, root, rows)
            return [(None, row) for row in map(rows.__getitem__, keys) if row is not None]
        changes: list[RowChange] = []
        doubtful: list[bytes] = []
        for key, seen in zip(keys, probe(nodes, root, keys), strict=True):
            row = rows[key]
            if row is not None and not seen.free:
                doubtful.append(key)
            if not alike(seen.row, row):
                changes.append((seen.row, row))
        refuse_clashes(nodes, root, rows, doubtful)
        return changes


def checked_key(path: str) -> bytes:
    """The path as the tree knows it.

    Raises:
        Invalid: it may not name a file.
    """
    if len(path) > _SHORT or _SUSPECT.search(path):
        path = check_path(path)
    return path.encode()


def row_of(put: Put | Entry) -> LeafRow:
    """The row of a file, checked.

    Raises:
        Invalid: its mode, content type or metadata breaks a rule.
    """
    kind = content_type_of(put.path) if put.content_type is None else put.content_type
    style = _checked_style(put.path, put.mode, kind, put.meta) if put.meta else plain_style(put.mode, kind)
    if len(put.blob) != 32 or put.size < 0:
        raise Invalid("a blob id has 32 bytes, and a size is not negative", where=put.path)
    time = NO_TIME if put.mtime_us is None else put.mtime_us
    return checked_key(put.path), put.blob, put.size, style, time, put.md5 or NO_MD5


@lru_cache(maxsize=1024)
def plain_style(mode: int, content_type: str) -> bytes:
    """The style of an entry without user metadata.

    Raises:
        Invalid: the mode is not one of those that are kept, or the content type has a NUL.
    """
    return _checked_style("entry", mode, content_type, {})


def _checked_style(where: str, mode: int, content_type: str, meta: Mapping[str, str]) -> bytes:
    if mode not in _MODES:
        raise Invalid(f"mode {mode:o} is not kept", where=where, hint="use 644, 755, or 120777 for a link")
    texts = [content_type, *meta, *meta.values()]
    if any("\0" in text for text in texts):
        raise Invalid("a content type or metadata contains a NUL", where=where)
    style = encode_style(mode, content_type, meta)
    if len(style) > MAX_META_BYTES:
        raise TooLarge(f"metadata is larger than {MAX_META_BYTES} bytes", where=where)
    return style


def refuse_clashes(
    nodes: Nodes, root: NodeId, rows: Mapping[bytes, LeafRow | None], doubtful: Iterable[bytes] | None = None
) -> None:
    """Make sure that no path is both a file and a folder once ``rows`` are in the tree.

    ``doubtful``: the paths of new files of which it is not known that they clash with nothing in the tree; None: all.

    Raises:
        Invalid: one would be; the error names it.
    """
    every = _by_folder(key for key, row in rows.items() if row is not None)
    for folder in _folders_above(every):
        if rows.get(folder) is not None:
            raise _clash(folder, "a file of this name is being put there")
    by_folder = every if doubtful is None else _by_folder(doubtful)
    for folder in _folders_above(by_folder):
        if folder not in rows and find(nodes, root, folder) is not None:
            raise _clash(folder, "a file of this name is there")
    for folder, keys in by_folder.items():
        # Nothing is below a file in a folder that holds nothing: one look spares as many as it has files.
        if first(nodes, root, (folder + b"/", folder + b"0")) is None:
            continue
        for key in keys:
            _refuse_folder(nodes, root, key, rows)


def _by_folder(keys: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    by_folder: dict[bytes, list[bytes]] = {}
    for key in keys:
        by_folder.setdefault(key.rpartition(b"/")[0], []).append(key)
    return by_folder


def _folders_above(by_folder: Iterable[bytes]) -> list[bytes]:
    """These folders and all that they are in, without the root, in path order."""
    folders = set(by_folder)
    for folder in by_folder:
        above = folder
        while (above := above.rpartition(b"/")[0]) and above not in folders:
            folders.add(above)
    return sorted(folders - {b""})


def _refuse_folder(nodes: Nodes, root: NodeId, key: bytes, rows: Mapping[bytes, LeafRow | None]) -> None:
    """Make sure that nothing stays below ``key``."""
    span = (key + b"/", key + b"0")
    if first(nodes, root, span) is None:
        return
    for row in scan(nodes, root, span):
        if row[0] not in rows:
            raise _clash(key, "a folder of this name is there")


def _clash(key: bytes, message: str) -> Invalid:
    return Invalid(message, where=key.decode(), hint="delete it first, or choose another name")
