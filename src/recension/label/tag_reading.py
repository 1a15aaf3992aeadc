"""One tag of a config while it is read: its attributes by name, whatever their case, each checked as it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recension.label.problems import Problem, Problems
from recension.label.references import NAME
from recension.label.xml_reader import Element


class Tag:
    """A tag's attributes, and where its problems go. What is wrong is noted, and the default taken instead."""

    __slots__ = ("_attributes", "element", "problems")

    def __init__(self, element: Element, problems: Problems) -> None:
        self.element = element
        self.problems = problems
        self._attributes = {name.lower(): value for name, value in element.attributes.items()}

    @property
    def name(self) -> str:
        """The tag's name."""
        return self.element.tag

    @property
    def attributes(self) -> Mapping[str, str]:
        """All attributes, by name in lower case."""
        return self._attributes

    def refuse(self, message: str, hint: str | None = None) -> None:
        """Note a problem of this tag."""
        self.problems.found.append(Problem(self.element.line, self.name, message, hint))

    def note(self, message: str) -> None:
        """Note what is left out without changing any answer."""
        self.problems.notes.append(Problem(self.element.line, self.name, message))

    def text(self, name: str, default: str = "") -> str:
        """An attribute's text."""
        return self._attributes.get(name.lower(), default)

    def needed(self, name: str) -> str:
        """The text of an attribute that must be there."""
        value = self.text(name)
        if not value.strip():
            self.refuse(f"<{self.name}> needs {name}", f'add {name}="..."')
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """An attribute that says true or false."""
        value = self.text(name, str(default)).strip("{} ").lower()
        if value not in {"true", "false", ""}:
            self.refuse(f"{name}={self.text(name)!r} of <{self.name}>", "write true or false")
            return default
        return value == "true"

    def one_of(self, name: str, allowed: Sequence[str], default: str) -> str:
        """An attribute with few values."""
        value = self.text(name, default) or default
        if value not in allowed:
            self.refuse(f"{name}={value!r} of <{self.name}>", f"use one of: {', '.join(allowed)}")
            return default
        return value

    def number(self, name: str) -> float | None:
        """A number; ``None`` when it is not given."""
        text = self.text(name)
        if not text.strip():
            return None
        try:
            value = float(text)
            whole = int(value)
        except (ValueError, OverflowError):
            self.refuse(f"{name}={text!r} of <{self.name}> is no number")
            return None
        return whole if whole == value else value

    def whole(self, name: str) -> int | None:
        """A whole number from 1; ``None`` when it is not given."""
        value = self.number(name)
        if value is not None and (value < 1 or value != int(value)):
            self.refuse(f"{name}={self.text(name)!r} of <{self.name}> is no whole number from 1")
            return None
        return None if value is None else int(value)

    def names(self, name: str) -> tuple[str, ...]:
        """Names, separated by commas."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def reference(self, name: str) -> str:
        """The path in the data that ``$path`` names; empty, with a problem, when the attribute is none."""
        value = self.needed(name)
        path = value.removeprefix("$")
        if value.startswith("$") and NAME.fullmatch(path):
            return path
        if value.strip():
            own = self.text("name", "field") or "field"
            self.refuse(
                f"{name}={value!r} of <{self.name}> is no $field", f'write {name}="${own}", a $ and a data field'
            )
        return ""

    def text_or_reference(self, name: str) -> tuple[str, str]:
        """Text, maybe with ``$path`` in it, and the path where ``$path`` is all of it: one of the two is empty."""
        value = self.needed(name)
        path = value.removeprefix("$")
        if value.startswith("$") and NAME.fullmatch(path):
            return "", path
        return value, ""
