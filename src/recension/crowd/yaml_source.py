"""YAML text that can say where each of its values stands.

A project is written by hand, so every complaint about it names the file, the line, the field and what would be right:
``project.yaml:12: page.real: expected `int`, got `str```. The text is composed into nodes (which know their lines),
built into plain values, and converted elsewhere; an error's path leads back to the node and so to the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from recension.errors import Invalid, TooLarge

MAX_TEXT: Final = 4 * 1024 * 1024
MAX_NODES: Final = 200_000
"""Values after aliases are expanded: a few lines of nested aliases would otherwise grow without bound."""

Step = str | int


@dataclass(frozen=True, slots=True)
class YamlSource:
    """One parsed document: its value, and the nodes that know the lines."""

    name: str
    root: yaml.Node
    value: Any

    def line(self, path: Sequence[Step] = ()) -> int:
        """The line, from 1, of the value at ``path``, or of the nearest value around it that is there."""
        node = self.root
        line = node.start_mark.line
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line
        return line + 1

    def text_line(self, path: Sequence[Step]) -> int:
        """The line on which the text of the scalar at ``path`` begins (after the ``|`` of a block)."""
        node = self.root
        for step in path:
            found = _child(node, step)
            if found is None:
                return self.line(path)
            node = found[1]
        block = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
        return node.start_mark.line + (2 if block else 1)

    def error(self, path: Sequence[Step], message: str, *, hint: str | None = None) -> Invalid:
        """An error that names file, line and field."""
        place = f"{self.name}:{self.line(path)}"
        field = spell(path)
        return Invalid(message, where=f"{place}: {field}" if field else place, hint=hint)


def parse_yaml(text: str, *, name: str) -> YamlSource:
    """Parse one YAML document.

    Raises:
        Invalid: bad syntax, a key given twice, an alias that contains itself, or nothing there.
        TooLarge: the text, or what its aliases expand to, is over the limit.
    """
    if len(text) > MAX_TEXT:
        raise TooLarge(f"over {MAX_TEXT // 1024 // 1024} MiB", where=name, hint="keep data in repos, not in the YAML")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise _syntax(error, name) from None
    if root is None:
        raise Invalid("the file is empty", where=name, hint="write at least `project`, `input` and `output`")
    _check_nodes(root, name)
    try:
        value = yaml.SafeLoader("").construct_document(root)
    except (yaml.YAMLError, ValueError) as error:
        raise _syntax(error, name) from None
    return YamlSource(name, root, value)


def spell(path: Sequence[Step]) -> str:
    """``('rules', 0, 'last')`` as ``rules[0].last``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _syntax(error: Exception, name: str) -> Invalid:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    place = name if mark is None else f"{name}:{mark.line + 1}"
    return Invalid(f"not valid YAML: {problem}", where=place, hint="check indentation, quotes and colons near there")


def _check_nodes(root: yaml.Node, name: str) -> None:
    for count, (node, depth) in enumerate(_expanded(root), start=1):
        place = f"{name}:{node.start_mark.line + 1}"
        if count > MAX_NODES:
            raise TooLarge(f"more than {MAX_NODES} values", where=place, hint="use fewer aliases")
        if depth > 50:
            raise Invalid("nested more than 50 deep, or an alias contains itself", where=place, hint="nest less")
        if isinstance(node, yaml.MappingNode):
            _check_keys(node, name)


def _check_keys(node: yaml.MappingNode, name: str) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise Invalid("a key must be text", where=f"{name}:{line}", hint="quote the key")
        if key.value in seen:
            raise Invalid(
                f"key {key.value!r} is given twice, here and on line {seen[key.value]}",
                where=f"{name}:{line}",
                hint="keep one of them",
            )
        seen[key.value] = line


def _expanded(root: yaml.Node) -> Iterator[tuple[yaml.Node, int]]:
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        if isinstance(node, yaml.MappingNode):
            stack.extend((child, depth + 1) for pair in node.value for child in pair)
        elif isinstance(node, yaml.SequenceNode):
            stack.extend((child, depth + 1) for child in node.value)


def _child(node: yaml.Node, step: Step) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return (node.value[step], node.value[step]) if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    return None
