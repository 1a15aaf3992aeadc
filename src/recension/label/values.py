"""Values of single fields: checked, and brought into their one canonical form."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.fields import Field, Option

Value = JSON
"""What a field's answer is, in canonical form; never ``None``."""

_LARGEST: Final = sys.float_info.max  # neither infinite, nor NaN, nor an integer that no other JSON reader takes
_DATE_FORMS: Final = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"),
    "month": re.compile(r"\d{4}-\d\d"),
    "year": re.compile(r"\d{4}"),
}
_MOST_TEXTS: Final = 1000


def check_plain(field: Field, value: object, ids: Sequence[str] | None = None) -> Value:
    """One field's answer in canonical form, ``None`` when it is left empty; of every kind but regions and relations.

    Args:
        field: the question.
        value: what was answered.
        ids: of a ranking, what there is to rank; ``None`` when that is not known here.

    Raises:
        Invalid: the field does not allow the value.
    """
    if field.kind == "ranking":
        return _ranking(field, value, ids)
    check = _CHECKS.get(field.kind)
    if check is None:
        raise refuse(field, value)
    return check(field, value)


def is_empty(value: object) -> bool:
    """Whether a value says nothing."""
    return value is None or value in ("", [], (), {})


def refuse(field: Field, value: object) -> Invalid:
    """The error that a value is none that the field allows."""
    shown = repr(value)
    return Invalid(
        f"{shown if len(shown) < 80 else shown[:77] + '...'} is no answer", where=field.name, hint=allowed(field)
    )


def _option(field: Field, value: object) -> str:
    if not isinstance(value, str) or all(option.value != value for option in field.options):
        raise refuse(field, value)
    return value


def _options(field: Field, value: object) -> Value:
    if not isinstance(value, list | tuple):
        raise refuse(field, value)
    chosen = {_option(field, entry) for entry in value}
    return [option.value for option in field.options if option.value in chosen]


def _text(field: Field, value: object) -> str | None:
    if not isinstance(value, str) or len(value) > field.max_length or "\0" in value:
        raise refuse(field, value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise refuse(field, value) from None
    return value if value.strip() else None


def _texts(field: Field, value: object) -> Value:
    if not isinstance(value, list | tuple) or len(value) > (field.max_submissions or _MOST_TEXTS):
        raise refuse(field, value)
    return [text for entry in value if (text := _text(field, entry)) is not None] or None


def _number(field: Field, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        raise refuse(field, value)
    too_small = field.minimum is not None and value < field.minimum
    too_large = field.maximum is not None and value > field.maximum
    whole = int(value) if value == int(value) else None
    if too_small or too_large or (field.kind == "rating" and whole is None):
        raise refuse(field, value)
    return value if whole is None else whole


def _paths(field: Field, value: object) -> Value:
    """Chosen paths in the order of the tree, without repeats."""
    if not isinstance(value, list | tuple):
        raise refuse(field, value)
    known = {path: number for number, path in enumerate(paths(field.options, leaves_only=field.leaves_only))}
    given: set[tuple[str, ...]] = set()
    for path in value:
        if not isinstance(path, list | tuple) or (steps := tuple(map(str, path))) not in known:
            raise refuse(field, value)
        given.add(steps)
    if field.max_usages is not None and len(given) > field.max_usages:
        raise refuse(field, value)
    return [list(path) for path in sorted(given, key=known.__getitem__)]


def paths(options: Sequence[Option], *, leaves_only: bool = False) -> list[tuple[str, ...]]:
    """All paths into a tree of options, in its order; a path names every option on the way."""
    found: list[tuple[str, ...]] = []
    for option in options:
        if not (leaves_only and option.children):
            found.append((option.value,))
        found += [(option.value, *rest) for rest in paths(option.children, leaves_only=leaves_only)]
    return found


def _date(field: Field, value: object) -> str:
    if not isinstance(value, str) or _DATE_FORMS[field.parts].fullmatch(value) is None or not _is_date(field, value):
        raise refuse(field, value)
    # Text in one of these forms sorts as time does, as long as no offsets differ.
    if (field.earliest and value < field.earliest) or (field.latest and value[: len(field.latest)] > field.latest):
        raise refuse(field, value)
    return value


def _is_date(field: Field, value: str) -> bool:
    try:
        match field.parts:
            case "date-time":
                datetime.fromisoformat(value)
            case "time":
                time.fromisoformat(value)
            case "date":
                date.fromisoformat(value)
            case "month":
                date.fromisoformat(f"{value}-01")
            case "year":
                date(int(value), 1, 1)
    except ValueError:
        return False
    return True


def _side(field: Field, value: object) -> str:
    if value not in ({"left", "right", "equal"} if field.equal else {"left", "right"}):
        raise refuse(field, value)
    return str(value)


def _ranking(field: Field, value: object, ids: Sequence[str] | None) -> Value:
    """An order names everything there is to rank; buckets leave out what nobody put into one."""
    result: Value
    if field.buckets:
        if not isinstance(value, Mapping) or value.keys() - {bucket.value for bucket in field.buckets}:
            raise refuse(field, value)
        within = {bucket.value: _ids(field, value.get(bucket.value, [])) for bucket in field.buckets}
        given = [entry for listed in within.values() for entry in listed]
        result = dict(within) if given else None
    else:
        given = _ids(field, value)
        result = given
    unknown = ids is not None and not set(given) <= set(ids)
    partial = ids is not None and not field.buckets and len(given) < len(set(ids))
    if len(set(given)) < len(given) or unknown or partial:
        raise refuse(field, value)
    return result


def _ids(field: Field, value: object) -> list[JSON]:
    if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
        raise refuse(field, value)
    return [*value]


def allowed(field: Field) -> str:
    """What to answer, for people."""
    return _ALLOWED[field.kind](field)


def _range(field: Field) -> str:
    low = "" if field.minimum is None else f" from {field.minimum:g}"
    high = "" if field.maximum is None else f" to {field.maximum:g}"
    return f"give a number{low}{high}"


def _stars(field: Field) -> str:
    return f"give a whole number from 1 to {field.maximum:g}" if field.maximum else "give a whole number from 1"


def _time(field: Field) -> str:
    bounds = [f"from {field.earliest}"] * bool(field.earliest) + [f"to {field.latest}"] * bool(field.latest)
    return " ".join([f"give a {field.parts} in ISO 8601 form", *bounds])


def _order(field: Field) -> str:
    within = ", ".join(bucket.value for bucket in field.buckets)
    return f"give lists of ids for: {within}" if within else "give every id once, best first"


def _branches(field: Field) -> str:
    most = "" if field.max_usages is None else f" of at most {field.max_usages}"
    return f"give a list{most} of paths, each a list from {' or '.join(field.values()) or 'the top'} down"


def _submissions(field: Field) -> str:
    most = field.max_submissions or _MOST_TEXTS
    return f"give a list of at most {most} texts, each of at most {field.max_length} characters"


_CHECKS: Final[Mapping[str, Callable[[Field, object], Value]]] = {
    "choice": _option,
    "choices": _options,
    "text": _text,
    "number": _number,
    "rating": _number,
    "taxonomy": _paths,
    "date": _date,
    "pairwise": _side,
    "texts": _texts,
}
_ALLOWED: Final[Mapping[str, Callable[[Field], str]]] = {
    "choice": lambda field: f"choose one of: {', '.join(field.values())}",
    "choices": lambda field: f"give a list of: {', '.join(field.values())}",
    "text": lambda field: f"write text of at most {field.max_length} characters",
    "number": _range,
    "rating": _stars,
    "taxonomy": _branches,
    "date": _time,
    "pairwise": lambda field: "say left, right or equal" if field.equal else "say left or right",
    "ranking": _order,
    "regions": lambda _: "give a list of regions",
    "relations": lambda _: "give a list of relations between regions",
    "texts": _submissions,
}
