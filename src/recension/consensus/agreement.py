"""How far workers agree with each other, whoever is right."""

from __future__ import annotations

import numpy as np

from recension.consensus.votes import Votes


def percent_agreement(votes: Votes) -> float | None:
    """Chance that two different votes on one task are equal, averaged over the tasks with two votes or more, in [0, 1].

    ``None`` when no task has two votes.
    """
    counts = votes.counts()
    total = counts.sum(axis=1)
    counts, total = counts[total > 1], total[total > 1]
    if len(total) == 0:
        return None
    return float(((counts * (counts - 1)).sum(axis=1) / (total * (total - 1))).mean())


def krippendorff_alpha(votes: Votes) -> float | None:
    """Krippendorff's alpha for nominal labels: 1 is perfect agreement, 0 what chance would give.

    ``None`` where it is not defined: no task has two votes, or all those votes are the same.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011, section C.
    """
    counts = votes.counts().astype(np.float64)
    total = counts.sum(axis=1)
    counts, total = counts[total > 1], total[total > 1]
    by_label = counts.sum(axis=0)
    n = by_label.sum()
    expected = n * n - (by_label * by_label).sum()
    if expected == 0:
        return None
    # Of the pairs of votes on a task, weighted by 1 / (votes - 1), those that differ: its off-diagonal coincidences.
    differing = ((total * total - (counts * counts).sum(axis=1)) / (total - 1)).sum()
    return float(1 - (n - 1) * differing / expected)
