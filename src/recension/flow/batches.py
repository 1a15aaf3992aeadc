"""Cutting long lists of parameters into statements of a size that every database takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

_BATCH: Final = 500
_T = TypeVar("_T")


def batches(things: Iterable[_T]) -> Iterator[list[_T]]:
    """The things in lists of at most 500."""
    rest = iter(things)
    while batch := list(islice(rest, _BATCH)):
        yield batch
