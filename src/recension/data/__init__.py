"""Table files and whole files as items."""

from __future__ import annotations

from recension.data.items import FILE_COLUMNS, FORMATS, Format, RowSpec, read_items
from recension.data.lines import MAX_ROW, Source

__all__ = ["FILE_COLUMNS", "FORMATS", "MAX_ROW", "Format", "RowSpec", "Source", "read_items"]
