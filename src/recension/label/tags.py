"""Label Studio's tags and attributes: which work, which only decorate, and which cannot be honoured yet.

Names: https://labelstud.io/tags. Case of attributes does not matter, as there. A tag or attribute that is in no table
here is a spelling mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from recension.label.tag_reading import Tag


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class TagSpec:
    """What may stand in one tag.

    Args:
        does: what the tag does, in a few words.
        counts: attributes that change what is asked or shown.
        decorates: attributes that are accepted without effect; they change no answer.
        only: attributes of which only some values can be honoured.
    """

    does: str
    counts: frozenset[str]
    decorates: frozenset[str] = frozenset()
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)


_ALWAYS: Final = _words("style className classname idAttr")
_WHEN: Final = _words("visibleWhen whenTagName whenLabelValue whenChoiceValue")
_CONTROL: Final = _words("name toName required requiredMessage title opinion perRegion perItem") | _WHEN
_LABELS: Final = _words("name toName choice maxUsages allowEmpty value required requiredMessage title") | _WHEN
_LABELS_LOOK: Final = _words("showInline opacity fillColor fillOpacity strokeColor strokeWidth selectionStyle")
_DRAW: Final = _words("name toName smart smartOnly required") | _WHEN
_DRAW_LOOK: Final = _words("opacity fillColor fillOpacity strokeColor strokeWidth strokeStyle")
_POINTS_LOOK: Final = _words("pointSize pointStyle pointSizeEnabled pointSizeDisabled")
_TEXT_LOOK: Final = _words("highlightColor showLabels selectionEnabled saveTextResult")
_TEXT_ONLY: Final = {"encoding": frozenset({"none", ""})}
_NO: Final = frozenset({"false", ""})
_VECTOR_ONLY: Final = {"skeleton": _NO}

SUPPORTED: Final[Mapping[str, TagSpec]] = {
    # structure and look of the screen
    "View": TagSpec(
        "holds the others; the config starts with one", _WHEN, _words("display"), {"whenRole": frozenset({""})}
    ),
    "Header": TagSpec(
        "a text of yours, in which `$field` stands for data", _words("value size"), _words("name underline")
    ),
    "Style": TagSpec("CSS rules for this config alone", frozenset(), _words("type")),
    "Collapse": TagSpec("folds its panels", _words("open"), _words("accordion bordered")),
    "Panel": TagSpec("one fold of a `Collapse`", _words("value open")),
    "Repeater": TagSpec("repeats what is in it for each entry of a list in the data", _words("on indexFlag mode")),
    "Filter": TagSpec(
        "a box that narrows the labels or choices of `toName`",
        _words("name toName placeholder hotkey"),
        _words("minlength casesensitive cleanup"),
    ),
    "Markdown": TagSpec("shows Markdown: a data field or text of yours", _words("name value content")),
    # what is shown
    "Text": TagSpec(
        "shows a data field, or text of yours with `$field` in it",
        _words("name value valueType granularity"),
        _TEXT_LOOK,
        _TEXT_ONLY,
    ),
    "HyperText": TagSpec(
        "shows a data field as HTML, made safe",
        _words("name value valueType granularity"),
        _TEXT_LOOK | _words("clickableLinks inline"),
        _TEXT_ONLY,
    ),
    "Paragraphs": TagSpec(
        "shows a dialogue: a list of turns with speaker and text; with `audioUrl` its recording above it",
        _words("name value valueType nameKey textKey granularity audioUrl"),
        _TEXT_LOOK | _words("layout contextScroll showPlayer sync"),
        _TEXT_ONLY,
    ),
    "Image": TagSpec(
        "shows an image, or with `valueList` several",
        _words("name value valueList"),
        _words(
            "width maxWidth height maxHeight zoom zoomBy zoomControl negativeZoom brightnessControl contrastControl "
            "rotateControl gridColor gridSize grid crosshair crossOrigin horizontalAlignment verticalAlignment "
            "defaultZoom smoothing selectionEnabled selectable"
        ),
    ),
    "Table": TagSpec("shows an object as a table of keys and values", _words("name value"), _words("valueType")),
    "List": TagSpec("shows a list, to be ranked or just read", _words("name value title"), _words("elementValue")),
    "Audio": TagSpec(
        "plays a recording; parts of it cannot be marked yet",
        _words("name value"),
        _words(
            "volume speed zoom defaultSpeed defaultScale defaultZoom defaultVolume hotkey height waveHeight "
            "spectrogram splitChannels decoder player muted autoplay loop preload regs sync"
        ),
    ),
    "Video": TagSpec(
        "plays a film; parts of it cannot be marked yet",
        _words("name value"),
        _words(
            "frameRate framerate sync sync_volume muted height timelineHeight defaultPlaybackSpeed minPlaybackSpeed "
            "hotkey"
        ),
    ),
    # judgement
    "Choices": TagSpec(
        'one option (`choice="single"`, the default, or `single-radio`) or several (`multiple`); nested: a tree',
        _CONTROL | _words("choice value allowNested layout showInline"),
        _words("selection readOnly"),
    ),
    "Choice": TagSpec(
        "one option. `value` is read by people and stored; with an `alias`, that is stored instead",
        _words("value alias hotkey hint html color background selected"),
        _words("size selectedColor showAlias readOnly"),
    ),
    "Taxonomy": TagSpec(
        "paths in a tree of options",
        _CONTROL | _words("leafsOnly maxUsages value placeholder"),
        _words("showFullPath pathSeparator maxWidth minWidth dropdownWidth legacy showAlias sortItems"),
        {"apiUrl": frozenset({""}), "labeling": _NO},
    ),
    "TextArea": TagSpec(
        "free text; several texts with a `maxSubmissions` over 1",
        _CONTROL | _words("maxLength maxSubmissions value placeholder rows"),
        _words(
            "hotkey label showSubmitButton editable transcription displayMode allowSubmit smart focusable "
            "skipDuplicates"
        ),
    ),
    "Shortcut": TagSpec("a snippet for the text around it", _words("value alias hotkey background")),
    "Rating": TagSpec(
        "a whole number from 1 to `maxRating` (5)",
        _CONTROL | _words("maxRating defaultValue"),
        _words("size icon hotkey"),
    ),
    "Number": TagSpec(
        "a number between `min` and `max`, where they are given",
        _CONTROL | _words("min max step defaultValue"),
        _words("hotkey slider"),
    ),
    "DateTime": TagSpec(
        "a date, a time or both, stored in ISO form", _CONTROL | _words("only min max format"), _words("hotkey")
    ),
    "Pairwise": TagSpec(
        "which of two is better: left or right",
        _words("name toName required requiredMessage title opinion equal") | _WHEN,
        _words("selectionStyle leftClass rightClass selectedStyle"),
    ),
    "Ranker": TagSpec("an order of a list, or its entries sorted into buckets", _words("name toName required title")),
    "Bucket": TagSpec("one bucket of a `Ranker`", _words("name title"), _words("default")),
    # parts of texts
    "Labels": TagSpec(
        "marks parts of a text, or gives labels to what is drawn by `Rectangle`, `Brush` and the like",
        _LABELS | _words("smart smartOnly"),
        _LABELS_LOOK | _words("granularity zoom hotkey"),
    ),
    "HyperTextLabels": TagSpec("marks parts of HTML", _LABELS, _LABELS_LOOK | _words("granularity")),
    "ParagraphLabels": TagSpec("marks parts of a dialogue", _LABELS, _LABELS_LOOK | _words("granularity")),
    "Label": TagSpec(
        "one label. `value` is read by people and stored; with an `alias`, that is stored instead",
        _words("value alias hotkey hint html background maxUsages selected"),
        _words("showAlias aliasStyle size selectedColor granularity category fillColor color maxUsage"),
    ),
    # parts of images
    "RectangleLabels": TagSpec(
        'boxes, turned ones too unless `canRotate="false"`',
        _LABELS | _words("canRotate snap smart smartOnly"),
        _LABELS_LOOK,
    ),
    "EllipseLabels": TagSpec("ellipses", _LABELS | _words("smart smartOnly"), _LABELS_LOOK | _words("canRotate")),
    "PolygonLabels": TagSpec(
        "polygons, with holes", _LABELS | _words("snap smart smartOnly"), _LABELS_LOOK | _POINTS_LOOK
    ),
    "KeyPointLabels": TagSpec("points", _LABELS | _words("snap smart smartOnly"), _LABELS_LOOK | _words("size")),
    "BrushLabels": TagSpec("masks, by brush and eraser", _LABELS | _words("smart smartOnly"), _LABELS_LOOK),
    "BitmaskLabels": TagSpec("masks, pixel by pixel", _LABELS | _words("smart smartOnly"), _LABELS_LOOK),
    "VectorLabels": TagSpec(
        "lines of points; with `closable` polygons too",
        _LABELS | _words("snap closable smart smartOnly"),
        _LABELS_LOOK | _POINTS_LOOK | _words("minPoints maxPoints curves"),
        _VECTOR_ONLY,
    ),
    "Rectangle": TagSpec("boxes, labelled by a `Labels`", _DRAW | _words("canRotate snap"), _DRAW_LOOK),
    "Ellipse": TagSpec("ellipses, labelled by a `Labels`", _DRAW, _DRAW_LOOK | _words("canRotate")),
    "Polygon": TagSpec("polygons, labelled by a `Labels`", _DRAW | _words("snap"), _DRAW_LOOK | _POINTS_LOOK),
    "KeyPoint": TagSpec("points, labelled by a `Labels`", _DRAW | _words("snap"), _DRAW_LOOK | _words("size")),
    "Brush": TagSpec("masks, labelled by a `Labels`", _DRAW, _DRAW_LOOK),
    "Bitmask": TagSpec("masks, labelled by a `Labels`", _DRAW, _DRAW_LOOK),
    "MagicWand": TagSpec(
        "masks of what is alike in colour, labelled by a `Labels`",
        _DRAW,
        _DRAW_LOOK | _words("blurradius defaultthreshold"),
    ),
    "Vector": TagSpec(
        "lines of points, labelled by a `Labels`",
        _DRAW | _words("snap closable"),
        _DRAW_LOOK | _POINTS_LOOK | _words("minPoints maxPoints curves"),
        _VECTOR_ONLY,
    ),
    # links between parts
    "Relations": TagSpec("names for links between marked parts", _words("choice required")),
    "Relation": TagSpec("one name of a link", _words("value background")),
}

LATER: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("AudioPlus", "Channel", "MultiChannel", "TimeSeries", "TimeSeriesLabels"), "time series and sound"
    ),
    **dict.fromkeys(("TimelineLabels", "VideoRectangle", "VideoVector", "VideoVectorLabels"), "marks in films"),
    **dict.fromkeys(("Pdf", "PdfLabels", "OcrLabels", "OcrTokenLabels", "TableLabels"), "PDF documents"),
    **dict.fromkeys(("Chat", "ReactCode", "Dialog"), "programs and chats"),
    **dict.fromkeys(("Object3D", "Cube", "CubeLabels"), "three dimensions"),
}
"""Tags of Label Studio that cannot be used yet, and what they are for."""

_FOR_MODELS: Final = ("model_", "predicted_values")
"""Beginnings of attributes that machine-learning backends read; they mean nothing to people's work."""
_SPELLED: Final = {name.lower(): name for name in (*SUPPORTED, *LATER)}


def spelled(name: str) -> str:
    """The tag's name as the tables spell it: Label Studio does not mind the case."""
    return _SPELLED.get(name.lower(), name)


def check_tag(tag: Tag) -> bool:
    """Note everything about a tag and its attributes that would not be honoured; whether the tag itself is known."""
    name = spelled(tag.name)
    spec = SUPPORTED.get(name)
    if spec is None:
        if name in LATER:
            tag.refuse(f"<{name}> cannot be used yet: {LATER[name]} are not supported", f"remove <{name}>")
        else:
            near = get_close_matches(name, [*SUPPORTED, *LATER], 1)
            tag.refuse(f"<{tag.name}> is no Label Studio tag", f"did you mean <{near[0]}>?" if near else None)
        return False
    known = {each.lower(): each for each in (*spec.counts, *spec.decorates, *spec.only, *_ALWAYS)}
    only = {each.lower(): values for each, values in spec.only.items()}
    for attribute, value in tag.attributes.items():
        if attribute.startswith(_FOR_MODELS):
            continue
        if attribute not in known:
            near = get_close_matches(attribute, known, 1)
            has = f"did you mean {known[near[0]]}?" if near else f"its attributes: {', '.join(sorted(spec.counts))}"
            tag.refuse(f"<{name}> has no attribute {attribute!r}", has)
        elif attribute in only and value.strip("{} ").lower() not in only[attribute]:
            tag.refuse(f'{known[attribute]}="{value}" of <{name}> cannot be honoured yet', f"remove {known[attribute]}")
    return True
