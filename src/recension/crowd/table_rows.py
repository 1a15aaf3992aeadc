"""Pages of a project's published table: filtered, in any order, from anywhere in a million rows.

The table's parts are immutable, so their columns are kept, decoded, by the hash of the part: a new commit that rewrites
three parts costs the reading of three. A page names the commit it is of; the next one of the same commit sees the very
same rows in the same order, whatever was answered in between. The same holds of a version of the table that has newer
rows beside the commit (``table_live``, ``table_joined``).
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeVar

from recension.crowd.filters import Filter, Kind, fields_of, kind_of, passing, read_filter
from recension.crowd.table import FOLDER, LIVE
from recension.crowd.table_columns import decoded, types
from recension.crowd.table_joined import ID, Joined, Places, merge, needs_of
from recension.crowd.table_live import Live
from recension.errors import Invalid
from recension.store import Commit, Entry, Store

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_BYTES: Final = 512 << 20
_ORDERS: Final = 8
_MAX_KEYS: Final = 4
_Name = TypeVar("_Name")
_Value = TypeVar("_Value")


class SortKey(NamedTuple):
    """A column to sort by; rows without a value come last either way."""

    field: str
    direction: Literal["asc", "desc"] = "asc"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a table: a checked filter, and an order. Rows that are equal in it stand by item id."""

    filter: Filter
    sort: tuple[SortKey, ...] = ()

    @classmethod
    def read(cls, asked: object, sort: Sequence[SortKey], kinds: Mapping[str, Kind]) -> Wanted:
        """Check a filter and an order.

        Raises:
            Invalid: a column is not there, or cannot be asked or sorted like that.
        """
        if len(sort) > _MAX_KEYS:
            raise Invalid(f"more than {_MAX_KEYS} columns to sort by", where="sort", hint="leave some out")
        for key in sort:
            if kind_of(key.field, kinds, "sort") == "list":
                raise Invalid(f"{key.field!r} holds lists", where="sort", hint="sort by a column of single values")
        named = {key.field: key for key in reversed(sort)}
        return cls(read_filter(asked, kinds), tuple(key for key in sort if named[key.field] is key))


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows of one commit.

    Args:
        total: all rows of the table.
        matched: those that pass the filter.
        rows: some of these, from ``offset`` on; values by column.
        counts: column → value → how many of the matched rows have it, the most frequent first.
    """

    total: int
    matched: int
    offset: int
    rows: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, tuple[tuple[Any, int], ...]] = field(default_factory=dict)


class PublishedTables:
    """Reads tables of commits, and keeps what it has decoded: columns by part, and orders by question."""

    def __init__(self, store: Store, *, max_bytes: int = _BYTES) -> None:
        self._store = store
        self._columns: OrderedDict[tuple[bytes, str, Kind], pa.Array] = OrderedDict()
        self._orders: OrderedDict[tuple[str, Wanted], np.ndarray[Any, Any]] = OrderedDict()
        self._versions: OrderedDict[tuple[str, Wanted], np.ndarray[Any, Any]] = OrderedDict()
        self._places: OrderedDict[tuple[str, Wanted], Places] = OrderedDict()
        self._found: OrderedDict[str, dict[str, int | None]] = OrderedDict()
        self._free = max_bytes
        self._lock = threading.Lock()

    def page(
        self,
        commit: Commit,
        kinds: Mapping[str, Kind],
        wanted: Wanted,
        *,
        columns: Sequence[str],
        offset: int = 0,
        limit: int = 100,
        counts: Sequence[str] = (),
        live: Live | None = None,
    ) -> RowPage:
        """Some of the rows that pass, in the order asked for; those of ``live`` in the place of the published ones.

        Raises:
            Invalid: there is no such column.
        """
        import pyarrow as pa  # noqa: PLC0415  a quarter of a second and 60 MB that only tables need
        import pyarrow.compute as pc  # noqa: PLC0415

        for name in (*columns, *counts):
            kind_of(name, kinds, "columns")
        with self._lock:  # one question at a time: they share what is decoded, and each takes all cores
            table, order = self._seen(commit, kinds, wanted, {*columns, *counts}, live)
            column = table.column
            total = len(table) - int(table.dead().sum())
            here = pa.array(order[offset : offset + limit])
            names = tuple(dict.fromkeys((ID, *columns)))
            values = [column(name).take(here).to_pylist() for name in names]
            rows = tuple(dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))
            found = {}
            for name in counts:
                some = column(name).take(pa.array(order))
                flat = pc.list_flatten(some) if kinds[name] == "list" else some
                pairs = [(each["values"], each["counts"]) for each in pc.value_counts(flat).to_pylist()]
                found[name] = tuple(sorted(pairs, key=lambda pair: (-pair[1], str(pair[0])))[:_MOST_COUNTED])
        return RowPage(total, len(order), offset, rows, found)

    def matching(
        self, commit: Commit, kinds: Mapping[str, Kind], wanted: Wanted, *, live: Live | None = None
    ) -> list[str]:
        """The ids of all items that pass, in the order asked for."""
        import pyarrow as pa  # noqa: PLC0415  as above

        with self._lock:
            table, order = self._seen(commit, kinds, wanted, set(), live)
            found: list[str] = table.column(ID).take(pa.array(order)).to_pylist()
        return found

    def _seen(
        self, commit: Commit, kinds: Mapping[str, Kind], wanted: Wanted, names: set[str], live: Live | None
    ) -> tuple[Joined, np.ndarray[Any, Any]]:
        """The columns, and the numbers of the rows that pass in the order asked for."""
        asked = fields_of(wanted.filter) | _keys(wanted)
        base = self._reader(commit, kinds, needs_of({ID, *names, *asked}))
        by_id = self._order(commit, Wanted(_ALL), base)
        table = Joined(base, by_id, live, kinds, _kept(self._found, commit.id))
        key = ("" if live is None else live.version, wanted)
        if live is None and not asked & LIVE.keys():
            return table, self._order(commit, wanted, base)
        if live is not None and key in self._versions:
            self._versions.move_to_end(key)
            return table, self._versions[key]
        known: Places = {}
        if asked & LIVE.keys():
            published = _sorted(lambda name: table.column(name).slice(0, table.published), wanted, lambda: by_id)
        else:
            published, known = self._order(commit, wanted, base), _kept(self._places, (commit.id, wanted))
        passes = passing(wanted.filter, lambda name: table.column(name).slice(table.published), table.newer)
        order = merge(published, [table.published + int(at) for at in passes.nonzero()[0]], table, wanted.sort, known)
        if live is not None:
            _kept(self._versions, key, order)
        return table, order

    def _order(self, commit: Commit, wanted: Wanted, column: Callable[[str], pa.ChunkedArray]) -> np.ndarray[Any, Any]:
        """The numbers of the rows that pass, in the order asked for."""
        key = (commit.id, wanted)
        if key in self._orders:
            self._orders.move_to_end(key)
            return self._orders[key]
        by_id = Wanted(_ALL)
        order = _sorted(column, wanted, lambda: self._order(commit, by_id, column))
        self._orders[key] = order
        while len(self._orders) > _ORDERS:
            self._orders.popitem(last=False)
        return order

    def _reader(self, commit: Commit, kinds: Mapping[str, Kind], names: set[str]) -> Callable[[str], pa.ChunkedArray]:
        import pyarrow as pa  # noqa: PLC0415  as above

        parts = [entry for entry in self._store.walk(commit, prefix=FOLDER) if entry.path.endswith(".parquet")]
        wanted = {name: kinds[name] for name in sorted(names)}
        for entry in parts:
            self._load(commit, entry, wanted)
        arrays = {
            name: [self._columns[bytes(entry.blob), name, kind] for entry in parts] for name, kind in wanted.items()
        }
        self._shrink()
        whole = {name: pa.chunked_array(chunks, types()[wanted[name]]) for name, chunks in arrays.items()}
        return whole.__getitem__

    def _load(self, commit: Commit, entry: Entry, wanted: Mapping[str, Kind]) -> None:
        """Decode what is wanted of one part and not kept yet."""
        import pyarrow.parquet as pq  # noqa: PLC0415  as above

        blob = bytes(entry.blob)
        missing = {name: kind for name, kind in wanted.items() if (blob, name, kind) not in self._columns}
        for name in wanted.keys() - missing.keys():
            self._columns.move_to_end((blob, name, wanted[name]))
        if not missing:
            return
        file = pq.ParquetFile(io.BytesIO(self._store.read_bytes(commit, entry.path)))
        there = [name for name in missing if name in file.schema_arrow.names]
        table = file.read(columns=there)
        for name, kind in missing.items():
            found = table.column(name) if name in there else None
            array = decoded(found, kind, file.metadata.num_rows)
            self._columns[blob, name, kind] = array
            self._free -= array.nbytes

    def _shrink(self) -> None:
        """Let go of what was not looked at for longest; what a question holds lives on until it is answered."""
        while self._free < 0 and self._columns:
            _, array = self._columns.popitem(last=False)
            self._free += array.nbytes


def _kept(kept: OrderedDict[_Name, _Value], name: _Name, value: _Value | None = None) -> _Value:
    """What is kept under a name, of the few used last; else the value, or an empty dict, from now on."""
    if name not in kept:
        kept[name] = {} if value is None else value  # type: ignore[assignment]
    kept.move_to_end(name)
    while len(kept) > _ORDERS:
        kept.popitem(last=False)
    return kept[name]


_ALL: Final = read_filter(None, {})
_MOST_COUNTED: Final = 100


def _keys(wanted: Wanted) -> set[str]:
    return {key.field for key in wanted.sort}


def _sorted(
    column: Callable[[str], pa.ChunkedArray], wanted: Wanted, by_id: Callable[[], np.ndarray[Any, Any]]
) -> np.ndarray[Any, Any]:
    import pyarrow as pa  # noqa: PLC0415  as above
    import pyarrow.compute as pc  # noqa: PLC0415

    if wanted == Wanted(_ALL):
        found: np.ndarray[Any, Any] = pc.sort_indices(column(ID)).to_numpy()
        return found
    order = by_id()
    if wanted.filter != _ALL:
        order = order[passing(wanted.filter, column, len(order))[order]]
    if not wanted.sort:
        return order
    # The sort is stable, so rows that are equal stay in the order of their ids.
    there = pa.array(order)
    names = [key.field for key in wanted.sort]
    table = pa.table([column(name).take(there).combine_chunks() for name in names], names=names)
    keys = [(key.field, "ascending" if key.direction == "asc" else "descending") for key in wanted.sort]
    chosen = pc.sort_indices(table, sort_keys=keys).to_numpy()  # what has no value comes last
    result: np.ndarray[Any, Any] = order[chosen]
    return result
