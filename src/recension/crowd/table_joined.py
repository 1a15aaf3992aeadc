"""A published table and what is newer as one: columns, and orders that are kept from version to version.

Rows are numbered: first those that were published, as they stand in the parts, then the newer ones. A published row
that has a newer one is dead. An order of the published rows is kept by commit; newer rows are put where they belong in
it, by comparing, and that place is remembered until the row changes. So one more answer costs its own row, not a sort
of a million.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any, Final, Protocol

from recension.crowd.filters import Kind
from recension.crowd.table import LIVE
from recension.crowd.table_columns import number_in, texts_in
from recension.crowd.table_live import Live

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ID: Final = "item_id"
Column = Callable[[str], "pa.ChunkedArray"]


class Key(Protocol):
    """A column to sort by."""

    @property
    def field(self) -> str:
        """The column."""

    @property
    def direction(self) -> str:
        """``asc`` or ``desc``; rows without a value come last either way."""


_LEASE: Final = ("settled", "excluded", "answered", "free", "held", "assigned")


def needs_of(names: set[str]) -> set[str]:
    """The published columns that these columns, live ones among them, are made from."""
    return {name for name in names if name not in LIVE} | ({"status", "answers"} if "lease" in names else set())


class Joined:
    """The columns of one version of a table.

    Args:
        base: the published columns.
        by_id: the numbers of the published rows by item id.
        live: what is newer; ``None``: nothing is, and nothing is known of the moment.
        kinds: what each column holds.
        found: item → the number of its published row, as far as it was looked up; kept up to date.
    """

    def __init__(
        self,
        base: Column,
        by_id: np.ndarray[Any, Any],
        live: Live | None,
        kinds: Mapping[str, Kind],
        found: dict[str, int | None],
    ) -> None:
        self._base = base
        self._by_id = by_id
        self._kinds = kinds
        self._live = live
        self._rows = [] if live is None else [live.rows[item] for item in sorted(live.rows)]
        self._made: dict[str, pa.ChunkedArray] = {}
        self._found = found
        self.published = len(by_id)
        self.newer = len(self._rows)

    def column(self, name: str) -> Any:
        """All values of a column, dead rows included."""
        if name not in self._made:
            self._made[name] = self._sparse(name) if name in LIVE else self._plain(name)
        return self._made[name]

    def dead(self) -> np.ndarray[Any, Any]:
        """Which rows are published and have a newer one."""
        import numpy as np  # noqa: PLC0415  pages of tables alone need it

        mask = np.zeros(self.published + self.newer, bool)
        there = [self._place(str(row[ID])) for row in self._rows]
        mask[[at for at in there if at is not None]] = True
        return mask

    def newer_row(self, number: int) -> tuple[str, Mapping[str, Any]]:
        """The item and the values of a newer row."""
        row = self._rows[number - self.published]
        return str(row[ID]), row

    def _plain(self, name: str) -> pa.ChunkedArray:
        import pyarrow as pa  # noqa: PLC0415  as above

        published = self._base(name)
        if not self._rows:
            return published
        fresh = pa.array([_as(row.get(name), self._kinds[name]) for row in self._rows], published.type)
        return pa.chunked_array([*published.chunks, fresh], published.type)

    def _sparse(self, name: str) -> pa.ChunkedArray:
        values = {} if self._live is None else self._live.sparse.get(name, {})
        if name == "lease":
            return self._lease()
        numbers = self._numbers(values)
        return _lists(numbers, len(self)) if LIVE[name] == "list" else _texts(numbers, len(self))

    def _numbers(self, values: Mapping[str, Any]) -> dict[int, Any]:
        """Row → value, of the rows that are alive."""
        newer = {str(row[ID]): self.published + at for at, row in enumerate(self._rows)}
        places = ((newer.get(item, self._place(item)), value) for item, value in values.items())
        return {at: value for at, value in places if at is not None}

    def _lease(self) -> pa.ChunkedArray:
        import numpy as np  # noqa: PLC0415  as above
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        status, answers = self.column("status"), self.column("answers")
        codes = np.full(len(self), _LEASE.index("free"), np.int8)
        codes[pc.fill_null(pc.greater(answers, 0), fill_value=False).to_numpy()] = _LEASE.index("answered")
        sparse = {} if self._live is None else self._live.sparse
        for name, state in (("assigned_to", "assigned"), ("held_by", "held")):
            codes[list(self._numbers(sparse.get(name, {})))] = _LEASE.index(state)
        for state in ("settled", "excluded"):
            codes[pc.fill_null(pc.equal(status, state), fill_value=False).to_numpy()] = _LEASE.index(state)
        return pa.chunked_array([pa.DictionaryArray.from_arrays(codes, pa.array(_LEASE)).cast(pa.string())])

    def _place(self, item: str) -> int | None:
        """The number of a published row, by halving."""
        if item not in self._found:
            ids, low, high = self._base(ID), 0, self.published
            while low < high:
                middle = (low + high) // 2
                if ids[int(self._by_id[middle])].as_py() < item:
                    low = middle + 1
                else:
                    high = middle
            at = int(self._by_id[low]) if low < self.published else None
            self._found[item] = at if at is not None and ids[at].as_py() == item else None
        return self._found[item]

    def __len__(self) -> int:
        """Rows, dead ones included."""
        return self.published + self.newer


Places = dict[str, tuple[Mapping[str, Any], int]]


def merge(
    order: np.ndarray[Any, Any], rows: list[int], table: Joined, sort: tuple[Key, ...], known: Places
) -> np.ndarray[Any, Any]:
    """The order with newer rows where they belong and dead ones left out.

    Args:
        order: numbers of published rows, in the order asked for, then by item id.
        rows: numbers of newer rows.
        table: the columns.
        sort: the order asked for.
        known: item → its row and its place in ``order``, from earlier merges; kept up to date.
    """
    import numpy as np  # noqa: PLC0415  as above

    compare = _comparing(table, sort)
    placed = []
    for number in rows:
        item, row = table.newer_row(number)
        found = known.get(item)
        if found is None or found[0] is not row:
            found = known[item] = (row, _before(order, number, compare))
        placed.append((found[1], number))

    # Stable: among equals of one place, as they compare.
    def rank(one: tuple[int, int], other: tuple[int, int]) -> int:
        return one[0] - other[0] or compare(one[1], other[1])

    ranked = sorted(placed, key=cmp_to_key(rank))
    whole = np.insert(order, [at for at, _ in ranked], [number for _, number in ranked]) if ranked else order
    if table.newer == 0:
        return whole
    alive: np.ndarray[Any, Any] = whole[~table.dead()[whole]]
    return alive


def _before(order: np.ndarray[Any, Any], number: int, compare: Callable[[int, int], int]) -> int:
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        if compare(int(order[middle]), number) < 0:
            low = middle + 1
        else:
            high = middle
    return low


def _comparing(table: Joined, sort: tuple[Key, ...]) -> Callable[[int, int], int]:
    columns = [(table.column(key.field), key.direction == "desc") for key in sort]
    ids = table.column(ID)

    def compare(one: int, other: int) -> int:
        for values, falls in columns:
            a, b = values[one].as_py(), values[other].as_py()
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            return (1 if a > b else -1) * (-1 if falls else 1)
        a, b = str(ids[one]), str(ids[other])
        return int(a > b) - int(a < b)

    return compare


def _as(value: Any, kind: Kind) -> Any:
    """A value of a new row as its column is read."""
    if kind == "list" and isinstance(value, str):
        return texts_in(value)
    if kind == "number" and isinstance(value, str):
        return number_in(value)
    return value


def _texts(values: Mapping[int, str], rows: int) -> pa.ChunkedArray:
    import numpy as np  # noqa: PLC0415  as above
    import pyarrow as pa  # noqa: PLC0415

    names = sorted(set(values.values()))
    codes, there = np.zeros(rows, np.int32), np.zeros(rows, bool)
    code = {name: at for at, name in enumerate(names)}
    for at, value in values.items():
        codes[at], there[at] = code[value], True
    numbers = pa.array(codes, mask=~there)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(numbers, pa.array(names, pa.string())).cast(pa.string())])


def _lists(values: Mapping[int, list[str]], rows: int) -> pa.ChunkedArray:
    import numpy as np  # noqa: PLC0415  as above
    import pyarrow as pa  # noqa: PLC0415

    lengths = np.zeros(rows, np.int32)
    for at, each in values.items():
        lengths[at] = len(each)
    offsets = np.zeros(rows + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    flat = [name for at in sorted(values) for name in values[at]]
    return pa.chunked_array([pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat, pa.string()))])
