"""What is asked of one task: repeaters unrolled, options taken from the data, texts filled from it.

A repeater's questions and objects carry its index mark (``{{idx}}`` unless told) in their names and paths; each entry
of the repeated list gets its own copies, with the mark replaced by the entry's place from 0. This happens here alone:
the browser gets the finished schema with the task. Of a repeater inside another, each copy has the marks of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from recension.errors import Invalid
from recension.label.fields import Field, Option
from recension.label.hotkeys import with_hotkeys, without_hotkeys
from recension.label.plain_text import as_text, entries
from recension.label.references import filled, look_up
from recension.label.schema import Schema, on_screen
from recension.label.screen import Node, ObjectTag

MOST_ENTRIES = 1000
"""Times that the repeaters of a config repeat, all together."""


def task_schema(schema: Schema, data: Mapping[str, object]) -> Schema:
    """The schema of one task; the same one when nothing of it depends on the data.

    Raises:
        Invalid: the data offers one option twice, or two repeated questions come to the same name.
    """
    if not schema.varies:
        return schema
    unrolled = _Unrolled(schema, data)
    view = unrolled.node(schema.view, {})
    fields = [_with_options(field, data) for field in unrolled.fields.values()]
    objects = on_screen(view, unrolled.objects)
    return Schema(tuple(with_hotkeys(fields)), tuple(objects), schema.references, view)


def repeated_fields(schema: Schema) -> dict[str, re.Pattern[str]]:
    """Of questions inside of repeaters: name → what the names of their copies look like."""
    marks = {node.index for node in schema.view.walk() if node.kind == "repeater"}
    found: dict[str, re.Pattern[str]] = {}
    for field in schema.fields:
        pattern = re.escape(field.name)
        for mark in marks:
            pattern = pattern.replace(re.escape(mark), r"\d+")
        if pattern != re.escape(field.name):
            found[field.name] = re.compile(pattern)
    return found


class _Unrolled:
    """One schema being unrolled: collects the fields and objects that the screen comes to."""

    def __init__(self, schema: Schema, data: Mapping[str, object]) -> None:
        self._data = data
        self._count = 0
        self._field_of = {field.name: field for field in schema.fields}
        self._object_of = {tag.name: tag for tag in schema.objects if tag.name}
        placed = {(node.kind, node.name) for node in schema.view.walk()}
        # What stands nowhere on the screen (relations, fields with a place of their own) is asked as it is.
        self.fields = {name: field for name, field in self._field_of.items() if ("field", name) not in placed}
        self.objects: list[ObjectTag] = []

    def node(self, node: Node, marks: Mapping[str, str]) -> Node:
        if node.kind == "repeater":
            return replace(node, kind="view", children=tuple(self._copies(node, marks)))
        name = _put(node.name, marks)
        if node.kind == "field":
            self._add_field(self._field_of[node.name], name, marks)
        elif node.kind == "object":
            tag = self._object_of[node.name]
            text = self._text(tag, marks)
            self.objects.append(replace(tag, name=name, field=_put(tag.field, marks), text=text, fills=False))
        when = node.when and replace(node.when, field=_put(node.when.field, marks))
        children = tuple(self.node(child, marks) for child in node.children)
        text, field = self._text(node, marks), _put(node.field, marks)
        return replace(node, name=name, text=text, field=field, when=when, children=children, fills=False)

    def _text(self, part: Node | ObjectTag, marks: Mapping[str, str]) -> str:
        text = _put(part.text, marks)
        return filled(text, self._data) if part.fills else text

    def _copies(self, node: Node, marks: Mapping[str, str]) -> Iterator[Node]:
        count = len(entries(look_up(self._data, _put(node.field, marks))))
        self._count += count
        if self._count > MOST_ENTRIES:
            raise Invalid(f"{self._count} entries to repeat over", where=node.field, hint=f"at most {MOST_ENTRIES}")
        for number in range(count):
            inner = {**marks, node.index: str(number)}
            yield Node("view", children=tuple(self.node(child, inner) for child in node.children))

    def _add_field(self, field: Field, name: str, marks: Mapping[str, str]) -> None:
        if name in self.fields:
            hint = "put the index mark into the names inside of a repeater"
            raise Invalid(f"the field {name!r} is asked twice", where=name, hint=hint)
        # Keys belong to one question: that of the first entry.
        again = any(index != "0" for index in marks.values())
        self.fields[name] = replace(
            without_hotkeys(field) if again else field,
            name=name,
            title=_put(field.title, marks),
            of=tuple(_put(each, marks) for each in field.of),
            options_from=_put(field.options_from, marks),
            default_from=_put(field.default_from, marks),
            when=tuple(replace(each, field=_put(each.field, marks)) for each in field.when),
        )


def _put(text: str, marks: Mapping[str, str]) -> str:
    for mark, index in marks.items():
        text = text.replace(mark, index)
    return text


def _with_options(field: Field, data: Mapping[str, object]) -> Field:
    if not field.options_from:
        return field
    offered = [*field.options, *map(_option, entries(look_up(data, field.options_from)))]
    values = [option.value for option in offered]
    if len(set(values)) < len(values):
        raise Invalid(f"the data offers one option of {field.name!r} twice", where=field.options_from)
    return replace(field, options=tuple(offered))


def _option(entry: object) -> Option:
    if not isinstance(entry, Mapping):
        return Option(as_text(entry), as_text(entry))
    label = as_text(entry.get("value", entry.get("html", "")))
    return Option(
        as_text(entry.get("alias")) or label,
        label,
        hint=as_text(entry.get("hint")),
        html=as_text(entry.get("html")),
        color=as_text(entry.get("background")),
        children=tuple(map(_option, entries(entry.get("children")))),
    )
