"""Cutting large files at places that their content decides (FastCDC).

An insertion moves no cut but those near it, so an edited large file shares most chunks with its older self. The
library behind is loaded when the first large file comes.

Source: Xia et al., FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication,
USENIX ATC 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

MAX_CHUNK: Final = 16 << 20
"""No chunk is longer. Those cut now are far shorter, but those of older versions are not."""

LARGE: Final = 4 << 20
"""A file over this many bytes is cut; others are stored whole."""

# A change of a few bytes makes a chunk or two new: about twice the average, which must not be much.
_SHORTEST: Final = 512 << 10
_AVERAGE: Final = 1 << 20
_LONGEST: Final = 4 << 20
_WINDOW: Final = 2 * _LONGEST


def cut(read_into: Callable[[memoryview], int]) -> Iterator[memoryview]:
    """The chunks of a stream, each valid until the next is asked for.

    Args:
        read_into: fills the start of a buffer and returns how much, 0 at the end of the stream.
    """
    for chunks in stretches(read_into):
        yield from chunks


def stretches(read_into: Callable[[memoryview], int]) -> Iterator[list[memoryview]]:
    """The chunks of a stream, many at a time, valid until the next are asked for.

    Args:
        read_into: as for :func:`cut`.
    """
    from fastcdc.fastcdc_cy import fastcdc_cy  # noqa: PLC0415  loaded for large files only

    view = memoryview(bytearray(_WINDOW))
    filled, ended = 0, False
    while not ended or filled:
        while filled < _WINDOW and not ended:
            count = read_into(view[filled:])
            filled += count
            ended = count == 0
        done, chunks = 0, []
        for chunk in fastcdc_cy(view[:filled], _SHORTEST, _AVERAGE, _LONGEST):
            end = chunk.offset + chunk.length
            # What is cut off by the end of the view is a chunk only where the stream ends there too.
            if end == filled and not ended:
                break
            done = end
            chunks.append(view[chunk.offset : done])
        yield chunks
        rest = filled - done
        view[:rest] = view[done:filled]
        filled = rest
