"""The plain text of what is shown: the string that spans count code points in.

A text is its own plain text. A dialogue's turns are joined by a newline. The plain text of HTML is defined by a small
tokeniser, not by a browser's parser, so that every program that counts comes to the same offsets:

1. CR LF and CR become LF, NUL becomes U+FFFD.
2. ``<!--`` starts a comment that ends with ``-->``; ``<!``, ``<?`` and ``</`` before anything but an ASCII letter start
   one that ends with ``>``. An open one runs to the end.
3. ``<`` and ``</`` before an ASCII letter start a tag. Its name ends at white space, ``/`` or ``>`` and is lower-cased;
   the tag ends at the first ``>`` outside of a quoted attribute value, which begins at ``=``, white space if any, and
   a quote. An open one runs to the end and is no tag at all.
4. What stands inside the elements of ``RAW`` (up to their own end tag, tags in it not counting) and of ``DROPPED``
   (up to the matching end tag of the same name, or to the end) is no text.
5. ``<br>`` is one newline. No other tag is any text.
6. Everything else is text, in which character references are replaced as the HTML standard says, named ones without
   a semicolon included.

Source: HTML Living Standard, 13.2.5 (tokenisation), of which this is the part that matters for text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html.entities import html5
from typing import Final, NamedTuple

from recension.label.canonical import canonical_json
from recension.label.screen import ObjectTag

RAW: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"})
"""Elements whose content is not parsed; it is no text."""
DROPPED: Final = frozenset(
    {"head", "template", "svg", "math", "object", "select", "audio", "video", "canvas", "button", "datalist"}
)
"""Elements that are not shown as text, with all that is in them."""

_TOKEN: Final = re.compile(
    r"<!--(?:.*?)(?:-->|\Z)|<(?:[!?]|/(?![A-Za-z]))[^>]*(?:>|\Z)|<(?P<slash>/?)(?P<name>[A-Za-z][^\t\n\f />]*)",
    re.DOTALL,
)
_STOP: Final = re.compile(r">|=[\t\n\f ]*(?P<quote>[\"'])")
_REFERENCE: Final = re.compile(r"&(?:#(?P<decimal>\d+);?|#[xX](?P<hex>[0-9a-fA-F]+);?|(?P<named>[0-9A-Za-z]+;?))")
_LONGEST: Final = max(map(len, html5))
# Windows-1252 under the numbers of C1 controls (13.2.5.80).
_REPLACED: Final = dict(
    zip(
        range(0x80, 0xA0),
        "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ",
        strict=True,
    )
)


class Piece(NamedTuple):
    """A stretch of HTML: a tag, or text with its references replaced."""

    text: str
    tag: str = ""
    is_end: bool = False


def plain_text(tag: ObjectTag, value: object) -> str:
    """The plain text of what an object shows of its data's value."""
    if tag.kind == "html":
        return html_text(as_text(value))
    if tag.kind == "dialogue":
        return "\n".join(as_text(turn.get(tag.text_key, "")) for turn in turns(value))
    return as_text(value)


def html_text(html: str) -> str:
    """The plain text of HTML."""
    return "".join("\n" if piece.tag == "br" and not piece.is_end else piece.text for piece in shown_pieces(html))


def turns(value: object) -> list[Mapping[str, object]]:
    """The turns of a dialogue; data from a table may spell them as JSON. What is no turn is none."""
    return [entry for entry in entries(value) if isinstance(entry, Mapping)]


def entries(value: object) -> list[object]:
    """A list in the data, which data from a table may spell as JSON; empty when it is none."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return list(value) if isinstance(value, list | tuple) else []


def as_text(value: object) -> str:
    """A value as people read it: text as it is, nothing as empty, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical_json(value).decode()


def shown_pieces(html: str) -> Iterator[Piece]:
    """The tags and texts of HTML that are shown, in order."""
    depth, inside = 0, ""
    for piece in _pieces(html.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")):
        if inside:
            if piece.tag == inside:
                depth += -1 if piece.is_end else 1
            inside = inside if depth else ""
        elif piece.tag in DROPPED and not piece.is_end:
            depth, inside = 1, piece.tag
        elif piece.tag not in DROPPED and piece.tag not in RAW:
            yield Piece(unescape(piece.text), piece.tag, piece.is_end)


def _pieces(text: str) -> Iterator[Piece]:
    """Tags, and the texts between them as they stand; of a raw element only its start tag."""
    at = 0
    while at < len(text):
        match = _TOKEN.search(text, at)
        start = len(text) if match is None else match.start()
        if start > at:
            yield Piece(text[at:start])
        if match is None:
            return
        at = match.end()
        if match["name"] is None:
            continue
        name, is_end = match["name"].lower(), match["slash"] == "/"
        end = _tag_end(text, at)
        if end is None:
            return
        yield Piece("", name, is_end)
        at = _after_raw(text, end, name) if name in RAW and not is_end else end


def unescape(text: str) -> str:
    """Text with its character references replaced as the HTML standard says (13.2.5.72 and on)."""
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _tag_end(text: str, at: int) -> int | None:
    while (stop := _STOP.search(text, at)) is not None:
        if stop["quote"] is None:
            return stop.end()
        at = text.find(stop["quote"], stop.end()) + 1
        if at == 0:
            return None
    return None


def _after_raw(text: str, at: int, name: str) -> int:
    match = re.compile(rf"</{name}(?=[\t\n\f />])[^>]*>?", re.IGNORECASE).search(text, at)
    return len(text) if match is None else match.end()


def _referred(match: re.Match[str]) -> str:
    named = match["named"]
    if named is None:
        digits = match["decimal"]
        return _code_point(int(digits) if digits else int(match["hex"], 16))
    for length in range(min(len(named), _LONGEST), 1, -1):
        if (found := html5.get(named[:length])) is not None:
            return found + named[length:]
    return match[0]


def _code_point(number: int) -> str:
    if number == 0 or number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        return "\ufffd"
    return _REPLACED.get(number, chr(number))
