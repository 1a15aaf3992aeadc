"""Migration rules as they stand in a project's YAML under ``migrate:``; see ``migration`` for what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from recension.errors import Invalid
from recension.label.fields_values import mapping, only, text, texts
from recension.label.migration import AddField, ChangeOptions, DropField, RenameField, Rule, SplitOption


def parse_rules(body: object, *, where: str) -> tuple[Rule, ...]:
    """The rules of a project's ``migrate:``.

    Raises:
        Invalid: an unknown rule or key, or a missing one; names its place.
    """
    if not isinstance(body, list | tuple):
        raise Invalid(f"rules are a list, not {body!r}", where=where, hint="write - rename_field: {from: a, to: b}")
    return tuple(_rule(entry, f"{where}[{place}]") for place, entry in enumerate(body))


def _rule(entry: object, where: str) -> Rule:
    body = mapping(entry, where)
    if len(body) != 1 or (read := _RULES.get(next(iter(body)))) is None:
        raise Invalid("a rule has one kind", where=where, hint=f"one of: {', '.join(_RULES)}")
    name = next(iter(body))
    return read(mapping(body[name], f"{where}.{name}"), f"{where}.{name}")


def _take(body: Mapping[str, object], keys: Sequence[str], where: str) -> list[object]:
    only(body, keys, where)
    missing = [key for key in keys if body.get(key) is None]
    if missing:
        raise Invalid(f"{missing[0]} is missing", where=where, hint=f"keys are: {', '.join(keys)}")
    return [body[key] for key in keys]


def _rename_field(body: Mapping[str, object], where: str) -> Rule:
    old, new = _take(body, ("from", "to"), where)
    return RenameField(text(old, where), text(new, where))


def _rename_option(body: Mapping[str, object], where: str) -> Rule:
    name, old, new = _take(body, ("field", "from", "to"), where)
    return ChangeOptions(text(name, where), {text(old, where): text(new, where)})


def _merge_options(body: Mapping[str, object], where: str) -> Rule:
    name, old, new = _take(body, ("field", "from", "to"), where)
    return ChangeOptions(text(name, where), dict.fromkeys(texts(old, where), text(new, where)))


def _split_option(body: Mapping[str, object], where: str) -> Rule:
    name, old, by, to = _take(body, ("field", "from", "by", "to"), where)
    split = {text(key, where): text(value, where) for key, value in mapping(to, f"{where}.to").items()}
    return SplitOption(text(name, where), text(old, where), text(by, where), split)


def _add_field(body: Mapping[str, object], where: str) -> Rule:
    name, value = _take(body, ("field", "value"), where)
    return AddField(text(name, where), value)  # type: ignore[arg-type]  # what YAML holds is JSON


def _drop_field(body: Mapping[str, object], where: str) -> Rule:
    (name,) = _take(body, ("field",), where)
    return DropField(text(name, where))


_RULES: Final[Mapping[str, Callable[[Mapping[str, object], str], Rule]]] = {
    "rename_field": _rename_field,
    "rename_option": _rename_option,
    "merge_options": _merge_options,
    "split_option": _split_option,
    "add_field": _add_field,
    "drop_field": _drop_field,
}
