"""Shapes about review: tasks with all that was said of them, and verdicts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from recension.server.wire.base import Answer, Ask
from recension.server.wire.projects import LogRow
from recension.server.wire.workbench import AnswerId, Media, PagePrediction


class AnswerComment(Answer):
    """A worker's comment on a task, or on one region of their answer."""

    text: str
    region: str | None = None


class VerdictGiven(Answer):
    """What a reviewer said; ``fields`` of a decision."""

    seq: int
    id: str
    verdict: Literal["accepted", "returned", "decided"]
    by: str
    at: str
    comment: str
    fields: dict[str, Any] | None = None


class ReviewAnswer(Answer):
    """One answer under review; ``seq`` names it in verdicts."""

    seq: int
    worker: str
    fields: dict[str, Any]
    at: str | None
    time_spent_s: float | None
    withdrawn: bool
    excluded: bool
    simulated: bool
    flags: list[str] = Field(default_factory=list)
    comments: list[AnswerComment] = Field(default_factory=list)
    review: VerdictGiven | None = None


class AgreeingPair(Answer):
    """How far two answers agree, from 0 to 1, and the same by field; regions by intersection over union."""

    first: int
    second: int
    value: float
    fields: dict[str, float]


class ReviewTask(Answer):
    """A task under review. ``agreement`` is the mean over all pairs of answers that count, null without any."""

    id: int
    item_ids: list[str]
    data: dict[str, Any]
    schema_: dict[str, Any] | None = Field(default=None, serialization_alias="schema")
    media: dict[str, Media | list[Media | None]] = Field(default_factory=dict)
    overlap: int
    answered: int
    answers: list[ReviewAnswer]
    predictions: list[PagePrediction]
    consensus: dict[str, Any] | None
    decision: VerdictGiven | None
    pairs: list[AgreeingPair]
    agreement: float | None


class ReviewCounts(Answer):
    """How many tasks are of each status; a disputed one is unreviewed as well, a requested one may be of any."""

    requested: int
    unreviewed: int
    disputed: int
    returned: int
    done: int


class ReviewPage(Answer):
    """Tasks to review; ``next`` continues. ``counts`` are there when they were asked for."""

    tasks: list[ReviewTask]
    next: str | None
    counts: ReviewCounts | None = None


class TaskHistory(Answer):
    """Everything about one task, and its log: what was said when, skips and verdicts included."""

    task: ReviewTask
    log: list[LogRow]


class NewVerdict(Ask):
    """A verdict: ``accept`` or ``return`` an ``answer``, ``decide`` the task, or ``clear`` what was said before.

    ``clear`` without ``answer`` takes back the task's last decision.
    """

    id: AnswerId
    task: int
    verdict: Literal["accept", "return", "decide", "clear"]
    answer: int | None = None
    fields: dict[str, Any] | None = None
    comment: str = ""
