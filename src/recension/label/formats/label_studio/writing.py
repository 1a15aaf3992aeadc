"""Fields of an answer as results of Label Studio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from recension.label.canonical import JSON
from recension.label.fields import Field
from recension.label.formats.fields import IMAGE, TEXT, Marked, drawn_at, marked, shape_of
from recension.label.formats.label_studio.shapes import Size, spell_shape
from recension.label.formats.label_studio.texts import Texts
from recension.label.formats.label_studio.types import ANSWER_TYPES
from recension.label.formats.model import Labelled, Losses, Writing
from recension.label.shapes import Mask, Polygon, Shape, Span

_SPAN_TYPES: Final = {"text": "labels", "html": "hypertextlabels", "dialogue": "paragraphlabels"}
_DEFAULT_BUCKET: Final = "rank"


class Spelling:
    """Spells the answers about one item."""

    def __init__(self, item: Labelled, writing: Writing) -> None:
        self._item = item
        self._losses: Losses = writing.losses
        self._known = {field.name: field for field in writing.schema.fields} if writing.schema else {}
        self._has_schema = writing.schema is not None
        self._texts = Texts(writing.schema, dict(item.data))  # type: ignore[arg-type]  # data is JSON

    def results(self, fields: Mapping[str, object]) -> Iterator[dict[str, JSON]]:
        """Every result: regions the lowest first, then what is said of the whole."""
        for name, region in sorted(marked(fields), key=lambda each: drawn_at(each[1])):
            yield from self._region(name, region)
        count = 0
        for name, value in fields.items():
            entries = value if isinstance(value, list) else []
            if any(isinstance(entry, Mapping) and "shape" in entry for entry in entries):
                continue
            if any(isinstance(entry, Mapping) and "from" in entry for entry in entries):
                for relation in entries:
                    yield _relation(relation)
            elif self._field(name).per_item and isinstance(value, Mapping):
                for index, said in value.items():
                    count += 1
                    yield {**self._answer(name, said, f"a{count}"), "item_index": int(index)}
            else:
                count += 1
                yield self._answer(name, value, f"a{count}")

    def _field(self, name: str) -> Field:
        return self._known.get(name) or Field(name, "text")

    def _region(self, name: str, region: Marked) -> Iterator[dict[str, JSON]]:
        shape = shape_of(region)
        drawn = self._span(name, region, shape) if isinstance(shape, Span) else self._image_shape(name, region, shape)
        if drawn is None:
            self._losses.add(f"regions of shape {shape.type}", self._item.name)
            return
        result, place = drawn
        result.update(_about(region))
        yield result
        attributes = region.get("attributes")
        for attribute, said in attributes.items() if isinstance(attributes, dict) else ():
            answer = self._answer(attribute, said, str(region["id"]))
            inner = answer["value"]
            assert isinstance(inner, dict)
            yield {**answer, **place["head"], "value": {**place["value"], **inner}}

    def _span(self, name: str, region: Marked, span: Span) -> tuple[dict[str, JSON], dict[str, dict[str, JSON]]]:
        to_name = self._to_name(name, region, span.field or TEXT)
        value = self._texts.spell(to_name, span)
        kind = _SPAN_TYPES[self._texts.kind(to_name, span.field)]
        head: dict[str, JSON] = {"to_name": to_name}
        labels: dict[str, JSON] = {kind: region["labels"]} if region["labels"] else {}
        result: dict[str, JSON] = {"id": region["id"], "from_name": name, **head, "type": kind}
        return {**result, "value": {**value, **labels}}, {"head": head, "value": value}

    def _image_shape(
        self, name: str, region: Marked, shape: Shape
    ) -> tuple[dict[str, JSON], dict[str, dict[str, JSON]]] | None:
        index = region.get("item", 0)
        known = self._item.size_of(index if isinstance(index, int) else 0)
        width, height = shape.size[::-1] if isinstance(shape, Mask) else known
        size = Size(width, height)
        if not (size.width and size.height):
            self._losses.add("regions of images of unknown size", self._item.name)
            return None
        if isinstance(shape, Polygon) and shape.holes:
            self._losses.add("holes of polygons", self._item.name)
        spelled = spell_shape(shape, size)
        if spelled is None:
            return None
        head: dict[str, JSON] = {
            "to_name": self._to_name(name, region, IMAGE),
            "original_width": size.width,
            "original_height": size.height,
            "image_rotation": 0,
        }
        if region.get("item"):
            head["item_index"] = region["item"]
        kind = f"{spelled.type}labels" if region["labels"] else spelled.type
        labels: dict[str, JSON] = {kind: region["labels"]} if region["labels"] else {}
        result: dict[str, JSON] = {"id": region["id"], "from_name": name, **head, "type": kind}
        return {**result, "value": {**spelled.value, **labels}}, {"head": head, "value": spelled.value}

    def _to_name(self, name: str, region: Marked, otherwise: str) -> str:
        if region.get("object"):
            return str(region["object"])
        of = self._field(name).of
        return of[0] if of else otherwise

    def _answer(self, name: str, value: object, identity: str) -> dict[str, JSON]:
        field = self._known.get(name)
        kind = ANSWER_TYPES.get(field.kind, "choices") if field else _guess(value)
        of = field.of[0] if field and field.of else self._only_object()
        return {"id": identity, "from_name": name, "to_name": of, "type": kind, "value": _value(kind, value)}

    def _only_object(self) -> str:
        return IMAGE if self._item.width else TEXT


def _guess(value: object) -> str:
    match value:
        case bool():
            return "choices"
        case int() | float():
            return "number"
        case [[*_], *_]:
            return "taxonomy"
        case {}:
            return "ranker"
        case _:
            return "choices"


def _value(kind: str, value: object) -> dict[str, JSON]:
    listed: list[JSON] = list(value) if isinstance(value, list | tuple) else [value]  # type: ignore[list-item]
    match kind:
        case "choices":
            return {"choices": listed}
        case "textarea":
            return {"text": listed}
        case "pairwise":
            return {"selected": value}  # type: ignore[dict-item]
        case "ranker":
            return {"ranker": dict(value) if isinstance(value, Mapping) else {_DEFAULT_BUCKET: listed}}
        case _:
            return {kind: value}  # type: ignore[dict-item]


def _about(region: Marked) -> dict[str, JSON]:
    """What stands beside the value of a region."""
    about: dict[str, JSON] = {"origin": region.get("origin", "manual")}
    if "score" in region:
        about["score"] = region["score"]
    if region.get("parent"):
        about["parentID"] = region["parent"]
    if region.get("locked"):
        about["readonly"] = True
    if region.get("hidden"):
        about["hidden"] = True
    if region.get("text"):
        about["meta"] = {"text": [region["text"]]}
    return about


def _relation(relation: Mapping[str, JSON]) -> dict[str, JSON]:
    direction = {"both": "bi"}.get(str(relation.get("direction")), relation.get("direction", "right"))
    spelled: dict[str, JSON] = {
        "type": "relation",
        "from_id": relation["from"],
        "to_id": relation["to"],
        "direction": direction,
    }
    return {**spelled, "labels": relation["labels"]} if relation.get("labels") else spelled
