"""What is simulated: how many workers, of which kinds, and what they know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from recension.client.simulate.truth import Truth
from recension.errors import Invalid

Confusion = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Field -> right option -> option given -> probability."""


@dataclass(frozen=True, slots=True)
class SimulationSpec:
    """A crowd; equal specs behave equally.

    Args:
        workers: how many there are; they are called sim-001 and so on.
        seed: decides everything that is left to chance.
        concurrency: how many answer at the same time. Only with 1 is the order of answers the same in every run.
        accuracy: mean share of right answers of a careful worker.
        spread: standard deviation of that share between workers.
        confusion: how careful workers err, instead of ``accuracy``; for the fields that are in it.
        spammers: share of workers who answer at random. Every second of them is honest as long as training lasts.
        fast: share of workers who click through a page in less than 30 seconds.
        pace_s: median seconds that a careful worker takes for a task.
        truth: the right answers; a task that is not in it gets one by its hash.
        patience_s: how long to go on trying when the server does not answer.
    """

    workers: int = 10
    seed: int = 0
    concurrency: int = 1
    accuracy: float = 0.95
    spread: float = 0.02
    confusion: Confusion = field(default_factory=dict)
    spammers: float = 0.0
    fast: float = 0.0
    pace_s: float = 14.0
    truth: Truth = field(default_factory=Truth)
    patience_s: float = 30.0

    def __post_init__(self) -> None:
        if not 1 <= self.workers <= 10_000:
            raise Invalid(f"{self.workers} workers", where="workers", hint="take 1 to 10000")
        if self.concurrency < 1:
            raise Invalid(f"concurrency {self.concurrency}", where="concurrency", hint="take at least 1")
        for name in ("accuracy", "spammers", "fast"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise Invalid(f"{name} {share!r} is no share", where=name, hint="take a number from 0 to 1")
        if self.spammers + self.fast > 1:
            raise Invalid("spammers and fast workers are more than all", where="spammers", hint="take less of both")
        if not (self.pace_s > 0 and math.isfinite(self.pace_s)):
            raise Invalid(f"a pace of {self.pace_s!r} s", where="pace_s", hint="take seconds over 0")
        _check_confusion(self.confusion)


def _check_confusion(confusion: Confusion) -> None:
    for name, rows in confusion.items():
        for right, row in rows.items():
            if any(p < 0 for p in row.values()) or not math.isclose(sum(row.values()), 1, abs_tol=1e-6):
                where = f"confusion.{name}.{right}"
                raise Invalid("probabilities that do not add up to 1", where=where, hint="give each row a sum of 1")
