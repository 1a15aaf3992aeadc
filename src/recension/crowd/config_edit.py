"""The options of a question, changed in the text of its config; everything else stays to the letter.

A config is written by people: their order, comments and spacing are theirs. So the one list that changes is cut out of
the text and written anew, each option that was there keeping what else it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import yaml

from recension.crowd.config_reading import form_of, read_config
from recension.crowd.yaml_source import parse_yaml
from recension.errors import Invalid

_LISTING: Final = ("choices", "labels", "relations")
"""How the names of tags end that list options."""
_OPTION_TAGS: Final = {"choices": "Choice", "relations": "Relation"}
_PLAIN: Final = re.compile(r"[A-Za-zÀ-ÿ][\wÀ-ÿ-]*(?: [\wÀ-ÿ-]+)*")
_WORDS: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


@dataclass(frozen=True, slots=True)
class ListedOption:
    """An option as a config lists it: keys that are handed out by themselves are none of its own."""

    value: str
    label: str
    hotkey: str
    color: str


@dataclass(frozen=True, slots=True)
class NewOption:
    """What an option is to be.

    Args:
        label: what people read.
        was: the value of the option that it comes from; ``None``: it is new.
        hotkey, color: empty: none of its own; ``None``: as it was.
    """

    label: str
    was: str | None = None
    hotkey: str | None = None
    color: str | None = None


def with_options(text: str, name: str, wanted: Sequence[NewOption]) -> str:
    """The config with other options of one question.

    Args:
        text: the config, in either form.
        name: the question.
        wanted: its options, in their order.

    Raises:
        Invalid: the config cannot be read, has no such question, or the question takes no plain list of options.
    """
    if any(not option.label.strip() for option in wanted):
        raise Invalid("an option has no text", where=name, hint="give it one, or remove it")
    edited = (_in_xml if form_of(text) == "xml" else _in_yaml)(text, name, wanted)
    read_config(edited, name="config")
    return edited


@dataclass(frozen=True, slots=True)
class OptionList:
    """The options of one question, where they stand in a plain list."""

    field: str
    title: str
    options: tuple[ListedOption, ...]


def option_lists(text: str) -> tuple[OptionList, ...]:
    """Every list that :func:`with_options` can change, in the order of the config.

    A config with problems has them too, as long as its syntax can be read; else there are none.
    """
    try:
        return tuple((_lists_in_xml if form_of(text) == "xml" else _lists_in_yaml)(text))
    except Invalid:
        return ()


class _NoPlainListError(Invalid):
    """The options of a question do not stand in a list of their own."""


def _none(name: str) -> _NoPlainListError:
    hint = "change it in the text of the config"
    return _NoPlainListError(f"the options of {name!r} are no plain list in the config", where=name, hint=hint)


def _may_be(make: Callable[[], OptionList]) -> Iterator[OptionList]:
    with suppress(_NoPlainListError):
        yield make()


# --- XML


@dataclass(slots=True)
class _Span:
    """A tag and where it stands in the bytes of the config."""

    tag: str
    attributes: Mapping[str, str]
    start: int
    end: int = 0
    children: list[_Span] = field(default_factory=list)

    def value(self, *names: str) -> str:
        """The first of these attributes that is there; their case does not matter."""
        lower = {key.lower(): value for key, value in self.attributes.items()}
        return next((lower[name] for name in names if lower.get(name)), "")


def _xml_options(raw: bytes, name: str) -> _Span:
    """The question whose children are its options, and nothing else."""
    control = next((each for each in _walk(_spans(raw)) if _is_named(each, name)), None)
    if control is None or not control.children or any(each.children for each in control.children):
        raise _none(name)
    if any(each.tag.lower() != _child_of(control).lower() for each in control.children):
        raise _none(name)
    return control


def _lists_in_xml(text: str) -> Iterator[OptionList]:
    raw = text.encode()
    for span in _walk(_spans(raw)):
        name = span.value("name") or ("relations" if span.tag.lower() == "relations" else "")
        if name and span.tag.lower().endswith(_LISTING):
            yield from _may_be(partial(_list_in_xml, raw, name))


def _list_in_xml(raw: bytes, name: str) -> OptionList:
    control = _xml_options(raw, name)
    options = (
        ListedOption(
            each.value("alias", "value"),
            each.value("value", "alias"),
            each.value("hotkey"),
            each.value("background", "color"),
        )
        for each in control.children
    )
    return OptionList(name, control.value("title"), tuple(options))


def _child_of(control: _Span) -> str:
    return _OPTION_TAGS.get(control.tag.lower(), "Label")


def _in_xml(text: str, name: str, wanted: Sequence[NewOption]) -> str:
    raw = text.encode()
    control = _xml_options(raw, name)
    child = _child_of(control)
    known = {each.value("alias", "value"): each for each in control.children}
    first, last = control.children[0].start, control.children[-1].end
    indent = raw[:first].rpartition(b"\n")[2]
    between = b"\n" + indent if not indent.strip() else b""
    made = [_xml_option(raw, known.get(option.was or ""), child, option) for option in wanted]
    return (raw[:first] + between.join(made) + raw[last:]).decode()


def _is_named(span: _Span, name: str) -> bool:
    if span.tag.lower() == "relations":
        return name == (span.value("name") or "relations")
    return bool(span.value("name") == name)


def _walk(span: _Span) -> list[_Span]:
    return [span, *(below for child in span.children for below in _walk(child))]


def _spans(raw: bytes) -> _Span:
    parser = expat.ParserCreate(encoding="utf-8")
    opened: list[_Span] = [_Span("", {}, 0)]

    def start(tag: str, attributes: dict[str, str]) -> None:
        span = _Span(tag, attributes, parser.CurrentByteIndex)
        opened[-1].children.append(span)
        opened.append(span)

    def end(_tag: str) -> None:
        span = opened.pop()
        opening = _after(raw, span.start)
        # A tag that ends itself has no end of its own.
        span.end = opening if raw[opening - 2 : opening - 1] == b"/" else raw.index(b">", parser.CurrentByteIndex) + 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        message = f"no well-formed XML: {expat.ErrorString(error.code)}"
        raise Invalid(message, where=f"config: line {error.lineno}") from error
    return opened[0]


def _after(raw: bytes, start: int) -> int:
    """Where the tag that begins at ``start`` ends; a ``>`` in a quoted value does not end it."""
    quote = 0
    for at in range(start, len(raw)):
        byte = raw[at]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == ord(">"):
            return at + 1
    return len(raw)


def _xml_option(raw: bytes, before: _Span | None, tag: str, option: NewOption) -> bytes:
    attributes = dict(before.attributes) if before else {}
    _put(attributes, "value", option.label)
    if option.hotkey is not None:
        _put(attributes, "hotkey", option.hotkey)
    if option.color is not None:
        _put(attributes, "background", option.color)
    if before is not None and attributes == before.attributes:
        return raw[before.start : before.end]
    name = before.tag if before else tag
    return f"<{name} {' '.join(f'{key}={quoteattr(value)}' for key, value in attributes.items())}/>".encode()


def _put(attributes: dict[str, str], name: str, value: str) -> None:
    key = next((each for each in attributes if each.lower() == name), name)
    if value:
        attributes[key] = value
    else:
        attributes.pop(key, None)


# --- YAML


def _questions(text: str) -> yaml.Node | None:
    root = parse_yaml(text, name="config").root
    return _below(_below(root, "fields") or root, "ask")


def _lists_in_yaml(text: str) -> Iterator[OptionList]:
    questions = _questions(text)
    for name, _ in questions.value if isinstance(questions, yaml.MappingNode) else ():
        yield from _may_be(partial(_list_in_yaml, text, str(name.value)))


def _list_in_yaml(text: str, name: str) -> OptionList:
    bodies = [_body(each) for each in _yaml_options(text, name).value]
    title = _below(_below(_questions(text), name), "title")
    options = (
        ListedOption(
            *(str(text) for text in (body["value"], body.get("label") or body["value"])),
            *(str(body.get(key, "")) for key in ("hotkey", "color")),
        )
        for body in bodies
        if "value" in body
    )
    return OptionList(name, str(title.value) if isinstance(title, yaml.ScalarNode) else "", tuple(options))


def _yaml_options(text: str, name: str) -> yaml.SequenceNode:
    question = _below(_questions(text), name)
    kinds = ("choice", "choices", "regions", "relations")
    options = next((found for kind in kinds if (found := _below(question, kind)) is not None), None)
    if not isinstance(options, yaml.SequenceNode):
        raise _none(name)
    return options


def _in_yaml(text: str, name: str, wanted: Sequence[NewOption]) -> str:
    options = _yaml_options(text, name)
    known = {_value(each): each for each in options.value}
    made = [_yaml_option(text, known.get(option.was or ""), option) for option in wanted]
    start, end = options.start_mark.index, options.end_mark.index
    if options.flow_style or not options.value:
        return f"{text[:start]}[{', '.join(made)}]{text[end:]}"
    # A block begins at its first dash and ends where the next thing begins.
    end = options.value[-1].end_mark.index
    indent = " " * options.start_mark.column
    written = f"\n{indent}".join(f"- {each}" for each in made) if made else "[]"
    tail = text[end:]
    return f"{text[:start]}{written}{tail if tail.startswith(chr(10)) or not tail else chr(10) + _dedent(text, end)}"


def _dedent(text: str, end: int) -> str:
    """What follows a block that ends at the beginning of a later line: that line with its indentation."""
    return text[text.rfind("\n", 0, end) + 1 :]


def _below(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _value(option: yaml.Node) -> str:
    value = _below(option, "value") if isinstance(option, yaml.MappingNode) else option
    return str(value.value) if isinstance(value, yaml.ScalarNode) else ""


def _yaml_option(text: str, before: yaml.Node | None, option: NewOption) -> str:
    body = _body(before)
    # What is stored follows what is read, unless both were told apart on purpose.
    body["label" if "label" in body else "value"] = option.label
    for key, value in (("hotkey", option.hotkey), ("color", option.color)):
        if value:
            body[key] = value
        elif value is not None:
            body.pop(key, None)
    if before is not None and body == _body(before):
        return text[before.start_mark.index : before.end_mark.index].rstrip()
    if body.keys() == {"value"}:
        return _scalar(body["value"])
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in body.items()) + "}"


def _body(option: yaml.Node | None) -> dict[str, object]:
    if option is None:
        return {}
    construct: Callable[[yaml.Node], object] = yaml.SafeLoader("").construct_document
    value = construct(option)
    return dict(value) if isinstance(value, dict) else {"value": value}


def _scalar(value: object) -> str:
    plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return str(value) if plain else json.dumps(value, ensure_ascii=False)
