"""Shapes about labels from elsewhere."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from recension.server.wire.base import Answer, Ask

Name = Annotated[str, Field(max_length=200)]
Microseconds = Annotated[int, Field(ge=0, lt=2**53)]


class About(Ask):
    """Which item is meant: by its name, else by the content of the fields that the project shows."""

    item: Annotated[str, Field(max_length=4096)] = ""
    data: dict[str, Any] | None = None


class NewAnnotation(About):
    """What somebody said about an item."""

    fields: dict[str, Any]
    spent_us: Microseconds | None = None


class NewAnnotations(Ask):
    """Annotations of one worker, of one input branch."""

    worker: Annotated[str, Field(min_length=1, max_length=200)]
    branch: Name = ""
    annotations: Annotated[list[NewAnnotation], Field(max_length=1000)]


class NewPrediction(About):
    """What a model says about an item; ``score`` is the confidence of all of it."""

    fields: dict[str, Any]
    model: Annotated[str, Field(min_length=1, max_length=200)]
    version: Name = ""
    score: Annotated[float, Field(ge=0, le=1)] | None = None
    run: Name = ""


class NewPredictions(Ask):
    """What models say about items of one input branch."""

    branch: Name = ""
    predictions: Annotated[list[NewPrediction], Field(max_length=1000)]


class BroughtIn(Answer):
    """What came of it: ``known`` were there already, ``full`` tasks had all their answers, ``unknown`` are no items."""

    added: int
    known: int
    full: int
    unknown: list[str]


class Model(Answer):
    """A model that has said something, and about how much work."""

    model: str
    version: str
    predictions: int


class Interactive(Ask):
    """What somebody has begun to draw, for a backend to go on from."""

    backend: Annotated[str, Field(min_length=1, max_length=100)]
    fields: dict[str, Any]


class FourPoints(Ask):
    """The outermost points of something in an image: of several images of an object, ``item`` says which."""

    object: Annotated[str, Field(max_length=200)]
    item: Annotated[int, Field(ge=0)] = 0
    points: Annotated[list[tuple[float, float]], Field(min_length=4, max_length=100)]


class Outline(Answer):
    """A polygon, as a shape."""

    shape: dict[str, Any]


class Drawn(Answer):
    """What the backend makes of it, as in an answer; nothing of it is kept."""

    fields: dict[str, Any]
