"""CoNLL-2003 and its kin: one token a line with its BIO tag in the last column, a blank line between texts.

Source: Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 Shared Task", 2003. BIO in both its variants,
BIOES and BILOU are read; BIO with a ``B-`` at every start (IOB2) is written. A text is its tokens joined by blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final, NamedTuple

from recension.errors import Invalid
from recension.label.formats.fields import (
    TEXT,
    Gathered,
    Places,
    classes,
    drop_rest,
    marked,
    one_label_set,
    relations,
    shape_of,
    single_label,
)
from recension.label.formats.model import Format, Labelled, LabelSet, Losses, Reading, Writing
from recension.label.shapes import Span

_SUFFIXES: Final = (".conll", ".bio", ".iob", ".iob2", ".conll2003")
_DOCUMENT: Final = "-DOCSTART-"
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_TAG: Final = re.compile(r"O|([BIESLU])-(.+)")
OUTPUT: Final = "labels.conll"


class _Token(NamedTuple):
    text: str
    tag: str
    line: int


class Extent(NamedTuple):
    """Code points ``[start, end)`` of a text with the label they carry."""

    start: int
    end: int
    label: str


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every block of lines."""
    for name in reading.source.names():
        if name.lower().endswith((*_SUFFIXES, ".txt", ".tsv")):
            with reading.source.open(name) as stream:
                for number, block in enumerate(_blocks(stream, name, reading.losses), start=1):
                    yield _item(f"{name}#{number}", name, block, reading)


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """All items into ``labels.conll``."""
    places = Places(writing.schema)
    with writing.target.create(OUTPUT) as out:
        for item in items:
            text = item.data.get(places.data("text", TEXT))
            if not isinstance(text, str):
                writing.losses.add("items without a text", item.name)
                continue
            tokens = tokens_of(item, text)
            marks = tags(tokens, _flat(item, tokens, writing.losses))
            lines = [f"{text[start:end]} {mark}\n" for (start, end), mark in zip(tokens, marks, strict=True)]
            out.write("".join([*lines, "\n"]).encode())


def tokens_of(item: Labelled, text: str) -> list[tuple[int, int]]:
    """Where the tokens of a text stand: the item's own ``tokens`` when they spell it, else words and marks."""
    own = item.data.get("tokens")
    if isinstance(own, list) and " ".join(map(str, own)) == text and all(own):
        starts = [0]
        for token in own:
            starts.append(starts[-1] + len(token) + 1)
        return [(start, start + len(token)) for start, token in zip(starts, own, strict=False)]
    return [match.span() for match in _TOKEN.finditer(text)]


def tags(tokens: Sequence[tuple[int, int]], extents: Sequence[Extent]) -> list[str]:
    """The IOB2 tag of every token; extents are sorted, apart from each other and aligned with tokens."""
    found = ["O"] * len(tokens)
    at = 0
    for extent in extents:
        mark = "B"
        while at < len(tokens) and tokens[at][0] < extent.end:
            if tokens[at][1] > extent.start:
                found[at] = f"{mark}-{extent.label}"
                mark = "I"
            at += 1
    return found


def _flat(item: Labelled, tokens: Sequence[tuple[int, int]], losses: Losses) -> list[Extent]:
    """The spans that BIO can hold: on token borders, none over another."""
    fields = one_label_set(item, losses).fields
    for _ in classes(fields):
        losses.add("classes of whole texts", item.name)
    for _ in relations(fields):
        losses.add("relations", item.name)
    spans: list[Extent] = []
    for _, region in marked(fields):
        shape = shape_of(region)
        if not isinstance(shape, Span):
            losses.add(f"regions of shape {shape.type}", item.name)
            continue
        drop_rest(region, (), losses, item.name)
        label = single_label(region, losses, item.name)
        if not label or re.search(r"\s", label):
            losses.add("spans whose label is empty or holds blanks", item.name)
            continue
        inside = [token for token in tokens if token[0] < shape.end and token[1] > shape.start]
        if not inside:
            losses.add("spans without a token", item.name)
            continue
        if (inside[0][0], inside[-1][1]) != (shape.start, shape.end):
            losses.add("borders of spans inside a token (widened to it)", item.name)
        spans.append(Extent(inside[0][0], inside[-1][1], label))
    kept: list[Extent] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if kept and span.start < kept[-1].end:
            losses.add("spans that overlap an earlier or longer one", item.name)
        else:
            kept.append(span)
    return kept


def _blocks(stream: IO[bytes], name: str, losses: Losses) -> Iterator[list[_Token]]:
    block: list[_Token] = []
    for number, raw in enumerate(stream, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise Invalid("not UTF-8", where=f"{name}: line {number}") from error
        columns = line.split("\t") if "\t" in line else line.split()
        if line.startswith("# ") and not (len(columns) == 2 and _TAG.fullmatch(columns[1])):
            continue  # a comment, as CoNLL-U has them
        if line.strip() and columns[0] != _DOCUMENT:
            block.append(_token(columns, name, number, losses))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _token(columns: Sequence[str], name: str, line: int, losses: Losses) -> _Token:
    if len(columns) < 2 or not columns[0]:
        hint = "write a token and its tag, with a blank or a tab between them"
        raise Invalid("a line needs a token and a tag", where=f"{name}: line {line}", hint=hint)
    if not _TAG.fullmatch(columns[-1]):
        hint = "tags are O, B-LABEL, I-LABEL (also E-, S-, L-, U-)"
        raise Invalid(f"{columns[-1]!r} is no BIO tag", where=f"{name}: line {line}", hint=hint)
    if len(columns) > 2:
        losses.add("columns between token and tag", f"{name}: line {line}")
    return _Token(columns[0], columns[-1], line)


def _item(item_name: str, file: str, block: Sequence[_Token], reading: Reading) -> Labelled:
    places = Places(reading.schema)
    gathered = Gathered(places, reading.losses, f"{file}: line {block[0].line}")
    field = places.data("text", TEXT)
    for extent in _extents(block):
        gathered.region(Span(extent.start, extent.end, field), [extent.label])
    tokens = [token.text for token in block]
    annotations = (LabelSet(gathered.fields()),)
    return Labelled(item_name, {field: " ".join(tokens), "tokens": tokens}, annotations=annotations)


def _extents(block: Sequence[_Token]) -> Iterator[Extent]:
    """Runs of tags; a run ends at ``O``, at another label, before ``B S U`` and after ``E L S U``."""
    at = 0
    start, end, label = 0, 0, ""
    for token in block:
        match = _TAG.fullmatch(token.tag)
        assert match is not None
        mark, named = match[1] or "O", match[2] or ""
        if label and (named != label or mark in "BSU"):
            yield Extent(start, end, label)
            label = ""
        if named:
            start = start if label else at
            end, label = at + len(token.text), named
            if mark in "ESLU":
                yield Extent(start, end, label)
                label = ""
        at += len(token.text) + 1
    if label:
        yield Extent(start, end, label)


def _detect(names: Iterable[str]) -> bool:
    return any(name.lower().endswith(_SUFFIXES) for name in names)


FORMAT: Final = Format(
    name="conll",
    title="CoNLL-2003 / BIO",
    carries="spans that do not overlap, one label each",
    read=read,
    write=write,
    detect=_detect,
)
