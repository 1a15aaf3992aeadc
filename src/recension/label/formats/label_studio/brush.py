"""Label Studio's brush strokes: RGBA pixels under the run-length packing of ``@thi.ng/rle-pack``.

A bit stream, highest bit first: 32 bits number of words, 5 bits word size less one, four times 4 bits the widths of the
lengths less one, then blocks: one bit whether it is a run, two bits which width its length has, the length less one,
and one word for a run or that many words. Words are bytes here; the fourth of every pixel is marked (255) or not (0).

Source: the published format of rle-pack (thi.ng/umbrella, Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from recension.errors import Invalid
from recension.label.geometry import mask_of_pixels, pixels_of_mask
from recension.label.shapes import Mask

_WORD_BITS: Final = 8
_WIDTHS: Final = (3, 4, 8, 16)
_CHANNELS: Final = 4
_MOST_PIXELS: Final = 1 << 29


def mask_of_brush(packed: Sequence[int], height: int, width: int, *, where: str) -> Mask | None:
    """The mask that a list of bytes packs; ``None`` when it marks nothing.

    Raises:
        Invalid: it is cut off, or packs an image of another size.
    """
    if not 0 < height * width <= _MOST_PIXELS:
        raise Invalid(f"an image of {width} by {height} pixels", where=where)
    try:
        bits = _Bits(bytes(packed))
    except (TypeError, ValueError) as error:
        raise Invalid("rle is no list of bytes", where=where) from error
    expected = height * width * _CHANNELS
    if bits.take(32) != expected:
        raise Invalid(f"rle is not of {width} by {height} pixels", where=where, hint="see original_width")
    word_bits = bits.take(5) + 1
    widths = [bits.take(4) + 1 for _ in range(4)]
    if word_bits != _WORD_BITS:
        raise Invalid(f"rle has words of {word_bits} bits", where=where)
    flat = np.zeros(expected, dtype=np.uint8)
    at = 0
    while at < expected:
        is_run = bits.take(1)
        length = bits.take(widths[bits.take(2)]) + 1
        if bits.ended or at + length > expected:
            raise Invalid("rle is cut off", where=where)
        if is_run:
            flat[at : at + length] = bits.take(_WORD_BITS)
        else:
            flat[at : at + length] = [bits.take(_WORD_BITS) for _ in range(length)]
        at += length
    return mask_of_pixels(flat.reshape(height, width, _CHANNELS)[:, :, 3] > 0)


def brush_of_mask(mask: Mask) -> list[int]:
    """The list of bytes that packs a mask; marked pixels are 255 in all four channels."""
    flat = np.repeat(pixels_of_mask(mask).ravel(), _CHANNELS)
    edges = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1, [flat.size]))
    out = _Out()
    out.put(flat.size, 32)
    out.put(_WORD_BITS - 1, 5)
    for width in _WIDTHS:
        out.put(width - 1, 4)
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        word = 255 if flat[start] else 0
        for length in _pieces(end - start):
            kind = next(index for index, width in enumerate(_WIDTHS) if length <= 1 << width)
            out.put(1, 1)
            out.put(kind, 2)
            out.put(length - 1, _WIDTHS[kind])
            out.put(word, _WORD_BITS)
    return out.bytes()


def _pieces(length: int) -> Iterator[int]:
    longest = 1 << _WIDTHS[-1]
    while length > longest:
        yield longest
        length -= longest
    yield length


class _Bits:
    """Bits to read, highest first."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self._end = len(raw) * 8

    @property
    def ended(self) -> bool:
        """Whether more was read than there is."""
        return self._at > self._end

    def take(self, count: int) -> int:
        """The next bits as a number; zeros after the end."""
        first, last = self._at // 8, (self._at + count + 7) // 8
        chunk = self._raw[first:last]
        value = int.from_bytes(chunk + bytes(last - first - len(chunk)), "big")
        self._at += count
        return (value >> (last * 8 - self._at)) & ((1 << count) - 1)


class _Out:
    """Bits written, highest first."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._pending = 0
        self._count = 0

    def put(self, value: int, count: int) -> None:
        """Append the lowest ``count`` bits of ``value``."""
        self._pending = self._pending << count | value
        self._count += count
        while self._count >= 8:
            self._count -= 8
            self._bytes.append(self._pending >> self._count)
            self._pending &= (1 << self._count) - 1

    def bytes(self) -> list[int]:
        """All of it, filled up with zeros to whole bytes."""
        rest = [self._pending << (8 - self._count)] if self._count else []
        return [*self._bytes, *rest]
