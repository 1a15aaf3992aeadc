"""Dawid-Skene and majority vote against crowd-kit, in one run on one machine.

    python benchmarks/bench_consensus.py [--largest TASKS] [--steps N] [--json]

Every line is one input: CPU seconds of each, the ratio, and the largest difference of the posteriors. Inputs are made
up from a seed (worker accuracy Beta(6, 3), log-normal activity, five votes per task, errors spread evenly), so that the
same command measures the same thing everywhere. Both are given integer codes; times include each one's own layout.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene, MajorityVote

from recension.consensus import Votes, dawid_skene, majority

SIZES = [(1_000, 200, 5), (10_000, 1_000, 2), (10_000, 1_000, 5), (100_000, 2_000, 5), (1_000_000, 5_000, 5)]
PER_TASK = 5


def crowd(n_tasks: int, n_workers: int, n_labels: int, seed: int = 7) -> tuple[Votes, np.ndarray]:
    """Made-up votes, and the truth behind them."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_labels, n_tasks)
    accuracy = rng.beta(6, 3, n_workers)
    activity = rng.lognormal(0, 1, n_workers)
    task = np.repeat(np.arange(n_tasks), PER_TASK)
    worker = rng.choice(n_workers, size=len(task), p=activity / activity.sum())
    _, once = np.unique(task * n_workers + worker, return_index=True)
    task, worker = task[once], worker[once]
    wrong = (truth[task] + rng.integers(1, n_labels, len(task))) % n_labels
    label = np.where(rng.random(len(task)) < accuracy[worker], truth[task], wrong)
    codes = [part.astype(np.int32) for part in (task, worker, label)]
    return Votes(*codes, n_tasks, n_workers, n_labels, np.full(n_tasks, -1, dtype=np.int32)), truth


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of the best of up to three runs, and the result."""
    best, result = float("inf"), None
    for _ in range(3):
        before = time.process_time()
        result = work()
        took = time.process_time() - before
        best = min(best, took)
        if took > 5:
            break
    return best, result


def measure(n_tasks: int, n_workers: int, n_labels: int, steps: int) -> dict[str, Any]:
    """Both implementations on one input, with equal steps."""
    votes, truth = crowd(n_tasks, n_workers, n_labels)
    table = pd.DataFrame({"task": votes.task, "worker": votes.worker, "label": votes.label})
    ours_s, ours = cpu(lambda: dawid_skene(votes, max_steps=steps, tolerance=-1e9))
    theirs_s, theirs = cpu(lambda: DawidSkene(n_iter=steps, tol=-1e9).fit_predict_proba(table))
    ours_majority_s, _ = cpu(lambda: majority(votes))
    theirs_majority_s, _ = cpu(lambda: MajorityVote().fit_predict(table))
    smooth_s, smooth = cpu(lambda: dawid_skene(votes, smoothing=1.0))
    posterior = theirs.reindex(index=range(n_tasks), columns=range(n_labels), fill_value=0.0).to_numpy()
    return {
        "tasks": n_tasks,
        "votes": len(votes),
        "workers": n_workers,
        "labels": n_labels,
        "steps": steps,
        "dawid_skene_s": round(ours_s, 4),
        "crowd_kit_s": round(theirs_s, 4),
        "ratio": round(theirs_s / ours_s, 1),
        "ns_per_vote_and_step": round(ours_s / steps / len(votes) * 1e9, 1),
        "largest_difference": float(np.abs(ours.probs - posterior).max()),
        "majority_s": round(ours_majority_s, 4),
        "crowd_kit_majority_s": round(theirs_majority_s, 4),
        "majority_ratio": round(theirs_majority_s / ours_majority_s, 1),
        "accuracy": round(float((ours.label == truth).mean()), 4),
        "smoothed_s": round(smooth_s, 4),
        "smoothed_steps": smooth.steps,
        "smoothed_accuracy": round(float((smooth.label == truth).mean()), 4),
    }


def versions() -> dict[str, str]:
    """What the figures depend on."""
    found = {name: importlib.metadata.version(name) for name in ("crowd-kit", "numpy", "pandas")}
    return {"python": platform.python_version(), **found, "machine": platform.machine(), "cpus": str(os.cpu_count())}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--largest", type=int, default=100_000, help="tasks of the largest input (default 100000)")
    parser.add_argument("--steps", type=int, default=10, help="EM steps of each (default 10)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = [measure(*size, args.steps) for size in SIZES if size[0] <= args.largest]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if args.json:
        print(json.dumps({"versions": versions(), "peak_mb": peak_mb, "rows": rows}, indent=2))
        return
    print(", ".join(f"{name} {value}" for name, value in versions().items()))
    print(
        f"{'tasks':>9}{'votes':>9}{'labels':>7} | {'DS s':>8}{'kit s':>8}{'ratio':>7}{'ns/vote':>8}{'diff':>9}"
        f" | {'MV':>6}"
    )
    for row in rows:
        print(
            f"{row['tasks']:>9}{row['votes']:>9}{row['labels']:>7} | {row['dawid_skene_s']:>8}{row['crowd_kit_s']:>8}"
            f"{row['ratio']:>6}x{row['ns_per_vote_and_step']:>8}{row['largest_difference']:>9.0e} |"
            f" {row['majority_ratio']:>5}x"
        )
    print(f"{args.steps} EM steps each, CPU seconds, best of three; peak memory of both together {peak_mb} MB")


if __name__ == "__main__":
    main()
