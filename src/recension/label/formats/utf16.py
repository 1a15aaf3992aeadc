"""Offsets in UTF-16 units, as browsers count, and in code points, as we do."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


class Utf16:
    """Both countings of one text.

    Args:
        text: the text, of any length; a text without astral characters costs one scan.
    """

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._astral: Sequence[int] = [index for index, letter in enumerate(text) if letter > "\uffff"]
        self._units = [index + number for number, index in enumerate(self._astral)]

    def points(self, units: int) -> int:
        """Code points before that many units; in the middle of a pair, before it."""
        return units - bisect_left(self._units, units) if not self._splits(units) else units - 1 - self._before(units)

    def units(self, points: int) -> int:
        """Units before that many code points."""
        return points + bisect_left(self._astral, points)

    @property
    def length(self) -> int:
        """Units of the whole text."""
        return self._length + len(self._astral)

    def _splits(self, units: int) -> bool:
        return self._before(units) < bisect_left(self._units, units)

    def _before(self, units: int) -> int:
        """Pairs wholly before that many units."""
        return bisect_left(self._units, units - 1)
