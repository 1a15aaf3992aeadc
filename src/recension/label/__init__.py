"""Label schemas, items, shapes, regions and answers. Pure: no file, no database, no clock."""

from __future__ import annotations

from recension.label.answers import Value, check_answer, check_value
from recension.label.canonical import JSON, canonical_json
from recension.label.config import parse_label_config
from recension.label.fields import Condition, Field, Option
from recension.label.fields_form import schema_from_fields
from recension.label.item import Item, ItemName, encode_key, item_id, make_item, parse_item_id
from recension.label.media import MediaRef, media_from_json, media_tags, media_to_json
from recension.label.plain_text import html_text, plain_text
from recension.label.region import (
    Region,
    Relation,
    region_from_json,
    region_to_json,
    relation_from_json,
    relation_to_json,
)
from recension.label.repeat import task_schema
from recension.label.schema import Schema, make_schema, schema_hash
from recension.label.schema_json import schema_from_json, schema_to_json
from recension.label.screen import Node, ObjectTag
from recension.label.shape_json import shape_from_json, shape_id, shape_to_json
from recension.label.shapes import (
    Box,
    Ellipse,
    Keypoint,
    Mask,
    Polygon,
    Polyline,
    RotatedBox,
    Segment,
    Shape,
    Skeleton,
    Span,
    Tile,
)
from recension.label.work import referenced, work_id

__all__ = [
    "JSON",
    "Box",
    "Condition",
    "Ellipse",
    "Field",
    "Item",
    "ItemName",
    "Keypoint",
    "Mask",
    "MediaRef",
    "Node",
    "ObjectTag",
    "Option",
    "Polygon",
    "Polyline",
    "Region",
    "Relation",
    "RotatedBox",
    "Schema",
    "Segment",
    "Shape",
    "Skeleton",
    "Span",
    "Tile",
    "Value",
    "canonical_json",
    "check_answer",
    "check_value",
    "encode_key",
    "html_text",
    "item_id",
    "make_item",
    "make_schema",
    "media_from_json",
    "media_tags",
    "media_to_json",
    "parse_item_id",
    "parse_label_config",
    "plain_text",
    "referenced",
    "region_from_json",
    "region_to_json",
    "relation_from_json",
    "relation_to_json",
    "schema_from_fields",
    "schema_from_json",
    "schema_hash",
    "schema_to_json",
    "shape_from_json",
    "shape_id",
    "shape_to_json",
    "task_schema",
    "work_id",
]
