"""Agreement of people who mark parts: which of their regions are the same, and how far they agree in all.

Two regions can be the same when they mark the same image of the same object with the same labels. Pairs are taken
from the most alike on, each region at most once, down to ``LEAST``. Agreement is twice the sum of the likeness of the
pairs over the number of regions of both: 1 when every region has its exact counterpart, 0 when none has any, and 1
where both marked nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from recension.label.geometry.extents import Bounds, bounds
from recension.label.geometry.overlap import TOLERANCE_PX, likeness
from recension.label.region import Region, region_from_json
from recension.label.shapes import Keypoint, Polyline, Segment, Skeleton, Span, Tile

LEAST: Final = 0.5
"""Likeness from which two regions can be the same."""


class Pair(NamedTuple):
    """Two regions that are taken for the same, by their index in either list."""

    first: int
    second: int
    likeness: float


def match_regions(first: Sequence[Region], second: Sequence[Region], *, least: float = LEAST) -> list[Pair]:
    """The regions of two lists that are the same, most alike first; of equally alike ones those that come first."""
    found = [pair for pair in _candidates(first, second) if pair.likeness >= least]
    found.sort(key=lambda pair: (-pair.likeness, pair.first, pair.second))
    taken: tuple[set[int], set[int]] = (set(), set())
    kept: list[Pair] = []
    for pair in found:
        if pair.first not in taken[0] and pair.second not in taken[1]:
            taken[0].add(pair.first)
            taken[1].add(pair.second)
            kept.append(pair)
    return kept


def region_agreement(first: Sequence[Region], second: Sequence[Region], *, least: float = LEAST) -> float:
    """How far two people agree, from 0 to 1."""
    if not first and not second:
        return 1.0
    return 2 * sum(pair.likeness for pair in match_regions(first, second, least=least)) / (len(first) + len(second))


def region_distance(first: Sequence[Region], second: Sequence[Region]) -> float:
    """How far two people are apart, from 0 to 1: for agreement measures that take a distance."""
    return 1 - region_agreement(first, second)


def mean_agreement(answers: Sequence[Sequence[Region]]) -> float | None:
    """The mean agreement of all pairs of people; ``None`` when there are fewer than two."""
    scores = [region_agreement(first, second) for first, second in combinations(answers, 2)]
    return sum(scores) / len(scores) if scores else None


def regions_of(value: object) -> list[Region]:
    """The regions of a stored answer's field.

    Raises:
        Invalid: it holds none.
    """
    return [region_from_json(body) for body in value] if isinstance(value, list | tuple) else []


def _candidates(first: Sequence[Region], second: Sequence[Region]) -> Iterator[Pair]:
    """Pairs that can be the same: of one kind of thing, and near each other along x."""
    groups: dict[object, list[tuple[float, float, int]]] = {}
    for index, region in enumerate(second):
        groups.setdefault(_thing(region), []).append((*_reach(region), index))
    longest: Mapping[object, float] = {
        thing: max(end - start for start, end, _ in places) for thing, places in groups.items()
    }
    for places in groups.values():
        places.sort()
    for index, region in enumerate(first):
        thing = _thing(region)
        start, end = _reach(region)
        for other_start, other_end, other in _from(groups.get(thing, []), start - longest.get(thing, 0)):
            if other_start > end:
                break
            if other_end >= start:
                yield Pair(index, other, likeness(region.shape, second[other].shape))


def _from(places: Sequence[tuple[float, float, int]], start: float) -> Iterator[tuple[float, float, int]]:
    for at in range(bisect_left(places, (start, float("-inf"), -1)), len(places)):
        yield places[at]


def _thing(region: Region) -> object:
    return region.object, region.item, frozenset(region.labels)


def _reach(region: Region) -> tuple[float, float]:
    """Where a region begins and ends along x (along the text, along time)."""
    shape = region.shape
    if isinstance(shape, Span | Segment):
        return float(shape.start), float(shape.end)
    if isinstance(shape, Tile):
        return float(shape.x), float(shape.x + shape.width)
    around: Bounds = bounds(shape)
    margin = TOLERANCE_PX if isinstance(shape, Keypoint | Polyline | Skeleton) else 0.0
    return around.x - margin, around.x + around.width + margin
