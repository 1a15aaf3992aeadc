"""XML into elements that know their line, refusing everything that is not plain markup.

Document types and entities are refused outright: they serve no purpose in a label config, and entity expansion and
external entities are how XML readers are attacked. Depth and size are bounded for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from recension.errors import Invalid, TooLarge

MAX_CHARACTERS: Final = 1_000_000
MAX_DEPTH: Final = 100


@dataclass(slots=True)
class Element:
    """One tag with its attributes, and what is inside it."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def walk(self) -> Iterator[Element]:
        """All below it, in the order of the text."""
        for child in self.children:
            yield child
            yield from child.walk()


def read_xml(text: str, *, where: str) -> Element:
    """The root element.

    Raises:
        Invalid: the text is no well-formed XML, or has a document type; names line and column.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(f"over {MAX_CHARACTERS} characters of XML", where=where)
    try:
        raw = text.encode()
    except UnicodeEncodeError as error:
        raise Invalid("the XML is not UTF-8", where=where) from error
    return _Reader(where).read(raw)


class _Reader:
    """Collects what expat reports; holds the open elements."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._parser = expat.ParserCreate(encoding="utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._open: list[Element] = []
        self._root: Element | None = None

    def read(self, raw: bytes) -> Element:
        try:
            self._parser.Parse(raw, True)
        except expat.ExpatError as error:
            place = f"{self._where}: line {error.lineno}, column {error.offset + 1}"
            raise Invalid(f"no well-formed XML: {expat.ErrorString(error.code)}", where=place) from error
        assert self._root is not None  # expat reports a missing root itself
        return self._root

    def _place(self) -> str:
        return f"{self._where}: line {self._parser.CurrentLineNumber}, column {self._parser.CurrentColumnNumber + 1}"

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) == MAX_DEPTH:
            raise Invalid(f"tags nested over {MAX_DEPTH} deep", where=self._place())
        element = Element(tag, attributes, self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].text += text

    def _doctype(self, *_: object) -> None:
        raise Invalid("a document type is not allowed", where=self._place(), hint="remove the <!DOCTYPE ...> part")
