"""Label Studio's JSON, in full and as JSON-MIN."""

from __future__ import annotations

from recension.label.formats.label_studio.full import FORMAT as FULL
from recension.label.formats.label_studio.minimal import FORMAT as MINIMAL

__all__ = ["FULL", "MINIMAL"]
