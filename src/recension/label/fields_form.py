"""Our own form of a label schema, as it stands in a project's YAML under ``fields:``.

::

    fields:
      show: {headline: text}                  # data field: how it is shown; or a list with {header: "..."} in between
      ask:
        category: {choice: [clickbait, notclickbait], required: true}
        stars: {rating: 5, opinion: true}
        why: {text: 200, title: "Why?"}       # at most 200 characters; `text: {}` for no limit of your own
        price: {number: {min: 0}}
        tags: {choices: [{value: a, label: "An A", hotkey: x}, b]}

Which keys a kind has, and what they mean, stands in ``docs/reference/label-config.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, TypeVar, get_args

from recension.errors import Invalid
from recension.label.fields import CONDITION_KINDS, DATE_PARTS, FIELD_KINDS, MAX_TEXT, Condition, Field, FieldKind
from recension.label.fields_values import (
    flag,
    mapping,
    number,
    one_of,
    only,
    options,
    pairs,
    text,
    texts,
    whole,
)
from recension.label.hotkeys import with_hotkeys
from recension.label.schema import Schema, make_schema
from recension.label.schema_checks import schema_problems
from recension.label.screen import OBJECT_KINDS, Granularity, ObjectTag
from recension.label.shape_json import SHAPE_TYPES

T = TypeVar("T")
_STARS: Final = 5
_SHOWN: Final = tuple(kind for kind in OBJECT_KINDS if kind != "header")
_COMMON: Final[Mapping[str, Callable[[object, str], object]]] = {
    "required": flag,
    "opinion": flag,
    "title": text,
    "message": text,
    "of": texts,
    "when": lambda value, where: tuple(_conditions(value, where)),
    "per_region": flag,
    "per_item": flag,
    "layout": lambda value, where: one_of(value, ("inline", "vertical", "select"), where),
    "default": lambda value, _: tuple(value) if isinstance(value, list) else value,
}
_MORE: Final[Mapping[FieldKind, Mapping[str, Callable[[object, str], object]]]] = {
    "choice": {"options_from": text},
    "choices": {"options_from": text},
    "taxonomy": {"leaves_only": flag, "max_usages": whole, "options_from": text},
    "pairwise": {"equal": flag},
    "ranking": {"buckets": options},
    "relations": {"multiple": flag},
    "regions": {
        "shapes": lambda value, where: tuple(one_of(each, SHAPE_TYPES, where) for each in texts(value, where)),
        "multiple": flag,
        "allow_empty": flag,
        "max_usages": whole,
        "joints": texts,
        "edges": pairs,
        "snap": lambda value, where: one_of(value, ("pixel",), where),
        "smart": flag,
        "smart_only": flag,
    },
}
_OBJECT_KEYS: Final[Mapping[str, Callable[[object, str], object]]] = {
    "field": text,
    "many": flag,
    "from_url": flag,
    "name_key": text,
    "text_key": text,
    "granularity": lambda value, where: one_of(value, get_args(Granularity), where),
    "title": text,
}


def schema_from_fields(body: Mapping[str, object], *, where: str) -> Schema:
    """The schema that the ``fields:`` of a project describes.

    Raises:
        Invalid: names the key that is wrong, such as ``project.yaml: ask.category.choice``.
    """
    schema, problems = read_fields(body, where=where)
    if problems or schema is None:
        raise problems[0]
    return schema


def read_fields(body: Mapping[str, object], *, where: str) -> tuple[Schema | None, list[Invalid]]:
    """The schema of ``fields:``, ``None`` when something in it cannot be honoured, and all that cannot."""
    problems: list[Invalid] = []

    def kept(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Invalid as problem:
            problems.append(problem)
            return None

    kept(lambda: only(body, ("show", "ask"), where))
    objects = kept(lambda: list(_objects(body.get("show"), f"{where}: show")))
    ask = kept(lambda: mapping(body.get("ask"), f"{where}: ask")) or {}
    found = [kept(partial(_field, str(name), entry, f"{where}: ask.{name}")) for name, entry in ask.items()]
    if not ask and not problems:
        hint = "add a field, such as label: {choice: [a, b]}"
        problems.append(Invalid("no field is asked", where=f"{where}: ask", hint=hint))
    if problems or objects is None:
        return None, problems
    schema = make_schema(with_hotkeys([field for field in found if field is not None]), objects)
    problems += schema_problems(schema, within=f"{where}: ask.")
    return None if problems else schema, problems


def _objects(show: object, where: str) -> Iterator[ObjectTag]:
    entries = [show] if isinstance(show, Mapping) else show
    if not isinstance(entries, list) or not entries:
        raise Invalid("nothing is shown", where=where, hint="write show: {headline: text}")
    seen: set[str] = set()
    for place, pair in enumerate(entries):
        for name, kind in mapping(pair, f"{where}[{place}]").items():
            if name == "header":
                yield ObjectTag("", "header", text=str(kind))
                continue
            if name in seen:
                raise Invalid(f"{name!r} is shown twice", where=where)
            seen.add(name)
            yield _object(name, kind, where)


def _object(name: str, entry: object, where: str) -> ObjectTag:
    body: Mapping[str, object] = entry if isinstance(entry, Mapping) else {"kind": entry}
    only(body, ("kind", *_OBJECT_KEYS), f"{where}.{name}")
    kind = body.get("kind")
    if kind not in _SHOWN:
        raise Invalid(f"{name!r} cannot be shown as {kind!r}", where=where, hint=f"show it as: {', '.join(_SHOWN)}")
    values: dict[str, Any] = {"field": name} | _read(body, _OBJECT_KEYS, f"{where}.{name}")
    return ObjectTag(name, kind, **values)


def _read(
    body: Mapping[str, object], keys: Mapping[str, Callable[[object, str], object]], where: str
) -> dict[str, object]:
    return {key: read(body[key], f"{where}.{key}") for key, read in keys.items() if body.get(key) is not None}


def _field(name: str, entry: object, where: str) -> Field:
    body = mapping(entry, where)
    kinds = [kind for kind in FIELD_KINDS if kind in body]
    if len(kinds) != 1:
        raise Invalid("a field has exactly one kind", where=where, hint=f"one of: {', '.join(FIELD_KINDS)}")
    kind = kinds[0]
    more = _MORE.get(kind, {})
    only(body, (kind, *_COMMON, *more), where)
    values: dict[str, Any] = _read(body, _COMMON, where) | _read(body, more, where)
    if values.get("layout") == "vertical":
        del values["layout"]
    return Field(name, kind, **values, **_ASKED[kind](body[kind], f"{where}.{kind}"))


def _conditions(value: object, where: str) -> Iterator[Condition]:
    for entry in value if isinstance(value, list) else [value]:
        body = mapping(entry, where)
        kinds = [kind for kind in CONDITION_KINDS if kind in body]
        if len(kinds) != 1 or len(body) != 1:
            raise Invalid("a condition has one kind", where=where, hint=f"one of: {', '.join(CONDITION_KINDS)}")
        inner = body[kinds[0]]
        about = inner if isinstance(inner, Mapping) else {"field": inner or ""}
        only(about, ("field", "values"), where)
        yield Condition(kinds[0], text(about.get("field", ""), where), texts(about.get("values", []), where))


def _chosen(value: object, where: str) -> dict[str, Any]:
    """Options, or nothing where the data has them."""
    return {"options": () if value is None else options(value, where)}


def _tree(value: object, where: str) -> dict[str, Any]:
    return {"options": () if value is None else options(value, where, nested=True)}


def _labelled(value: object, where: str) -> dict[str, Any]:
    """Labels, if there are any."""
    return {"options": options(value, where) if value else ()}


def _typed(value: object, where: str) -> dict[str, Any]:
    if isinstance(value, int):
        return {"max_length": whole(value, where)}
    body = mapping(value or {}, where)
    only(body, ("max_length", "max_submissions", "rows", "placeholder"), where)
    return {
        "max_length": whole(body.get("max_length", MAX_TEXT), f"{where}.max_length"),
        **_read(body, {"max_submissions": whole, "rows": whole, "placeholder": text}, where),
    }


def _rated(value: object, where: str) -> dict[str, Any]:
    return {"minimum": 1, "maximum": whole(value if value not in (None, {}) else _STARS, where)}


def _measured(value: object, where: str) -> dict[str, Any]:
    body = mapping(value or {}, where)
    only(body, ("min", "max", "step"), where)
    low, high, step = (number(body.get(key), where) for key in ("min", "max", "step"))
    return {"minimum": low, "maximum": high, "step": step}


def _dated(value: object, where: str) -> dict[str, Any]:
    body = {"parts": value} if isinstance(value, str) else mapping(value or {}, where)
    only(body, ("parts", "earliest", "latest"), where)
    return {
        "parts": one_of(body.get("parts", "date-time"), DATE_PARTS, f"{where}.parts"),
        **_read(body, {"earliest": text, "latest": text}, where),
    }


def _about(value: object, where: str) -> dict[str, Any]:
    """Pairs and rankings are named by what they are about."""
    return {"of": texts(value, where)}


_ASKED: Final[Mapping[FieldKind, Callable[[object, str], dict[str, Any]]]] = {
    "choice": _chosen,
    "choices": _chosen,
    "text": _typed,
    "texts": _typed,
    "number": _measured,
    "rating": _rated,
    "taxonomy": _tree,
    "date": _dated,
    "pairwise": _about,
    "ranking": _about,
    "regions": _labelled,
    "relations": _labelled,
}
