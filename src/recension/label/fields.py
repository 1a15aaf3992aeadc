"""Fields: the named questions of a label schema, and when each is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

FieldKind = Literal[
    "choice",
    "choices",
    "text",
    "number",
    "rating",
    "taxonomy",
    "date",
    "pairwise",
    "ranking",
    "regions",
    "relations",
    "texts",
]
"""What is asked, and what its value is in an answer.

One option (its value); a set of options (a list in schema order); free text; a finite number; a whole number from 1
to ``maximum``; paths in a tree of options (a list of lists of texts); a date or time (ISO 8601 text); ``left``,
``right`` or, where allowed, ``equal``; an order (a list of ids, or an object from bucket to ids); marked parts (a list
of regions); links between them (a list of relations); several free texts (a list).
"""
FIELD_KINDS: Final[tuple[FieldKind, ...]] = get_args(FieldKind)
PLAIN_KINDS: Final = frozenset({"choice", "choices", "text", "number", "rating"})
"""Kinds whose questions can be answered without looking at the data."""
DateParts = Literal["date-time", "date", "time", "month", "year"]
DATE_PARTS: Final[tuple[DateParts, ...]] = get_args(DateParts)
ConditionKind = Literal["region-selected", "no-region-selected", "choice-selected", "choice-unselected"]
CONDITION_KINDS: Final[tuple[ConditionKind, ...]] = get_args(ConditionKind)
Tool = Literal["rectangle", "ellipse", "polygon", "keypoint", "vector", "brush", "bitmask", "magic-wand"]
Scalar = str | int | float | bool
MAX_TEXT: Final = 100_000
"""Code points in a text answer, unless the field says less."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose, one label to give, or one bucket to sort into.

    Args:
        value: what is stored.
        label: what people read.
        hotkey: the key that chooses it, in lower case; empty when all keys ran out.
        color: of its regions and its button, as CSS spells it; empty: the palette's.
        hint: shown on hover.
        html: shown instead of the label, sanitised.
        children: options below it, of a taxonomy.
        max_usages: regions of one answer that may carry it.
        selected: chosen from the start.
    """

    value: str
    label: str
    hotkey: str = ""
    color: str = ""
    hint: str = ""
    html: str = ""
    children: tuple[Option, ...] = ()
    max_usages: int | None = None
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked or a part of the screen is shown.

    Args:
        kind: ``region-selected``: a region of ``field`` (any, when empty) with one of the labels ``values`` (any);
            ``no-region-selected``: none is; ``choice-selected``: in ``field`` (any choice or taxonomy) one of
            ``values`` (any) is chosen; ``choice-unselected``: it is not.
    """

    kind: ConditionKind
    field: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedTool:
    """A drawing tool with a name of its own in Label Studio, whose regions belong to the field that holds it."""

    name: str
    tool: Tool


@dataclass(frozen=True, slots=True)
class Field:
    """One named question.

    Args:
        required: an answer without it is refused; of a per-region field: a region without it.
        opinion: there is no right answer, only a distribution.
        minimum: smallest number allowed.
        maximum: largest number allowed; of a rating, the number of stars.
        max_length: code points a text may have.
        of: names of the objects it asks about; empty means the whole task.
        shapes: types of shape that its regions may have.
        per_region: asked of each region on the objects that it asks about; its value stands in their ``attributes``.
        per_item: asked of each image of an object with several; its value is an object from index to value.
        multiple: a region or relation may carry several of its labels.
        allow_empty: a region may carry no label although there are options.
        max_usages: regions, relations or taxonomy paths of one answer.
        max_submissions: texts of a ``texts`` field.
        step: of a number, for its input.
        parts: what of a date is asked.
        earliest: first date allowed, in the form of the value; empty: any.
        latest: last date allowed.
        equal: a pair may be called equal.
        buckets: what a ranking sorts into; without them it is one order.
        leaves_only: only the ends of a taxonomy may be chosen.
        joints: names of a skeleton's joints.
        edges: pairs of joint indices that are drawn as bones.
        when: conditions under which it is asked; all must hold.
        default: value that an empty answer begins with.
        default_from: path in the data of that value.
        date_format: how Label Studio spells a date in results; here it is always ISO 8601.
        options_from: path in the data of a list of more options (see ``references``).
        shortcuts: snippets that can be put into its text.
        snap: ``pixel``: drawn coordinates are whole.
        smart: a model may help to draw.
        smart_only: only a model draws.
        tools: drawing tools that have a name of their own.
        placeholder, rows, message, layout: of its input: grey text, lines, what is said when it is missing, and how
            options stand (``inline``, ``vertical``, ``select``).
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
    shapes: tuple[str, ...] = ()
    per_region: bool = False
    per_item: bool = False
    multiple: bool = False
    allow_empty: bool = False
    max_usages: int | None = None
    max_submissions: int | None = None
    step: float | None = None
    parts: DateParts = "date-time"
    earliest: str = ""
    latest: str = ""
    equal: bool = False
    buckets: tuple[Option, ...] = ()
    leaves_only: bool = False
    joints: tuple[str, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    when: tuple[Condition, ...] = ()
    default: Scalar | tuple[str, ...] | None = None
    default_from: str = ""
    date_format: str = ""
    options_from: str = ""
    shortcuts: tuple[Option, ...] = ()
    snap: Literal["", "pixel"] = ""
    smart: bool = False
    smart_only: bool = False
    tools: tuple[NamedTool, ...] = ()
    placeholder: str = ""
    rows: int | None = None
    message: str = ""
    layout: Literal["", "inline", "vertical", "select"] = ""

    def values(self) -> tuple[str, ...]:
        """What its options store, in their order."""
        return tuple(option.value for option in self.options)


def asked_of_regions(field: Field, regions: Field) -> bool:
    """Whether a per-region field is asked of the regions of another field: they mark the same object."""
    return field.per_region and regions.kind == "regions" and bool(set(field.of) & set(regions.of))
