"""Label schemas: what people see of an item, and the fields they answer.

A schema is made by ``parse_label_config`` (Label Studio's XML) or ``schema_from_fields`` (ours); both end here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

from blake3 import blake3

from recension.errors import Invalid
from recension.label.canonical import canonical_json

FieldKind = Literal["choice", "choices", "text", "number", "rating"]
"""One option; a set of options; free text; a finite number; a whole number from 1 to ``maximum``."""
ObjectKind = Literal["text", "image", "header"]
FIELD_KINDS: Final[tuple[FieldKind, ...]] = get_args(FieldKind)
MAX_TEXT: Final = 100_000
"""Code points in a text answer, unless the field says less."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose.

    Args:
        value: what is stored.
        label: what people read.
        hotkey: the key that chooses it, in lower case; empty when all keys ran out.
    """

    value: str
    label: str
    hotkey: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One named question.

    Args:
        required: an answer without it is refused.
        opinion: there is no right answer, only a distribution.
        minimum: smallest number allowed.
        maximum: largest number allowed; of a rating, the number of stars.
        max_length: code points a text may have.
        of: names of the objects it asks about; empty means the whole task.
    """

    name: str
    kind: FieldKind
    options: tuple[Option, ...] = ()
    required: bool = False
    opinion: bool = False
    title: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = MAX_TEXT
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectTag:
    """One thing that is shown.

    Args:
        name: what fields refer to; empty for headers.
        field: the data field shown; empty when ``text`` is shown as it stands.
    """

    name: str
    kind: ObjectKind
    field: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that is asked and shown, in the order of the screen.

    Args:
        references: the data fields that are shown, sorted; a task is identified by their content alone.
    """

    fields: tuple[Field, ...]
    objects: tuple[ObjectTag, ...]
    references: tuple[str, ...]

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            Invalid: there is none.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise Invalid(f"no field {name!r}", where=name, hint=f"fields are: {', '.join(f.name for f in self.fields)}")


def make_schema(fields: Sequence[Field], objects: Sequence[ObjectTag]) -> Schema:
    """The schema of these fields and objects; references follow from the objects.

    Raises:
        Invalid: a field is named like a data field that is shown; tables of labels hold both as columns.
    """
    references = tuple(sorted({tag.field for tag in objects if tag.field}))
    for field in fields:
        if field.name in references:
            raise Invalid(
                "a data field has this name", where=field.name, hint="name the field that is asked differently"
            )
    return Schema(tuple(fields), tuple(objects), references)


def schema_to_json(schema: Schema) -> dict[str, object]:
    """The schema as a JSON object; ``schema_from_json`` reads it back."""
    return asdict(schema)


def schema_from_json(body: Mapping[str, object]) -> Schema:
    """Read what ``schema_to_json`` wrote.

    Raises:
        Invalid: it is something else.
    """
    try:
        fields = [_field(dict(entry)) for entry in body["fields"]]  # type: ignore[attr-defined]
        objects = [ObjectTag(**entry) for entry in body["objects"]]  # type: ignore[attr-defined]
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("no stored label schema", where="schema", hint="write it with schema_to_json") from error
    return make_schema(fields, objects)


@lru_cache(maxsize=64)
def schema_hash(schema: Schema) -> str:
    """64 hex digits that are equal for two schemas exactly when they ask the same of the same data.

    What an answer may be and what is shown of an item count. Their order, titles, labels, hotkeys and whether a field
    is an opinion do not: changing those leaves every answer as good as it was.
    """
    asks = sorted((_asks(field) for field in schema.fields), key=lambda asked: str(asked["name"]))
    shows = sorted([tag.kind, tag.field] for tag in schema.objects if tag.field)
    return blake3(canonical_json({"asks": asks, "shows": shows})).hexdigest()


def _asks(field: Field) -> dict[str, object]:
    return {
        "name": field.name,
        "kind": field.kind,
        "values": sorted(option.value for option in field.options),
        "required": field.required,
        "minimum": _plain(field.minimum),
        "maximum": _plain(field.maximum),
        "max_length": field.max_length if field.kind == "text" else None,
    }


def _plain(limit: float | None) -> float | None:
    return int(limit) if limit is not None and limit == int(limit) else limit


def _field(entry: dict[str, object]) -> Field:
    options = tuple(Option(**option) for option in entry.pop("options", ()))  # type: ignore[attr-defined]
    of: tuple[str, ...] = tuple(entry.pop("of", ()))  # type: ignore[arg-type]
    field = Field(**entry, options=options, of=of)  # type: ignore[arg-type]
    if field.kind not in FIELD_KINDS:
        raise ValueError(field.kind)
    return field
