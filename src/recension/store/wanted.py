"""The files that a folder is to hold, in columns: an object for each of many thousand would cost more than the file."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

from recension.store.node import LeafRow
from recension.store.stat_cache import KnownFolder, Stat


@dataclass(frozen=True, slots=True)
class Wanted:
    """Files in path order; each has a number, its position in the columns.

    ``keys`` are paths below the place, ``folders`` the part of them up to the last slash, that included; equal ones
    are one object. ``stats`` are those of the files that are there.
    """

    keys: Sequence[bytes]
    folders: Sequence[bytes]
    blobs: Sequence[bytes]
    sizes: Sequence[int]
    styles: Sequence[bytes]
    stats: list[Stat | None]

    @staticmethod
    def of(rows: Iterable[LeafRow], skip: int) -> Wanted:
        """The files of these rows; the first ``skip`` bytes of their paths lead to the place."""
        columns = list(zip(*rows, strict=True)) or [()] * 6
        keys = [key[skip:] for key in columns[0]]
        blobs, sizes, styles = columns[1:4]
        return Wanted(keys, _folders(keys), blobs, sizes, styles, [None] * len(keys))

    def __len__(self) -> int:
        return len(self.keys)

    def name(self, number: int) -> str:
        """The path of a file below the place."""
        return os.fsdecode(self.keys[number])

    def known(self) -> dict[str, KnownFolder]:
        """What to remember of every folder; each file must have its stat."""
        runs: dict[bytes, list[range]] = {}
        start, folders = 0, self.folders
        for end in range(1, len(folders) + 1):
            if end == len(folders) or folders[end] is not folders[start]:
                runs.setdefault(folders[start], []).append(range(start, end))
                start = end
        return {
            os.fsdecode(folder): self._known_folder(len(folder), list(chain.from_iterable(numbers)))
            for folder, numbers in runs.items()
        }

    def _known_folder(self, skip: int, numbers: Sequence[int]) -> KnownFolder:
        keys, blobs, stats = self.keys, self.blobs, cast("list[Stat]", self.stats)
        return KnownFolder(
            b"\0".join([keys[number][skip:] for number in numbers]),
            array("q", chain.from_iterable([stats[number] for number in numbers])).tobytes(),
            b"".join([blobs[number] for number in numbers]),
        )


def _folders(keys: Sequence[bytes]) -> list[bytes]:
    """The folder of each key."""
    every: dict[bytes, bytes] = {}
    folders: list[bytes] = []
    for key in keys:
        folder = key[: key.rfind(b"/") + 1]
        folders.append(every.setdefault(folder, folder))
    return folders
