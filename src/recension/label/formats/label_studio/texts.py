"""Places in texts as Label Studio counts them: UTF-16 units, and turns of a dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from recension.label.canonical import JSON
from recension.label.formats.fields import TEXT
from recension.label.formats.utf16 import Utf16
from recension.label.plain_text import as_text, plain_text, turns
from recension.label.references import filled, look_up
from recension.label.schema import Schema
from recension.label.screen import ObjectTag
from recension.label.shapes import Span

_KINDS: Final = frozenset({"text", "html", "dialogue"})


class Texts:
    """The texts that one task shows, each measured when it is asked for."""

    def __init__(self, schema: Schema | None, data: Mapping[str, JSON]) -> None:
        self._objects = {tag.name: tag for tag in schema.objects if tag.kind in _KINDS} if schema else {}
        self._data = data
        self._measured: dict[str, tuple[str, Utf16]] = {}

    def span(self, object_name: str, value: Mapping[str, JSON]) -> Span | None:
        """The span of a result's value; ``None`` when its place cannot be told."""
        tag = self._tag(object_name, value)
        if tag is None:
            return None
        text, units = self._text(tag)
        if tag.kind == "dialogue":
            first, last = self._in_turns(tag, value)
        else:
            inner = value.get("globalOffsets") if tag.kind == "html" else value
            first, last = (inner.get("start"), inner.get("end")) if isinstance(inner, Mapping) else (None, None)
        if not isinstance(first, int) or not isinstance(last, int):
            return None
        start, end = units.points(first), units.points(last)
        return Span(start, end, tag.field) if 0 <= start < end <= len(text) else None

    def spell(self, object_name: str, span: Span) -> dict[str, JSON]:
        """The value of a span, without labels."""
        tag = self._tag(object_name, {"turn": 1} if self._is_dialogue(span.field) else {})
        if tag is None:
            return {"start": span.start, "end": span.end}
        text, units = self._text(tag)
        start, end, inside = units.units(span.start), units.units(span.end), text[span.start : span.end]
        if tag.kind == "html":
            offsets: dict[str, JSON] = {"start": start, "end": end}
            path: dict[str, JSON] = {"start": "/", "end": "/", "startOffset": start, "endOffset": end}
            return {**path, "globalOffsets": offsets, "text": inside}
        if tag.kind == "dialogue":
            return {**self._turns_of(tag, start, end), "text": inside}
        return {"start": start, "end": end, "text": inside}

    def kind(self, object_name: str, field: str) -> str:
        """What kind of object shows a text."""
        tag = self._tag(object_name, {"turn": 1} if self._is_dialogue(field) else {})
        return tag.kind if tag else "text"

    def _tag(self, name: str, value: Mapping[str, JSON]) -> ObjectTag | None:
        """The object of that name; without a schema, made up from the data and the look of the value."""
        if self._objects or name in self._objects:
            return self._objects.get(name)
        field = name if name in self._data else TEXT
        if field not in self._data:
            strings = [key for key, held in self._data.items() if isinstance(held, str)]
            if len(strings) != 1:
                return None
            field = strings[0]
        if "globalOffsets" in value:
            return ObjectTag(name, "html", field)
        if "turn" in value or isinstance(value.get("start"), str):
            return ObjectTag(name, "dialogue", field)
        return ObjectTag(name, "text", field)

    def _is_dialogue(self, field: str) -> bool:
        return not self._objects and isinstance(self._data.get(field), list)

    def _text(self, tag: ObjectTag) -> tuple[str, Utf16]:
        if tag.name not in self._measured:
            value = look_up(self._data, tag.field) if tag.field else filled(tag.text, self._data)
            text = plain_text(tag, value)
            self._measured[tag.name] = (text, Utf16(text))
        return self._measured[tag.name]

    def _starts(self, tag: ObjectTag) -> list[int]:
        """Units before every turn, and before the one after the last."""
        starts = [0]
        for turn in turns(look_up(self._data, tag.field)):
            starts.append(starts[-1] + Utf16(as_text(turn.get(tag.text_key, ""))).length + 1)
        return starts

    def _in_turns(self, tag: ObjectTag, value: Mapping[str, JSON]) -> tuple[JSON, JSON]:
        starts = self._starts(tag)
        places: list[JSON] = []
        for side in ("start", "end"):
            turn, offset = value.get(side), value.get(f"{side}Offset")
            known = isinstance(turn, str | int) and str(turn).isdecimal() and isinstance(offset, int)
            index = int(str(turn)) if known else -1
            places.append(starts[index] + offset if 0 <= index < len(starts) - 1 and isinstance(offset, int) else None)
        return places[0], places[1]

    def _turns_of(self, tag: ObjectTag, start: int, end: int) -> dict[str, JSON]:
        starts = self._starts(tag)
        first = max(index for index, at in enumerate(starts[:-1]) if at <= start)
        last = max(index for index, at in enumerate(starts[:-1]) if at < end)
        return {
            "start": str(first),
            "end": str(last),
            "startOffset": start - starts[first],
            "endOffset": end - starts[last],
        }
