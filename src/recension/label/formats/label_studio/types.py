"""Which type a result of Label Studio has for each kind of field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from recension.label.fields import FieldKind

ANSWER_TYPES: Final[Mapping[FieldKind, str]] = {
    "choice": "choices",
    "choices": "choices",
    "taxonomy": "taxonomy",
    "rating": "rating",
    "number": "number",
    "date": "datetime",
    "text": "textarea",
    "texts": "textarea",
    "pairwise": "pairwise",
    "ranking": "ranker",
}
