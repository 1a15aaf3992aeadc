"""From one schema to the next: rules that carry stored answers over.

Rules are data, stated by people (read by ``migration_form``)::

    migrate:
      - {rename_field: {from: category, to: kind}}
      - {rename_option: {field: kind, from: clickbait, to: bait}}
      - {merge_options: {field: kind, from: [news, report], to: news}}
      - {split_option: {field: kind, from: sport, by: subject, to: {ball: football, race: athletics}}}
      - {add_field: {field: sharp, value: "yes"}}
      - {drop_field: {field: note}}

They apply in their order, each to what the one before left. An answer is carried over when its result fits the new
schema; it is never rewritten where it is stored, but read through the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recension.errors import Invalid
from recension.label.answers import check_answer
from recension.label.canonical import JSON
from recension.label.schema import Schema

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RenameField:
    """The question has another name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """Options of a question, or labels of regions, are called otherwise; several may become one."""

    field: str
    to: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SplitOption:
    """One option becomes one of several, as another question was answered.

    Args:
        by: that other question; of labels of regions, one asked of each region.
        to: its answer → the new option. An answer that is not in it leaves the option as it is.
    """

    field: str
    old: str
    by: str
    to: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddField:
    """A new question has this answer where none was given; one asked of regions, in each region."""

    field: str
    value: JSON


@dataclass(frozen=True, slots=True)
class DropField:
    """Answers to a question are left out."""

    field: str


Rule = RenameField | ChangeOptions | SplitOption | AddField | DropField


@dataclass(frozen=True, slots=True)
class Fitting:
    """What became of stored answers.

    Args:
        fit: how many stand as they are.
        migrated: how many the rules carry over.
        lost: why others do not fit → how many.
    """

    fit: int = 0
    migrated: int = 0
    lost: Mapping[str, int] | None = None


def migrate(rules: Sequence[Rule], new: Schema, answer: Answer) -> dict[str, object]:
    """An answer read through the rules; whether it fits the new schema is ``carried_over``'s to say."""
    fields: dict[str, object] = dict(answer)
    for rule in rules:
        fields = _apply(rule, new, fields)
    return fields


def carried_over(rules: Sequence[Rule], new: Schema, answer: Answer, data: Answer | None = None) -> dict[str, JSON]:
    """An answer read through the rules, in the canonical form of the new schema.

    Raises:
        Invalid: it does not fit.
    """
    return check_answer(new, migrate(rules, new, answer), data)


def fitting(rules: Sequence[Rule], new: Schema, answers: Iterable[tuple[Answer, Answer | None]]) -> Fitting:
    """What becomes of stored answers, each with the data of its task if that is known."""
    fit, migrated = 0, 0
    lost: Counter[str] = Counter()
    for answer, data in answers:
        try:
            result = carried_over(rules, new, answer, data)
        except Invalid as error:
            lost[f"{error.where}: {error.message}" if error.where else error.message] += 1
            continue
        same = result == answer
        fit, migrated = fit + same, migrated + (not same)
    return Fitting(fit, migrated, dict(lost))


def _apply(rule: Rule, new: Schema, fields: dict[str, object]) -> dict[str, object]:
    match rule:
        case RenameField(old, name):
            return {
                name if key == old else key: _attributes(value, _renamed(old, name)) for key, value in fields.items()
            }
        case DropField(name):
            kept = {key: value for key, value in fields.items() if key != name}
            return {key: _attributes(value, _without(name)) for key, value in kept.items()}
        case ChangeOptions(name, to):
            return _everywhere(fields, name, lambda value, _: _replaced(value, to))
        case SplitOption(name, old, by, to):
            return _everywhere(fields, name, lambda value, around: _split(value, old, around.get(by), to))
        case AddField(name, value):
            return _added(fields, new, name, value)


def _everywhere(fields: dict[str, object], name: str, change: Callable[[object, Answer], object]) -> dict[str, object]:
    """A field's value changed, be it an answer, the labels of regions, or asked of regions."""
    changed: dict[str, object] = {}
    for key, value in fields.items():
        if key != name:
            changed[key] = _attributes(value, _changed(name, change))
        elif _is_marks(value):
            changed[key] = _labels(value, change)
        else:
            changed[key] = change(value, fields)
    return changed


def _is_marks(value: object) -> bool:
    """Whether a value is a list of regions or relations."""
    return isinstance(value, list | tuple) and any(isinstance(entry, Mapping) for entry in value)


def _labels(value: object, change: Callable[[object, Answer], object]) -> object:
    if not _is_marks(value):
        return value
    return [{**mark, "labels": change(mark.get("labels", []), mark.get("attributes", {}))} for mark in _marks(value)]


def _marks(value: object) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list | tuple) else []


def _attributes(value: object, change: Callable[[dict[str, object]], dict[str, object]]) -> object:
    if not _is_marks(value):
        return value
    return [
        {**mark, "attributes": change(dict(mark["attributes"]))} if mark.get("attributes") else mark
        for mark in _marks(value)
    ]


def _renamed(old: str, new: str) -> Callable[[dict[str, object]], dict[str, object]]:
    return lambda attributes: {new if key == old else key: value for key, value in attributes.items()}


def _without(name: str) -> Callable[[dict[str, object]], dict[str, object]]:
    return lambda attributes: {key: value for key, value in attributes.items() if key != name}


def _changed(name: str, change: Callable[[object, Answer], object]) -> Callable[[dict[str, object]], dict[str, object]]:
    return lambda attributes: {
        key: change(value, attributes) if key == name else value for key, value in attributes.items()
    }


def _replaced(value: object, to: Mapping[str, str]) -> object:
    """Options renamed in a value of any kind; sets lose what became equal."""
    if not isinstance(value, list | tuple):
        return to.get(value, value) if isinstance(value, str) else value
    # Of a taxonomy each entry is a path, in which a name may stand twice.
    replaced = [
        [to.get(step, step) for step in entry] if isinstance(entry, list) else _replaced(entry, to) for entry in value
    ]
    return [entry for place, entry in enumerate(replaced) if entry not in replaced[:place]]


def _split(value: object, old: str, by: object, to: Mapping[str, str]) -> object:
    return _replaced(value, {old: to[by]}) if isinstance(by, str) and by in to else value


def _added(fields: dict[str, object], new: Schema, name: str, value: JSON) -> dict[str, object]:
    field = new.field(name)
    if not field.per_region:
        return {name: value, **fields}
    marked = {each.name for each in new.fields if each.kind == "regions" and set(each.of) & set(field.of)}
    return {
        key: [{**mark, "attributes": {name: value, **mark.get("attributes", {})}} for mark in _marks(marks)]
        if key in marked
        else marks
        for key, marks in fields.items()
    }
