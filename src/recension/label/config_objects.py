"""Tags that show something, read into objects of the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from recension.label.references import paths_in
from recension.label.screen import Granularity, ObjectKind, ObjectTag
from recension.label.tag_reading import Tag

_GRANULARITY: Final[tuple[Granularity, ...]] = ("symbol", "word", "sentence", "paragraph")


def _text(kind: ObjectKind) -> Callable[[Tag], ObjectTag]:
    def read(tag: Tag) -> ObjectTag:
        text, path = tag.text_or_reference("value")
        from_url = tag.one_of("valueType", ("text", "url", "json", "html"), "text") == "url"
        granularity = tag.one_of("granularity", _GRANULARITY, "symbol")
        return ObjectTag(
            tag.needed("name"),
            kind,
            path,
            text,
            from_url=from_url,
            granularity=granularity,  # type: ignore[arg-type]  # one of the four
            fills=bool(paths_in(text)),
        )

    return read


def _plain(kind: ObjectKind) -> Callable[[Tag], ObjectTag]:
    def read(tag: Tag) -> ObjectTag:
        return ObjectTag(tag.needed("name"), kind, tag.reference("value"), title=tag.text("title"))

    return read


def _image(tag: Tag) -> ObjectTag:
    if tag.text("valueList"):
        return ObjectTag(tag.needed("name"), "image", tag.reference("valueList"), many=True)
    return ObjectTag(tag.needed("name"), "image", tag.reference("value"))


def _dialogue(tag: Tag) -> ObjectTag:
    granularity = tag.one_of("granularity", _GRANULARITY, "symbol")
    return ObjectTag(
        tag.needed("name"),
        "dialogue",
        tag.reference("value"),
        from_url=tag.one_of("valueType", ("json", "url"), "json") == "url",
        name_key=tag.text("nameKey", "author"),
        text_key=tag.text("textKey", "text"),
        granularity=granularity,  # type: ignore[arg-type]  # one of the four
    )


def _markdown(tag: Tag) -> ObjectTag:
    """Its text may stand in ``value``, in ``content`` or between its tags; it needs no name."""
    if tag.text("value"):
        text, path = tag.text_or_reference("value")
        return ObjectTag(tag.text("name"), "markdown", path, text, fills=bool(paths_in(text)))
    text = tag.text("content") or tag.element.text.strip()
    return ObjectTag(tag.text("name"), "markdown", text=text, fills=bool(paths_in(text)))


OBJECTS: Final[Mapping[str, Callable[[Tag], ObjectTag]]] = {
    "Text": _text("text"),
    "HyperText": _text("html"),
    "Paragraphs": _dialogue,
    "Image": _image,
    "Table": _plain("table"),
    "List": _plain("list"),
    "Markdown": _markdown,
    "Audio": _plain("audio"),
    "Video": _plain("video"),
}
