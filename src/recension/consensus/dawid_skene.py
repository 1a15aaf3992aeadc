"""Dawid and Skene's model: every worker has a confusion matrix, learned together with the true labels by EM.

Differences from other implementations, all on purpose: the stopping rule watches the true marginal log-likelihood
(with the priors, where there are any), which EM never lowers; control tasks with a known truth are held at it, and say
nothing about how frequent labels are, because somebody chose them; ties are decided by a stated rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recension.consensus.result import Consensus, Floats, Tie, decide, expected_accuracy, vote_shares
from recension.consensus.votes import UNKNOWN, Votes

FLOOR: Final = 1e-10
"""Least mass of a vote that did occur, so that no logarithm is infinite (the value crowd-kit uses)."""


def dawid_skene(
    votes: Votes, *, smoothing: float = 0.0, max_steps: int = 100, tolerance: float = 1e-6, tie: Tie = "none"
) -> Consensus:
    """Estimate true labels and every worker's confusion matrix by EM, starting from the shares of the votes.

    Args:
        votes: one row per vote; known truths stand and teach about the workers.
        smoothing: votes added to every row of every confusion matrix, spread evenly over the labels, and tasks added
            likewise to the frequency of labels: the mode under Dirichlet(1 + smoothing / n_labels) priors. Spread, not
            added to each cell: with ten labels one vote in every cell would drown most workers. With 0 (maximum
            likelihood) a worker with a single vote is taken for always right or always wrong; 1 suits small crowds.
        max_steps: E-steps at most.
        tolerance: stop when the objective grows by less than this, in nats per vote.
        tie: see ``Tie``; applies to equal posteriors.

    Source: Dawid and Skene, Applied Statistics 28(1), 1979, 20-28, doi:10.2307/2346806.
    """
    model = _Model.of(votes, smoothing)
    probs = vote_shares(votes)
    class_log, worker_log = model.maximise(probs)
    likelihood: list[float] = []
    objective: list[float] = []
    converged = len(votes) == 0
    while not converged and len(objective) < max_steps:
        probs, log_likelihood = model.expect(class_log, worker_log)
        likelihood.append(log_likelihood)
        objective.append(log_likelihood + model.log_prior(class_log, worker_log))
        converged = len(objective) > 1 and objective[-1] - objective[-2] < tolerance * len(votes)
        class_log, worker_log = model.maximise(probs)
    label, confidence = decide(probs, tie)
    return Consensus(
        label=label,
        probs=probs,
        confidence=confidence,
        worker_accuracy=expected_accuracy(votes, probs),
        confusion=model.confusion(worker_log),
        converged=converged,
        steps=len(objective),
        log_likelihood=tuple(likelihood),
        objective=tuple(objective),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """The votes laid out for the two steps; label-major, so that every sum is one ``bincount`` over a flat array.

    Args:
        task: (n_votes,) ascending, so that tables of tasks are read in order.
        cell: (n_votes,) worker * n_labels + voted label.
        seen: (n_workers * n_labels,) whether the vote occurs.
        free: (n_tasks,) whether the task has votes and no known truth: only these tell how frequent labels are.
    """

    votes: Votes
    smoothing: float
    task: NDArray[np.int64]
    cell: NDArray[np.int64]
    seen: NDArray[np.bool_]
    free: NDArray[np.bool_]

    @staticmethod
    def of(votes: Votes, smoothing: float) -> _Model:
        order = np.argsort(votes.task, kind="stable")
        cell = (votes.worker.astype(np.int64) * votes.n_labels + votes.label)[order]
        seen = np.bincount(cell, minlength=votes.n_workers * votes.n_labels) > 0
        voted = np.bincount(votes.task, minlength=votes.n_tasks) > 0
        free = voted & (votes.known == UNKNOWN)
        return _Model(votes, smoothing, votes.task[order].astype(np.int64), cell, seen, free)

    def maximise(self, probs: Floats) -> tuple[Floats, Floats]:
        """M-step: log P(label), and log P(vote | label) as (n_labels, n_workers * n_labels)."""
        v, k = self.votes, self.votes.n_labels
        by_label = np.ascontiguousarray(probs.T)
        mass = np.empty((k, v.n_workers * k))
        for true in range(k):
            mass[true] = np.bincount(self.cell, weights=by_label[true][self.task], minlength=v.n_workers * k)
        if self.smoothing > 0:
            mass += self.smoothing / k
        else:
            mass = np.where(self.seen, np.maximum(mass, FLOOR), 0.0)
        cube = mass.reshape(k, v.n_workers, k)
        total = cube.sum(axis=2, keepdims=True)
        share = np.divide(cube, total, out=np.zeros_like(cube), where=total > 0).reshape(k, -1)
        frequency = probs[self.free].sum(axis=0) + self.smoothing / max(k, 1)
        frequency = frequency / frequency.sum() if frequency.sum() > 0 else np.full(k, 1 / max(k, 1))
        return np.log(np.maximum(frequency, FLOOR)), np.log(share, out=np.full_like(share, -np.inf), where=share > 0)

    def expect(self, class_log: Floats, worker_log: Floats) -> tuple[Floats, float]:
        """E-step: P(label | votes), and the log-likelihood of all votes."""
        v = self.votes
        joint = np.empty((v.n_tasks, v.n_labels))
        for true in range(v.n_labels):
            joint[:, true] = np.bincount(self.task, weights=worker_log[true][self.cell], minlength=v.n_tasks)
        held = np.flatnonzero(v.known != UNKNOWN)
        given = joint[held, v.known[held]].sum()
        joint += class_log
        top = joint.max(axis=1, keepdims=True)
        probs = np.exp(joint - top)
        total = probs.sum(axis=1, keepdims=True)
        log_likelihood = float(given + (top + np.log(total))[self.free].sum())
        probs /= total
        probs[~self.free] = np.nan
        probs[held] = 0.0
        probs[held, v.known[held]] = 1.0
        return probs, log_likelihood

    def log_prior(self, class_log: Floats, worker_log: Floats) -> float:
        """Log density of the Dirichlet priors, up to a constant."""
        if self.smoothing == 0:
            return 0.0
        return self.smoothing / max(self.votes.n_labels, 1) * float(class_log.sum() + worker_log.sum())

    def confusion(self, worker_log: Floats) -> Floats:
        k = self.votes.n_labels
        share = np.exp(worker_log).reshape(k, self.votes.n_workers, k).transpose(1, 0, 2)
        return np.where(share.sum(axis=2, keepdims=True) > 0, share, np.nan)
