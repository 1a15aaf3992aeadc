"""What all shapes share."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Ask(BaseModel):
    """The body of a request: unknown fields are refused, so that a typing mistake is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """The body of an answer."""

    model_config = ConfigDict(frozen=True)


class Fault(Answer):
    """What is wrong, where, and what to do about it."""

    code: str
    message: str
    where: str | None = None
    hint: str | None = None


class FaultAnswer(Answer):
    """Every answer that is no success."""

    error: Fault


FAULTS: dict[int | str, dict[str, Any]] = {
    "default": {"model": FaultAnswer, "description": "It was not done; the body says why, and what to do."}
}
