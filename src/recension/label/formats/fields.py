"""Between a format's labels, which know no fields, and the fields of a schema.

Most formats hold marked parts and classes but no question that they answer. With a schema, each goes to the first
field that may hold it; without one, to a field of the usual name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from recension.label.canonical import JSON
from recension.label.fields import Field
from recension.label.formats.model import Labelled, LabelSet, Losses
from recension.label.schema import Schema
from recension.label.screen import ObjectKind
from recension.label.shape_json import shape_from_json, shape_to_json
from recension.label.shapes import Shape

Marked = Mapping[str, JSON]
"""A region as it stands in an answer: ``id``, ``shape``, ``labels`` and what else it has."""

REGIONS: Final = "objects"
SPANS: Final = "spans"
CLASS: Final = "label"
RELATIONS: Final = "relations"
TEXT: Final = "text"
IMAGE: Final = "image"


class Places:
    """Where labels go under a schema, or under none."""

    def __init__(self, schema: Schema | None) -> None:
        self._schema = schema
        self._fields: tuple[Field, ...] = schema.fields if schema else ()

    def region(self, shape: str, labels: Iterable[str]) -> str | None:
        """The field for a region of that shape and those labels; ``None`` when the schema has none."""
        if self._schema is None:
            return SPANS if shape == "span" else REGIONS
        wanted = set(labels)
        for field in self._fields:
            if field.kind == "regions" and shape in field.shapes and wanted <= _values(field):
                return field.name
        return None

    def choice(self, label: str) -> str | None:
        """The field in which ``label`` can be chosen for the whole item."""
        if self._schema is None:
            return CLASS
        for field in self._fields:
            if field.kind in {"choice", "choices"} and not field.per_region and label in _values(field):
                return field.name
        return None

    def relations(self) -> str | None:
        """The field that holds relations."""
        if self._schema is None:
            return RELATIONS
        return next((field.name for field in self._fields if field.kind == "relations"), None)

    def data(self, kind: ObjectKind, otherwise: str) -> str:
        """The data field that the first object of that kind shows."""
        shown = [tag.field for tag in self._schema.objects if tag.kind == kind and tag.field] if self._schema else []
        return shown[0] if shown else otherwise

    def several(self, name: str) -> bool:
        """Whether the field of that name takes a list of options."""
        return any(field.name == name and field.kind == "choices" for field in self._fields)

    def attribute(self, name: str) -> bool:
        """Whether a region may have that attribute."""
        return self._schema is None or any(field.per_region and field.name == name for field in self._fields)


def _values(field: Field) -> set[str]:
    return {option.value for option in field.options}


class Gathered:
    """The labels of one item while they are read."""

    def __init__(self, places: Places, losses: Losses, where: str) -> None:
        self._places = places
        self._losses = losses
        self._where = where
        self._fields: dict[str, list[JSON]] = {}
        self._chosen: dict[str, list[str]] = {}
        self._count = 0

    def region(self, shape: Shape, labels: Iterable[str], **optional: JSON) -> str | None:
        """Add one region; returns its id, ``None`` when the schema has no place for it (which is then a loss)."""
        named = [label for label in labels if label]
        field = self._places.region(shape.type, named)
        if field is None:
            self._losses.add(
                f"{shape.type} labelled {', '.join(named) or 'nothing'}: no field of the schema", self._where
            )
            return None
        self._count += 1
        region: dict[str, JSON] = {"id": f"r{self._count}", "shape": shape_to_json(shape), "labels": list(named)}
        region.update({key: value for key, value in optional.items() if value not in (None, "", [], {}, False)})
        if "attributes" in region:
            region["attributes"] = self._attributes(region["attributes"])
        self._fields.setdefault(field, []).append(region)
        return str(region["id"])

    def choose(self, label: str) -> None:
        """The whole item is of class ``label``."""
        field = self._places.choice(label)
        if field is None:
            self._losses.add(f"class {label}: no field of the schema", self._where)
        elif label not in self._chosen.setdefault(field, []):
            self._chosen[field].append(label)

    def relate(self, start: str, end: str, labels: Iterable[str], direction: str = "right") -> None:
        """Region ``start`` is related to region ``end``, both ids as ``region`` gave them."""
        field = self._places.relations()
        if field is None:
            self._losses.add("relations: no field of the schema", self._where)
            return
        relation: JSON = {"from": start, "to": end, "direction": direction, "labels": list(labels)}
        self._fields.setdefault(field, []).append(relation)

    def fields(self) -> dict[str, object]:
        """All of it, as in an answer."""
        fields: dict[str, object] = dict(self._fields)
        for name, labels in self._chosen.items():
            fields[name] = labels if self._places.several(name) or len(labels) > 1 else labels[0]
        return fields

    def _attributes(self, attributes: JSON) -> dict[str, JSON]:
        assert isinstance(attributes, dict)
        kept: dict[str, JSON] = {}
        for name, value in attributes.items():
            if self._places.attribute(name):
                kept[name] = value
            else:
                self._losses.add(f"attribute {name}: no per-region field of the schema", self._where)
        return kept


def marked(fields: Mapping[str, object]) -> Iterator[tuple[str, Marked]]:
    """Every region of an answer with the field it stands in; drawing order within each field."""
    for name, value in fields.items():
        if isinstance(value, list):
            for entry in value:
                if isinstance(entry, Mapping) and "shape" in entry:
                    yield name, entry


def shape_of(region: Marked) -> Shape:
    """The region's shape."""
    return shape_from_json(region["shape"])


def in_drawing_order(fields: Mapping[str, object]) -> list[Marked]:
    """Every region of an answer, the lowest first."""
    regions = [region for _, region in marked(fields)]
    return sorted(regions, key=drawn_at)


def relations(fields: Mapping[str, object]) -> Iterator[Mapping[str, JSON]]:
    """Every relation of an answer."""
    for value in fields.values():
        if isinstance(value, list):
            yield from (entry for entry in value if isinstance(entry, Mapping) and "from" in entry and "to" in entry)


def classes(fields: Mapping[str, object]) -> list[str]:
    """The options chosen for the whole item, over all fields."""
    chosen: list[str] = []
    for value in fields.values():
        if isinstance(value, str):
            chosen.append(value)
        elif isinstance(value, list):
            chosen.extend(entry for entry in value if isinstance(entry, str))
    return chosen


def one_label_set(item: Labelled, losses: Losses) -> LabelSet:
    """The labels that a format with room for one opinion carries: the first person's, else the first model's."""
    sets = (*item.annotations, *item.predictions)
    if len(item.annotations) > 1:
        losses.add("labels of a second and further annotators", item.name)
    if item.annotations and item.predictions:
        losses.add("predictions beside annotations", item.name)
    elif len(item.predictions) > 1:
        losses.add("predictions of a second and further models", item.name)
    if not sets:
        return LabelSet({})
    for what, said in (("annotators", sets[0].worker), ("models", sets[0].model)):
        if said:
            losses.add(f"names of {what}", item.name)
    return sets[0]


def single_label(region: Marked, losses: Losses, where: str) -> str:
    """The one label that the format has room for."""
    labels = region["labels"]
    assert isinstance(labels, list)
    if len(labels) > 1:
        losses.add("a second and further labels of a region", where)
    return str(labels[0]) if labels else ""


def drop_rest(region: Marked, carried: Iterable[str], losses: Losses, where: str) -> None:
    """Count what a region has beyond id, shape, labels and ``carried``."""
    for key in region.keys() - {"id", "shape", "labels", "origin", "z", *carried}:
        losses.add(f"{_NAMES.get(key, key)} of a region", where)


_NAMES: Final = {"attributes": "attributes", "text": "the text", "score": "the score", "parent": "the parent"}


def drawn_at(region: Marked) -> float:
    """Where a region stands in the drawing order over all fields."""
    z = region.get("z", 0)
    return float(z) if isinstance(z, int | float) else 0.0
