"""Votes laid out so that both sums of EM are whole-array additions.

Tasks are put in the order of how many votes they have, most first. The n-th votes of all tasks then form a *layer* that
covers the first so-and-so many tasks, each once: adding something per vote to its task is one addition of arrays, and
reading something per task for each vote is reading a slice. Small layers (the many votes of a few control tasks) are
summed by ``bincount`` instead. Tables are label-major, because numpy reduces a long axis ten times faster than a short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recension.consensus.votes import Votes

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
_SMALL: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Votes by layer; a *cell* is worker * n_labels + voted label.

    Args:
        order: (n_tasks,) position -> task.
        n_cells: number of cells.
        n_labels: number of labels.
        cells: for each layer, the cell of the vote on each of the first ``len`` positions.
        rest_at: positions of the votes that are in no layer.
        rest_cell: cells of the votes that are in no layer.
    """

    order: Index
    n_cells: int
    n_labels: int
    cells: tuple[Index, ...]
    rest_at: Index
    rest_cell: Index

    @staticmethod
    def of(votes: Votes) -> Layers:
        """Lay out the votes."""
        count = np.bincount(votes.task, minlength=votes.n_tasks)
        order = np.argsort(-count, kind="stable")
        position = np.empty_like(order)
        position[order] = np.arange(votes.n_tasks)
        by_position = np.argsort(position[votes.task], kind="stable")
        cell = (votes.worker.astype(np.int64) * votes.n_labels + votes.label)[by_position]
        sizes = count[order]
        first = np.cumsum(sizes) - sizes
        # Layer j covers the tasks with more than j votes; these are a prefix, and ever fewer.
        covered = np.searchsorted(-sizes, -np.arange(sizes[0] if len(sizes) else 0), side="left")
        layered = [int(m) for m in covered if m >= _SMALL]
        cells = tuple(cell[first[:m] + j] for j, m in enumerate(layered))
        rank = np.arange(len(cell)) - np.repeat(first, sizes)
        rest = rank >= len(layered)
        at = np.repeat(np.arange(votes.n_tasks), sizes)
        return Layers(order, votes.n_workers * votes.n_labels, votes.n_labels, cells, at[rest], cell[rest])

    def sum_by_task(self, table: Floats) -> Floats:
        """Per position, the sum over its votes of their cell's column: (k, n_cells) -> (k, n_tasks)."""
        rows = np.ascontiguousarray(table.T)
        total = np.zeros((len(self.order), self.n_labels))
        for cells in self.cells:
            total[: len(cells)] += np.take(rows, cells, axis=0)
        by_label = np.ascontiguousarray(total.T)
        if len(self.rest_at):
            for label in range(self.n_labels):
                values = table[label][self.rest_cell]
                by_label[label] += np.bincount(self.rest_at, weights=values, minlength=len(self.order))
        return by_label

    def sum_by_cell(self, table: Floats) -> Floats:
        """Per cell, the sum over its votes of their task's column: (k, n_tasks) -> (k, n_cells)."""
        total = np.zeros((self.n_labels, self.n_cells))
        for label in range(self.n_labels):
            for cells in self.cells:
                total[label] += np.bincount(cells, weights=table[label, : len(cells)], minlength=self.n_cells)
            if len(self.rest_at):
                values = table[label][self.rest_at]
                total[label] += np.bincount(self.rest_cell, weights=values, minlength=self.n_cells)
        return total
