"""Regions and relations of an answer: checked against their field and what the task shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.fields import Field, asked_of_regions
from recension.label.plain_text import as_text, entries, plain_text
from recension.label.references import look_up
from recension.label.region import Region, Relation, region_from_json, relation_from_json
from recension.label.schema import Schema
from recension.label.shapes import Shape, Skeleton, Span
from recension.label.values import allowed, check_plain, is_empty, refuse
from recension.label.visibility import is_asked

MOST_REGIONS: Final = 20_000
"""Regions of one field of one answer."""


class Shown:
    """What a task shows, as far as it is known; texts are made plain once.

    Args:
        schema: what is asked of the task.
        data: its data; ``None`` when it is not known here.
    """

    __slots__ = ("_counts", "_data", "_lengths", "schema")

    def __init__(self, schema: Schema, data: Mapping[str, object] | None) -> None:
        self.schema = schema
        self._data = data
        self._lengths: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def length_of(self, name: str) -> int | None:
        """Code points of an object's plain text; ``None`` when it is not known here."""
        tag = self.schema.object(name)
        if self._data is None or tag.from_url:
            return None
        if name not in self._lengths:
            value = look_up(self._data, tag.field) if tag.field else tag.text
            self._lengths[name] = len(plain_text(tag, value))
        return self._lengths[name]

    def images_of(self, field: Field) -> int | None:
        """How many images a field's object has; ``None`` when that is not known here."""
        counts = [self.images(name) for name in field.of]
        return max((count for count in counts if count is not None), default=None)

    def images(self, name: str) -> int | None:
        """How many images an object has; ``None`` when that is not known here."""
        if self._data is None:
            return None
        if name not in self._counts:
            tag = self.schema.object(name)
            self._counts[name] = len(entries(look_up(self._data, tag.field))) if tag.many else 1
        return self._counts[name]

    def ids_to_rank(self, field: Field) -> Sequence[str] | None:
        """The ids of what a ranking orders: an entry's ``id``, or its place from 0 when it has none."""
        if self._data is None or field.kind != "ranking":
            return None
        found: list[str] = []
        for name in field.of:
            listed = entries(look_up(self._data, self.schema.object(name).field))
            for number, entry in enumerate(listed):
                own = entry.get("id") if isinstance(entry, Mapping) else None
                found.append(str(number) if own is None else as_text(own))
        return found


def check_regions(shown: Shown, field: Field, value: object, given: Mapping[str, object]) -> list[Region]:
    """The regions of one field in canonical form, in the order given: bottom to top.

    Raises:
        Invalid: a region breaks its form, or its field does not allow it; names the region.
    """
    if not isinstance(value, list | tuple) or len(value) > MOST_REGIONS:
        raise refuse(field, value)
    try:
        regions = [_region(shown, field, region_from_json(body), given) for body in value]
    except Invalid as error:
        raise Invalid(error.message, where=f"{field.name}: {error.where}", hint=error.hint) from None
    if field.max_usages is not None and len(regions) > field.max_usages:
        raise Invalid(f"{len(regions)} regions", where=field.name, hint=f"mark at most {field.max_usages}")
    used = Counter(label for region in regions for label in region.labels)
    for option in field.options:
        if option.max_usages is not None and used[option.value] > option.max_usages:
            message = f"{option.label!r} marks {used[option.value]} regions"
            raise Invalid(message, where=field.name, hint=f"mark at most {option.max_usages} with it")
    return regions


def check_links(field: Field, value: object, ids: AbstractSet[str]) -> list[Relation]:
    """The relations of one field in canonical form, in the order given.

    Raises:
        Invalid: a relation breaks its form, names a region that is not there, or its field does not allow it.
    """
    if not isinstance(value, list | tuple) or len(value) > MOST_REGIONS:
        raise refuse(field, value)
    links: list[Relation] = []
    seen: set[tuple[str, str, str]] = set()
    for body in value:
        link = relation_from_json(body)
        for end in (link.start, link.end):
            if end not in ids:
                raise Invalid(f"{end!r} is no region of this answer", where=field.name)
        if link.start == link.end:
            raise Invalid(f"region {link.start!r} is linked to itself", where=field.name)
        link = replace(link, labels=_labels(field, link.labels, field.name))
        if (link.start, link.end, link.direction) in seen:
            raise Invalid(f"{link.start!r} and {link.end!r} are linked twice", where=field.name)
        seen.add((link.start, link.end, link.direction))
        links.append(link)
    return links


def _region(shown: Shown, field: Field, region: Region, given: Mapping[str, object]) -> Region:
    place = f"region {region.id}"
    if region.shape.type not in field.shapes:
        hint = f"its shapes: {', '.join(field.shapes)}"
        raise Invalid(f"the field takes no {region.shape.type}", where=place, hint=hint)
    labels = _labels(field, region.labels, place)
    if field.options and not labels and not field.allow_empty:
        raise Invalid("the region has no label", where=place, hint=allowed_labels(field))
    target = _target(field, region, place)
    shape = _placed(shown, target, region, place) if target else region.shape
    if isinstance(region.shape, Skeleton) and field.joints and len(region.shape.points) != len(field.joints):
        message = f"{len(region.shape.points)} joints, not {len(field.joints)}"
        raise Invalid(message, where=place, hint=f"joints: {', '.join(field.joints)}")
    region = replace(region, labels=labels, object=target if len(field.of) > 1 else "", shape=shape)
    attributes = _attributes(shown, field, region, given, place)
    return region if attributes == region.attributes else replace(region, attributes=attributes)


def _target(field: Field, region: Region, place: str) -> str:
    """The object that the region marks; empty when the field is about none."""
    if len(field.of) <= 1:
        if region.object and region.object not in field.of:
            raise Invalid(f"the field is not about {region.object!r}", where=place)
        return field.of[0] if field.of else ""
    if region.object not in field.of:
        message = f"the region does not say which object it marks: {region.object!r}"
        raise Invalid(message, where=place, hint=f"object: one of {', '.join(field.of)}")
    return region.object


def _placed(shown: Shown, name: str, region: Region, place: str) -> Shape:
    """The shape where it lies on the object, in the form that an answer has."""
    tag = shown.schema.object(name)
    shape = region.shape
    if isinstance(region.shape, Span):
        if region.shape.field not in {"", tag.field}:
            raise Invalid(f"the span is of {region.shape.field!r}, not of what is shown", where=place)
        length = shown.length_of(name)
        if length is not None and region.shape.end > length:
            raise Invalid(f"the span ends at {region.shape.end} of {length}", where=place)
        shape = Span(region.shape.start, region.shape.end) if region.shape.field else shape
    if tag.kind == "image":
        count = shown.images(name)
        if count is not None and region.item >= count:
            raise Invalid(f"image {region.item} of {count}", where=place, hint="images count from 0")
    elif region.item:
        raise Invalid(f"{name!r} is one thing, and the region marks number {region.item}", where=place)
    return shape


def _labels(field: Field, labels: Sequence[str], place: str) -> tuple[str, ...]:
    known = field.values()
    for label in labels:
        if label not in known:
            raise Invalid(f"no label {label!r}", where=place, hint=allowed_labels(field))
    if len(labels) > 1 and not field.multiple:
        raise Invalid(f"{len(labels)} labels where one is allowed", where=place)
    return tuple(label for label in known if label in labels)


def allowed_labels(field: Field) -> str:
    """Which labels to give, for people."""
    return f"labels: {', '.join(field.values())}" if field.options else "the field has no labels"


def _attributes(shown: Shown, field: Field, region: Region, given: Mapping[str, object], place: str) -> dict[str, JSON]:
    asked = {each.name: each for each in shown.schema.fields if asked_of_regions(each, field)}
    for name in region.attributes:
        if name not in asked:
            hint = f"asked of each region: {', '.join(asked) or 'nothing'}"
            raise Invalid(f"no attribute {name!r}", where=place, hint=hint)
    known = {name: value for name, value in region.attributes.items() if not is_empty(value)}
    found: dict[str, JSON] = {}
    for name, each in asked.items():
        if not is_asked(shown.schema, each, {**given, **known}, labels=region.labels, of=field.name):
            continue
        value = check_plain(each, known[name]) if name in known else None
        if value is not None:
            found[name] = value
        elif each.required:
            raise Invalid(f"{name!r} needs an answer", where=place, hint=each.message or allowed(each))
    return found
