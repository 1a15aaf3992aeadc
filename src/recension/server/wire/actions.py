"""Shapes about actions on many items at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from recension.server.wire.base import Answer, Ask

ActionId = Annotated[str, Field(pattern="^[A-Za-z0-9-]{8,64}$")]
Kind = Literal[
    "priority",
    "assign",
    "release",
    "ask",
    "reopen",
    "exclude",
    "include",
    "review",
    "agree",
    "accept-suggestions",
    "remove-answers",
    "predict",
]


class Selection(Ask):
    """One of these: ``items``; all that pass a ``filter`` but those in ``without``; ``tasks``; a ``review`` queue.

    ``branch`` is that of the input. ``version`` is that of the table a filter was seen with: what passed then is meant,
    as long as it is remembered.
    """

    version: str | None = None
    tasks: list[int] | None = Field(default=None, max_length=10_000)
    review: Literal["requested", "unreviewed", "disputed", "returned", "done"] | None = None
    items: list[str] | None = Field(default=None, max_length=10_000)
    filter: dict[str, Any] | None = None
    without: list[str] = Field(default_factory=list, max_length=10_000)
    branch: str | None = None


class ActionArguments(Ask):
    """What an action is to be done with; each takes its own: see the reference."""

    priority: Literal["high", "normal", "low"] | None = None
    worker: str | None = None
    least: float | None = Field(default=None, ge=0, le=1)
    model: str | None = None
    version: str | None = None
    backend: str | None = None


class PlannedAction(Ask):
    """An action to be looked at before it is done."""

    action: Kind
    args: ActionArguments = Field(default_factory=ActionArguments)
    selection: Selection


class NewAction(PlannedAction):
    """An action to be done; ``id`` is the client's: sent again, it is done once."""

    id: ActionId


class UndoAction(Ask):
    """To undo an action; ``id`` is that of the undoing, made by the client."""

    id: ActionId


class ActionPlan(Answer):
    """What an action would come to. Of very many tasks only the first ``looked_at`` are looked at one by one.

    ``left_alone``: why, and how many of these tasks.
    """

    items: int
    tasks: int
    looked_at: int
    changes: int
    left_alone: dict[str, int]


class ActionState(Answer):
    """An action, and how far it is: ``done`` of ``total`` tasks were looked at, ``changed`` of them changed."""

    id: str
    action: str
    args: dict[str, Any]
    by: str
    undo_of: str | None
    undone: bool
    undoable: bool
    state: Literal["running", "done", "cancelled", "failed"]
    items: int
    total: int
    done: int
    changed: int
    left_alone: dict[str, int]
    problem: str
    at: str
    ended: str | None
