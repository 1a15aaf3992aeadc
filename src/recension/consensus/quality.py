"""What known truths say about workers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recension.consensus.votes import UNKNOWN, Votes


def on_known(votes: Votes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each worker's right votes on tasks with a known truth, and all votes on them: (n_workers,) each."""
    truth = votes.known[votes.task]
    judged = truth != UNKNOWN
    right = np.bincount(votes.worker[judged & (truth == votes.label)], minlength=votes.n_workers)
    return right, np.bincount(votes.worker[judged], minlength=votes.n_workers)
