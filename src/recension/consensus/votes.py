"""Votes: who said what about which task, as dense integer codes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recension.errors import Invalid

Codes = NDArray[np.int32]
UNKNOWN = -1


class Names(NamedTuple):
    """What the codes stand for: ``tasks[0]`` is the name of task 0, and so on."""

    tasks: tuple[Any, ...]
    workers: tuple[Any, ...]
    labels: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """One row per vote; at most one vote of a worker on a task.

    Args:
        task: (n_votes,) codes from 0.
        worker: (n_votes,) codes from 0.
        label: (n_votes,) codes from 0; what was voted.
        known: (n_tasks,) the true label of control tasks, -1 elsewhere.
    """

    task: Codes
    worker: Codes
    label: Codes
    n_tasks: int
    n_workers: int
    n_labels: int
    known: Codes

    def __post_init__(self) -> None:
        for name, limit in (("task", self.n_tasks), ("worker", self.n_workers), ("label", self.n_labels)):
            codes = getattr(self, name)
            if codes.shape != self.task.shape or codes.ndim != 1:
                raise Invalid(f"one {name} for every vote is needed", where=name)
            if codes.size and not (codes.min() >= 0 and codes.max() < limit):
                raise Invalid(f"codes must lie in [0, {limit})", where=name)
        if self.known.shape != (self.n_tasks,):
            raise Invalid("one entry for every task is needed", where="known")
        if self.known.size and not (self.known.min() >= UNKNOWN and self.known.max() < self.n_labels):
            raise Invalid(f"codes must lie in [-1, {self.n_labels})", where="known")

    def __len__(self) -> int:
        return len(self.task)

    def counts(self) -> NDArray[np.int64]:
        """How often each label was voted: (n_tasks, n_labels)."""
        cell = self.task.astype(np.int64) * self.n_labels + self.label
        return np.bincount(cell, minlength=self.n_tasks * self.n_labels).reshape(self.n_tasks, self.n_labels)


def encode(
    triples: Iterable[tuple[Hashable, Hashable, Hashable]],
    *,
    known: Mapping[Any, Hashable] | None = None,
    tasks: Sequence[Hashable] | None = None,
    labels: Sequence[Hashable] | None = None,
    repeats: Literal["refuse", "first"] = "refuse",
) -> tuple[Votes, Names]:
    """Votes from ``(task, worker, label)``; codes follow the sorted names, so the order of the triples is no matter.

    Args:
        triples: the votes by name.
        known: task -> true label, for control tasks; other tasks in it are ignored.
        tasks: the tasks in the order of their codes, when some may have no votes.
        labels: the labels in the order of their codes, when some may have no votes or their order matters.
        repeats: what to do with a second vote of a worker on a task.

    Raises:
        Invalid: a second vote of a worker on a task (unless ``repeats`` is ``first``), or a task or label that is not
            in the sequence given.
    """
    first: dict[tuple[Hashable, Hashable], Hashable] = {}
    for task, worker, label in triples:
        if (task, worker) not in first:
            first[task, worker] = label
        elif repeats == "refuse":
            raise Invalid(f"worker {worker!r} voted twice on task {task!r}", where="votes", hint="keep one vote")
    truth = dict(known or {})
    names = Names(
        _names(tasks, {task for task, _ in first}),
        _names(None, {worker for _, worker in first}),
        _names(labels, {*first.values(), *truth.values()}),
    )
    code = [{name: number for number, name in enumerate(group)} for group in names]
    rows = sorted((_code(code[0], t, "task"), code[1][w], _code(code[2], v, "label")) for (t, w), v in first.items())
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T.copy()
    clamped = np.full(len(names.tasks), UNKNOWN, dtype=np.int32)
    for task, label in truth.items():
        if task in code[0]:
            clamped[code[0][task]] = _code(code[2], label, "label")
    n_tasks, n_workers, n_labels = (len(group) for group in names)
    return Votes(columns[0], columns[1], columns[2], n_tasks, n_workers, n_labels, clamped), names


def _names(given: Sequence[Hashable] | None, seen: set[Any]) -> tuple[Any, ...]:
    return tuple(sorted(seen)) if given is None else tuple(given)


def _code(codes: Mapping[Any, int], name: Hashable, kind: str) -> int:
    try:
        return codes[name]
    except KeyError:
        raise Invalid(f"unknown {kind} {name!r}", where="votes", hint=f"name every {kind} there is") from None
