"""XML of label files: read as a tree, or one child of the root at a time; written with everything escaped."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from recension.errors import Invalid, TooLarge
from recension.label.xml_reader import MAX_DEPTH, Element, read_xml

_CHUNK: Final = 1 << 16
MAX_CHILD: Final = 64 << 20
"""Characters of text and attributes that one child of the root may have."""


def read_small(stream: IO[bytes], *, where: str) -> Element:
    """The root element of a file of at most a million characters.

    Raises:
        Invalid: no well-formed XML in UTF-8, or with a document type.
    """
    try:
        text = stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"not UTF-8 at byte {error.start}", where=where) from error
    return read_xml(text, where=where)


def children_of_root(stream: IO[bytes], *, where: str) -> Iterator[Element]:
    """Every child of the root, complete, one after the other; only one is held.

    Raises:
        Invalid: no well-formed XML, or with a document type; names the line.
        TooLarge: one child is over 64 MiB.
    """
    yield from _Stream(where).children(stream)


class _Stream:
    """The child of the root being read, and those complete that nobody has asked for yet."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._open: list[Element] = []
        self._complete: list[Element] = []
        self._size = 0

    def children(self, stream: IO[bytes]) -> Iterator[Element]:
        last = False
        while not last:
            raw = stream.read(_CHUNK)
            last = not raw
            try:
                self._parser.Parse(raw, last)
            except expat.ExpatError as error:
                place = f"{self._where}: line {error.lineno}, column {error.offset + 1}"
                raise Invalid(f"no well-formed XML: {expat.ErrorString(error.code)}", where=place) from error
            yield from self._complete
            self._complete.clear()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) == MAX_DEPTH:
            raise Invalid(f"tags nested over {MAX_DEPTH} deep", where=self._place())
        element = Element(tag, attributes, self._parser.CurrentLineNumber)
        if len(self._open) > 1:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._count(sum(map(len, attributes.values())))

    def _end(self, _tag: str) -> None:
        element = self._open.pop()
        if len(self._open) == 1:
            self._complete.append(element)
            self._size = 0

    def _characters(self, text: str) -> None:
        self._open[-1].text += text
        self._count(len(text))

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MAX_CHILD:
            raise TooLarge("one element is over 64 MiB", where=self._place())

    def _doctype(self, *_: object) -> None:
        raise Invalid("a document type is not allowed", where=self._place(), hint="remove the <!DOCTYPE ...> part")

    def _place(self) -> str:
        return f"{self._where}: line {self._parser.CurrentLineNumber}"


def text_of(element: Element, tag: str, *, otherwise: str = "") -> str:
    """The text of the first child of that tag, without blanks around it."""
    found = child(element, tag)
    return found.text.strip() if found else otherwise


def child(element: Element, tag: str) -> Element | None:
    """The first child of that tag."""
    return next((each for each in element.children if each.tag == tag), None)


def number_in(text: str, what: str, *, where: str, read: Callable[[str], float] = float) -> float:
    """The number that the text spells.

    Raises:
        Invalid: it spells none, or one that is not finite.
    """
    try:
        value = read(text)
    except ValueError as error:
        raise Invalid(f"{what} is {text!r}, no number", where=where) from error
    if not math.isfinite(value):
        raise Invalid(f"{what} is {text!r}, no number", where=where)
    return value


def attributes(values: Mapping[str, object]) -> str:
    """Attributes as they stand in a tag, each with a blank before it."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items())


def leaf(tag: str, value: object, indent: str = "") -> str:
    """One element with text, on a line of its own."""
    return f"{indent}<{tag}>{escape(str(value))}</{tag}>\n"
