"""brat standoff: a ``.txt`` with the text and a ``.ann`` with what is marked in it.

Source: https://brat.nlplab.org/standoff.html. Read and written: text-bound annotations (T), relations (R), attributes
(A, M) and notes on them (#). Offsets are code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.formats.fields import (
    TEXT,
    Gathered,
    Marked,
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

_BOUND: Final = re.compile(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)")
_RELATION: Final = re.compile(r"(\S+) Arg1:(T\d+) Arg2:(T\d+)\s*")
_ATTRIBUTE: Final = re.compile(r"(\S+) (\S+)(?: (.+))?")
_TYPE: Final = re.compile(r"\S+")
_KINDS: Final = {"E": "events", "N": "normalisations", "*": "equivalences"}


def read(reading: Reading) -> Iterator[Labelled]:
    """One item for every ``.ann`` file and the text beside it."""
    for name in reading.source.names():
        if name.endswith(".ann"):
            text_name = name.removesuffix(".ann") + ".txt"
            text = _decoded(reading, text_name)
            lines = _decoded(reading, name).split("\n")
            yield _Document(text_name, name, text, reading).item(lines)


def write(items: Iterable[Labelled], writing: Writing) -> None:
    """A ``.txt`` and a ``.ann`` for every item."""
    field = Places(writing.schema).data("text", TEXT)
    for item in items:
        text = item.data.get(field)
        if not isinstance(text, str):
            writing.losses.add("items without a text", item.name)
            continue
        stem = _stem(item.name)
        with writing.target.create(f"{stem}.txt") as out:
            out.write(text.encode())
        with writing.target.create(f"{stem}.ann") as out:
            out.write("".join(_lines(item, text, writing.losses)).encode())


def _stem(name: str) -> str:
    path = PurePosixPath(name.replace("#", "-"))
    return str(path.with_suffix("")) if path.suffix == ".txt" else str(path)


def _decoded(reading: Reading, name: str) -> str:
    with reading.source.open(name) as stream:
        try:
            return stream.read().decode()
        except UnicodeDecodeError as error:
            raise Invalid(f"not UTF-8 at byte {error.start}", where=name) from error


class _Document:
    """One ``.ann`` file while it is read."""

    def __init__(self, name: str, file: str, text: str, reading: Reading) -> None:
        self._name = name
        self._file = file
        self._text = text
        self._losses = reading.losses
        places = Places(reading.schema)
        self._field = places.data("text", TEXT)
        self._gathered = Gathered(places, reading.losses, file)

    def item(self, lines: list[str]) -> Labelled:
        cells = [(number, line.split("\t")) for number, line in enumerate(lines, start=1) if line.strip()]
        attributes, notes = self._attributes(cells), self._notes(cells)
        ids: dict[str, str] = {}
        for number, (mark, *rest) in cells:
            if mark.startswith("T"):
                made = self._bound(number, rest, attributes.get(mark, {}), notes.get(mark, ""))
                if made:
                    ids[mark] = made
            elif mark[0] in _KINDS:
                self._losses.add(_KINDS[mark[0]], f"{self._file}: line {number}")
        for number, (mark, *rest) in cells:
            if mark.startswith("R"):
                self._relation(number, rest, ids)
        labels = LabelSet(self._gathered.fields())
        return Labelled(self._name, {self._field: self._text}, annotations=(labels,))

    def _bound(self, number: int, rest: list[str], attributes: dict[str, JSON], note: str) -> str | None:
        match = _BOUND.fullmatch(rest[0]) if rest else None
        if match is None:
            raise self._invalid(number, "write T1, a tab, LABEL START END, a tab, the text")
        offsets = [int(part) for part in re.findall(r"\d+", match[2])]
        if len(offsets) > 2:
            self._losses.add("gaps of discontinuous spans (covered as one)", f"{self._file}: line {number}")
        start, end = min(offsets), max(offsets)
        if not start < end <= len(self._text):
            raise self._invalid(number, f"offsets are code points of a text of {len(self._text)}")
        return self._gathered.region(Span(start, end, self._field), [match[1]], attributes=attributes, text=note)

    def _relation(self, number: int, rest: list[str], ids: Mapping[str, str]) -> None:
        match = _RELATION.fullmatch(rest[0]) if rest else None
        if match is None:
            raise self._invalid(number, "write R1, a tab, LABEL Arg1:T1 Arg2:T2")
        if match[2] in ids and match[3] in ids:
            self._gathered.relate(ids[match[2]], ids[match[3]], [match[1]])
        else:
            self._losses.add("relations of spans that are not there", f"{self._file}: line {number}")

    def _attributes(self, cells: list[tuple[int, list[str]]]) -> dict[str, dict[str, JSON]]:
        found: dict[str, dict[str, JSON]] = {}
        for number, (mark, *rest) in cells:
            if mark[0] in "AM":
                match = _ATTRIBUTE.fullmatch(rest[0]) if rest else None
                if match is None:
                    raise self._invalid(number, "write A1, a tab, NAME T1 VALUE")
                found.setdefault(match[2], {})[match[1]] = match[3] or "true"
        return found

    def _notes(self, cells: list[tuple[int, list[str]]]) -> dict[str, str]:
        return {
            rest[0].split(" ", 1)[1]: rest[1]
            for _, (mark, *rest) in cells
            if mark[0] == "#" and len(rest) > 1 and " " in rest[0]
        }

    def _invalid(self, number: int, hint: str) -> Invalid:
        return Invalid("not brat standoff", where=f"{self._file}: line {number}", hint=hint)


def _lines(item: Labelled, text: str, losses: Losses) -> Iterator[str]:
    labels = one_label_set(item, losses)
    ids: dict[str, str] = {}
    extras: list[str] = []
    for _, region in marked(labels.fields):
        shape = shape_of(region)
        if not isinstance(shape, Span):
            losses.add(f"regions of shape {shape.type}", item.name)
            continue
        drop_rest(region, ("attributes", "text"), losses, item.name)
        label = single_label(region, losses, item.name)
        if not _TYPE.fullmatch(label):
            losses.add("spans whose label is empty or holds blanks", item.name)
            continue
        mark = ids[str(region["id"])] = f"T{len(ids) + 1}"
        covered = text[shape.start : shape.end].replace("\n", " ").replace("\t", " ")
        yield f"{mark}\t{label} {shape.start} {shape.end}\t{covered}\n"
        extras.extend(_extras(region, mark, losses, item.name))
    for number, line in enumerate(extras, start=1):
        yield line.replace("?", str(number), 1)
    yield from _relations(labels, ids, losses, item.name)
    for _ in classes(labels.fields):
        losses.add("classes of whole texts", item.name)


def _extras(region: Marked, mark: str, losses: Losses, where: str) -> Iterator[str]:
    attributes = region.get("attributes")
    for name, value in attributes.items() if isinstance(attributes, dict) else ():
        if isinstance(value, str) and _TYPE.fullmatch(name) and value.strip() == value and "\n" not in value:
            yield f"A?\t{name} {mark}\n" if value == "true" else f"A?\t{name} {mark} {value}\n"
        else:
            losses.add("attributes that are no word", where)
    note = region.get("text")
    if isinstance(note, str) and note:
        if re.search(r"[\t\n\r]", note):
            losses.add("line ends and tabs in notes", where)
        one_line = re.sub(r"[\t\n\r]+", " ", note)
        yield f"#?\tAnnotatorNotes {mark}\t{one_line}\n"


def _relations(labels: LabelSet, ids: Mapping[str, str], losses: Losses, where: str) -> Iterator[str]:
    number = 0
    for relation in relations(labels.fields):
        start, end = (ids.get(str(relation[side])) for side in ("from", "to"))
        named = relation.get("labels") or ["related"]
        assert isinstance(named, list)
        if start is None or end is None:
            losses.add("relations of what is no span", where)
            continue
        if relation.get("direction") == "both":
            losses.add("relations in both directions", where)
        if relation.get("direction") == "left":
            start, end = end, start
        for label in named:
            if _TYPE.fullmatch(str(label)):
                number += 1
                yield f"R{number}\t{label} Arg1:{start} Arg2:{end}\n"
            else:
                losses.add("relations whose label holds blanks", where)


def _detect(names: Iterable[str]) -> bool:
    return any(name.endswith(".ann") for name in names)


FORMAT: Final = Format(
    name="brat",
    title="brat standoff",
    carries="spans (overlapping too), relations, attributes and notes of spans",
    read=read,
    write=write,
    detect=_detect,
)
