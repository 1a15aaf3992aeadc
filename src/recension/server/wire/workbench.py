"""Shapes about the work itself: pages, answers, drafts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from recension.server.wire.base import Answer, Ask
from recension.server.wire.projects import Money

AnswerId = Annotated[str, Field(min_length=1, max_length=200)]
"""Made by the client, once per answer: the same answer sent twice is recognised by it."""
Milliseconds = Annotated[int, Field(ge=0, le=7 * 24 * 3600 * 1000)]
Instant = Annotated[int, Field(ge=0, lt=2**48)]


class Membership(Answer):
    """The worker's standing in the project."""

    state: str
    reason: str


class Tiles(Answer):
    """A large image in squares at several scales: level 0 is its full size, each further one half of it.

    ``url`` has ``{level}``, ``{x}`` and ``{y}`` in it, ``size`` is the side of a square in pixels of its level.
    """

    url: str
    size: int
    levels: int


class Media(Answer):
    """A stored file that a task shows; ``width`` and ``height`` are those of the image as it is seen.

    A large image comes with ``tiles``. Where it has none, ``note`` says why it is drawn smaller than it is; ``refused``
    says why it is not to be loaded at all.
    """

    url: str
    type: str
    width: int | None = None
    height: int | None = None
    tiles: Tiles | None = None
    note: str = ""
    refused: str = ""


class PagePrediction(Answer):
    """What a model says of a task."""

    model: str
    version: str
    score: float | None = None
    fields: dict[str, Any]
    run: str = ""


class Returned(Answer):
    """A reviewer gave an answer back: who, why, when."""

    by: str
    comment: str
    at: str


class PageTask(Answer):
    """One task of a page: what is shown, and what the worker has said or begun to say.

    ``schema`` is there only where what is asked depends on the data; ``media`` is by data field, a list where there
    are several images. ``returned`` is there when a reviewer gave the worker's answer back; it is their draft then.
    ``draft_ms`` is when the draft was last edited, as the client that saved it counts.
    """

    id: int
    position: int
    data: dict[str, Any]
    draft: dict[str, Any] | None
    draft_ms: int | None = None
    answer: dict[str, Any] | None
    skipped: bool
    schema_: dict[str, Any] | None = Field(default=None, serialization_alias="schema")
    media: dict[str, Media | list[Media | None]] = Field(default_factory=dict)
    predictions: list[PagePrediction] = Field(default_factory=list)
    returned: Returned | None = None


class Page(Answer):
    """A page of tasks handed to the worker."""

    id: int
    kind: Literal["training", "exam", "work", "import"]
    due: str | None
    clock_started: bool
    reward: Money
    tasks: list[PageTask]


class Holding(Ask):
    """Ids of the open pages that the client has; without it, the page whose clock runs counts as one it has."""

    holding: list[int] | None = None


class PageAnswer(Answer):
    """A page to work on; without one, ``reason`` says why."""

    page: Page | None
    reason: Literal["done", "banned", "failed", "closed", "wait"] | None = None
    membership: Membership
    schema_: dict[str, Any] = Field(serialization_alias="schema")


class Mine(Answer):
    """What the worker has done in the project so far."""

    answered: int
    pages: int
    earned: Money


class Workbench(Answer):
    """All that a workbench shows besides the tasks.

    ``guideline`` is HTML, made safe; ``finds_outlines``: four points of an image can be made an outline.
    """

    title: str
    state: str
    guideline: str
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    membership: Membership
    progress: Mine
    open_pages: list[Page]
    finds_outlines: bool = False


class Sim(Ask):
    """What a simulated worker's own clock says; only they may send it."""

    spent_ms: Milliseconds


class Remark(Ask):
    """A comment on a task, or on the region of that id."""

    text: str
    region: str | None = None


class NewAnswer(Ask):
    """An answer to one task of a page; ``flags`` may hold ``unclear``."""

    answer_id: AnswerId
    task: int
    fields: dict[str, Any]
    spent_ms: Milliseconds | None = None
    sim: Sim | None = None
    flags: list[str] = Field(default_factory=list)
    comments: list[Remark] = Field(default_factory=list)


class Skip(Ask):
    """A task that the worker will not answer, and why."""

    answer_id: AnswerId
    task: int
    reason: str | None = Field(default=None, max_length=1000)
    spent_ms: Milliseconds | None = None
    sim: Sim | None = None


class Undo(Ask):
    """The answer to take back."""

    answer_id: AnswerId


class Draft(Ask):
    """What the worker has begun to say.

    ``edited_ms`` is when, in milliseconds since 1970 as the client counts: a draft that was edited before the one that
    is kept changes nothing. Without it the draft is always kept.
    """

    fields: dict[str, Any]
    edited_ms: Instant | None = None


class Receipt(Answer):
    """The answer is in the log for good. ``correct``, ``expected`` and ``hint`` only in training."""

    seq: int
    page_done: bool
    correct: bool | None
    expected: dict[str, Any] | None
    hint: str | None
    membership: Membership
    earned: Money


class Undone(Answer):
    """The task is open again on its page; ``fields`` is what was said."""

    page: int
    task: int
    fields: dict[str, Any] | None
