"""From answers to what they come to, field by field: the bridge to the consensus room.

A pure function of the answers that stand, the control tasks' expected answers (known truths, by which workers are
judged) and the project's consensus policy. A tie has no value: nothing is decided by chance or by the order of options.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from recension.crowd.carried import usable
from recension.crowd.coding import coding_of
from recension.crowd.documents import FieldConsensus
from recension.crowd.log import Logged
from recension.crowd.policy import ConsensusPolicy
from recension.crowd.verdicts import Verdict
from recension.label import Field, Schema
from recension.label.repeat import repeated_fields

REVIEW: Final = "review"
"""The method of a value that a reviewer decided."""


class Vote(NamedTuple):
    """One standing answer.

    Args:
        task: a name that follows from the task's content; like the next, it decides the order of additions.
        worker: the worker's name.
    """

    task: str
    worker: str
    fields: Mapping[str, object]


def standing_votes(
    answers: Mapping[int, Iterable[Logged]], names: Mapping[int, str], schema: Schema, schema_hash: str
) -> Iterator[Vote]:
    """The votes among the answers to each task: those that stand; of one worker, should there be several, the last.

    Of an answer to another schema those fields are votes that this one would take.
    """
    for task, given in answers.items():
        standing = {each.worker_name: each for each in given if not (each.withdrawn or each.excluded)}
        for worker, each in standing.items():
            fields = each.fields if each.schema_hash == schema_hash else usable(schema, each.fields)
            yield Vote(names[task], worker, fields)


def consensus_of(
    schema: Schema, policy: ConsensusPolicy, votes: Iterable[Vote], known: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, FieldConsensus]]:
    """Task → field → consensus; fields nobody answered are missing.

    Marked parts have no consensus value beside a lone answer: how far people agree stands as confidence. Links between
    parts, and questions about parts, have none.

    Args:
        schema: what was asked.
        policy: how votes become one answer.
        votes: at most one of a worker on a task.
        known: task → expected answer by field, of control tasks.
    """
    said = list(votes)
    by_task: dict[str, dict[str, FieldConsensus]] = {}
    for field in asked_of_tasks(schema, said):
        found = _regions(field, said) if field.kind == "regions" else _values(field, policy, said, known)
        for task, each in found.items():
            by_task.setdefault(task, {})[field.name] = each
    return by_task


def settle(
    found: dict[str, dict[str, FieldConsensus]],
    schema: Schema,
    decisions: Mapping[int, Verdict],
    names: Mapping[int, str],
) -> None:
    """Put what reviewers decided in the place of what votes come to; the votes and their distribution stay."""
    for task, said in decisions.items():
        fields = said.fields or {}
        before = found.get(names[task], {})
        asked = {each.name for each in asked_of_tasks(schema, [Vote(names[task], said.by, fields)])}
        for name in sorted(asked & (fields.keys() | before.keys())):
            voted = before.get(name, FieldConsensus(None, None, REVIEW, 0))
            decided = replace(voted, value=fields.get(name), confidence=None, method=REVIEW, tie=False)
            found.setdefault(names[task], {})[name] = decided


def asked_of_tasks(schema: Schema, votes: Iterable[Vote]) -> Iterator[Field]:
    """The fields that tasks have consensus on, those of repeaters once for each entry that was answered."""
    repeated = repeated_fields(schema)
    given = {name for vote in votes for name in vote.fields} if repeated else set()
    for field in schema.fields:
        if field.kind == "relations" or field.per_region:
            continue
        if (pattern := repeated.get(field.name)) is None:
            yield field
        else:
            yield from (replace(field, name=name) for name in sorted(given) if pattern.fullmatch(name))


def _values(
    field: Field, policy: ConsensusPolicy, said: Sequence[Vote], known: Mapping[str, Mapping[str, object]]
) -> dict[str, FieldConsensus]:
    from recension import consensus  # noqa: PLC0415 (numpy: a tenth of a second and 25 MB only publications need)

    name, coded = field.name, coding_of(field)
    answers = [(vote, coded.write(vote.fields[name])) for vote in said if vote.fields.get(name) is not None]
    truths = {task: {name: coded.write(right[name])} for task, right in known.items() if right.get(name) is not None}
    values = coded.values or _given([value for _, value in answers], truths, name, coded.kind)
    result = consensus.consensus_by_field(
        [consensus.Question(name, coded.kind, values, field.opinion)],
        (consensus.Judgement(vote.task, vote.worker, {name: value}) for vote, value in answers),
        known=truths,
        policy=consensus.Policy(policy.method, policy.smoothing, "none"),
    )[name]
    return {
        task: FieldConsensus(
            value=None if found.value is None else coded.read(found.value),
            confidence=found.confidence,
            method=found.method,
            votes=found.votes,
            distribution=dict(found.distribution),
            tie=found.value is None and found.votes > 0 and not field.opinion,
        )
        for task, found in result.tasks.items()
    }


def _given(
    answers: Iterable[object], truths: Mapping[str, Mapping[str, object]], name: str, kind: str
) -> tuple[object, ...]:
    """The values of a set whose options are not known beforehand: all that were given."""
    if kind != "choices":
        return ()
    sets = [*answers, *(right[name] for right in truths.values())]
    return tuple(sorted({value for each in sets for value in each}))  # type: ignore[attr-defined]


def _regions(field: Field, said: Sequence[Vote]) -> dict[str, FieldConsensus]:
    """A lone answer is what there is; of several, how far they agree (see ``label.agreement``)."""
    from recension.label.agreement import mean_agreement, regions_of  # noqa: PLC0415 (numpy, as above)

    answers: dict[str, list[object]] = {}
    asked: dict[str, int] = {}
    for vote in said:
        asked[vote.task] = asked.get(vote.task, 0) + 1
        answers.setdefault(vote.task, []).append(vote.fields.get(field.name, []))
    found: dict[str, FieldConsensus] = {}
    for task, given in answers.items():
        if not any(given):
            continue
        lone = given[0] if len(given) == 1 else None
        agreement = mean_agreement([regions_of(each) for each in given])
        found[task] = FieldConsensus(
            value=lone,
            confidence=None if agreement is None else round(agreement, 6),
            method="single" if lone is not None else "overlap",
            votes=asked[task],
        )
    return found
