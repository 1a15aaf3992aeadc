"""From answers to what they come to, field by field: the bridge to the consensus room.

A pure function of the answers that stand, the control tasks' expected answers (known truths, by which workers are
judged) and the project's consensus policy. A tie has no value: nothing is decided by chance or by the order of options.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from recension.crowd.documents import FieldConsensus
from recension.crowd.log import Logged
from recension.crowd.policy import ConsensusPolicy
from recension.label import Field, Schema


class Vote(NamedTuple):
    """One standing answer.

    Args:
        task: a name that follows from the task's content; like the next, it decides the order of additions.
        worker: the worker's name.
    """

    task: str
    worker: str
    fields: Mapping[str, object]


def standing_votes(answers: Mapping[int, Iterable[Logged]], names: Mapping[int, str]) -> Iterator[Vote]:
    """The votes among the answers to each task: those that stand; of one worker, should there be several, the last."""
    for task, given in answers.items():
        standing = {each.worker_name: each for each in given if not (each.withdrawn or each.excluded)}
        for worker, each in standing.items():
            yield Vote(names[task], worker, each.fields)


def consensus_of(
    schema: Schema, policy: ConsensusPolicy, votes: Iterable[Vote], known: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, FieldConsensus]]:
    """Task → field → consensus; fields nobody answered are missing.

    Args:
        schema: what was asked.
        policy: how votes become one answer.
        votes: at most one of a worker on a task.
        known: task → expected answer by field, of control tasks.
    """
    from recension import consensus  # noqa: PLC0415 (numpy: a tenth of a second and 25 MB only publications need)

    results = consensus.consensus_by_field(
        [consensus.Question(field.name, field.kind, _values(field), field.opinion) for field in schema.fields],
        (consensus.Judgement(vote.task, vote.worker, vote.fields) for vote in votes),
        known=known,
        policy=consensus.Policy(policy.method, policy.smoothing, "none"),
    )
    by_task: dict[str, dict[str, FieldConsensus]] = {}
    for field in schema.fields:
        for task, found in results[field.name].tasks.items():
            by_task.setdefault(task, {})[field.name] = FieldConsensus(
                value=found.value,
                confidence=found.confidence,
                method=found.method,
                votes=found.votes,
                distribution=dict(found.distribution),
                tie=found.value is None and found.votes > 0 and not field.opinion,
            )
    return by_task


def _values(field: Field) -> tuple[object, ...]:
    if field.kind == "rating":
        return tuple(range(int(field.minimum or 1), int(field.maximum or 5) + 1))
    return tuple(option.value for option in field.options)
