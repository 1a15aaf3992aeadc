"""Agreement against worked examples."""

import numpy as np
import pytest
from hypothesis import given
from tests.consensus.crowds import make, small_votes

from recension.consensus import krippendorff_alpha, percent_agreement

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units.
OBSERVERS = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]


def table(rows):
    cells = [
        (unit, observer, int(value) - 1)
        for observer, row in enumerate(rows)
        for unit, value in enumerate(row.split())
        if value != "."
    ]
    return make(*zip(*cells, strict=True), len(rows[0].split()), len(rows), 5)


def test_alpha_of_the_worked_example():
    assert krippendorff_alpha(table(OBSERVERS)) == pytest.approx(0.743, abs=0.0005)


def test_alpha_of_two_observers_by_hand():
    # Section A of the same text: ten units, two observers, binary. Coincidences: 00 10, 01 and 10 4 each, 11 2; n = 20.
    votes = table(["2 1 2 1 1 1 1 1 1 1".replace("0", "."), "1 1 1 1 1 2 1 1 1 1"])
    zeros, ones, differ, n = 17, 3, 3 * 2, 20
    assert krippendorff_alpha(votes) == pytest.approx(1 - (n - 1) * differ / (2 * zeros * ones))


def test_percent_agreement_by_hand():
    # Task 0: 1 of 3 pairs agrees; task 1: its one pair agrees; task 2 has a single vote and does not count.
    votes = make([0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 0], [0, 0, 1, 1, 1, 0], 3, 3, 2)
    assert percent_agreement(votes) == pytest.approx((1 / 3 + 1) / 2)


def test_agreement_that_is_not_defined_is_none():
    assert percent_agreement(make([0, 1], [0, 0], [0, 1], 2, 1, 2)) is None
    assert krippendorff_alpha(make([0, 1], [0, 0], [0, 1], 2, 1, 2)) is None
    assert krippendorff_alpha(make([0, 0], [0, 1], [1, 1], 1, 2, 2)) is None


def test_chance_has_an_alpha_of_nought():
    rng = np.random.default_rng(5)
    votes = make(np.repeat(np.arange(3000), 4), np.tile(np.arange(4), 3000), rng.integers(0, 3, 12000), 3000, 4, 3)
    assert abs(krippendorff_alpha(votes)) < 0.02


def by_definition(votes):
    """1 - observed / expected disagreement, pair by pair."""
    units = [votes.label[votes.task == task] for task in range(votes.n_tasks)]
    units = [unit for unit in units if len(unit) > 1]
    values = np.concatenate(units) if units else np.array([])
    n = len(values)
    expected = sum(a != b for i, a in enumerate(values) for j, b in enumerate(values) if i != j)
    if not expected:
        return None
    observed = sum((a != b) / (len(u) - 1) for u in units for i, a in enumerate(u) for j, b in enumerate(u) if i != j)
    return 1 - (observed / n) / (expected / (n * (n - 1)))


@given(small_votes())
def test_alpha_is_what_its_definition_says(votes):
    alpha = by_definition(votes)
    assert krippendorff_alpha(votes) == (alpha if alpha is None else pytest.approx(alpha))
