"""Which squares there are of an image, and of which images there are any."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from recension.label.image_header import ImageSize

SIDE: Final = 512
"""Of a square, in pixels of its level."""
LEAST_PIXELS: Final = 16_000_000
"""Images up to this size are drawn from one piece, whatever the browser."""
MOST_PIXELS: Final = 1_000_000_000
"""Larger images are refused: a small file can say that it is as large as it likes."""
OVERVIEW_LEVEL: Final = 3
"""From this level on a JPEG can be decoded at an eighth of its size, which takes a fraction of the time."""
_KINDS: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif"})


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The levels of an image: level 0 is its full size, each further one half of the one before, rounded up.

    Args:
        size: the whole image, in pixels, upright.
    """

    size: ImageSize

    @property
    def levels(self) -> int:
        """As many as it takes until one square holds the whole image."""
        count, longest = 1, max(self.size)
        while longest > SIDE:
            count, longest = count + 1, -(-longest // 2)
        return count

    def level_size(self, level: int) -> ImageSize:
        """Width and height of one level, in pixels."""
        return ImageSize(*(-(-side // 2**level) for side in self.size))

    def holds(self, level: int, x: int, y: int) -> bool:
        """Whether there is such a square."""
        if not (0 <= level < self.levels and x >= 0 and y >= 0):
            return False
        width, height = self.level_size(level)
        return x * SIDE < width and y * SIDE < height


def can_cut() -> bool:
    """Whether what it takes is installed."""
    return find_spec("pyvips") is not None


def is_large(kind: str, size: ImageSize) -> bool:
    """Whether an image of this content type is shown in squares, where that is possible."""
    return kind in _KINDS and size.width * size.height > LEAST_PIXELS


def too_large(size: ImageSize) -> str:
    """Why an image of this size is not shown; empty where it is."""
    if size.width * size.height <= MOST_PIXELS:
        return ""
    millions, most = size.width * size.height // 1_000_000, MOST_PIXELS // 1_000_000
    return f"the image has {size.width:,} x {size.height:,} pixels, {millions:,} million; up to {most:,} are shown"
