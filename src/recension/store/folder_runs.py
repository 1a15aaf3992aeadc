"""What stands beside the lowest index nodes: which folders lie in each leaf, with their files and bytes.

A *run* is a stretch of files in one leaf that are directly in one folder. By their first paths, a folder is found and
added up without a look into any leaf, so that a page of a thousand folders costs what it shows and not what is in
them. A leaf with many runs is one *mixed* run as a whole: then its folders are small, and the leaf itself is looked at.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby, pairwise
from typing import Final, NamedTuple

from recension.errors import Damaged

Run = tuple[bytes, int, int]
"""first path, files, bytes"""

_MOST: Final = 16
"""Runs of a leaf: with more of them the index above would grow beyond its leaves."""
_HEAD: Final = struct.Struct("<II")


class Runs(NamedTuple):
    """The runs of one leaf; where it is ``mixed``, one that is not of one folder."""

    mixed: bool
    items: tuple[Run, ...]


class Resized(NamedTuple):
    """The runs of a leaf in which files have got other sizes: for each, its path and by how much it has grown."""

    files: tuple[tuple[bytes, int], ...]


def runs_of(keys: Sequence[bytes], sizes: Sequence[int]) -> Runs:
    """The runs of a leaf with these paths."""
    starts = _starts(keys)
    if len(starts) > _MOST:
        return Runs(mixed=True, items=((keys[0], len(keys), sum(sizes)),))
    stretches = pairwise((*starts, len(keys)))
    return Runs(mixed=False, items=tuple((keys[low], high - low, sum(sizes[low:high])) for low, high in stretches))


def _starts(keys: Sequence[bytes]) -> list[int]:
    """Where the folder changes."""
    starts: list[int] = []
    low = 0
    # Among neighbours whose last slash is at one place the folders are sorted; each is passed in one step.
    for at, same in groupby([key.rfind(b"/") for key in keys]):
        high = low + sum(1 for _ in same)
        while low < high:
            starts.append(low)
            folder = keys[low][:at]
            low = high if keys[high - 1].startswith(folder + b"/") else _end(keys, folder + b"0", low, high)
        if len(starts) > _MOST:
            break
    return starts


def _end(keys: Sequence[bytes], stop: bytes, low: int, high: int) -> int:
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < stop:
            low = middle + 1
        else:
            high = middle
    return low


def resized(runs: Runs, change: Resized) -> Runs:
    """The runs with files grown or shrunk."""
    items = list(runs.items)
    firsts = [item[0] for item in items]
    for path, more in change.files:
        at = bisect_right(firsts, path) - 1
        first, files, size = items[at]
        items[at] = first, files, size + more
    return Runs(runs.mixed, tuple(items))


def encode_runs(leaves: Sequence[Runs]) -> bytes:
    """The runs of the leaves of one index node."""
    items = [item for runs in leaves for item in runs.items]
    firsts = [item[0] for item in items]
    names, count = b"".join(firsts), len(items)
    return b"".join(
        (
            _HEAD.pack(count, len(names)),
            bytes(runs.mixed for runs in leaves),
            struct.pack(f"<{len(leaves)}I", *accumulate(len(runs.items) for runs in leaves)),
            struct.pack(f"<{count}I", *accumulate(map(len, firsts))),
            struct.pack(f"<{count}I", *(item[1] for item in items)),
            struct.pack(f"<{count}Q", *(item[2] for item in items)),
            names,
        )
    )


def resize(raw: bytearray, at: int, leaves: int, changes: Iterable[tuple[int, Resized]]) -> None:
    """Write over the runs of an index node that files in some of its leaves have got other sizes.

    Args:
        raw: the node.
        at: where its runs begin.
        leaves: how many leaves it has.
        changes: the position of each leaf, and what has changed in it.
    """
    count, length = _HEAD.unpack_from(raw, at)
    ends = at + _HEAD.size + leaves
    firsts, sizes = ends + 4 * leaves, ends + 4 * leaves + 8 * count
    names = sizes + 8 * count
    bounds = (0, *struct.unpack_from(f"<{count}I", raw, firsts))
    if names + length + 8 != len(raw):
        raise Damaged("the folders of a node do not add up")
    for leaf, change in changes:
        (high,) = struct.unpack_from("<I", raw, ends + 4 * leaf)
        low = struct.unpack_from("<I", raw, ends + 4 * leaf - 4)[0] if leaf else 0
        keys = [bytes(raw[names + bounds[run] : names + bounds[run + 1]]) for run in range(low, high)]
        for path, more in change.files:
            place = sizes + 8 * (low + bisect_right(keys, path) - 1)
            struct.pack_into("<Q", raw, place, struct.unpack_from("<Q", raw, place)[0] + more)


class FolderRuns:
    """The runs of an index node, read back.

    ``firsts`` are their first paths in order, ``files`` and ``sizes`` what lies before each and, at last, in all;
    ``child`` is the leaf of each, and ``mixed`` says whether that is one run as a whole.
    """

    __slots__ = ("child", "ends", "files", "firsts", "mixed", "sizes")

    def __init__(self, raw: bytes, at: int, leaves: int) -> None:
        count, length = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        mixed = raw[at : at + leaves]
        at += leaves
        self.ends: Sequence[int] = struct.unpack_from(f"<{leaves}I", raw, at)
        at += 4 * leaves
        ends = struct.unpack_from(f"<{count}I", raw, at)
        self.files = [0, *accumulate(struct.unpack_from(f"<{count}I", raw, at + 4 * count))]
        self.sizes = [0, *accumulate(struct.unpack_from(f"<{count}Q", raw, at + 8 * count))]
        names = raw[at + 16 * count : at + 16 * count + length]
        if (ends[-1] if ends else 0) != len(names) or (self.ends[-1] if leaves else 0) != count:
            raise Damaged("the folders of a node do not add up")
        self.firsts = [names[a:b] for a, b in pairwise((0, *ends))]
        self.child = [child for child, (a, b) in enumerate(pairwise((0, *self.ends))) for _ in range(a, b)]
        self.mixed = [bool(mixed[child]) for child in self.child]

    def of_leaf(self, child: int) -> Runs:
        """The runs of one leaf."""
        low, high = self.ends[child - 1] if child else 0, self.ends[child]
        files, sizes = self._each(self.files, low, high), self._each(self.sizes, low, high)
        return Runs(self.mixed[low], tuple(zip(self.firsts[low:high], files, sizes, strict=True)))

    @staticmethod
    def _each(sums: Sequence[int], low: int, high: int) -> Iterable[int]:
        return (b - a for a, b in pairwise(sums[low : high + 1]))

    def between(self, low: int, high: int) -> tuple[int, int]:
        """Files and bytes of some runs."""
        return self.files[high] - self.files[low], self.sizes[high] - self.sizes[low]
