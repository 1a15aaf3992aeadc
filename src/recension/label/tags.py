"""Label Studio's tags and attributes: which are honoured, which only decorate, and which cannot be honoured yet.

Tag and attribute names: https://labelstud.io/tags. A tag or attribute that is in no table here is a spelling mistake.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from recension.errors import Invalid
from recension.label.xml_reader import Element


class Attributes(NamedTuple):
    """What may stand in one tag.

    ``refused`` maps an attribute to the one value that changes nothing, because its others cannot be honoured.
    """

    honoured: frozenset[str]
    decorative: frozenset[str] = frozenset()
    refused: frozenset[tuple[str, str]] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VISIBILITY: Final = frozenset(
    {("visibleWhen", ""), ("whenTagName", ""), ("whenLabelValue", ""), ("whenChoiceValue", "")}
)
_PER: Final = frozenset({("perRegion", "false"), ("perItem", "false"), *_VISIBILITY})
_CONTROL: Final = _words("name toName required opinion title")
_ALWAYS_FINE: Final = _words("style className classname idAttr")

SUPPORTED: Final[dict[str, Attributes]] = {
    "View": Attributes(frozenset(), _words("display"), _VISIBILITY),
    "Header": Attributes(_words("value"), _words("name size underline")),
    "Style": Attributes(frozenset(), _words("type")),
    "Text": Attributes(
        _words("name value"),
        _words("granularity highlightColor showLabels selectionEnabled"),
        frozenset({("valueType", "text"), ("saveTextResult", "no"), ("encoding", "none")}),
    ),
    "HyperText": Attributes(
        _words("name value"),
        _words("granularity highlightColor showLabels selectionEnabled clickableLinks inline"),
        frozenset({("valueType", "text"), ("saveTextResult", "no"), ("encoding", "none")}),
    ),
    "Image": Attributes(
        _words("name value"),
        _words(
            "width maxWidth height zoom zoomBy zoomControl negativeZoom brightnessControl contrastControl "
            "rotateControl gridColor gridSize grid crosshair crossOrigin horizontalAlignment verticalAlignment "
            "defaultZoom smoothing selectionEnabled"
        ),
        frozenset({("valueList", "")}),
    ),
    "Choices": Attributes(
        _CONTROL | {"choice"},
        _words("requiredMessage showInline layout"),
        _PER | {("value", ""), ("allowNested", "false")},
    ),
    "Choice": Attributes(
        _words("value alias hotkey"),
        _words("hint color background"),
        frozenset({("selected", "false"), ("html", "")}),
    ),
    "TextArea": Attributes(
        _CONTROL | {"maxLength"},
        _words(
            "requiredMessage label placeholder rows showSubmitButton editable transcription displayMode allowSubmit"
        ),
        _PER | {("value", ""), ("maxSubmissions", "1"), ("skipDuplicates", "false")},
    ),
    "Rating": Attributes(
        _CONTROL | {"maxRating"}, _words("requiredMessage size icon hotkey"), _PER | {("defaultValue", "0")}
    ),
    "Number": Attributes(
        _CONTROL | {"min", "max"}, _words("requiredMessage step hotkey slider"), _PER | {("defaultValue", "")}
    ),
}

KNOWN: Final = _words(
    "Audio AudioPlus Bitmask BitmaskLabels Brush BrushLabels Bucket Channel Chat Collapse Cube CubeLabels DateTime "
    "Dialog Ellipse EllipseLabels Filter HyperTextLabels KeyPoint KeyPointLabels Label Labels List MagicWand Markdown "
    "MultiChannel Object3D OcrLabels Pairwise Panel Paragraphs ParagraphLabels Pdf Polygon PolygonLabels Ranker "
    "ReactCode Rectangle RectangleLabels Relation Relations Repeater Shortcut Table Taxonomy TimelineLabels TimeSeries "
    "TimeSeriesLabels Vector VectorLabels Video VideoRectangle VideoVector VideoVectorLabels"
)


def check_tag(element: Element, *, where: str) -> None:
    """Refuse a tag or attribute that would not be honoured.

    Raises:
        Invalid: names the tag, the attribute and the line.
    """
    place = f"{where}: line {element.line}"
    allowed = SUPPORTED.get(element.tag)
    if allowed is None:
        works = f"these work: {', '.join(SUPPORTED)}"
        if element.tag in KNOWN:
            raise Invalid(f"<{element.tag}> is a Label Studio tag that cannot be used yet", where=place, hint=works)
        raise Invalid(f"<{element.tag}> is no Label Studio tag", where=place, hint=works)
    harmless = dict(allowed.refused)
    for name, value in element.attributes.items():
        if name in allowed.honoured or name in allowed.decorative or name in _ALWAYS_FINE:
            continue
        if name not in harmless:
            known = ", ".join(sorted(allowed.honoured)) or "none that matter"
            raise Invalid(f"<{element.tag}> has no attribute {name!r}", where=place, hint=f"its attributes: {known}")
        if value != harmless[name]:
            message = f'{name}="{value}" of <{element.tag}> cannot be honoured yet'
            raise Invalid(message, where=place, hint=f"remove {name}")
