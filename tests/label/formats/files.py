"""Files in memory, and labels of every kind, for the tests of formats."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recension.errors import NotFound
from recension.label.formats import Format, Labelled, LabelSet, Losses, Reading, Writing
from recension.label.geometry import mask_of_pixels
from recension.label.schema import Schema
from recension.label.shape_json import shape_to_json
from recension.label.shapes import (
    Box,
    Ellipse,
    Keypoint,
    Mask,
    Polygon,
    Polyline,
    RotatedBox,
    Shape,
    Skeleton,
    Span,
)


class MemoryFiles:
    """A source and a target at once; images are known by their size alone."""

    def __init__(self, files: dict[str, bytes] | None = None, sizes: dict[str, tuple[int, int]] | None = None) -> None:
        self.files = files or {}
        self.sizes = sizes or {}

    def names(self) -> Iterator[str]:
        yield from sorted(self.files)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        if name not in self.files:
            raise NotFound("no such file", where=name)
        yield io.BytesIO(self.files[name])

    def image_size(self, name: str) -> tuple[int, int] | None:
        return self.sizes.get(name)

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        assert name not in self.files, f"{name} is written twice"
        out = io.BytesIO()
        yield out
        self.files[name] = out.getvalue()


def there_and_back(
    form: Format, items: Sequence[Labelled], schema: Schema | None = None
) -> tuple[list[Labelled], Losses]:
    """The items as read from what the format wrote of them, and what was lost both ways."""
    losses = Losses()
    files = MemoryFiles(sizes={item.name: (item.width, item.height) for item in items if item.width})
    form.write(iter(items), Writing(files, schema, losses))
    return list(form.read(Reading(files, schema, losses))), losses


def said(items: Iterable[Labelled]) -> dict[str, list[dict[str, object]]]:
    """What is said of each item, without the ids that every format gives anew."""
    return {item.name: [_plain(labels.fields) for labels in item.annotations] for item in items}


def _plain(fields: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "shape" in value[0]:
            plain[name] = [{key: held for key, held in region.items() if key not in {"id", "z"}} for region in value]
        else:
            plain[name] = value
    return plain


WIDTH, HEIGHT = 64, 48
LABELS = st.sampled_from(["cat", "dog", "red blood cell", "größe"])
WORDS = st.sampled_from(["PER", "LOC", "a-b", "größe"])


def by(worker: str, items: Sequence[Labelled]) -> list[Labelled]:
    """The same items, labelled by somebody."""
    return [
        replace(item, annotations=tuple(replace(each, worker=worker) for each in item.annotations)) for item in items
    ]


def pixels(limit: int) -> st.SearchStrategy[float]:
    """Coordinates on quarters of a pixel: exact in every spelling."""
    return st.integers(0, limit * 4).map(lambda quarter: quarter / 4)


def _points(least: int, most: int = 6) -> st.SearchStrategy[tuple[tuple[float, float], ...]]:
    return st.lists(st.tuples(pixels(WIDTH), pixels(HEIGHT)), min_size=least, max_size=most).map(tuple)


def _mask(marked: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Mask:
    whole = np.zeros((HEIGHT, WIDTH), dtype=bool)
    whole[3 : 3 + marked.shape[0], 5 : 5 + marked.shape[1]] = marked
    whole[3, 5] = True
    mask = mask_of_pixels(whole)
    assert mask is not None
    return mask


BOXES = st.builds(Box, pixels(30), pixels(20), pixels(20).map(lambda v: v + 0.25), pixels(20).map(lambda v: v + 0.25))
WHOLE_BOXES = st.builds(Box, st.integers(0, 30), st.integers(0, 20), st.integers(1, 30), st.integers(1, 20))
ROTATED = st.builds(RotatedBox, pixels(60), pixels(40), st.integers(2, 30), st.integers(2, 20), st.integers(1, 359))
ELLIPSES = st.builds(Ellipse, pixels(60), pixels(40), st.integers(1, 20), st.integers(1, 20), st.integers(0, 359))
POLYGONS = st.builds(Polygon, _points(3))
POLYLINES = st.builds(Polyline, _points(2))
KEYPOINTS = st.builds(Keypoint, pixels(WIDTH), pixels(HEIGHT))
MASKS = arrays.arrays(np.bool_, (6, 7)).map(_mask)
SKELETONS = st.lists(st.tuples(pixels(WIDTH), pixels(HEIGHT), st.sampled_from([1, 2])), min_size=2, max_size=5).map(
    lambda joints: Skeleton(tuple(joints))
)


def image_items(
    shapes: st.SearchStrategy[Shape], labels: st.SearchStrategy[str] = LABELS
) -> st.SearchStrategy[list[Labelled]]:
    """Images, each with a few regions of one label."""

    def item(number: int, marked: list[tuple[Shape, str]]) -> Labelled:
        name = f"images/{number}.png"
        regions = [
            {"id": f"r{at}", "shape": shape_to_json(shape), "labels": [label]}
            for at, (shape, label) in enumerate(marked, start=1)
        ]
        fields = {"objects": regions} if regions else {}
        return Labelled(name, {"image": name}, WIDTH, HEIGHT, annotations=(LabelSet(fields),))

    marks = st.lists(st.lists(st.tuples(shapes, labels), max_size=4), min_size=1, max_size=3)
    return marks.map(lambda each: [item(number, marked) for number, marked in enumerate(each)])


@st.composite
def span_items(draw: st.DrawFn, *, overlapping: bool, word_borders: bool = False) -> list[Labelled]:
    """Texts with spans of one label."""
    items = []
    for number in range(draw(st.integers(1, 3))):
        words = draw(st.lists(st.sampled_from(["Anna", "née", "😀", "in", "Köln", "x.y"]), min_size=1, max_size=8))
        text = " ".join(words)
        if word_borders:
            starts = [sum(len(word) + 1 for word in words[:at]) for at in range(len(words))]
            places = [(start, start + len(word)) for start, word in zip(starts, words, strict=True)]
        else:
            places = [(start, end) for start in range(len(text)) for end in range(start + 1, len(text) + 1)]
        chosen = draw(st.lists(st.tuples(st.sampled_from(places), WORDS), max_size=4))
        spans: list[tuple[int, int, str]] = []
        for (start, end), label in sorted(chosen):
            if overlapping or not spans or start >= spans[-1][1]:
                spans.append((start, end, label))
        if overlapping:
            spans = list(dict.fromkeys(spans))
        regions = [
            {"id": f"r{at}", "shape": shape_to_json(Span(start, end, "text")), "labels": [label]}
            for at, (start, end, label) in enumerate(spans, start=1)
        ]
        fields = {"spans": regions} if regions else {}
        items.append(Labelled(f"t{number}.txt", {"text": text, "tokens": words}, annotations=(LabelSet(fields),)))
    return items
