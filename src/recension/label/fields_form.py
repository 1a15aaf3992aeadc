"""Our own form of a label schema, as it stands in a project's YAML under ``fields:``.

::

    fields:
      show: {headline: text}                  # data field: text or image; or a list with {header: "..."} in between
      ask:
        category: {choice: [clickbait, notclickbait], required: true}
        stars: {rating: 5, opinion: true}
        why: {text: 200, title: "Why?"}       # at most 200 characters; `text: {}` for no limit of your own
        price: {number: {min: 0}}
        tags: {choices: [{value: a, label: "An A", hotkey: x}, b]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from recension.errors import Invalid
from recension.label.fields import FIELD_KINDS, MAX_TEXT, Field, FieldKind, Option
from recension.label.hotkeys import with_hotkeys
from recension.label.schema import Schema, make_schema
from recension.label.screen import ObjectTag

_SHOWN: Final = ("text", "image")
_COMMON: Final = ("required", "opinion", "title")
_STARS: Final = 5


def schema_from_fields(body: Mapping[str, object], *, where: str) -> Schema:
    """The schema that the ``fields:`` of a project describes.

    Raises:
        Invalid: names the key that is wrong, such as ``project.yaml: ask.category.choice``.
    """
    _only(body, ("show", "ask"), where)
    objects = list(_objects(body.get("show"), f"{where}: show"))
    ask = _mapping(body.get("ask"), f"{where}: ask")
    fields = [_field(str(name), entry, f"{where}: ask.{name}") for name, entry in ask.items()]
    if not fields:
        raise Invalid("no field is asked", where=f"{where}: ask", hint="add a field, such as label: {choice: [a, b]}")
    return make_schema(with_hotkeys(fields, where=where), objects)


def _objects(show: object, where: str) -> Iterator[ObjectTag]:
    pairs = [show] if isinstance(show, Mapping) else show
    if not isinstance(pairs, list) or not pairs:
        raise Invalid("nothing is shown", where=where, hint="write show: {headline: text}")
    seen: set[str] = set()
    for number, pair in enumerate(pairs):
        for name, kind in _mapping(pair, f"{where}[{number}]").items():
            if name == "header":
                yield ObjectTag("", "header", text=str(kind))
                continue
            if kind not in _SHOWN:
                raise Invalid(f"{name!r} cannot be shown as {kind!r}", where=where, hint="show it as text or image")
            if name in seen:
                raise Invalid(f"{name!r} is shown twice", where=where)
            seen.add(name)
            yield ObjectTag(name, "image" if kind == "image" else "text", field=name)


def _field(name: str, entry: object, where: str) -> Field:
    body = _mapping(entry, where)
    kinds = [kind for kind in FIELD_KINDS if kind in body]
    if len(kinds) != 1:
        raise Invalid("a field has exactly one kind", where=where, hint=f"one of: {', '.join(FIELD_KINDS)}")
    kind = kinds[0]
    _only(body, (kind, *_COMMON), where)
    asked = _asked(kind, body[kind], f"{where}.{kind}")
    return Field(
        name,
        kind,
        required=_flag(body, "required", where),
        opinion=_flag(body, "opinion", where),
        title=str(body.get("title") or ""),
        **asked,  # type: ignore[arg-type]
    )


def _asked(kind: FieldKind, body: object, where: str) -> dict[str, object]:
    match kind:
        case "choice" | "choices":
            return {"options": tuple(_options(body, where))}
        case "text":
            limit = {"max_length": body} if isinstance(body, int) else _mapping(body or {}, where)
            _only(limit, ("max_length",), where)
            return {"max_length": _whole(limit.get("max_length", MAX_TEXT), where)}
        case "rating":
            return {"minimum": 1, "maximum": _whole(body if body not in (None, {}) else _STARS, where)}
        case "number":
            limits = _mapping(body or {}, where)
            _only(limits, ("min", "max"), where)
            return {"minimum": _number(limits.get("min"), where), "maximum": _number(limits.get("max"), where)}
        case _:
            raise Invalid(f"{kind} cannot be asked here yet", where=where)


def _options(body: object, where: str) -> Iterator[Option]:
    if not isinstance(body, list) or not body:
        raise Invalid("no options", where=where, hint="give a list, such as [yes, no] in quotes")
    seen: set[str] = set()
    for number, entry in enumerate(body):
        option = _option(entry, f"{where}[{number}]")
        if option.value in seen:
            raise Invalid(f"option {option.value!r} stands twice", where=f"{where}[{number}]")
        seen.add(option.value)
        yield option


def _option(entry: object, where: str) -> Option:
    body = entry if isinstance(entry, Mapping) else {"value": entry}
    _only(body, ("value", "label", "hotkey"), where)
    value = body.get("value")
    if not isinstance(value, str) or not value.strip():
        # YAML reads a bare yes, no or 1 as something else than text; people notice that only when answers come back.
        raise Invalid(f"option {value!r} is no text", where=where, hint="put it in quotes")
    return Option(value, str(body.get("label") or value), str(body.get("hotkey", "")))


def _mapping(body: object, where: str) -> Mapping[str, object]:
    if not isinstance(body, Mapping):
        raise Invalid(f"expected keys and values, not {body!r}", where=where)
    return body


def _only(body: Mapping[str, object], allowed: tuple[str, ...], where: str) -> None:
    for key in body:
        if key not in allowed:
            raise Invalid(f"unknown key {key!r}", where=where, hint=f"keys are: {', '.join(allowed)}")


def _flag(body: Mapping[str, object], name: str, where: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Invalid(f"{name} is {value!r}", where=f"{where}.{name}", hint="write true or false")
    return value


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Invalid(f"{value!r} is no whole number from 1", where=where)
    return value


def _number(value: object, where: str) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise Invalid(f"{value!r} is no number", where=where)
    return value
