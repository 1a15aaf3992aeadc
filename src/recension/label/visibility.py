"""Whether a question is asked, given what is answered so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from recension.label.fields import Condition, Field
from recension.label.schema import Schema

_OF_REGIONS: Final = frozenset({"region-selected", "no-region-selected"})


def is_asked(
    schema: Schema, field: Field, answer: Mapping[str, object], *, labels: Iterable[str] | None = None, of: str = ""
) -> bool:
    """Whether an answer may hold a value of the field.

    Which region is selected is a matter of the moment: for a question about the whole task such conditions do not
    count here.

    Args:
        schema: the schema.
        field: the question.
        answer: the answer's fields; of a per-region question, the region's attributes laid over them.
        labels: of a per-region question, the labels of its region.
        of: of a per-region question, the field that its region belongs to.
    """
    return all(_holds(schema, condition, answer, labels, of) for condition in field.when)


def is_demanded(field: Field) -> bool:
    """Whether a required question about the whole task is refused without an answer, once ``is_asked``.

    One that is shown only while a region is selected may never have been shown.
    """
    return field.required and all(condition.kind != "region-selected" for condition in field.when)


def _holds(
    schema: Schema, condition: Condition, answer: Mapping[str, object], labels: Iterable[str] | None, of: str
) -> bool:
    if condition.kind in _OF_REGIONS:
        if labels is None:
            return True
        fits = condition.field in {"", of} and (not condition.values or bool(set(condition.values) & set(labels)))
        return fits == (condition.kind == "region-selected")
    chosen = any(
        _is_chosen(field, answer.get(field.name), condition.values)
        for field in schema.fields
        if field.kind in {"choice", "choices", "taxonomy"} and condition.field in {"", field.name}
    )
    return chosen == (condition.kind == "choice-selected")


def _is_chosen(field: Field, value: object, wanted: tuple[str, ...]) -> bool:
    """Of a path in a taxonomy its end counts; an option may be named by its label too."""
    given = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
    ends = {str(entry[-1]) for entry in given if isinstance(entry, list | tuple) and entry}
    ends |= {entry for entry in given if isinstance(entry, str)}
    if not wanted:
        return bool(ends)
    labels = {option.label for option in field.options if option.value in ends}
    return bool((ends | labels) & set(wanted))
