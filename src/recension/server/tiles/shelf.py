"""Squares on disk, by the content of their image; what was not looked at for longest goes when there are too many."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recension.server.tiles.pyramid import SIDE

_FORM: Final = f"{SIDE}-1"
"""Raised with whatever changes the bytes of squares."""
_WHOLE: Final = "whole"
_KINDS: Final = {".jpg": "image/jpeg", ".png": "image/png"}
_TOUCH_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Tile:
    """One square.

    Args:
        type: its content type.
        content: its bytes.
    """

    type: str
    content: bytes


class TileShelf:
    """A folder of pyramids.

    Args:
        folder: it may be deleted at any time, and holds nothing else.
        most_bytes: of all squares together; the last pyramid stays even where it is larger.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder / _FORM
        self._most_bytes = most_bytes
        self._touched: dict[str, float] = {}
        self._sweeping = threading.Lock()

    def place(self, blob: str) -> Path:
        """The folder of an image's squares."""
        return self._folder / blob[:2] / blob

    def look(self, blob: str, level: int, x: int, y: int) -> Tile | None:
        """A square that is there."""
        folder = self.place(blob)
        for suffix, kind in _KINDS.items():
            try:
                content = (folder / str(level) / f"{x}_{y}{suffix}").read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            self._touch(blob, folder)
            return Tile(kind, content)
        return None

    def is_whole(self, blob: str) -> bool:
        """Whether every square of an image is there."""
        return (self.place(blob) / _WHOLE).exists()

    def finish(self, blob: str) -> None:
        """Every square of the image is there now; others go where there are too many."""
        folder = self.place(blob)
        size = sum(path.stat().st_size for path in folder.glob("*/*"))
        (folder / _WHOLE).write_text(str(size), encoding="ascii")
        self._sweep(kept=blob)

    def drop(self, blob: str) -> None:
        """Delete what is there of an image."""
        shutil.rmtree(self.place(blob), ignore_errors=True)

    def _touch(self, blob: str, folder: Path) -> None:
        now = time.monotonic()
        if now - self._touched.get(blob, -_TOUCH_S) < _TOUCH_S:
            return
        if len(self._touched) > 10_000:
            self._touched.clear()
        self._touched[blob] = now
        try:
            os.utime(folder / _WHOLE)
        except FileNotFoundError:
            return  # still being cut

    def _sweep(self, kept: str) -> None:
        with self._sweeping:
            found = sorted(self._wholes(), reverse=True)
            total = 0
            for _, size, blob in found:
                total += size
                if total > self._most_bytes and blob != kept:
                    self.drop(blob)

    def _wholes(self) -> Iterator[tuple[float, int, str]]:
        """When it was last looked at, its bytes and its image, of each pyramid."""
        for marker in self._folder.glob(f"*/*/{_WHOLE}"):
            try:
                yield marker.stat().st_mtime, int(marker.read_text(encoding="ascii")), marker.parent.name
            except (FileNotFoundError, ValueError):
                continue
