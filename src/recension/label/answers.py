"""Answers: checked against the schema and brought into their one canonical form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recension.errors import Invalid
from recension.label.canonical import JSON
from recension.label.fields import Field
from recension.label.marks import Shown, check_links, check_regions
from recension.label.region import Region, region_to_json, relation_to_json
from recension.label.repeat import task_schema
from recension.label.schema import Schema
from recension.label.values import Value, allowed, check_plain, is_empty, refuse
from recension.label.visibility import is_asked, is_demanded

__all__ = ["Value", "check_answer", "check_value"]


def check_answer(
    schema: Schema, fields: Mapping[str, object], data: Mapping[str, object] | None = None
) -> dict[str, Value]:
    """The answer in canonical form: fields in the order of the schema, unanswered ones left out.

    A set of options is in the order of the schema without repeats, a whole number is an ``int``, a text is kept to
    the letter, a region has the form of ``region_to_json``. The value of a question that is hidden by what else is
    answered is left out.

    Args:
        schema: what is asked.
        fields: what was answered.
        data: the task's data. With it, repeated questions and options from the data are known, and spans, images and
            what is ranked must exist.

    Raises:
        Invalid: an unknown field, a required one without an answer, or a value that the field does not allow.
    """
    asked = schema if data is None else task_schema(schema, data)
    known = {field.name: field for field in asked.fields if not field.per_region}
    for name in fields:
        if name not in known:
            raise Invalid(f"no field {name!r}", where=str(name), hint=f"fields are: {', '.join(known)}")
    given = {name: value for name, value in fields.items() if not is_empty(value)}
    shown = Shown(asked, data)
    marked = _marked(shown, known, given)
    answer: dict[str, Value] = {}
    for name, field in known.items():
        if not is_asked(asked, field, given):
            continue
        value = _value(field, given.get(name), shown, marked)
        if value is not None:
            answer[name] = value
        elif is_demanded(field):
            raise Invalid("this field needs an answer", where=name, hint=field.message or allowed(field))
    return answer


def check_value(field: Field, value: object) -> Value:
    """One field's answer in canonical form, ``None`` when it is left empty; as far as it can be said without the rest.

    Raises:
        Invalid: the field does not allow the value.
    """
    if field.kind in {"regions", "relations"}:
        raise Invalid("regions are checked with their whole answer", where=field.name)
    return _value(field, None if is_empty(value) else value, None, {})


def _marked(shown: Shown, known: Mapping[str, Field], given: Mapping[str, object]) -> dict[str, list[Region]]:
    """The regions by field; their ids are of the whole answer, so that relations and parents can name them."""
    marked: dict[str, list[Region]] = {}
    taken: set[str] = set()
    for name, field in known.items():
        if field.kind == "regions" and name in given and is_asked(shown.schema, field, given):
            marked[name] = check_regions(shown, field, given[name], given)
            for region in marked[name]:
                if region.id in taken:
                    raise Invalid(f"two regions have the id {region.id!r}", where=name, hint="give each its own id")
                taken.add(region.id)
    for name, regions in marked.items():
        for region in regions:
            if region.parent and (region.parent not in taken or region.parent == region.id):
                raise Invalid(f"{region.parent!r} is no region of this answer", where=f"{name}: region {region.id}")
    return marked


def _value(field: Field, value: object, shown: Shown | None, marked: Mapping[str, Sequence[Region]]) -> Value:
    if value is None:
        return None
    if field.kind == "regions":
        return [region_to_json(region) for region in marked.get(field.name, ())] or None
    if field.kind == "relations":
        ids = {region.id for regions in marked.values() for region in regions}
        return [relation_to_json(link) for link in check_links(field, value, ids)] or None
    ids_to_rank = None if shown is None else shown.ids_to_rank(field)
    if field.per_item:
        return _per_item(field, value, shown)
    return check_plain(field, value, ids_to_rank)


def _per_item(field: Field, value: object, shown: Shown | None) -> Value:
    """An object from the index of an image to the value, in the order of the images."""
    count = None if shown is None else shown.images_of(field)
    if not isinstance(value, Mapping):
        raise refuse(field, value)
    found: dict[str, JSON] = {}
    for index in sorted(map(str, value), key=lambda text: (len(text), text)):
        if not index.isascii() or not index.isdecimal() or (count is not None and int(index) >= count):
            raise Invalid(f"{index!r} is no image", where=field.name, hint='write {"0": value} for the first image')
        entry = value.get(index)
        checked = None if is_empty(entry) else check_plain(field, entry)
        if checked is not None:
            found[str(int(index))] = checked
    return found or None
