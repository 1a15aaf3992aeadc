"""A YAML or JSON document whose values remember the line they stand on.

A pipeline specification is written by hand, so every complaint about it names file, line and field. PyYAML's own
constructor throws the lines away; this module keeps the composed nodes' marks instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml

from recension.errors import Invalid, TooLarge

MAX_DOCUMENT_BYTES: Final = 1 << 20
MAX_VALUES: Final = 50_000  # an alias may stand for a large value many times over
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
"""A JSON value."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a document.

    ``data`` is a scalar, a list of values or a mapping of values; ``text`` is a scalar as it is written; ``path`` is
    dotted, as in ``input.cross[1].pfs.glob``.
    """

    data: bool | int | float | str | Sequence[Value] | Mapping[str, Value] | None
    text: str
    file: str
    line: int
    path: str

    def wrong(self, message: str, hint: str | None = None) -> Invalid:
        """The error that ``message`` is about this value."""
        place = f"{self.file}:{self.line}"
        return Invalid(message, where=f"{place}: {self.path}" if self.path else place, hint=hint)

    def fields(self, allowed: Collection[str], refused: Mapping[str, str] | None = None) -> dict[str, Value]:
        """The mapping's values by snake_case name; camelCase spellings are read as the same field.

        Raises:
            Invalid: this is no mapping, or a field is unknown, refused, or given in both spellings.
        """
        found: dict[str, Value] = {}
        for written, value in self.mapping().items():
            name = snake(written)
            if refused is not None and name in refused:
                raise value.wrong(f"{written!r} is not supported", refused[name])
            if name not in allowed:
                raise value.wrong(f"unknown field {written!r}", "allowed here: " + ", ".join(sorted(allowed)))
            if name in found:
                raise value.wrong(f"field {name!r} is given twice")
            found[name] = value
        return found

    def mapping(self) -> Mapping[str, Value]:
        """The values of a mapping."""
        if not isinstance(self.data, dict):
            raise self.wrong(f"expected a mapping, found {self.kind}")
        return self.data

    def items(self) -> Sequence[Value]:
        """The values of a list."""
        if not isinstance(self.data, list):
            raise self.wrong(f"expected a list, found {self.kind}", "write [a, b]")
        return self.data

    def string(self) -> str:
        """A text; numbers and booleans have to be quoted to be one."""
        if not isinstance(self.data, str):
            raise self.wrong(f"expected a text, found {self.kind}", "put it in quotes" if self.text else None)
        return self.data

    def strings(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.string() for item in self.items())

    def scalar(self) -> str:
        """A text, number or boolean, as it is written."""
        if isinstance(self.data, (list, dict)) or self.data is None:
            raise self.wrong(f"expected a text, found {self.kind}")
        return self.text

    def integer(self, *, least: int) -> int:
        """A whole number of at least ``least``."""
        if isinstance(self.data, bool) or not isinstance(self.data, int):
            raise self.wrong(f"expected a whole number, found {self.kind}")
        if self.data < least:
            raise self.wrong(f"{self.data} is less than {least}")
        return self.data

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.data, bool):
            raise self.wrong(f"expected true or false, found {self.kind}")
        return self.data

    def plain(self) -> Plain:
        """The value without its lines."""
        if isinstance(self.data, dict):
            return {name: value.plain() for name, value in self.data.items()}
        if isinstance(self.data, list):
            return [value.plain() for value in self.data]
        assert self.data is None or isinstance(self.data, (bool, int, float, str))
        return self.data

    @property
    def kind(self) -> str:
        """What this is, in a word for people."""
        names: dict[type, str] = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", int: "a number"}
        return "nothing" if self.data is None else names.get(type(self.data), "a number")


def snake(name: str) -> str:
    """``joinOn`` and ``join_on`` as ``join_on``."""
    return _CAPITAL.sub(r"_\1", name).lower()


def read_document(text: bytes, *, file: str) -> Value:
    """Read one YAML or JSON document.

    Raises:
        Invalid: it is neither, holds a key twice, holds several documents, or a value that is no plain data.
        TooLarge: it is over 1 MiB, or unfolds to over 50,000 values.
    """
    if len(text) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"the document is over {MAX_DOCUMENT_BYTES:,} bytes", where=file)
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise Invalid("the document is not UTF-8", where=f"{file}:{line}") from None
    if decoded.lstrip().startswith("{"):
        decoded = _without_tabs(decoded)
    try:
        node = yaml.compose(decoded, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{file}:{mark.line + 1}" if mark is not None else file
        raise Invalid(f"not valid YAML: {error.problem}", where=place, hint=error.note) from None
    except yaml.YAMLError as error:
        raise Invalid(f"not valid YAML: {' '.join(str(error).split())}", where=file) from None
    if node is None:
        raise Invalid("the document is empty", where=file)
    return _Reader(file).value(node, "")


def _without_tabs(text: str) -> str:
    # JSON allows tabs as white space, YAML does not. A raw tab inside a string is an error in JSON, so in valid JSON
    # every tab may become a space, and lines stay where they are.
    try:
        json.loads(text)
    except ValueError:
        return text
    return text.replace("\t", " ")


class _Reader:
    """Turns composed nodes into values, and counts them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._count = 0
        self._loader = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: str) -> Value:
        self._count += 1
        line = node.start_mark.line + 1
        if self._count > MAX_VALUES:
            raise TooLarge(f"the document has over {MAX_VALUES:,} values", where=f"{self._file}:{line}")
        if isinstance(node, yaml.MappingNode):
            return Value(self._mapping(node, path), "", self._file, line, path)
        if isinstance(node, yaml.SequenceNode):
            items = [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
            return Value(items, "", self._file, line, path)
        return Value(self._scalar(node), str(node.value), self._file, line, path)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = f"{path}.{key}" if path else key
            value = self.value(value_node, inner)
            if key in found:
                raise value.wrong(f"field {key!r} is given twice")
            # The line of the key, not of the value: a block value may start further down.
            found[key] = Value(value.data, value.text, self._file, key_node.start_mark.line + 1, inner)
        return found

    def _scalar(self, node: yaml.Node) -> bool | int | float | str | None:
        plain = {"tag:yaml.org,2002:" + name for name in ("null", "bool", "int", "float", "str")}
        if node.tag not in plain:
            # Dates and other tags are texts here: nothing in a specification is a date.
            return str(node.value)
        try:
            data = self._loader.construct_object(node)
        except ValueError:
            return str(node.value)
        assert data is None or isinstance(data, (bool, int, float, str))
        return data
