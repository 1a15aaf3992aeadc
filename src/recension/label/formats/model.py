"""What every label format reads into and writes from: labelled items, losses, and the files they stand in.

Formats know nothing of folders, archives or repositories: they ask a ``Source`` for files by name and give a
``Target`` files by name. Whoever calls them brings both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, Final, Protocol

from recension.label.schema import Schema

_AGAIN: Final = re.compile(r" \(\d+\)$")


class Source(Protocol):
    """Files to read, by name: ``/``-separated, without a leading ``/``, in byte order of the names."""

    def names(self) -> Iterator[str]:
        """Every file there is."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The bytes of one file, from its start.

        Raises:
            NotFound: there is none of that name.
        """

    def image_size(self, name: str) -> tuple[int, int] | None:
        """Width and height in pixels after EXIF orientation; ``None`` when that file is not there or is no image."""


class Target(Protocol):
    """Where files are written; each name once."""

    def create(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A new file, complete when the context ends."""


@dataclass(frozen=True, slots=True)
class LabelSet:
    """What one source said about one item.

    Args:
        fields: field → value, as in an answer: the canonical form of ``check_answer``.
        worker: who said it; empty for a model or when nobody knows.
        model: name of the model that said it; empty for people.
        version: of the model.
        score: confidence of the whole prediction, 0 to 1.
        run: of the model; empty when unknown.
        spent_us: time spent, ``None`` when unknown.
        meta: what the format holds besides, to give back on export (ids, times).
    """

    fields: Mapping[str, object]
    worker: str = ""
    model: str = ""
    version: str = ""
    score: float | None = None
    run: str = ""
    spent_us: int | None = None
    meta: Mapping[str, object] = field(default_factory=dict)


def named_again(worker: str, number: int) -> str:
    """Whose somebody's annotation of one item is that is not their first there: ``ada (2)``."""
    return f"{worker} ({number})" if number > 1 else worker


def person_of(worker: str, workers: Collection[str]) -> str:
    """Who that is among those who labelled the item, of whatever number the annotation was."""
    person = _AGAIN.sub("", worker)
    return person if person in workers else worker


@dataclass(frozen=True, slots=True)
class Labelled:
    """One item with all its labels.

    Args:
        name: path of the file it is about, or of the row (``file#key``); unique in one reading.
        data: the item's data fields; of an image or text file its name under the format's own field.
        width: of the image in pixels, 0 when unknown or no image.
        height: of the image in pixels, 0 when unknown or no image.
        annotations: what people said.
        predictions: what models said.
        sizes: width and height of every image, in order, where the item shows several; (0, 0) when unknown.
    """

    name: str
    data: Mapping[str, object]
    width: int = 0
    height: int = 0
    annotations: tuple[LabelSet, ...] = ()
    predictions: tuple[LabelSet, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()

    def size_of(self, index: int) -> tuple[int, int]:
        """Width and height of one of its images in pixels, 0 when unknown."""
        return self.sizes[index] if index < len(self.sizes) else (self.width, self.height)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format could not carry.

    Args:
        what: one line, the same for all of its kind: ``"a polygon's holes"``.
        count: how many times.
        first: where it was met first: item, file and line.
    """

    what: str
    count: int
    first: str


class Losses:
    """Counts what is lost by kind, keeping the first place of each."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def add(self, what: str, where: str) -> None:
        """One more of that kind."""
        count, first = self._found.get(what, (0, where))
        self._found[what] = (count + 1, first)

    def listed(self) -> list[Loss]:
        """All of them, the most frequent first."""
        losses = [Loss(what, count, first) for what, (count, first) in self._found.items()]
        return sorted(losses, key=lambda loss: (-loss.count, loss.what))

    def __len__(self) -> int:
        """How many kinds."""
        return len(self._found)


@dataclass(frozen=True, slots=True)
class Reading:
    """One run of reading: where from, into which schema (``None``: the format's own names), and what was lost."""

    source: Source
    schema: Schema | None = None
    losses: Losses = field(default_factory=Losses)


@dataclass(frozen=True, slots=True)
class Writing:
    """One run of writing: where to, under which schema (``None``: as the items are), and what was lost."""

    target: Target
    schema: Schema | None = None
    losses: Losses = field(default_factory=Losses)


@dataclass(frozen=True, slots=True)
class Format:
    """One label format, both ways.

    Args:
        name: as on the command line.
        title: as people know it.
        carries: what it can hold, in one line.
        read: yields items one by one; raises ``Invalid`` naming file and line on what is broken.
        write: consumes items one by one.
        detect: whether a source looks like this format, from its names alone.
    """

    name: str
    title: str
    carries: str
    read: Callable[[Reading], Iterator[Labelled]]
    write: Callable[[Iterable[Labelled], Writing], None]
    detect: Callable[[Iterable[str]], bool]
