"""Tags that mark parts of what is shown, read into regions fields.

In Label Studio a drawing tag (``Rectangle``) and the ``Labels`` of the same image are two controls whose results share
a region. Here they are one field: the first ``Labels`` of an image takes the drawing tags of that image, whose names
it keeps in ``tools``; further ``Labels`` are choices asked of each region. A drawing tag without any ``Labels`` is a
field of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from recension.label.config_controls import Asked, options_of
from recension.label.fields import Field, NamedTool, Tool
from recension.label.screen import ObjectTag
from recension.label.tag_reading import Tag

_TEXTS: Final = frozenset({"text", "html", "dialogue"})


@dataclass(frozen=True, slots=True)
class Marking:
    """A field of labels, and the tag that makes it.

    Args:
        on: kinds of objects that it may mark.
        draws: it brings its shapes itself; otherwise drawing tags do, on images.
    """

    field: Field
    tag: Tag
    on: frozenset[str]
    draws: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """A drawing tag: a field without labels, until a ``Labels`` takes it."""

    field: Field
    tag: Tag
    tool: Tool


def with_drawings(
    markings: Sequence[Marking], draws: Sequence[Draw], objects: Sequence[ObjectTag]
) -> tuple[list[Asked], dict[str, str]]:
    """The finished fields, and the names of drawing tags that went into others → those."""
    kinds = {tag.name: tag.kind for tag in objects}
    fields: list[Asked] = []
    renamed: dict[str, str] = {}
    taken: dict[str, str] = {}
    for marking in markings:
        shown = {kinds[name] for name in marking.field.of if name in kinds}
        wrong = sorted(shown - marking.on)
        if wrong:
            marking.tag.refuse(*_cannot_mark(marking.tag, wrong[0]))
        field = marking.field
        if not marking.draws and "image" in shown:
            field = _drawn(marking, draws, taken, renamed)
        fields.append(Asked(field, marking.tag))
    for draw in draws:
        if draw.field.name not in renamed:
            _check_image(draw, kinds)
            fields.append(Asked(draw.field, draw.tag))
    return fields, renamed


def _drawn(marking: Marking, draws: Sequence[Draw], taken: dict[str, str], renamed: dict[str, str]) -> Field:
    field = marking.field
    found = [draw for draw in draws if set(draw.field.of) & set(field.of)]
    if not found:
        hint = "add <Rectangle>, <Polygon>, <Brush> or another with the same toName, or use <RectangleLabels>"
        marking.tag.refuse("nothing draws what these labels are for", hint)
        return field
    image = field.of[0]
    if image in taken:
        kind: Literal["choice", "choices"] = "choices" if field.multiple else "choice"
        return replace(field, kind=kind, shapes=(), per_region=True, multiple=False, allow_empty=False)
    taken[image] = field.name
    renamed |= {draw.field.name: field.name for draw in found}
    shapes = dict.fromkeys(shape for draw in found for shape in draw.field.shapes)
    return replace(
        field,
        shapes=tuple(shapes),
        allow_empty=True,
        snap="pixel" if any(draw.field.snap for draw in found) else "",
        smart=field.smart or any(draw.field.smart for draw in found),
        smart_only=field.smart_only or all(draw.field.smart_only for draw in found),
        required=field.required or any(draw.field.required for draw in found),
        tools=tuple(NamedTool(draw.field.name, draw.tool) for draw in found),
    )


def _check_image(draw: Draw, kinds: Mapping[str, str]) -> None:
    wrong = [name for name in draw.field.of if kinds.get(name, "image") != "image"]
    if wrong:
        draw.tag.refuse(*_cannot_mark(draw.tag, kinds[wrong[0]]))


def _cannot_mark(tag: Tag, kind: str) -> tuple[str, str]:
    if kind in {"audio", "video"}:
        return f"<{tag.name}>: parts of {kind} cannot be marked yet", f"remove <{tag.name}>, or ask about the whole"
    return f"<{tag.name}> cannot mark what is shown as {kind}", "use labels that fit what toName shows"


def _shapes(tag: Tag, tool: Tool) -> tuple[str, ...]:
    match tool:
        case "rectangle":
            return ("box", "rotated-box") if tag.flag("canRotate", True) else ("box",)
        case "vector":
            return ("polyline", "polygon") if tag.flag("closable") else ("polyline",)
        case "ellipse" | "polygon" | "keypoint":
            return (tool,)
        case "brush" | "bitmask" | "magic-wand":
            return ("mask",)


def _of(tag: Tag) -> tuple[str, ...]:
    of = tag.names("toName")
    if not of:
        tag.refuse(f"<{tag.name}> needs toName", 'add toName="..."')
    return of


def _labels(on: frozenset[str], tool: Tool | None = None) -> Callable[[Tag], Marking]:
    def read(tag: Tag) -> Marking:
        most = tag.whole("maxUsages")
        options = options_of(tag, "Label")
        if most is not None:
            options = tuple(replace(option, max_usages=option.max_usages or most) for option in options)
        field = Field(
            tag.needed("name"),
            "regions",
            options=options,
            options_from=tag.reference("value") if tag.text("value") else "",
            required=tag.flag("required"),
            title=tag.text("title"),
            message=tag.text("requiredMessage"),
            of=_of(tag),
            shapes=("span",) if tool is None else _shapes(tag, tool),
            multiple=tag.one_of("choice", ("single", "multiple"), "single") == "multiple",
            allow_empty=tag.flag("allowEmpty"),
            snap=_snap(tag),
            smart=tag.flag("smart"),
            smart_only=tag.flag("smartOnly"),
        )
        _note_curves(tag)
        return Marking(field, tag, on, tool is not None)

    return read


def _draw(tool: Tool) -> Callable[[Tag], Draw]:
    def read(tag: Tag) -> Draw:
        field = Field(
            tag.needed("name"),
            "regions",
            required=tag.flag("required"),
            of=_of(tag),
            shapes=_shapes(tag, tool),
            snap=_snap(tag),
            smart=tag.flag("smart"),
            smart_only=tag.flag("smartOnly"),
        )
        _note_curves(tag)
        return Draw(field, tag, tool)

    return read


def _note_curves(tag: Tag) -> None:
    if tag.flag("curves"):
        tag.note("curves are drawn as lines of straight pieces")


def _snap(tag: Tag) -> Literal["", "pixel"]:
    return "pixel" if tag.one_of("snap", ("pixel", "none"), "none") == "pixel" else ""


_IMAGE: Final = frozenset({"image"})
LABELLED: Final[Mapping[str, Callable[[Tag], Marking]]] = {
    "Labels": _labels(_TEXTS | _IMAGE),
    "HyperTextLabels": _labels(_TEXTS),
    "ParagraphLabels": _labels(_TEXTS),
    "RectangleLabels": _labels(_IMAGE, "rectangle"),
    "EllipseLabels": _labels(_IMAGE, "ellipse"),
    "PolygonLabels": _labels(_IMAGE, "polygon"),
    "KeyPointLabels": _labels(_IMAGE, "keypoint"),
    "BrushLabels": _labels(_IMAGE, "brush"),
    "BitmaskLabels": _labels(_IMAGE, "bitmask"),
    "VectorLabels": _labels(_IMAGE, "vector"),
}
DRAWN: Final[Mapping[str, Callable[[Tag], Draw]]] = {
    "Rectangle": _draw("rectangle"),
    "Ellipse": _draw("ellipse"),
    "Polygon": _draw("polygon"),
    "KeyPoint": _draw("keypoint"),
    "Brush": _draw("brush"),
    "Bitmask": _draw("bitmask"),
    "MagicWand": _draw("magic-wand"),
    "Vector": _draw("vector"),
}
