"""Real and made-up crowds for the tests of consensus."""

import csv
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from recension.consensus import Votes, encode

DATA = Path(__file__).parent / "data"
SETS = ("D_PosSent", "rte", "web", "music_genre", "zencrowd_us")


def triples(name):
    with (DATA / name / "labels.csv").open() as file:
        return [(row["task"], row["worker"], row["label"]) for row in csv.DictReader(file)]


def real(name):
    """Votes, their names, and the true label code of every task (-1 where it is not known)."""
    votes, names = encode(triples(name), repeats="first")
    with (DATA / name / "truth.csv").open() as file:
        truth = {row["task"]: row["truth"] for row in csv.DictReader(file)}
    code = {label: number for number, label in enumerate(names.labels)}
    return votes, names, np.array([code.get(truth.get(task), -1) for task in names.tasks])


def accuracy(consensus, truth):
    return float((consensus.label == truth)[truth >= 0].mean())


def planted(seed, *, n_tasks=400, n_workers=25, n_labels=3, per_task=6, sharpness=4.0):
    """Votes of workers with known confusion matrices on tasks with known truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_labels, n_tasks)
    confusion = rng.dirichlet(np.ones(n_labels), (n_workers, n_labels)) + sharpness * np.eye(n_labels)
    confusion /= confusion.sum(axis=2, keepdims=True)
    task = np.repeat(np.arange(n_tasks), per_task)
    worker = np.concatenate([rng.choice(n_workers, per_task, replace=False) for _ in range(n_tasks)])
    label = np.array([rng.choice(n_labels, p=confusion[w, truth[t]]) for t, w in zip(task, worker, strict=True)])
    return make(task, worker, label, n_tasks, n_workers, n_labels), truth, confusion


def make(task, worker, label, n_tasks, n_workers, n_labels, known=None):  # noqa: PLR0917 - in the order of Votes
    codes = [np.asarray(values, dtype=np.int32) for values in (task, worker, label)]
    held = np.full(n_tasks, -1) if known is None else np.asarray(known)
    return Votes(*codes, n_tasks, n_workers, n_labels, held.astype(np.int32))


@st.composite
def small_votes(draw, *, with_known=True):
    """Any votes at all: sparse, tied, with empty tasks and idle workers, and with known truths."""
    n_tasks, n_workers, n_labels = draw(st.integers(1, 6)), draw(st.integers(1, 5)), draw(st.integers(1, 4))
    label = st.integers(0, n_labels - 1)
    pairs = st.tuples(st.integers(0, n_tasks - 1), st.integers(0, n_workers - 1))
    cells = draw(st.dictionaries(pairs, label, max_size=20))
    known = draw(st.lists(st.just(-1) | label if with_known else st.just(-1), min_size=n_tasks, max_size=n_tasks))
    rows = [(t, w, v) for (t, w), v in cells.items()]
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    return make(*columns, n_tasks, n_workers, n_labels, known)
