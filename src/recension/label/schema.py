"""Label schemas: what people see of an item, and the fields they answer.

A schema is made by ``parse_label_config`` (Label Studio's XML), ``schema_from_fields`` (our YAML) or ``make_schema``
(Python); all end here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from blake3 import blake3

from recension.errors import Invalid
from recension.label.canonical import canonical_json
from recension.label.fields import PLAIN_KINDS, Field, Option
from recension.label.references import paths_in, root_of
from recension.label.screen import Node, ObjectTag


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that is asked and shown, in the order of the screen.

    Args:
        references: the data fields that are shown, sorted; a task is identified by their content alone.
        view: the tree of the screen.
    """

    fields: tuple[Field, ...]
    objects: tuple[ObjectTag, ...]
    references: tuple[str, ...]
    view: Node

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            Invalid: there is none.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise Invalid(f"no field {name!r}", where=name, hint=f"fields are: {', '.join(f.name for f in self.fields)}")

    def object(self, name: str) -> ObjectTag:
        """The object of that name.

        Raises:
            Invalid: there is none.
        """
        for tag in self.objects:
            if tag.name == name:
                return tag
        raise Invalid(f"nothing is shown as {name!r}", where=name)

    @property
    def is_plain(self) -> bool:
        """Whether answers can be checked without the item's data."""
        return not self.varies and all(field.kind in PLAIN_KINDS and not field.per_item for field in self.fields)

    @property
    def varies(self) -> bool:
        """Whether what is asked depends on the item's data; see ``task_schema``."""
        return (
            any(field.options_from for field in self.fields)
            or any(tag.fills for tag in self.objects)
            or any(node.kind == "repeater" for node in self.view.walk())
        )


def make_schema(fields: Sequence[Field], objects: Sequence[ObjectTag], view: Node | None = None) -> Schema:
    """The schema of these fields and objects; references follow from them, and so does the screen without a view."""
    screen = view or plain_view(fields, objects)
    shown = [tag.field for tag in objects]
    shown += [path for field in fields for path in (field.options_from, field.default_from)]
    shown += [node.field for node in screen.walk()]
    texts = [tag.text for tag in objects if tag.fills] + [node.text for node in screen.walk() if node.fills]
    shown += [path for text in texts for path in paths_in(text)]
    references = tuple(sorted({root_of(path) for path in shown if path}))
    return Schema(tuple(fields), tuple(objects), references, screen)


def on_screen(view: Node, objects: Sequence[ObjectTag]) -> list[ObjectTag]:
    """The objects in the order of the screen, with its headers among them."""
    named = {tag.name: tag for tag in objects}
    shown = (
        ObjectTag("", "header", node.field, node.text, fills=node.fills)
        if node.kind == "header"
        else named.get(node.name)
        for node in view.walk()
        if node.kind in {"header", "object"}
    )
    return [tag for tag in shown if tag is not None]


def plain_view(fields: Sequence[Field], objects: Sequence[ObjectTag]) -> Node:
    """A screen without any order of its own: everything shown, then everything asked."""
    shown = (
        Node("object", tag.name) if tag.name else Node("header", text=tag.text, field=tag.field, fills=tag.fills)
        for tag in objects
    )
    return Node("view", children=(*shown, *(Node("field", field.name) for field in fields)))


@lru_cache(maxsize=64)
def schema_hash(schema: Schema) -> str:
    """64 hex digits that are equal for two schemas exactly when they ask the same of the same data.

    What an answer may be and what is shown of an item count. Their order, titles, labels, hotkeys, colours, style and
    whether a field is an opinion do not: changing those leaves every answer as good as it was.
    """
    asks = sorted((_asks(field) for field in schema.fields), key=lambda asked: str(asked["name"]))
    shows = sorted(_shows(tag) for tag in schema.objects if tag.field or tag.fills)
    return blake3(canonical_json({"asks": asks, "shows": shows})).hexdigest()


def _asks(field: Field) -> dict[str, object]:
    """What an answer may be. What later kinds brought is left out where it says nothing, so that no hash changed."""
    return {
        "name": field.name,
        "kind": field.kind,
        "values": sorted(option.value for option in field.options),
        "required": field.required,
        "minimum": _plain(field.minimum),
        "maximum": _plain(field.maximum),
        "max_length": field.max_length if field.kind in {"text", "texts"} else None,
    } | {name: value for name, value in _asks_too(field).items() if value}


def _shows(tag: ObjectTag) -> list[str]:
    more = ["many"] * tag.many + ["from_url"] * tag.from_url
    keys = [tag.name_key, tag.text_key] if tag.kind == "dialogue" else []
    return [tag.kind, tag.field, *more, *keys, *[tag.text] * tag.fills]


def _asks_too(field: Field) -> dict[str, object]:
    regions = field.kind == "regions"
    return {
        "shapes": sorted(field.shapes),
        "of": sorted(field.of) if regions or field.per_region or field.kind in {"pairwise", "ranking"} else [],
        "per_region": field.per_region,
        "per_item": field.per_item,
        "multiple": field.multiple,
        "allow_empty": field.allow_empty,
        "max_usages": field.max_usages,
        "max_submissions": field.max_submissions,
        "parts": field.parts if field.kind == "date" else "",
        "earliest": field.earliest,
        "latest": field.latest,
        "equal": field.equal,
        "buckets": sorted(bucket.value for bucket in field.buckets),
        "leaves_only": field.leaves_only,
        "joints": list(field.joints),
        "tree": _tree(field.options) if any(option.children for option in field.options) else [],
        "when": sorted([each.kind, each.field, *each.values] for each in field.when),
        "options_from": field.options_from,
        "usages": {option.value: option.max_usages for option in field.options if option.max_usages},
    }


def _tree(options: Sequence[Option]) -> list[object]:
    return [[option.value, _tree(option.children)] for option in sorted(options, key=lambda each: each.value)]


def _plain(limit: float | None) -> float | None:
    return int(limit) if limit is not None and limit == int(limit) else limit
