"""Tags that ask for a judgement, read into fields of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from recension.label.fields import CONDITION_KINDS, MAX_TEXT, Condition, DateParts, Field, FieldKind, Option
from recension.label.tag_reading import Tag
from recension.label.tags import check_tag, spelled
from recension.label.xml_reader import Element

_STARS: Final = 5  # Label Studio's default of maxRating
_CHOICE: Final[dict[str, FieldKind]] = {"single": "choice", "single-radio": "choice", "multiple": "choices"}
_PARTS: Final[dict[frozenset[str], DateParts]] = {
    frozenset(): "date-time",
    frozenset({"date"}): "date",
    frozenset({"time"}): "time",
    frozenset({"date", "time"}): "date-time",
    frozenset({"month"}): "month",
    frozenset({"month", "year"}): "month",
    frozenset({"year"}): "year",
}
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{3,8}|[A-Za-z]+|(?:rgb|hsl)a?\([\d\s.,%/]+\)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A field and the tag that asks it."""

    field: Field
    tag: Tag


def condition(tag: Tag) -> Condition | None:
    """When a tag is shown; ``None``: always."""
    labels, choices = tag.names("whenLabelValue"), tag.names("whenChoiceValue")
    name = tag.text("whenTagName")
    kind = tag.text("visibleWhen")
    if not kind and labels:
        kind = "region-selected"  # a question about regions may name their labels alone
    if not kind:
        if choices or name:
            tag.refuse("whenTagName and whenChoiceValue say nothing without visibleWhen", "add visibleWhen")
        return None
    if kind not in CONDITION_KINDS:
        tag.refuse(f"visibleWhen={kind!r} of <{tag.name}>", f"use one of: {', '.join(CONDITION_KINDS)}")
        return None
    found = next(each for each in CONDITION_KINDS if each == kind)
    return Condition(found, name, choices if kind.startswith("choice") else labels)


def read_option(tag: Tag, inside: str) -> Option | None:
    """One ``<Choice>``, ``<Label>``, ``<Bucket>`` or ``<Relation>``; ``None`` when it cannot be read."""
    if not check_tag(tag):
        return None
    label = tag.text("value") or tag.text("html")
    if not label.strip():
        tag.refuse(f"<{tag.name}> in {inside} needs value", 'add value="..."')
        return None
    return Option(
        tag.text("alias") or label,
        tag.text("value") or label,
        hotkey=tag.text("hotkey"),
        color=read_color(tag),
        hint=tag.text("hint"),
        html=tag.text("html"),
        max_usages=tag.whole("maxUsages"),
        selected=tag.flag("selected"),
    )


def read_color(tag: Tag) -> str:
    """The colour of a label or choice; empty, with a note, when it is none."""
    color = (tag.text("background") or tag.text("color")).strip()
    if color and _COLOR.fullmatch(color) is None:
        tag.note(f"the colour {color[:40]!r} is left out")
        return ""
    return color


def options_of(tag: Tag, child: str) -> tuple[Option, ...]:
    """The options inside a tag; those of ``<Choice>`` may hold others, and views may group any of them."""
    options = _options(tag, tag.element, child)
    if not options and not tag.text("value"):
        tag.refuse(f"{tag.text('name')!r} offers nothing to choose", f'add <{child} value="..."/>')
    return options


def _options(tag: Tag, element: Element, child: str) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for inner in _inside(tag, element, child):
        option = read_option(inner, f"<{tag.name}>")
        if option is None:
            continue
        if (same := found.get(option.value)) is not None and same.label != option.label:
            inner.refuse(f"{tag.text('name') or tag.text('value')!r} offers {option.value!r} twice")
        elif same is not None:
            inner.note(
                f"{tag.text('name') or tag.text('value')!r} offers {option.value!r} once more, which says nothing"
            )
            continue
        below = _options(inner, inner.element, child) if child == "Choice" else ()
        found[option.value] = replace(option, children=below)
    return tuple(found.values())


def _inside(tag: Tag, element: Element, child: str) -> Iterator[Tag]:
    """The tags of one kind inside another; views in between say how they look, which is left out."""
    for each in element.children:
        inner = Tag(each, tag.problems)
        if spelled(each.tag) == child:
            yield inner
        elif child in {"Choice", "Label"} and spelled(each.tag) in {"View", "Header"}:
            inner.note(f"<{inner.name}> in <{tag.name}> is left out")
            yield from _inside(tag, each, child)
        else:
            inner.refuse(f"<{each.tag}> inside <{tag.name}>")


def _field(tag: Tag, kind: FieldKind) -> Field:
    if kind in {"rating", "number", "date", "pairwise"}:
        for each in tag.element.children:
            Tag(each, tag.problems).refuse(f"<{each.tag}> inside <{tag.name}>")
    of = tag.names("toName")
    if not of and tag.flag("perRegion"):
        tag.refuse(f"<{tag.name}> needs toName", 'add toName="...": whose regions it asks about')
    return Field(
        tag.needed("name"),
        kind,
        required=tag.flag("required"),
        opinion=tag.flag("opinion"),
        title=tag.text("title"),
        of=of,
        per_region=tag.flag("perRegion"),
        per_item=tag.flag("perItem"),
        message=tag.text("requiredMessage"),
    )


def _dynamic(tag: Tag) -> str:
    return tag.reference("value") if tag.text("value") else ""


def _choices(tag: Tag) -> Field:
    kind = _CHOICE[tag.one_of("choice", tuple(_CHOICE), "single")]
    options = options_of(tag, "Choice")
    layout = tag.one_of("layout", ("inline", "vertical", "select"), "vertical")
    inline = tag.flag("showInline") if tag.text("showInline") else layout == "inline"
    nested = any(option.children for option in options) or tag.flag("allowNested")
    field = replace(
        _field(tag, "taxonomy" if nested else kind),
        options=options,
        options_from=_dynamic(tag),
        layout="select" if layout == "select" else "inline" if inline else "",
    )
    chosen = tuple(option.value for option in options if option.selected)
    if nested:
        return replace(field, max_usages=1 if kind == "choice" else None)
    default = chosen[0] if kind == "choice" and chosen else chosen or None
    return replace(field, default=default)


def _taxonomy(tag: Tag) -> Field:
    return replace(
        _field(tag, "taxonomy"),
        options=options_of(tag, "Choice"),
        options_from=_dynamic(tag),
        leaves_only=tag.flag("leafsOnly"),
        max_usages=tag.whole("maxUsages"),
        placeholder=tag.text("placeholder"),
    )


def _text_area(tag: Tag) -> Field:
    submissions = tag.whole("maxSubmissions")
    shortcuts = []
    for inner in _inside(tag, tag.element, "Shortcut"):
        if check_tag(inner):
            value = inner.needed("value")
            shortcuts.append(Option(value, inner.text("alias") or value, inner.text("hotkey"), read_color(inner)))
    field = replace(
        _field(tag, "text" if submissions in {None, 1} else "texts"),
        max_length=tag.whole("maxLength") or MAX_TEXT,
        max_submissions=None if submissions == 1 else submissions,
        shortcuts=tuple(shortcuts),
        placeholder=tag.text("placeholder"),
        rows=tag.whole("rows"),
    )
    value = tag.text("value")
    if value.startswith("$"):
        return replace(field, default_from=tag.reference("value"))
    return replace(field, default=value or None)


def _rating(tag: Tag) -> Field:
    default = tag.number("defaultValue")
    stars = tag.whole("maxRating") or _STARS
    return replace(_field(tag, "rating"), minimum=1, maximum=stars, default=default or None)


def _number(tag: Tag) -> Field:
    low, high = tag.number("min"), tag.number("max")
    if low is not None and high is not None and low > high:
        tag.refuse(f"min={low:g} of <{tag.name}> is over max={high:g}")
    default = tag.number("defaultValue")
    return replace(_field(tag, "number"), minimum=low, maximum=high, step=tag.number("step"), default=default)


def _date(tag: Tag) -> Field:
    asked = frozenset(tag.names("only"))
    if asked not in _PARTS:
        tag.refuse(f"only={tag.text('only')!r} of <DateTime>", "use date, time, month or year; date goes with time")
    return replace(
        _field(tag, "date"),
        parts=_PARTS.get(asked, "date-time"),
        earliest=tag.text("min"),
        latest=tag.text("max"),
        date_format=tag.text("format"),
    )


def _pairwise(tag: Tag) -> Field:
    field = replace(_field(tag, "pairwise"), equal=tag.flag("equal"))
    if len(field.of) != 2:
        tag.refuse(f"<Pairwise> compares two objects, not {len(field.of)}", 'write toName="one,other"')
    return field


def _ranker(tag: Tag) -> Field:
    buckets = []
    for inner in _inside(tag, tag.element, "Bucket"):
        if check_tag(inner):
            name = inner.needed("name")
            buckets.append(Option(name, inner.text("title") or name))
    return replace(_field(tag, "ranking"), buckets=tuple(buckets))


def _relations(tag: Tag) -> Field:
    """Label Studio gives relations no name and no target: they link any regions."""
    options = _options(tag, tag.element, "Relation")
    multiple = tag.one_of("choice", ("single", "multiple"), "multiple") == "multiple"
    required = tag.flag("required")
    return Field("relations", "relations", options=options, multiple=multiple, required=required)


CONTROLS: Final[Mapping[str, Callable[[Tag], Field]]] = {
    "Choices": _choices,
    "Taxonomy": _taxonomy,
    "TextArea": _text_area,
    "Rating": _rating,
    "Number": _number,
    "DateTime": _date,
    "Pairwise": _pairwise,
    "Ranker": _ranker,
    "Relations": _relations,
}
