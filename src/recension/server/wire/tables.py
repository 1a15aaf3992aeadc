"""Shapes about a project's table: questions to it, pages of it, and saved views."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from recension.server.wire.actions import Selection
from recension.server.wire.base import Answer, Ask


class SortBy(Ask):
    """A column to sort by."""

    field: str
    direction: Literal["asc", "desc"] = "asc"


class TableQuestion(Ask):
    """What is asked of a table; ``branch`` is that of the input.

    ``version`` names the state of the table: pass that of the first page on, so that all pages are of one. It is
    remembered for a while; after that, the present one answers, and says so. ``commit`` asks for a published commit
    alone, without anything newer. ``counts`` asks how often each value of a column is among the rows that pass.
    """

    branch: str | None = None
    version: str | None = None
    commit: str | None = None
    filter: dict[str, Any] | None = None
    sort: list[SortBy] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list, max_length=200)
    counts: list[str] = Field(default_factory=list, max_length=8)
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=100, ge=1, le=500)


class TableColumn(Answer):
    """A column, what it holds, and what may be asked of it."""

    name: str
    kind: Literal["text", "number", "list"]
    ops: list[str]


class TableRow(Answer):
    """One item; ``task`` is null when the project has none for it any more. ``values`` are by column."""

    item_id: str
    task: int | None
    values: dict[str, Any]


class ValueCount(Answer):
    """How many rows have a value; null: none."""

    value: str | float | None
    count: int


class TablePage(Answer):
    """Some of the rows that pass, of one ``version`` of the table: a published ``commit``, and what is newer.

    Both are null, and there are no rows, before the first publication; ``version`` is null of a commit that was named.
    ``next`` is the ``offset`` of the following page, null at the end.
    """

    commit: str | None
    version: str | None
    at: str | None
    total: int
    matched: int
    offset: int
    next: int | None
    rows: list[TableRow]
    counts: dict[str, list[ValueCount]]


class SortedBy(Answer):
    """A column that a view sorts by."""

    field: str
    direction: Literal["asc", "desc"]


class TableView(Answer):
    """A saved question; no columns: those that pages show by themselves."""

    name: str
    filter: dict[str, Any] | None
    sort: list[SortedBy]
    columns: list[str]


class TableViews(Answer):
    """A project's saved views, and the columns of its table."""

    views: list[TableView]
    columns: list[TableColumn]


class NewView(Ask):
    """What a view asks."""

    filter: dict[str, Any] | None = None
    sort: list[SortBy] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list, max_length=200)


class ExportQuestion(Ask):
    """Whose labels, and in which label format; ``agreed``: one answer a field instead of everybody's."""

    selection: Selection
    format: str
    agreed: bool = False
