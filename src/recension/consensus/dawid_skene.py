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

from recension.consensus.layers import Layers
from recension.consensus.majority import majority
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
    if votes.n_labels == 0:
        return majority(votes)
    model = _Model.of(votes, smoothing)
    start = vote_shares(votes)
    probs = np.ascontiguousarray(np.nan_to_num(start)[model.layers.order].T)
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
    by_task = np.empty((votes.n_tasks, votes.n_labels))
    by_task[model.layers.order] = probs.T
    by_task[np.isnan(start)] = np.nan
    label, confidence = decide(by_task, tie)
    return Consensus(
        label=label,
        probs=by_task,
        confidence=confidence,
        worker_accuracy=expected_accuracy(votes, by_task),
        confusion=model.confusion(worker_log),
        converged=converged,
        steps=len(objective),
        log_likelihood=tuple(likelihood),
        objective=tuple(objective),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """The votes laid out for the two steps. Tasks stand in the order of ``layers``; tables are label-major.

    Args:
        seen: (n_cells,) whether the vote occurs at all.
        free: (n_tasks,) 1 where the task has votes and no known truth, else 0: only these tell how frequent labels are.
        held: positions of the tasks with a known truth.
        truth: (n_labels, n_held) that truth, as 1 and 0.
    """

    votes: Votes
    smoothing: float
    layers: Layers
    seen: NDArray[np.bool_]
    free: Floats
    held: NDArray[np.int64]
    truth: Floats

    @staticmethod
    def of(votes: Votes, smoothing: float) -> _Model:
        layers = Layers.of(votes)
        cell = votes.worker.astype(np.int64) * votes.n_labels + votes.label
        known = votes.known[layers.order]
        voted = (np.bincount(votes.task, minlength=votes.n_tasks) > 0)[layers.order]
        held = np.flatnonzero(known != UNKNOWN)
        return _Model(
            votes,
            smoothing,
            layers,
            seen=np.bincount(cell, minlength=layers.n_cells) > 0,
            free=(voted & (known == UNKNOWN)).astype(np.float64),
            held=held,
            truth=(np.arange(votes.n_labels)[:, None] == known[held]).astype(np.float64),
        )

    def maximise(self, probs: Floats) -> tuple[Floats, Floats]:
        """M-step: log P(label), and log P(vote | label) as (n_labels, n_cells)."""
        k = self.votes.n_labels
        mass = self.layers.sum_by_cell(probs)
        # einsum below and not matmul: BLAS would start threads for these small sums, and burn a second core.
        if self.smoothing > 0:
            mass += self.smoothing / k
        else:
            mass = np.where(self.seen, np.maximum(mass, FLOOR), 0.0)
        cube = mass.reshape(k, self.votes.n_workers, k)
        total = cube.sum(axis=2, keepdims=True)
        share = np.divide(cube, total, out=np.zeros_like(cube), where=total > 0).reshape(k, -1)
        frequency = np.einsum("kt,t->k", probs, self.free) + self.smoothing / k
        frequency = frequency / frequency.sum() if frequency.sum() > 0 else np.full(k, 1 / k)
        return np.log(np.maximum(frequency, FLOOR)), np.log(share, out=np.full_like(share, -np.inf), where=share > 0)

    def expect(self, class_log: Floats, worker_log: Floats) -> tuple[Floats, float]:
        """E-step: P(label | votes), and the log-likelihood of all votes."""
        joint = self.layers.sum_by_task(worker_log)
        given = float((joint[:, self.held] * self.truth).sum())
        joint += class_log[:, None]
        top = joint.max(axis=0)
        probs: Floats = np.exp(joint - top)
        total = probs.sum(axis=0)
        log_likelihood = given + float(np.einsum("t,t->", top + np.log(total), self.free))
        probs /= total
        probs[:, self.held] = self.truth
        return probs, log_likelihood

    def log_prior(self, class_log: Floats, worker_log: Floats) -> float:
        """Log density of the Dirichlet priors, up to a constant."""
        if self.smoothing == 0:
            return 0.0
        return self.smoothing / self.votes.n_labels * float(class_log.sum() + worker_log.sum())

    def confusion(self, worker_log: Floats) -> Floats:
        k = self.votes.n_labels
        share = np.exp(worker_log).reshape(k, self.votes.n_workers, k).transpose(1, 0, 2)
        return np.where(share.sum(axis=2, keepdims=True) > 0, share, np.nan)
