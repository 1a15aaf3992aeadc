"""Schemas as JSON: how they are stored and how the browser gets them.

Keys that came with later kinds of fields are left out where they hold their default; the others are always there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final, get_args

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.fields import CONDITION_KINDS, DATE_PARTS, FIELD_KINDS, Condition, Field, NamedTool, Option
from recension.label.schema import Schema, make_schema
from recension.label.screen import OBJECT_KINDS, Node, NodeKind, ObjectTag

_ALWAYS: Final[Mapping[type, frozenset[str]]] = {
    Option: frozenset({"value", "label", "hotkey"}),
    Field: frozenset(
        {"name", "kind", "options", "required", "opinion", "title", "minimum", "maximum", "max_length", "of"}
    ),
    ObjectTag: frozenset({"name", "kind", "field", "text"}),
    Condition: frozenset({"kind"}),
    NamedTool: frozenset({"name", "tool"}),
    Node: frozenset({"kind"}),
}


def schema_to_json(schema: Schema) -> dict[str, JSON]:
    """The schema as a JSON object; ``schema_from_json`` reads it back."""
    return {
        "fields": [_written(field) for field in schema.fields],
        "objects": [_written(tag) for tag in schema.objects],
        "references": list(schema.references),
        "view": _written(schema.view),
    }


def schema_from_json(body: Mapping[str, object]) -> Schema:
    """Read what ``schema_to_json`` wrote; without a view the screen is a plain one.

    Raises:
        Invalid: it is something else.
    """
    try:
        asked = [_field(entry) for entry in _list(body["fields"])]
        objects = [_object(entry) for entry in _list(body["objects"])]
        view = _node(body["view"]) if "view" in body else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("no stored label schema", where="schema", hint="write it with schema_to_json") from error
    return make_schema(asked, objects, view)


def _written(part: Any) -> dict[str, JSON]:
    always = _ALWAYS[type(part)]
    body: dict[str, JSON] = {}
    for each in fields(part):
        value = getattr(part, each.name)
        if each.name in always or each.default is MISSING or value != each.default:
            body[each.name] = dict(value) if each.name == "style" else _plain(value)
    return body


def _plain(value: Any) -> JSON:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return _written(value) if type(value) in _ALWAYS else value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return list(value)


def _read(kind: Callable[..., Any], body: object, parts: Mapping[str, Callable[[Any], object]]) -> Any:
    values: dict[str, Any] = dict(body)  # type: ignore[call-overload]
    for name, read in parts.items():
        if values.get(name) is not None:
            values[name] = read(values[name])
    return kind(**values)


def _each(read: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda entries: tuple(read(entry) for entry in _list(entries))


def _of(allowed: tuple[str, ...]) -> Callable[[Any], object]:
    def check(value: Any) -> object:
        if value not in allowed:
            raise ValueError(value)
        return value

    return check


def _option(body: object) -> Option:
    option: Option = _read(Option, body, {"children": _each(_option)})
    return option


def _condition(body: object) -> Condition:
    condition: Condition = _read(Condition, body, {"kind": _of(CONDITION_KINDS), "values": _each(str)})
    return condition


def _tool(body: object) -> NamedTool:
    tool: NamedTool = _read(NamedTool, body, {})
    return tool


def _object(body: object) -> ObjectTag:
    tag: ObjectTag = _read(ObjectTag, body, {"kind": _of(OBJECT_KINDS)})
    return tag


def _node(body: object) -> Node:
    parts: dict[str, Callable[[Any], object]] = {
        "kind": _of(get_args(NodeKind)),
        "style": lambda style: tuple(style.items()),
        "classes": _each(str),
        "children": _each(_node),
        "when": _condition,
    }
    node: Node = _read(Node, body, parts)
    return node


def _default(value: Any) -> object:
    return tuple(value) if isinstance(value, list) else value


def _field(body: object) -> Field:
    parts: dict[str, Callable[[Any], object]] = {
        "kind": _of(FIELD_KINDS),
        "options": _each(_option),
        "of": _each(str),
        "shapes": _each(str),
        "parts": _of(DATE_PARTS),
        "buckets": _each(_option),
        "joints": _each(str),
        "edges": _each(lambda pair: (int(pair[0]), int(pair[1]))),
        "when": _each(_condition),
        "default": _default,
        "shortcuts": _each(_option),
        "tools": _each(_tool),
    }
    field: Field = _read(Field, body, parts)
    return field
