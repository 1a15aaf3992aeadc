"""Results of Label Studio as fields of an answer.

Results of one ``id`` are one region: one gives the shape, others add labels and per-region answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.fields import Field
from recension.label.formats.label_studio.curves import has_curves
from recension.label.formats.label_studio.shapes import IMAGE_TYPES, POINT_WIDTH, Size, base_type, read_shape
from recension.label.formats.label_studio.texts import Texts
from recension.label.formats.label_studio.types import ANSWER_TYPES
from recension.label.formats.model import Losses
from recension.label.schema import Schema
from recension.label.shape_json import shape_to_json
from recension.label.shapes import Shape, Span

_ID: Final = re.compile(r"[^A-Za-z0-9_-]")
_SPAN_TYPES: Final = frozenset({"labels", "text", "hypertext", "paragraph", "paragraphs", "hypertextlabels"})
_ANSWERS: Final = frozenset(ANSWER_TYPES.values())
_LATER: Final = {
    "videorectangle": "videos",
    "timeline": "videos",
    "timeseries": "time series",
    "chatmessage": "chats",
    "reactcode": "custom interfaces",
    "ocr": "PDF files",
    "cube": "3D scenes",
    "magicwand": "magic wands",
    "bitmask": "bitmasks (PNG)",
}


class Results:
    """The results of one annotation, read one by one.

    Args:
        schema: what fields there are; ``None`` takes every ``from_name`` as it comes.
        data: the task's data: spans count in its texts.
        where: the annotation, for errors.
    """

    def __init__(self, schema: Schema | None, data: Mapping[str, JSON], losses: Losses, where: str) -> None:
        self._known = {field.name: field for field in schema.fields} if schema else None
        self._tools = {tool.name: field.name for field in schema.fields for tool in field.tools} if schema else {}
        self._texts = Texts(schema, data)
        self._losses = losses
        self._where = where
        self._regions: dict[str, dict[str, JSON]] = {}
        self._field_of: dict[str, str] = {}
        self._fields: dict[str, JSON] = {}
        self.size = Size(0, 0)

    def add(self, result: JSON, number: int) -> None:
        """One more result.

        Raises:
            Invalid: it is none.
        """
        where = f"{self._where}: result {number}"
        if not isinstance(result, dict) or not isinstance(result.get("type"), str):
            raise Invalid("a result has no type", where=where)
        kind = str(result["type"])
        if kind == "relation":
            self._relate(result)
            return
        value, name = result.get("value"), result.get("from_name")
        if not isinstance(value, dict) or not isinstance(name, str):
            raise Invalid("a result has no from_name and value", where=where)
        shape = self._shape(result, kind, value, where)
        if shape is not None:
            self._mark(result, name, kind, value, shape)
        elif kind == "labels" or kind in _ANSWERS:
            self._say(result, name, kind, value)
        else:
            self._losses.add(_LATER.get(base_type(kind), f"results of type {kind}"), where)

    def fields(self) -> dict[str, object]:
        """All of it, as in an answer; what has no field in the schema is a loss."""
        fields: dict[str, object] = {}
        is_layered = len(set(self._field_of.values())) > 1  # which is on top, the fields' own lists do not say
        for at, (identity, region) in enumerate(self._regions.items()):
            if "shape" not in region:
                self._losses.add("answers about regions that are not there", self._where)
                continue
            name = self._field_of[identity]
            if self._known is not None and name not in self._known:
                self._losses.add(f"regions of {name}: no field of the schema", self._where)
                continue
            if is_layered and not _is_span(region):
                region["z"] = at
            regions = fields.setdefault(name, [])
            assert isinstance(regions, list)
            regions.append(region)
        for name, value in self._fields.items():
            if self._known is None or name in self._known:
                fields[name] = value
            else:
                self._losses.add(f"answers to {name}: no field of the schema", self._where)
        return fields

    def _shape(self, result: Mapping[str, JSON], kind: str, value: Mapping[str, JSON], where: str) -> Shape | None:
        base = base_type(kind)
        if base in IMAGE_TYPES and base != "bitmask":
            width, height = result.get("original_width"), result.get("original_height")
            if not isinstance(width, int) or not isinstance(height, int) or width <= 0 or height <= 0:
                self._losses.add("regions of images without original_width and original_height", where)
                return None
            self.size = Size(width, height)
            if result.get("image_rotation"):
                self._losses.add("image_rotation", where)
            if base == "keypoint" and value.get("width", POINT_WIDTH) != POINT_WIDTH:
                self._losses.add(f"sizes of key points other than {POINT_WIDTH} %", where)
            if base == "polygon" and value.get("closed") is False:
                self._losses.add("polygons left open", where)
            if base == "vector" and has_curves(value.get("vertices")):
                self._losses.add("curves (lines within half a pixel of them)", where)
            return read_shape(base, value, self.size, where=where)
        if base in _SPAN_TYPES and "start" in value and "channel" not in value:
            span = self._texts.span(str(result.get("to_name", "")), value)
            if span is None:
                self._losses.add("spans whose place in the text is unknown", where)
            return span
        return None

    def _region(self, result: Mapping[str, JSON]) -> dict[str, JSON]:
        given = result.get("id")
        identity = _ID.sub("_", str(given))[:64] if given else f"r{len(self._regions) + 1}"
        return self._regions.setdefault(identity, {"id": identity, "labels": []})

    def _mark(self, result: Mapping[str, JSON], name: str, kind: str, value: Mapping[str, JSON], shape: Shape) -> None:
        region = self._region(result)
        region["shape"] = shape_to_json(shape)
        self._field_of.setdefault(str(region["id"]), self._tools.get(name, name))
        self._label(region, value.get(kind))
        if isinstance(shape, Span) and kind == "labels":
            self._field_of[str(region["id"])] = name
        if result.get("item_index"):
            region["item"] = result["item_index"]
        if isinstance(result.get("score"), int | float):
            region["score"] = result["score"]
        if result.get("parentID"):
            region["parent"] = _ID.sub("_", str(result["parentID"]))[:64]
        if result.get("origin") in {"prediction", "prediction-changed"}:
            region["origin"] = result["origin"]
        for flag, key in (("readonly", "locked"), ("hidden", "hidden")):
            if result.get(flag) is True:
                region[key] = True
        meta = result.get("meta")
        note = meta.get("text") if isinstance(meta, dict) else None
        if note:
            region["text"] = "\n".join(map(str, note)) if isinstance(note, list) else str(note)

    def _label(self, region: dict[str, JSON], labels: JSON) -> None:
        has = region["labels"]
        assert isinstance(has, list)
        has.extend(label for label in (labels if isinstance(labels, list) else []) if label not in has)

    def _say(self, result: Mapping[str, JSON], name: str, kind: str, value: Mapping[str, JSON]) -> None:
        """An answer: of a region when another result of this id marks one, else of the whole item."""
        is_of_region = "original_width" in result or "start" in value or str(result.get("id")) in self._regions
        field = self._known.get(name) if self._known else None
        if field is not None:
            is_of_region = field.per_region or kind == "labels"
        if kind == "labels":
            region = self._region(result)
            self._label(region, value.get("labels"))
            self._field_of[str(region["id"])] = name
            return
        said = _value(kind, value, field)
        if not is_of_region:
            if field is not None and field.per_item:
                items = self._fields.setdefault(name, {})
                assert isinstance(items, dict)
                items[str(result.get("item_index", 0))] = said
            else:
                self._fields[name] = said
            return
        region = self._region(result)
        attributes = region.setdefault("attributes", {})
        assert isinstance(attributes, dict)
        attributes[name] = said

    def _relate(self, result: Mapping[str, JSON]) -> None:
        name = self._relation_field()
        if name is None:
            self._losses.add("relations: no field of the schema", self._where)
            return
        relations = self._fields.setdefault(name, [])
        assert isinstance(relations, list)
        direction = {"bi": "both", "left": "left"}.get(str(result.get("direction")), "right")
        labels = result.get("labels")
        ends = (_ID.sub("_", str(result.get(side)))[:64] for side in ("from_id", "to_id"))
        start, end = ends
        relations.append({"from": start, "to": end, "direction": direction, "labels": labels or []})

    def _relation_field(self) -> str | None:
        if self._known is None:
            return "relations"
        return next((field.name for field in self._known.values() if field.kind == "relations"), None)


def _is_span(region: Mapping[str, JSON]) -> bool:
    shape = region["shape"]
    return isinstance(shape, dict) and shape["type"] == "span"


def _value(kind: str, value: Mapping[str, JSON], field: Field | None) -> JSON:
    """One answer in our form; without a schema, a single option or text is that alone."""
    said = value.get("ranker" if kind == "ranker" else kind)
    if kind == "pairwise":
        return value.get("selected")
    if kind == "textarea":
        said = value.get("text")
        texts: list[JSON] = said if isinstance(said, list) else [said]
        single = field.kind == "text" if field else len(texts) == 1
        return "\n".join(map(str, texts)) if single else texts
    if kind == "choices":
        single = field.kind == "choice" if field else isinstance(said, list) and len(said) == 1
        return said[0] if single and isinstance(said, list) and said else said
    if kind == "ranker" and isinstance(said, dict) and field is not None and not field.buckets:
        return next(iter(said.values()), [])
    return said
