r"""Globs over paths, as Pachyderm's ``ohmyglob`` understands them.

=============  =====================================================================
``*``          any text without a slash
``**``         any text
``?``          one character but a slash
``[a-c]``      one character of these; ``[!a-c]`` or ``[^a-c]``: of no others
``{a,b}``      one of these patterns
``(a|b)``      a capture group; so are ``@(..)``, ``?(..)``, ``*(..)``, ``+(..)`` and ``!(..)``, which match
               the alternatives once, at most once, any number of times, at least once, or anything else
``\\x``         the character ``x`` itself
=============  =====================================================================

A pattern is matched against a whole path; a leading slash is optional in it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from recension.errors import Invalid
from recension.slotted import frozen

_SPECIAL: Final = frozenset("*?[{(@+!\\")
_SIMPLE: Final = {"*": "[^/]*", "?": "[^/]"}
_REPEAT: Final = {"@": "", "?": "?", "*": "*", "+": "+"}


@frozen
class Match:
    """A path that matched; ``groups`` holds what each capture group took, in order of opening."""

    path: str
    groups: tuple[str, ...]


@frozen
class Glob:
    """A compiled pattern. ``literal_prefix``: what every matching path starts with."""

    pattern: str
    literal_prefix: str
    _expression: re.Pattern[str]

    def match(self, path: str) -> Match | None:
        """The match of a whole path (``/a/b.csv``), or None."""
        found = self._expression.fullmatch(path)
        return None if found is None else Match(path, tuple(group or "" for group in found.groups()))


@lru_cache(maxsize=256)
def compile_glob(pattern: str) -> Glob:
    """Read a pattern.

    Raises:
        Invalid: a bracket is not closed, or a range is none.
    """
    rooted = pattern if pattern.startswith("/") else "/" + pattern
    translation = _Translation(rooted)
    # The root is a folder without a name: no pattern for names takes it.
    text = translation.sequence("") if rooted == "/" else f"(?!/\\Z){translation.sequence('')}"
    try:
        expression = re.compile(text, re.DOTALL)
    except re.error as error:
        raise Invalid(f"{pattern!r} is no glob: {error}", where="glob") from error
    return Glob(pattern, _literal_prefix(rooted), expression)


def _literal_prefix(pattern: str) -> str:
    """The text up to the first character with a meaning."""
    for at, character in enumerate(pattern):
        if character in _SPECIAL:
            # `@`, `+` and `!` mean something before a bracket only.
            if character in "@+!" and pattern[at + 1 : at + 2] != "(":
                continue
            return pattern[:at]
    return pattern


class _Translation:
    """A pattern on its way to a regular expression, read once from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._captures = True

    def _fail(self, problem: str) -> Invalid:
        return Invalid(f"{self._pattern!r} is no glob: {problem}", where="glob", hint="escape it with a backslash")

    def _next(self, count: int = 1) -> str:
        return self._pattern[self._at : self._at + count]

    def sequence(self, stops: str) -> str:
        """Translate up to one of ``stops``, which is left unread, or to the end."""
        parts: list[str] = []
        while (character := self._next()) and character not in stops:
            parts.append(self._piece(character))
        if stops and not self._next():
            raise self._fail(f"{stops[-1]!r} is missing")
        return "".join(parts)

    def _piece(self, character: str) -> str:
        if self._next(2)[1:] == "(" and character in "@?*+!":
            self._at += 2
            return self._group(character)
        if self._next(2) == "**":
            self._at += 2
            return ".*"
        self._at += 1
        if character in _SIMPLE:
            return _SIMPLE[character]
        nested = {"[": self._class, "{": self._choice, "(": self._group, "\\": self._escaped}.get(character)
        return re.escape(character) if nested is None else nested()

    def _escaped(self) -> str:
        character = self._next()
        if not character:
            raise self._fail("it ends with a backslash")
        self._at += 1
        return re.escape(character)

    def _class(self) -> str:
        end = self._pattern.find("]", self._at + 1 + (self._next() in {"!", "^"}))
        if end < 0:
            raise self._fail("']' is missing")
        body = self._pattern[self._at : end]
        self._at = end + 1
        negated = body[:1] in {"!", "^"}
        members = re.sub(r"([\\\[\]&~|^])", r"\\\1", body[negated:])
        # A class never takes the slash that separates folders, not even a negated one.
        return f"(?!/)[{'^' if negated else ''}{members}]"

    def _alternatives(self, separator: str, end: str) -> str:
        self._depth += 1
        found = [self.sequence(separator + end)]
        while self._next() == separator:
            self._at += 1
            found.append(self.sequence(separator + end))
        self._at += 1
        self._depth -= 1
        return "|".join(found)

    def _choice(self) -> str:
        return f"(?:{self._alternatives(',', '}')})"

    def _group(self, kind: str = "@") -> str:
        if kind == "!":
            return self._anything_else()
        inner = self._alternatives("|", ")")
        return f"{self._open}(?:{inner}){_REPEAT[kind]})"

    @property
    def _open(self) -> str:
        return "(" if self._captures else "(?:"

    def _anything_else(self) -> str:
        """``!(a|b)rest``: any text such that it is not ``a`` or ``b`` that stands before ``rest``."""
        if self._depth:
            raise self._fail("'!(' cannot stand inside another group")
        captures, self._captures = self._captures, False
        inner = self._alternatives("|", ")")
        after = self._at
        rest = self.sequence("")
        self._at, self._captures = after, captures
        return f"{self._open}(?!(?:{inner}){rest}\\Z)[^/]*)"
