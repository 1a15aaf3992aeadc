"""What every consensus method returns, and how a label is chosen from probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from recension.consensus.votes import UNKNOWN, Codes, Votes

Floats = NDArray[np.float64]
Tie = Literal["none", "first"]
"""What becomes of a tie: no label, or the first of the tied labels in the order of their codes. Never chance."""

TIE_WITHIN: Final = 1e-9
"""Probabilities this close are equal; the order in which votes were added up must not decide."""


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """The aggregated answers, and what was learned about the workers.

    Args:
        label: (n_tasks,) the label agreed on; -1 for a tie under the rule ``none`` and for tasks without votes.
        probs: (n_tasks, n_labels) rows sum to 1; NaN for tasks without votes whose truth is not known.
        confidence: (n_tasks,) the highest of ``probs``; 0 for tasks without votes.
        worker_accuracy: (n_workers,) expected share of right votes; NaN without votes.
        confusion: (n_workers, n_labels, n_labels) P(voted | true), indexed [worker, true, voted]; NaN where nothing
            is known.
        converged: whether the method came to its end by itself.
        steps: how many steps it took.
        log_likelihood: after each step, the log-likelihood of all votes, in nats, the true labels summed out.
        objective: after each step, what the method maximises: ``log_likelihood`` plus the log density of its priors.
    """

    label: Codes
    probs: Floats
    confidence: Floats
    worker_accuracy: Floats
    confusion: Floats
    converged: bool = True
    steps: int = 1
    log_likelihood: tuple[float, ...] = ()
    objective: tuple[float, ...] = ()


def decide(probs: Floats, tie: Tie) -> tuple[Codes, Floats]:
    """The label and confidence of each row of probabilities; -1 and 0 for rows of NaN."""
    n_tasks, n_labels = probs.shape
    if n_labels == 0:
        return np.full(n_tasks, UNKNOWN, dtype=np.int32), np.zeros(n_tasks)
    voted = ~np.isnan(probs[:, 0])
    top = np.where(voted, probs.max(axis=1), 0.0)
    leading = probs >= (top - TIE_WITHIN)[:, None]
    label = leading.argmax(axis=1).astype(np.int32)
    if tie == "none":
        label[leading.sum(axis=1) > 1] = UNKNOWN
    label[~voted] = UNKNOWN
    return label, top


def expected_accuracy(votes: Votes, probs: Floats) -> Floats:
    """Each worker's mean probability that a vote was right: (n_workers,); NaN without votes."""
    right = np.bincount(votes.worker, weights=probs[votes.task, votes.label], minlength=votes.n_workers)
    total = np.bincount(votes.worker, minlength=votes.n_workers)
    return _ratio(right, total)


def expected_confusion(votes: Votes, probs: Floats) -> Floats:
    """How each worker is expected to have voted per true label: (n_workers, n_labels, n_labels), [worker, true, voted].

    Rows sum to 1; NaN for true labels on which the worker is not expected to have voted at all.
    """
    k = votes.n_labels
    cell = votes.worker.astype(np.int64) * k + votes.label
    counts = np.zeros((k, votes.n_workers * k))
    for true in range(k):
        counts[true] = np.bincount(cell, weights=probs[votes.task, true], minlength=votes.n_workers * k)
    mass = counts.reshape(k, votes.n_workers, k).transpose(1, 0, 2)
    total = mass.sum(axis=2, keepdims=True)
    return _ratio(mass, total)


def clamp(probs: Floats, votes: Votes) -> Floats:
    """Set the rows of tasks whose truth is known to that truth, in place."""
    rows = np.flatnonzero(votes.known != UNKNOWN)
    probs[rows] = 0.0
    probs[rows, votes.known[rows]] = 1.0
    return probs


def vote_shares(votes: Votes) -> Floats:
    """Each task's votes as shares: (n_tasks, n_labels); NaN without votes; the truth where it is known."""
    counts = votes.counts()
    total = counts.sum(axis=1, keepdims=True)
    return clamp(_ratio(counts, total), votes)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """``part / whole``, NaN where ``whole`` is 0."""
    shares: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return shares
