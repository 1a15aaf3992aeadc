"""Label schemas, items, regions and answers. Pure: no file, no database, no clock."""

from __future__ import annotations

from recension.label.answers import Value, check_answer, check_value
from recension.label.canonical import JSON, canonical_json
from recension.label.config import parse_label_config
from recension.label.fields_form import schema_from_fields
from recension.label.item import Item, ItemName, encode_key, item_id, make_item, parse_item_id
from recension.label.regions import (
    Box,
    Polygon,
    Region,
    RotatedBox,
    Segment,
    Span,
    Tile,
    region_from_json,
    region_id,
    region_to_json,
)
from recension.label.schema import (
    Field,
    ObjectTag,
    Option,
    Schema,
    make_schema,
    schema_from_json,
    schema_hash,
    schema_to_json,
)
from recension.label.work import referenced, work_id

__all__ = [
    "JSON",
    "Box",
    "Field",
    "Item",
    "ItemName",
    "ObjectTag",
    "Option",
    "Polygon",
    "Region",
    "RotatedBox",
    "Schema",
    "Segment",
    "Span",
    "Tile",
    "Value",
    "canonical_json",
    "check_answer",
    "check_value",
    "encode_key",
    "item_id",
    "make_item",
    "make_schema",
    "parse_item_id",
    "parse_label_config",
    "referenced",
    "region_from_json",
    "region_id",
    "region_to_json",
    "schema_from_fields",
    "schema_from_json",
    "schema_hash",
    "schema_to_json",
    "work_id",
]
