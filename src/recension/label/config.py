"""Label Studio's XML label config, read into a schema. What cannot be honoured is refused, never ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from recension.errors import Invalid
from recension.label.fields import MAX_TEXT, Field, FieldKind, Option
from recension.label.hotkeys import with_hotkeys
from recension.label.schema import Schema, make_schema
from recension.label.screen import ObjectKind, ObjectTag
from recension.label.tags import check_tag
from recension.label.xml_reader import Element, read_xml

_OBJECTS: Final[dict[str, ObjectKind]] = {"Text": "text", "HyperText": "text", "Image": "image"}
_CONTROLS: Final = ("Choices", "TextArea", "Rating", "Number")
_REFERENCE: Final = re.compile(r"\$([^\W\d][\w.:-]*)")
_LOOKS_REFERRING: Final = re.compile(r"\$[^\W\d]")
_STARS: Final = 5  # Label Studio's default of maxRating
_CHOICE: Final[dict[str, FieldKind]] = {"single": "choice", "single-radio": "choice", "multiple": "choices"}


def parse_label_config(xml_text: str, *, where: str) -> Schema:
    """The schema that a Label Studio config describes.

    Args:
        xml_text: the config, starting with ``<View>``.
        where: what to call the config in errors.

    Raises:
        Invalid: no well-formed XML, an unknown or not yet usable tag or attribute, a name twice, ``toName`` that points
            nowhere, a ``value`` that is no ``$field``, or two options on one hotkey; names the line.
    """
    return _Config(where).read(read_xml(xml_text, where=where))


class _Config:
    """One config being read: holds the names seen so far."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._lines: dict[str, int] = {}
        self._objects: list[ObjectTag] = []
        self._fields: list[tuple[Field, Element]] = []

    def read(self, root: Element) -> Schema:
        if root.tag != "View":
            raise self._invalid(root, f"the config starts with <{root.tag}>, not with <View>")
        self._walk(root)
        if not self._fields:
            raise self._invalid(root, "the config asks nothing", hint=f"add one of: {', '.join(_CONTROLS)}")
        for field, element in self._fields:
            self._check_target(field, element)
        fields = with_hotkeys([field for field, _ in self._fields], where=self._where)
        return make_schema(fields, self._objects)

    def _walk(self, element: Element) -> None:
        check_tag(element, where=self._where)
        if element.tag in _CONTROLS:
            self._fields.append((self._control(element), element))
            return
        if element.tag != "Style" and element.text.strip():
            hint = "show text with <Header value=.../>"
            raise self._invalid(element, f"text between tags: {element.text.strip()[:40]!r}", hint=hint)
        if element.tag == "Header":
            self._objects.append(self._header(element))
        elif element.tag in _OBJECTS:
            self._objects.append(self._object(element))
        elif element.tag == "Choice":
            raise self._invalid(element, "<Choice> outside <Choices>")
        if element.tag != "View" and element.children:
            raise self._invalid(element.children[0], f"<{element.children[0].tag}> inside <{element.tag}>")
        for child in element.children:
            self._walk(child)

    def _header(self, element: Element) -> ObjectTag:
        value = self._attribute(element, "value")
        match = _REFERENCE.fullmatch(value)
        if match is None and _LOOKS_REFERRING.search(value):
            hint = "give the header either plain text or one $field"
            raise self._invalid(element, f"value={value!r} mixes text and $field", hint=hint)
        return ObjectTag("", "header", field=match[1]) if match else ObjectTag("", "header", text=value)

    def _object(self, element: Element) -> ObjectTag:
        name = self._name(element)
        value = self._attribute(element, "value")
        match = _REFERENCE.fullmatch(value)
        if match is None:
            hint = f'write value="${name}", a $ and the name of a data field'
            raise self._invalid(element, f"value={value!r} of {name!r} is no $field", hint=hint)
        return ObjectTag(name, _OBJECTS[element.tag], field=match[1])

    def _control(self, element: Element) -> Field:
        name = self._name(element)
        of = tuple(part.strip() for part in self._attribute(element, "toName").split(","))
        title = element.attributes.get("title") or self._preceding_header()
        required, opinion = self._flag(element, "required"), self._flag(element, "opinion")
        field = replace(self._asked(element, name), required=required, opinion=opinion, title=title, of=of)
        if field.kind not in {"choice", "choices"} and element.children:
            raise self._invalid(element.children[0], f"<{element.children[0].tag}> inside <{element.tag}>")
        return field

    def _asked(self, element: Element, name: str) -> Field:
        match element.tag:
            case "Choices":
                choice = element.attributes.get("choice", "single")
                if choice not in _CHOICE:
                    raise self._invalid(element, f"choice={choice!r}", hint=f"use one of: {', '.join(_CHOICE)}")
                return Field(name, _CHOICE[choice], options=tuple(self._options(element, name)))
            case "TextArea":
                length = self._number(element, "maxLength")
                return Field(name, "text", max_length=MAX_TEXT if length is None else int(length))
            case "Rating":
                stars = self._number(element, "maxRating")
                return Field(name, "rating", minimum=1, maximum=_STARS if stars is None else stars)
            case _:
                return Field(name, "number", minimum=self._number(element, "min"), maximum=self._number(element, "max"))

    def _options(self, element: Element, name: str) -> Iterator[Option]:
        seen: set[str] = set()
        for child in element.children:
            if child.tag != "Choice":
                raise self._invalid(child, f"<{child.tag}> inside <Choices>")
            check_tag(child, where=self._where)
            if child.children:
                raise self._invalid(child.children[0], "choices inside a choice cannot be honoured yet")
            label = self._attribute(child, "value")
            value = child.attributes.get("alias") or label
            if value in seen:
                raise self._invalid(child, f"{name!r} offers {value!r} twice")
            seen.add(value)
            yield Option(value, label, child.attributes.get("hotkey", ""))
        if not seen:
            raise self._invalid(element, f"{name!r} offers nothing to choose", hint='add <Choice value="..."/>')

    def _preceding_header(self) -> str:
        """A plain header right before a control is its question: taken off the screen's objects, shown as title."""
        last = self._objects[-1] if self._objects else None
        if last is None or last.kind != "header" or last.field:
            return ""
        self._objects.pop()
        return last.text

    def _check_target(self, field: Field, element: Element) -> None:
        names = [tag.name for tag in self._objects if tag.name]
        for target in field.of:
            if target not in names:
                hint = f"objects are: {', '.join(names) or 'none'}"
                raise self._invalid(element, f"toName={target!r} of {field.name!r} names no object", hint=hint)

    def _name(self, element: Element) -> str:
        name = self._attribute(element, "name")
        if name in self._lines:
            raise self._invalid(element, f"the name {name!r} is taken since line {self._lines[name]}")
        self._lines[name] = element.line
        return name

    def _attribute(self, element: Element, name: str) -> str:
        value = element.attributes.get(name, "")
        if not value.strip():
            raise self._invalid(element, f"<{element.tag}> needs {name}", hint=f'add {name}="..."')
        return value

    def _flag(self, element: Element, name: str) -> bool:
        value = element.attributes.get(name, "false").lower()
        if value not in {"true", "false"}:
            raise self._invalid(element, f"{name}={value!r} of <{element.tag}>", hint="write true or false")
        return value == "true"

    def _number(self, element: Element, name: str) -> float | None:
        text = element.attributes.get(name)
        if text is None:
            return None
        try:
            value = float(text)
            whole = int(value)
        except (ValueError, OverflowError):
            raise self._invalid(element, f"{name}={text!r} of <{element.tag}> is no number") from None
        if name in {"maxRating", "maxLength"} and (value < 1 or whole != value):
            raise self._invalid(element, f"{name}={text!r} of <{element.tag}> is no whole number from 1")
        return whole if whole == value else value

    def _invalid(self, element: Element, message: str, *, hint: str | None = None) -> Invalid:
        return Invalid(message, where=f"{self._where}: line {element.line}", hint=hint)
