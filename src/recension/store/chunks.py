"""Cutting large files at places that their content decides (FastCDC).

An insertion moves no cut but those near it, so an edited large file shares most chunks with its older self. The
library behind is loaded when the first large file comes.

Source: Xia et al., FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication,
USENIX ATC 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

MIN_CHUNK: Final = 1 << 20
AVERAGE_CHUNK: Final = 4 << 20
MAX_CHUNK: Final = 16 << 20

LARGE: Final = AVERAGE_CHUNK
"""A file over this many bytes is cut; others are stored whole."""

_WINDOW: Final = 3 * MAX_CHUNK


def cut(read_into: Callable[[memoryview], int]) -> Iterator[memoryview]:
    """The chunks of a stream, each valid until the next is asked for.

    Args:
        read_into: fills the start of a buffer and returns how much, 0 at the end of the stream.
    """
    from fastcdc.fastcdc_cy import fastcdc_cy  # noqa: PLC0415  loaded for large files only

    buffer = bytearray(_WINDOW)
    view = memoryview(buffer)
    filled, ended = 0, False
    while not ended or filled:
        while filled < _WINDOW and not ended:
            count = read_into(view[filled:])
            filled += count
            ended = count == 0
        done = 0
        for chunk in fastcdc_cy(view[:filled], MIN_CHUNK, AVERAGE_CHUNK, MAX_CHUNK):
            # A cut is known only when as many bytes as a chunk may have were in view, or the stream's end.
            if not ended and chunk.offset + MAX_CHUNK > filled:
                break
            done = chunk.offset + chunk.length
            yield view[chunk.offset : done]
        rest = filled - done
        view[:rest] = view[done:filled]
        filled = rest
