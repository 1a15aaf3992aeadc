"""Style of a config, made safe: known properties with harmless values, and rules that reach nothing but the view.

What is left out: whatever loads something, moves a part out of its place over others (``position``, ``z-index``),
or belongs to no plain rule (``@media``, ``@import``). Style changes no answer, so it is left out with a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

SCOPE: Final = ".label-view"
"""The class of the element that a config's rules are limited to."""

_PROPERTIES: Final = frozenset(
    """
    align-content align-items align-self aspect-ratio background background-color border border-bottom
    border-bottom-color border-bottom-left-radius border-bottom-right-radius border-bottom-style border-bottom-width
    border-collapse border-color border-left border-left-color border-left-style border-left-width border-radius
    border-right border-right-color border-right-style border-right-width border-spacing border-style border-top
    border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width border-width
    box-shadow box-sizing clear color column-count column-gap columns cursor direction display flex flex-basis
    flex-direction flex-flow flex-grow flex-shrink flex-wrap float font font-family font-size font-style font-variant
    font-weight gap grid grid-area grid-auto-columns grid-auto-flow grid-auto-rows grid-column grid-column-end
    grid-column-gap grid-column-start grid-gap grid-row grid-row-end grid-row-gap grid-row-start grid-template
    grid-template-areas grid-template-columns grid-template-rows height justify-content justify-items justify-self
    letter-spacing line-height list-style list-style-type margin margin-block margin-bottom margin-inline margin-left
    margin-right margin-top max-height max-width min-height min-width object-fit object-position opacity order
    outline overflow overflow-wrap overflow-x overflow-y padding padding-block padding-bottom padding-inline
    padding-left padding-right padding-top place-content place-items resize row-gap scroll-behavior table-layout
    text-align text-decoration text-indent text-overflow text-shadow text-transform transition user-select
    vertical-align visibility white-space width word-break word-spacing word-wrap
    """.split()  # noqa: SIM905 (a table of words)
)
_UNSAFE: Final = re.compile(r"url|image|expression|element\(|attr\(|src\(|javascript|[\\<>@{}]", re.IGNORECASE)
_SELECTOR: Final = re.compile(r"[\w\s.#>+~*:,()\[\]=\"'-]+")
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_CLASS: Final = re.compile(r"-?[A-Za-z_][\w-]*")

Note = Callable[[str], None]


def declarations(text: str, note: Note) -> tuple[tuple[str, str], ...]:
    """The safe ones of the declarations in a ``style`` attribute or rule; notes what is left out."""
    kept: dict[str, str] = {}
    for part in _COMMENT.sub("", text).split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), " ".join(value.split())
        if not part.strip():
            continue
        known = name in _PROPERTIES or (name.startswith("--") and _CLASS.fullmatch(name[2:]))
        if not colon or not value or not known or _UNSAFE.search(value):
            note(f"the style {' '.join(part.split())[:60]!r} is left out")
            continue
        kept[name] = value
    return tuple(kept.items())


def class_names(text: str) -> tuple[str, ...]:
    """The class names in a ``className`` attribute."""
    return tuple(name for name in text.split() if _CLASS.fullmatch(name))


def scoped_rules(text: str, note: Note) -> str:
    """The safe rules of a style sheet, limited to ``SCOPE``; notes what is left out."""
    return "\n".join(_rule(selector, body, note) for selector, body in _rules(text, note)).strip()


def _rules(text: str, note: Note) -> Iterator[tuple[str, str]]:
    rest = _COMMENT.sub("", text)
    while (start := rest.find("{")) >= 0:
        *statements, selector = (" ".join(part.split()) for part in rest[:start].split(";"))
        for statement in filter(None, statements):
            note(f"the rule {statement[:60]!r} is left out")
        end = _closing(rest, start)
        body, rest = rest[start + 1 : end], rest[end + 1 :]
        if "@" in selector or "{" in body or not _SELECTOR.fullmatch(selector):
            note(f"the rule {selector[:60]!r} is left out")
        else:
            yield selector, body
    if rest.strip():
        note(f"the style {' '.join(rest.split())[:60]!r} is left out")


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def _rule(selector: str, body: str, note: Note) -> str:
    kept = "; ".join(f"{name}: {value}" for name, value in declarations(body, note))
    if not kept:
        return ""
    scoped = ", ".join(_scoped(part) for part in _selectors(selector))
    return f"{scoped} {{ {kept} }}"


def _selectors(selector: str) -> Iterator[str]:
    """The parts between the commas that stand in no brackets."""
    depth, start = 0, 0
    for at, letter in enumerate(selector):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            yield selector[start:at].strip()
            start = at + 1
    yield selector[start:].strip()


def _scoped(selector: str) -> str:
    """``:root`` and ``body`` are the view itself; the rest is something in it, and cannot climb out with ``:has``."""
    if selector in {":root", "body", "html"}:
        return SCOPE
    return f"{SCOPE} {selector.lstrip('>+~ ')}"
