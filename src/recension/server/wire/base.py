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
    status: {"model": FaultAnswer, "description": text}
    for status, text in {
        400: "The request breaks a rule.",
        401: "Sign in first.",
        403: "You may not do this.",
        404: "There is no such thing.",
        409: "The state does not allow this, or the name is taken.",
        413: "The body is too large.",
        503: "Something needed is busy or not there.",
    }.items()
}
