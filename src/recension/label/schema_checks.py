"""What must hold between the parts of a schema that people write in Python or YAML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from recension.errors import Invalid
from recension.label.fields import Field, asked_of_regions
from recension.label.hotkeys import conflicts
from recension.label.schema import Schema
from recension.label.screen import ObjectKind
from recension.label.shape_json import IMAGE_SHAPES

_MARKED_BY: Final[Mapping[ObjectKind, frozenset[str]]] = {
    "image": frozenset(IMAGE_SHAPES),
    "text": frozenset({"span"}),
    "html": frozenset({"span"}),
    "dialogue": frozenset({"span"}),
}
_PAIR: Final = 2


def check_schema(schema: Schema, *, within: str) -> None:
    """Raise for the first thing in a schema that cannot work.

    Args:
        schema: what is shown and asked.
        within: what stands before the name of a field in errors, such as ``project.yaml: ask.``.

    Raises:
        Invalid: a name twice, a field about nothing that is shown, shapes that nothing shown takes, a condition on a
            field that is not there, a hotkey twice; names the field.
    """
    for problem in schema_problems(schema, within=within):
        raise problem


def schema_problems(schema: Schema, *, within: str) -> Iterator[Invalid]:
    """Everything in a schema that cannot work; see ``check_schema``."""
    for name, count in Counter(field.name for field in schema.fields).items():
        if count > 1:
            hint = "give each field its own name"
            yield Invalid(f"{name!r} is asked {count} times", where=f"{within}{name}", hint=hint)
    for field in schema.fields:
        for message, hint in what_is_wrong(schema, field):
            yield Invalid(message, where=f"{within}{field.name}", hint=hint)
    for clash in conflicts(schema.fields):
        yield Invalid(clash.message, where=f"{within}{clash.field}", hint=clash.hint)


def what_is_wrong(schema: Schema, field: Field) -> Iterator[tuple[str, str]]:
    """What of a field cannot work, each with a remedy."""
    shown = {tag.name: tag for tag in schema.objects if tag.name}
    for name in field.of:
        if name not in shown:
            yield f"nothing is shown as {name!r}", f"shown are: {', '.join(shown) or 'none'}"
            return
    yield from _wrong_conditions(schema, field)
    if field.kind == "regions":
        yield from _wrong_shapes(schema, field)
    if field.kind in {"choice", "choices", "taxonomy"} and not field.options and not field.options_from:
        yield "nothing to choose", "give options"
    if field.per_region and not any(asked_of_regions(field, each) for each in schema.fields):
        yield "it is asked of regions, and nothing marks any", "add a regions field about the same object"
    if field.per_item and not all(shown[name].many for name in field.of):
        yield "it is asked of each image, and only one is shown", "show the object with many: true"
    if field.kind == "pairwise" and len(field.of) != _PAIR:
        yield f"a pair is compared, not {len(field.of)} objects", "name two: of: [one, other]"
    if field.kind == "ranking" and [shown[name].kind for name in field.of] != ["list"]:
        yield "only a list can be ranked", "name one that is shown as list"


def _wrong_conditions(schema: Schema, field: Field) -> Iterator[tuple[str, str]]:
    kinds = {each.name: each.kind for each in schema.fields}
    for condition in field.when:
        wanted = {"regions"} if "region" in condition.kind else {"choice", "choices", "taxonomy"}
        if condition.field and kinds.get(condition.field) not in wanted:
            yield f"it depends on {condition.field!r}, which is no {' or '.join(sorted(wanted))} field", "name another"


def _wrong_shapes(schema: Schema, field: Field) -> Iterator[tuple[str, str]]:
    if not field.of:
        yield "it marks nothing that is shown", "say of which object: of: image"
    if not field.shapes:
        yield "it has no shapes", "say which: shapes: [box, polygon]"
    for name in field.of:
        takes = _MARKED_BY.get(schema.object(name).kind, frozenset())
        for shape in field.shapes:
            if shape not in takes and not any(shape in _MARKED_BY.get(schema.object(n).kind, ()) for n in field.of):
                listed = ", ".join(sorted(takes)) or "none"
                yield f"{name!r} cannot be marked with {shape!r}", f"its shapes are: {listed}"
    if any(not 0 <= end < len(field.joints) for edge in field.edges for end in edge):
        yield "an edge joins what is no joint", f"joints count from 0 to {len(field.joints) - 1}"
