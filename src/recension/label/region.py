"""Regions: the marked parts of what a task shows, as they stand in an answer.

A region's JSON leaves out what holds its default: no object where the field is about one, item 0, no order, no
attributes, no text, no score, origin ``manual``, neither locked nor hidden, no parent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.shape_json import shape_from_json, shape_to_json
from recension.label.shapes import Shape

Origin = Literal["manual", "prediction", "prediction-changed"]
_ORIGINS: Final[tuple[str, ...]] = get_args(Origin)
Direction = Literal["right", "left", "both"]
_DIRECTIONS: Final[tuple[str, ...]] = get_args(Direction)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_TEXT: Final = 100_000
_KEYS: Final = frozenset(
    "id shape labels object item z attributes text score origin locked hidden parent".split()  # noqa: SIM905 as a table
)
_PLAIN_KEYS: Final = frozenset({"id", "shape", "labels"})
_LINK_KEYS: Final = frozenset({"from", "to", "direction", "labels"})


@dataclass(frozen=True, slots=True)
class Region:
    """One marked part of an object of the task.

    Args:
        id: unique in its answer.
        labels: values of its field's options.
        object: name of the object it marks, where its field is about several.
        item: index of the image, where the object is several.
        z: place in the drawing order across fields; ``None``: after those of the fields before.
        attributes: values of the per-region fields asked of it.
        text: a note or transcription.
        score: of the prediction it comes from.
        origin: who made it; ``prediction-changed``: a model did and a person changed it.
        parent: id of the region it belongs to.
    """

    id: str
    shape: Shape
    labels: tuple[str, ...] = ()
    object: str = ""
    item: int = 0
    z: int | None = None
    attributes: Mapping[str, JSON] = field(default_factory=dict)
    text: str = ""
    score: float | None = None
    origin: Origin = "manual"
    locked: bool = False
    hidden: bool = False
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A link between two regions of an answer."""

    start: str
    end: str
    direction: Direction = "right"
    labels: tuple[str, ...] = ()


def region_to_json(region: Region) -> dict[str, JSON]:
    """The region in canonical form."""
    body: dict[str, JSON] = {
        "id": region.id,
        "shape": shape_to_json(region.shape),
        "labels": list(region.labels),
    }
    optional: dict[str, JSON] = {
        "object": region.object,
        "item": region.item,
        "attributes": dict(region.attributes),
        "text": region.text,
        "origin": "" if region.origin == "manual" else region.origin,
        "locked": region.locked,
        "hidden": region.hidden,
        "parent": region.parent,
    }
    body |= {name: value for name, value in optional.items() if value}
    body |= {name: value for name, value in (("z", region.z), ("score", region.score)) if value is not None}
    return body


def region_from_json(body: object) -> Region:
    """Read a region; whether it fits its field is ``check_answer``'s to say.

    Raises:
        Invalid: a key is missing, unknown or of another kind.
    """
    if not isinstance(body, Mapping) or not {"id", "shape"} <= body.keys():
        raise Invalid(f"a region has id and shape, not {_short(body)}", where="region")
    identity = region_name(body["id"])
    place = f"region {identity}"
    if not body.keys() <= _KEYS:
        unknown = min(map(str, body.keys() - _KEYS))
        raise Invalid(f"a region has no {unknown!r}", where=place, hint=f"keys: {', '.join(sorted(_KEYS))}")
    try:
        shape = shape_from_json(body["shape"])
    except Invalid as error:
        raise Invalid(error.message, where=f"{place}: {error.where}", hint=error.hint) from None
    labels = _labels(body.get("labels", []), place)
    if body.keys() <= _PLAIN_KEYS:
        return Region(identity, shape, labels)  # as most are
    return Region(
        identity,
        shape,
        labels,
        object=_text(body, "object", place),
        item=_index(body.get("item", 0), place),
        z=None if body.get("z") is None else _whole(body["z"], "z", place),
        attributes=_attributes(body.get("attributes", {}), place),
        text=_text(body, "text", place),
        score=_score(body.get("score"), place),
        origin=_one_of(body.get("origin", "manual"), _ORIGINS, "origin", place),  # type: ignore[arg-type]
        locked=_flag(body, "locked", place),
        hidden=_flag(body, "hidden", place),
        parent=region_name(body["parent"]) if body.get("parent") else "",
    )


def relation_to_json(relation: Relation) -> dict[str, JSON]:
    """The relation in canonical form; every key is there."""
    return {
        "from": relation.start,
        "to": relation.end,
        "direction": relation.direction,
        "labels": list(relation.labels),
    }


def relation_from_json(body: object) -> Relation:
    """Read a relation.

    Raises:
        Invalid: a key is missing, unknown or of another kind.
    """
    if not isinstance(body, Mapping) or not {"from", "to"} <= body.keys() or body.keys() - _LINK_KEYS:
        raise Invalid(f"a relation has from, to, direction and labels, not {_short(body)}", where="relation")
    direction = _one_of(body.get("direction", "right"), _DIRECTIONS, "direction", "relation")
    labels = _labels(body.get("labels", []), "relation")
    return Relation(region_name(body["from"]), region_name(body["to"]), direction, labels)  # type: ignore[arg-type]


def region_name(value: object) -> str:
    """The id of a region.

    Raises:
        Invalid: it is none.
    """
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise Invalid(f"{_short(value)} is no id of a region", where="region", hint="1 to 64 letters, digits, _ or -")
    return value


def _labels(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(label, str) for label in value):
        raise Invalid(f"labels are a list of texts, not {_short(value)}", where=place)
    return tuple(dict.fromkeys(value))


def _text(body: Mapping[object, object], name: str, place: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise Invalid(f"{name} is {_short(value)}", where=place, hint=f"text of at most {MAX_TEXT} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid(f"{name} is not UTF-8", where=place) from None
    return value


def _flag(body: Mapping[object, object], name: str, place: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Invalid(f"{name} is {_short(value)}", where=place, hint="true or false")
    return value


def _whole(value: object, name: str, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise Invalid(f"{name} is {_short(value)}", where=place, hint="give a whole number")
    return value


def _index(value: object, place: str) -> int:
    index = _whole(value, "item", place)
    if index < 0:
        raise Invalid(f"item is {index}", where=place, hint="images count from 0")
    return index


def _score(value: object, place: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid(f"score is {_short(value)}", where=place, hint="give a finite number")
    return value


def _attributes(value: object, place: str) -> dict[str, JSON]:
    if not isinstance(value, Mapping):
        raise Invalid(f"attributes are {_short(value)}", where=place, hint="an object from field to value")
    return dict(value)


def _one_of(value: object, allowed: tuple[str, ...], name: str, place: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise Invalid(f"{name} is {_short(value)}", where=place, hint=f"one of: {', '.join(allowed)}")
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) < 80 else shown[:77] + "..."
