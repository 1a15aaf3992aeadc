"""How far two answers to one task agree: what a reviewer looks at first where it is little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from recension.crowd.log import Logged
from recension.label import Field, Schema
from recension.label.repeat import repeated_fields


class PairAgreement(NamedTuple):
    """Two answers, by their places in the log, and how far they agree, from 0 to 1.

    Args:
        fields: the same by field; only those that either answers and that are no opinions.
    """

    first: int
    second: int
    value: float
    fields: Mapping[str, float]


def agreement_of(schema: Schema, answers: Sequence[Logged]) -> list[PairAgreement]:
    """Every pair of the answers that stand, in the order of the log."""
    standing = [each for each in answers if each.stands]
    return [_pair(schema, first, second) for first, second in combinations(standing, 2)]


def mean_of(pairs: Sequence[PairAgreement]) -> float | None:
    """The mean over all pairs; ``None`` when there is none."""
    return sum(pair.value for pair in pairs) / len(pairs) if pairs else None


def mean_agreement_of(schema: Schema, answers: Sequence[Mapping[str, object]]) -> float | None:
    """The mean over all pairs of answers; ``None`` when there are fewer than two."""
    if len(answers) < 2:
        return None
    found = [_value_of(_by_field(schema, first, second)) for first, second in combinations(answers, 2)]
    return sum(found) / len(found)


def _pair(schema: Schema, first: Logged, second: Logged) -> PairAgreement:
    found = _by_field(schema, first.fields, second.fields)
    return PairAgreement(first.seq, second.seq, _value_of(found), found)


def _by_field(schema: Schema, first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, float]:
    compared = _compared(schema, first, second)
    return {name: _likeness(field, first.get(name), second.get(name)) for name, field in compared}


def _value_of(found: Mapping[str, float]) -> float:
    return sum(found.values()) / len(found) if found else 1.0


def _compared(schema: Schema, first: Mapping[str, object], second: Mapping[str, object]) -> Iterator[tuple[str, Field]]:
    """The fields that either answered, those of repeaters by the names of their entries."""
    repeated = repeated_fields(schema)
    given = sorted(first.keys() | second.keys())
    for field in schema.fields:
        if field.opinion or field.per_region:
            continue
        pattern = repeated.get(field.name)
        for name in given:
            if name == field.name if pattern is None else pattern.fullmatch(name):
                yield name, field


def _likeness(field: Field, first: object, second: object) -> float:
    if field.kind != "regions":
        return float(first == second)
    from recension.label.agreement import region_agreement, regions_of  # noqa: PLC0415 (numpy: only review needs it)

    return region_agreement(regions_of(first), regions_of(second))
