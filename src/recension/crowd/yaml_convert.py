"""From a YAML value to a typed one, with errors that say which field is wrong and what it may be."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from recension.crowd.yaml_source import Step, YamlSource, spell
from recension.errors import Invalid

_AT: Final = re.compile(r" - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`$")
_STEP: Final = re.compile(r"\.(?P<field>[^.\[\]]+)|\[(?P<index>\d+)\]|(?P<any>\[\.\.\.\])")
_QUOTED: Final = re.compile(r"`([^`]*)`")
_PLAIN: Final = {"`object`": "a mapping", "`array`": "a list", "| object": "| mapping", "| array": "| list"}
_PATTERNS: Final = {"per_page": 'write an amount such as "0.05"', "currency": "write three letters, such as USD"}

T = TypeVar("T")


def convert(source: YamlSource, kind: type[T]) -> T:
    """The document as ``kind``, a msgspec struct that forbids unknown fields.

    Raises:
        Invalid: an unknown field, a missing one or a wrong type; one line with place and what is allowed.
    """
    try:
        return msgspec.convert(source.value, kind)
    except msgspec.ValidationError as error:
        raise _translate(source, kind, str(error)) from None


def _translate(source: YamlSource, kind: type[Any], text: str) -> Invalid:
    match = _AT.search(text)
    message = text[: match.start()] if match else text
    path = list(_steps(match["path"] if match else "", kind, source.value))
    expected = _type_at(kind, path, source.value)
    named = _QUOTED.search(message)
    if named and message.startswith("Object contains unknown field"):
        return source.error([*path, named[1]], "unknown field", hint=_closest(named[1], _fields(expected)))
    if named and message.startswith("Object missing required field"):
        return source.error(path, f"field {named[1]!r} is missing", hint=f"add {spell([*path, named[1]])}")
    for theirs, plain in _PLAIN.items():
        message = message.replace(theirs, plain)
    hint = _choices(kind, path, source.value)
    if message.startswith("Expected `str") and message.endswith(("got `float`", "got `int`", "got `bool`")):
        hint = "put the value in quotes"
    if "matching regex" in message:
        message, hint = f"{_value_at(source.value, path)!r} is not allowed here", _PATTERNS.get(str(path[-1]), hint)
    return source.error(path, message[:1].lower() + message[1:], hint=hint)


def _steps(text: str, kind: type[Any], value: Any) -> Iterator[Step]:
    path: list[Step] = []
    for step in _STEP.finditer(text):
        if step["any"]:
            key = _culprit(kind, path, value)
            if key is None:
                return
            path.append(key)
        else:
            path.append(int(step["index"]) if step["index"] else step["field"])
        yield path[-1]


def _culprit(kind: type[Any], path: Sequence[Step], value: Any) -> Step | None:
    """The key whose value is wrong: msgspec writes ``[...]`` for any key of a mapping."""
    around = _value_at(value, path)
    arguments = get_args(_type_at(kind, path, value))
    if not isinstance(around, Mapping) or len(arguments) != 2:
        return None
    for key, child in around.items():
        try:
            msgspec.convert(child, arguments[1])
        except msgspec.ValidationError:
            return str(key)
    return None


def _value_at(value: Any, path: Sequence[Step]) -> Any:
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, Hashable):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
    return value


def _type_at(kind: Any, path: Sequence[Step], value: Any) -> Any:
    """The annotation that the value at ``path`` has to meet; in a union, the member that the value there names."""
    kind = _member(kind, value)
    for step in path:
        value = _value_at(value, [step])
        arguments = get_args(kind)
        if _is_struct(kind):
            kind = get_type_hints(kind).get(str(step), Any)
        elif arguments:
            kind = arguments[-1] if get_origin(kind) in {dict, Mapping} else arguments[0]
        kind = _member(kind, value)
    return kind


def _member(kind: Any, value: Any) -> Any:
    structs = [member for member in _members(kind) if _is_struct(member)]
    if not isinstance(value, Mapping) or not structs:
        return kind
    for struct in structs:
        config = struct.__struct_config__
        if config.tag_field is not None and value.get(config.tag_field) == config.tag:
            return struct
    return structs[0] if len(structs) == 1 else kind


def _members(kind: Any) -> list[Any]:
    if get_origin(kind) in {Union, types.UnionType}:
        return [member for member in get_args(kind) if member is not type(None)]
    return [kind]


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fields(kind: Any) -> list[str]:
    if not _is_struct(kind):
        return []
    tag = kind.__struct_config__.tag_field
    return [*([tag] if tag else []), *kind.__struct_encode_fields__]


def _closest(name: str, allowed: Sequence[str]) -> str | None:
    if not allowed:
        return None
    near = difflib.get_close_matches(name, allowed, n=1)
    return (f"did you mean {near[0]}? " if near else "") + "allowed: " + ", ".join(allowed)


def _choices(kind: Any, path: Sequence[Step], value: Any) -> str | None:
    for member in _members(_type_at(kind, path, value)):
        if get_origin(member) is Literal:
            return "allowed: " + ", ".join(str(choice) for choice in get_args(member))
    around = _members(_type_at(kind, path[:-1], value)) if path else []
    tags = [m.__struct_config__.tag for m in around if _is_struct(m) and m.__struct_config__.tag_field == path[-1]]
    return "allowed: " + ", ".join(map(str, tags)) if tags else None
