"""Label formats: each reads files into labelled items and writes them, and says what it could not carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from recension.errors import Invalid, NotFound
from recension.label.formats import (
    brat,
    coco,
    conll,
    cvat,
    documents,
    imagefolder,
    jsonl_spans,
    label_studio,
    labelme,
    masks,
    tables,
    voc,
    yolo,
)
from recension.label.formats.model import Format, Labelled, LabelSet, Loss, Losses, Reading, Source, Target, Writing

__all__ = [
    "FORMATS",
    "Format",
    "LabelSet",
    "Labelled",
    "Loss",
    "Losses",
    "Reading",
    "Source",
    "Target",
    "Writing",
    "format_named",
    "format_of",
]

_ALL: Final = (
    label_studio.FULL,
    label_studio.MINIMAL,
    coco.FORMAT,
    yolo.BOXES,
    yolo.OUTLINES,
    yolo.POSES,
    yolo.ORIENTED,
    voc.FORMAT,
    cvat.FORMAT,
    labelme.FORMAT,
    conll.FORMAT,
    jsonl_spans.FORMAT,
    brat.FORMAT,
    tables.CSV,
    tables.JSONL,
    tables.PARQUET,
    imagefolder.FORMAT,
    masks.FORMAT,
    documents.FORMAT,
    documents.CONSENSUS,
)
FORMATS: Final = {each.name: each for each in _ALL}
"""Every format by its name."""


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        NotFound: there is none.
    """
    if name not in FORMATS:
        raise NotFound(f"no label format {name!r}", hint=f"formats: {', '.join(FORMATS)}")
    return FORMATS[name]


def format_of(names: Iterable[str]) -> Format:
    """The one format that files of these names look like.

    Raises:
        Invalid: none or several do.
    """
    held = list(names)
    found = [each for each in _ALL if each.detect(held)]
    if len(found) != 1:
        looks = " or ".join(each.name for each in found) or "none that is known"
        raise Invalid(f"the files look like {looks}", hint=f"name the format: {', '.join(FORMATS)}")
    return found[0]
