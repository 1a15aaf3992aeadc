"""Table files and whole files as items."""

from __future__ import annotations

from recension.data.items import FILE_COLUMNS, FORMATS, Format, RowSpec, read_items, read_rows
from recension.data.lines import MAX_ROW, Source
from recension.data.rows import Row

__all__ = ["FILE_COLUMNS", "FORMATS", "MAX_ROW", "Format", "Row", "RowSpec", "Source", "read_items", "read_rows"]
