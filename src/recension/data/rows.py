"""A row of a table file, whatever the file's format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recension.errors import Invalid
from recension.label import JSON


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns there are, and where the file says so."""

    columns: Sequence[str]
    where: str

    def require(self, column: str) -> None:
        """Make sure that there is such a column.

        Raises:
            Invalid: there is none; names those that there are.
        """
        if column not in self.columns:
            hint = f"the columns are: {', '.join(map(repr, self.columns)) or 'none'}"
            raise Invalid(f"no column {column!r}", where=self.where, hint=hint)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Args:
        place: where it stands in its file, such as ``line 12``.
        values: the value of every column that there is (or that was asked for).
        shape: the columns of the file, or of this row where rows differ.
    """

    place: str
    values: Mapping[str, JSON]
    shape: Shape
