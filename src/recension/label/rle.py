"""Run lengths of a mask, and the compact text that COCO spells them in.

A mask is read column by column (column-major), as COCO does. ``runs`` are the lengths of alternating stretches of 0
and 1, beginning with 0 (so the first may be 0, none of the others is). The text is that of ``pycocotools``: from the
third run on the difference to the run before last, in groups of five bits, lowest first, bit 5 set when more follow,
the last group's bit 4 being the sign, each group plus 48 as one character.

Source: cocoapi, common/maskApi.c, rleToString and rleFrString.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from recension.errors import Invalid

_FIRST: Final = 48
_LAST: Final = _FIRST + 63
_MORE: Final = 0x20
_SIGN: Final = 0x10
_MOST_GROUPS: Final = 9  # 45 bits: more than any image has pixels


def encode_runs(runs: Sequence[int]) -> str:
    """The text of run lengths."""
    letters: list[str] = []
    for index, run in enumerate(runs):
        value = run - runs[index - 2] if index > 2 else run
        more = True
        while more:
            group = value & 0x1F
            value >>= 5
            more = value != (-1 if group & _SIGN else 0)
            letters.append(chr(_FIRST + (group | _MORE if more else group)))
    return "".join(letters)


def decode_runs(text: str) -> list[int]:
    """The run lengths that a text spells.

    Raises:
        Invalid: the text is cut off, or spells a negative length.
    """
    runs: list[int] = []
    value = groups = 0
    for letter in text:
        code = ord(letter) - _FIRST
        if not 0 <= code <= _LAST - _FIRST or groups == _MOST_GROUPS:
            raise Invalid(f"{letter!r} is not of a run-length text", where="mask counts")
        value |= (code & 0x1F) << (5 * groups)
        groups += 1
        if code & _MORE:
            continue
        if code & _SIGN:
            value -= 1 << (5 * groups)
        if len(runs) > 2:
            value += runs[-2]
        if value < 0:
            raise Invalid("a run of a mask is below 0", where="mask counts")
        runs.append(value)
        value = groups = 0
    if groups:
        raise Invalid("the run-length text is cut off", where="mask counts")
    return runs


def canonical_runs(runs: Iterable[int]) -> list[int]:
    """The same mask in the only spelling without empty stretches (but for a first one of 0)."""
    kept: list[int] = [0]
    colour = 0
    for index, run in enumerate(runs):
        if run == 0:
            continue
        if index % 2 == colour:
            kept[-1] += run
        else:
            kept.append(run)
            colour = 1 - colour
    return kept


def count_ones(runs: Sequence[int]) -> int:
    """How many pixels are marked."""
    return sum(runs[1::2])


def stretches(runs: Sequence[int]) -> list[tuple[int, int]]:
    """Half-open stretches of marked pixels, by their index in column-major order, ascending."""
    edges = [0]
    for run in runs:
        edges.append(edges[-1] + run)
    return [(start, end) for index, (start, end) in enumerate(pairwise(edges)) if index % 2 and start < end]
