"""Consensus of whole answers, field by field.

A ``choice`` and a ``rating`` are votes for one label, ``choices`` are one yes-or-no vote per option, a ``text`` is a
vote for itself, a ``number`` gets the median. Of an opinion only the distribution is told. Everything is a pure
function of the set of judgements: neither their order nor chance has a part in it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from recension.consensus.agreement import krippendorff_alpha, percent_agreement
from recension.consensus.dawid_skene import dawid_skene
from recension.consensus.majority import majority
from recension.consensus.quality import on_known
from recension.consensus.result import Consensus, Tie
from recension.consensus.votes import UNKNOWN, Names, Votes, encode

Method = Literal["majority", "dawid_skene"]
METHODS: Final[tuple[Method, ...]] = ("majority", "dawid_skene")
_DIGITS: Final = 6  # of probabilities in documents: below what sums in another order could change


class Judgement(NamedTuple):
    """One person's answer to one task."""

    task: str
    worker: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A field as consensus sees it.

    Args:
        kind: ``choice``, ``choices``, ``text``, ``number`` or ``rating``.
        values: every answer that may be chosen; of a rating, its numbers.
    """

    name: str
    kind: str
    values: tuple[Any, ...] = ()
    opinion: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """How votes become consensus."""

    method: Method = "dawid_skene"
    smoothing: float = 1.0
    tie: Tie = "none"


@dataclass(frozen=True, slots=True)
class FieldConsensus:
    """What one task's answers to one field come to.

    Args:
        value: the answer agreed on; ``None`` for a tie, and for an opinion.
        confidence: probability that ``value`` is right, in [0, 1]; ``None`` where there is no such thing.
        votes: how many judgements answered the field.
        distribution: answer -> probability (of an opinion and of majority vote: share of the votes).
    """

    value: Any
    confidence: float | None
    method: str
    votes: int
    distribution: Mapping[str, float] = field(default_factory=dict)


class WorkerQuality(NamedTuple):
    """One worker on one field: votes, expected share of right ones, and the record on known truths."""

    votes: int
    accuracy: float | None
    known_right: int
    known_total: int


@dataclass(frozen=True, slots=True)
class FieldResult:
    """One field over all tasks: consensus by task, quality by worker, agreement."""

    tasks: Mapping[str, FieldConsensus]
    workers: Mapping[str, WorkerQuality] = field(default_factory=dict)
    percent_agreement: float | None = None
    alpha: float | None = None


def consensus_by_field(
    questions: Sequence[Question],
    judgements: Iterable[Judgement],
    *,
    known: Mapping[str, Mapping[str, Any]] | None = None,
    policy: Policy | None = None,
) -> dict[str, FieldResult]:
    """Field name -> its result. Tasks without an answer to a field are missing there.

    Args:
        questions: the fields.
        judgements: at most one of a worker on a task.
        known: task -> field -> right answer, for control tasks; their consensus is that answer.
        policy: the method; Dawid-Skene with smoothing 1 when not given.
    """
    rows = sorted(judgements, key=lambda judgement: (judgement.task, judgement.worker))
    chosen = policy or Policy()
    return {question.name: _one(question, rows, known or {}, chosen) for question in questions}


def _one(
    question: Question, rows: Sequence[Judgement], known: Mapping[str, Mapping[str, Any]], policy: Policy
) -> FieldResult:
    name = question.name
    answers = [(row.task, row.worker, row.fields[name]) for row in rows if row.fields.get(name) is not None]
    truth = {task: right[name] for task, right in known.items() if right.get(name) is not None}
    if question.kind == "number":
        return _numbers(answers, truth)
    if question.kind == "choices":
        return _sets(question, answers, truth, policy)
    return _labels(question, answers, truth, policy)


def _run(votes: Votes, question: Question, policy: Policy) -> tuple[Consensus, str]:
    # Texts have no fixed set of labels, so there is nothing to learn a confusion matrix over.
    if question.opinion or question.kind == "text" or policy.method == "majority":
        return majority(votes, tie=policy.tie), "distribution" if question.opinion else "majority"
    return dawid_skene(votes, smoothing=policy.smoothing, tie=policy.tie), policy.method


def _labels(
    question: Question, answers: Sequence[tuple[str, str, Any]], truth: Mapping[str, Any], policy: Policy
) -> FieldResult:
    votes, names = encode(answers, known=truth, labels=question.values or None)
    result, method = _run(votes, question, policy)
    counts = votes.counts().sum(axis=1)
    tasks = {}
    for code, task in enumerate(names.tasks):
        label, held = int(result.label[code]), votes.known[code] != UNKNOWN
        shares = {str(names.labels[at]): _rounded(p) for at, p in enumerate(result.probs[code]) if p > 0}
        value = None if label == UNKNOWN or question.opinion else names.labels[label]
        confidence = None if question.opinion else _rounded(result.confidence[code])
        how = "known" if held and not question.opinion else method
        tasks[task] = FieldConsensus(value, confidence, how, int(counts[code]), shares)
    return FieldResult(tasks, _workers(votes, names, result), *_agreement(votes))


def _sets(
    question: Question, answers: Sequence[tuple[str, str, Any]], truth: Mapping[str, Any], policy: Policy
) -> FieldResult:
    """Each option is a question of its own with the labels no and yes; a worker's quality is over all of them."""
    each: list[dict[str, FieldConsensus]] = []
    pooled: list[tuple[tuple[str, Any], str, bool]] = []
    for option in question.values:
        said = [(task, worker, option in value) for task, worker, value in answers]
        right = {task: option in value for task, value in truth.items()}
        yes_or_no = Question(question.name, "choice", (False, True), question.opinion)
        each.append(dict(_labels(yes_or_no, said, right, policy).tasks))
        pooled += [((task, option), worker, yes) for task, worker, yes in said]
    tasks = {}
    for task in dict.fromkeys(task for task, _, _ in answers):
        parts = [results[task] for results in each]
        yes = {str(o): p.distribution.get("True", 0.0) for o, p in zip(question.values, parts, strict=True)}
        undecided = question.opinion or any(part.value is None for part in parts)
        value = None if undecided else [o for o, p in zip(question.values, parts, strict=True) if p.value]
        sure = None if question.opinion else _rounded(math.prod(part.confidence or 0.0 for part in parts))
        tasks[task] = FieldConsensus(value, sure, parts[0].method, parts[0].votes, yes)
    known = {(task, option): option in value for task, value in truth.items() for option in question.values}
    votes, names = encode(pooled, known=known, labels=(False, True))
    result, _ = _run(votes, question, policy)
    quality = _workers(votes, names, result)
    return FieldResult(tasks, quality, *_agreement(votes))


def _numbers(answers: Sequence[tuple[str, str, Any]], truth: Mapping[str, Any]) -> FieldResult:
    said: dict[str, list[float]] = {}
    for task, _, value in answers:
        said.setdefault(task, []).append(value)
    tasks = {}
    for task, values in said.items():
        middle = truth.get(task, statistics.median(values))
        tasks[task] = FieldConsensus(middle, None, "known" if task in truth else "median", len(values))
    return FieldResult(tasks)


def _workers(votes: Votes, names: Names, result: Consensus) -> dict[str, WorkerQuality]:
    total = np.bincount(votes.worker, minlength=votes.n_workers)
    right, judged = on_known(votes)
    accuracy = [None if math.isnan(share) else _rounded(share) for share in result.worker_accuracy]
    rows = zip(total, accuracy, right, judged, strict=True)
    return {
        worker: WorkerQuality(int(n), share, int(good), int(all_known))
        for worker, (n, share, good, all_known) in zip(names.workers, rows, strict=True)
    }


def _agreement(votes: Votes) -> tuple[float | None, float | None]:
    percent, alpha = percent_agreement(votes), krippendorff_alpha(votes)
    return None if percent is None else _rounded(percent), None if alpha is None else _rounded(alpha)


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)
