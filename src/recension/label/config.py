"""Label Studio's XML label config, read into a schema. What cannot be honoured is refused, never ignored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recension.label.config_controls import CONTROLS, Asked, condition
from recension.label.config_objects import OBJECTS
from recension.label.config_regions import DRAWN, LABELLED, Draw, Marking, with_drawings
from recension.label.css import class_names, declarations, scoped_rules
from recension.label.fields import Condition, Field
from recension.label.hotkeys import Clash, conflicts, with_hotkeys
from recension.label.problems import Problem, Problems
from recension.label.references import NAME, paths_in
from recension.label.schema import Schema, make_schema, on_screen
from recension.label.schema_checks import what_is_wrong
from recension.label.screen import Node, ObjectTag
from recension.label.tag_reading import Tag
from recension.label.tags import check_tag, spelled
from recension.label.xml_reader import Element, read_xml

_INSIDE: Final = {
    "Choice": "<Choices> or <Taxonomy>",
    "Label": "<Labels>",
    "Bucket": "<Ranker>",
    "Relation": "<Relations>",
    "Shortcut": "<TextArea>",
    "Panel": "<Collapse>",
}
_HOLDERS: Final = frozenset({"View", "Collapse", "Panel", "Repeater"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a config comes to.

    Args:
        schema: what it asks; ``None`` when something in it cannot be honoured.
        problems: everything that cannot be honoured, by line.
        notes: what is left out without changing any answer, by line.
    """

    schema: Schema | None
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def parse_label_config(xml_text: str, *, where: str) -> Schema:
    """The schema that a Label Studio config describes.

    Args:
        xml_text: the config, starting with ``<View>``.
        where: what to call the config in errors.

    Raises:
        Invalid: no well-formed XML, or something in it cannot be honoured; names the line of the first such thing.
    """
    problems = Problems(where)
    schema = _Config(problems).read(read_xml(xml_text, where=where))
    if problems.found or schema is None:
        raise problems.error()
    return schema


def read_label_config(xml_text: str, *, where: str) -> Reading:
    """The schema of a config, with all that cannot be honoured.

    Raises:
        Invalid: no well-formed XML.
    """
    problems = Problems(where)
    schema = _Config(problems).read(read_xml(xml_text, where=where))
    by_line = sorted(problems.found, key=lambda each: each.line)
    notes = sorted(problems.notes, key=lambda each: each.line)
    return Reading(None if problems.found else schema, tuple(by_line), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Around:
    """What a tag stands in: conditions that hold for all below, and marks of repeaters."""

    when: tuple[Condition, ...] = ()
    marks: tuple[str, ...] = ()


class _Config:
    """One config being read: holds what was seen so far."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._lines: dict[str, int] = {}
        self._objects: list[ObjectTag] = []
        self._asked: dict[str, Asked] = {}
        self._markings: dict[str, Marking] = {}
        self._draws: list[Draw] = []
        self._tags: dict[str, Tag] = {}
        self._filters: list[tuple[Tag, str]] = []
        self._unusable: set[str] = set()

    def read(self, root: Element) -> Schema | None:
        tag = Tag(root, self._problems)
        if spelled(root.tag) != "View":
            tag.refuse(f"the config starts with <{root.tag}>, not with <View>")
            return None
        view = self._node(tag, _Around())
        regions, renamed = with_drawings([*self._markings.values()], self._draws, self._objects)
        fields = [self._finished(asked, renamed) for asked in [*self._asked.values(), *regions]]
        order = {name: place for place, name in enumerate(self._tags)}
        fields.sort(key=lambda field: order[field.name])
        if not fields and not self._problems.found:
            tag.refuse("the config asks nothing", "add a question, such as <Choices name=... toName=...>")
        self._check_hotkeys(fields)
        if self._problems.found or view is None:
            return None
        view = _without(view, renamed)
        schema = make_schema(with_hotkeys(fields), on_screen(view, self._objects), view)
        for field in schema.fields:
            for message, hint in what_is_wrong(schema, field):
                self._tags[field.name].refuse(f"{field.name}: {message}", hint)
        return schema

    def _node(self, tag: Tag, around: _Around) -> Node | None:
        """The part of the screen that a tag comes to; ``None`` when it is none."""
        if not check_tag(tag):
            # What refers to it has no problem of its own.
            self._unusable.add(tag.text("name"))
            return None
        name = spelled(tag.name)
        if name in _INSIDE:
            tag.refuse(f"<{name}> outside of {_INSIDE[name]}")
            return None
        if name == "Style":
            return Node("style", text=scoped_rules(tag.element.text, tag.note))
        if tag.element.text.strip() and name not in {"Markdown", "Header"}:
            shown = " ".join(tag.element.text.split())[:40]
            tag.refuse(f"text between tags: {shown!r}", "show text with <Header value=.../>")
        if name not in _HOLDERS and name not in CONTROLS and name not in LABELLED:
            for child in tag.element.children:
                Tag(child, self._problems).refuse(f"<{child.tag}> inside <{name}>")
        node = self._known(name, tag, around)
        return node and self._styled(tag, node)

    def _known(self, name: str, tag: Tag, around: _Around) -> Node | None:
        if name in OBJECTS:
            return self._object(tag, around)
        if name in DRAWN:
            return self._draw(tag, around)
        if name in CONTROLS or name in LABELLED:
            return self._control(name, tag, around)
        read = {
            "Header": self._header,
            "Filter": self._filter,
            "Repeater": self._repeater,
            "Collapse": self._collapse,
        }.get(name, self._view)
        return read(tag, around)

    def _view(self, tag: Tag, around: _Around) -> Node:
        when = condition(tag)
        inner = replace(around, when=(*around.when, *([when] if when else [])))
        return Node("view", children=self._children(tag, inner), when=when)

    @staticmethod
    def _header(tag: Tag, _around: _Around) -> Node:
        between = " ".join(tag.element.text.split())
        text, path = (between, "") if between and not tag.text("value") else tag.text_or_reference("value")
        fills = bool(paths_in(text))
        return Node("header", text=text, field=path, level=min(tag.whole("size") or 4, 6), fills=fills)

    def _children(self, tag: Tag, around: _Around) -> tuple[Node, ...]:
        nodes: list[Node] = []
        for element in tag.element.children:
            node = self._node(Tag(element, self._problems), around)
            if node and node.kind == "field" and nodes:
                self._take_title(node.name, nodes)
            nodes += [node] if node else []
        return tuple(nodes)

    def _take_title(self, name: str, before: list[Node]) -> None:
        """A plain header right before a question is its title: taken off the screen, unless the question has one."""
        header = before[-1]
        if header.kind != "header" or header.field or header.fills:
            return
        if (asked := self._asked.get(name)) is not None and not asked.field.title:
            self._asked[name] = replace(asked, field=replace(asked.field, title=header.text))
        elif (marking := self._markings.get(name)) is not None and not marking.field.title:
            self._markings[name] = replace(marking, field=replace(marking.field, title=header.text))
        else:
            return
        before.pop()

    def _collapse(self, tag: Tag, around: _Around) -> Node:
        panels = []
        for element in tag.element.children:
            child = Tag(element, self._problems)
            if spelled(element.tag) != "Panel":
                child.refuse(f"<{element.tag}> in <Collapse>", "put it into a <Panel value=...>")
            elif check_tag(child):
                panels.append(self._styled(child, self._panel(child, around)))
        return Node("collapse", is_open=tag.flag("open", True), children=tuple(panels))

    def _panel(self, tag: Tag, around: _Around) -> Node:
        return Node(
            "panel", text=tag.text("value"), is_open=tag.flag("open", True), children=self._children(tag, around)
        )

    def _repeater(self, tag: Tag, around: _Around) -> Node:
        mark = tag.text("indexFlag", "{{idx}}")
        path = tag.needed("on").removeprefix("$")
        if path and NAME.fullmatch(path) is None:
            tag.refuse(f"on={tag.text('on')!r} of <Repeater> is no $field", 'write on="$field" of a list in the data')
        paged = tag.one_of("mode", ("list", "pagination"), "list") == "pagination"
        if mark in around.marks:
            hint = f'give this one another, such as indexFlag="{{{{idx{len(around.marks) + 1}}}}}"'
            tag.refuse(f"indexFlag={mark!r} of <Repeater> is that of the one around it", hint)
        inner = replace(around, marks=(*around.marks, mark))
        return Node("repeater", field=path, index=mark, paged=paged, children=self._children(tag, inner))

    def _filter(self, tag: Tag, _around: _Around) -> Node:
        node = Node("filter", tag.needed("toName"), text=tag.text("placeholder"), hotkey=tag.text("hotkey"))
        self._filters.append((tag, node.name))
        return node

    def _object(self, tag: Tag, around: _Around) -> Node:
        shown = OBJECTS[spelled(tag.name)](tag)
        name = self._named(tag, around, shown.name)
        if tag.text("sync"):
            tag.note(f"<{tag.name}> is not played in step with {tag.text('sync')!r}")
        player = self._player(tag, name)
        self._objects += [*player, replace(shown, name=name)]
        node = Node("object", name)
        return Node("view", children=(Node("object", player[0].name), node)) if player else node

    def _player(self, tag: Tag, name: str) -> list[ObjectTag]:
        """The recording of a dialogue, to be heard above it; none where it is heard already."""
        path = tag.reference("audioUrl") if tag.text("audioUrl") else ""
        if not path or any(each.kind == "audio" and each.field == path for each in self._objects):
            return []
        return [ObjectTag(f"{name}-audio", "audio", path)]

    def _draw(self, tag: Tag, around: _Around) -> Node:
        draw = DRAWN[spelled(tag.name)](tag)
        name = self._named(tag, around, draw.field.name)
        when = condition(tag)
        field = replace(draw.field, name=name, when=(*around.when, *([when] if when else [])))
        self._draws.append(replace(draw, field=field))
        return Node("field", name)

    def _control(self, name: str, tag: Tag, around: _Around) -> Node:
        when = condition(tag)
        conditions = (*around.when, *([when] if when else []))
        if name in LABELLED:
            marking = LABELLED[name](tag)
            own = self._named(tag, around, marking.field.name)
            self._markings[own] = replace(marking, field=replace(marking.field, name=own, when=conditions))
            return Node("field", own)
        field = CONTROLS[name](tag)
        own = self._named(tag, around, field.name)
        self._asked[own] = Asked(replace(field, name=own, when=conditions), tag)
        return Node("field", own)

    def _named(self, tag: Tag, around: _Around, name: str) -> str:
        """The tag's name, which nothing else has; one is made up for what needs none."""
        own = name or f"{tag.name.lower()}-{len(self._tags) + 1}"
        if own in self._lines:
            tag.refuse(f"the name {own!r} is taken since line {self._lines[own]}", "give it another name")
        missing = [mark for mark in around.marks if mark not in own]
        if missing:
            tag.refuse(f"the name {own!r} is in a <Repeater>", f"put {missing[0]} into it, so that it is unique")
        self._lines.setdefault(own, tag.element.line)
        self._tags.setdefault(own, tag)
        return own

    def _finished(self, asked: Asked, renamed: dict[str, str]) -> Field:
        """The field with its targets and conditions checked, and names of folded tools replaced."""
        field, tag = asked.field, asked.tag
        names = [shown.name for shown in self._objects]
        for target in field.of:
            if target not in names and target not in self._unusable:
                hint = f"objects are: {', '.join(name for name in names if name) or 'none'}"
                tag.refuse(f"toName={target!r} of {field.name!r} names no object", hint)
        when = tuple(replace(each, field=renamed.get(each.field, each.field)) for each in field.when)
        for each in when:
            if each.field and each.field not in self._tags and each.field not in self._unusable:
                tag.refuse(f"whenTagName={each.field!r} names no tag")
        usable = set(field.of) - self._unusable
        if field.per_region and usable and not any(set(field.of) & set(each.field.of) for each in self._marked()):
            tag.refuse(f"{field.name!r} is asked of regions, and nothing marks any of {', '.join(sorted(usable))}")
        return replace(field, when=when)

    def _marked(self) -> Iterator[Asked | Marking | Draw]:
        yield from self._markings.values()
        yield from self._draws

    def _check_hotkeys(self, fields: Sequence[Field]) -> None:
        for clash in conflicts(fields):
            self._option_of(clash).refuse(f"{clash.field}: {clash.message}", clash.hint)
        known = {field.name for field in fields if field.options or field.options_from}
        for tag, name in self._filters:
            if name not in known:
                tag.refuse(f"toName={name!r} of <Filter> names nothing with labels or choices")

    def _option_of(self, clash: Clash) -> Tag:
        """The tag of the option that asks for a key, else that of its question."""
        tag = self._tags[clash.field]
        below = (Tag(each, self._problems) for each in tag.element.walk())
        return next((each for each in below if (each.text("alias") or each.text("value")) == clash.option), tag)

    def _styled(self, tag: Tag, node: Node) -> Node:
        style = declarations(tag.text("style"), tag.note)
        if tag.text("display") == "inline":
            style = (*style, ("display", "inline-block"))
        classes = class_names(tag.text("className") or tag.text("classname"))
        return replace(node, style=style, classes=classes)


def _without(node: Node, renamed: dict[str, str]) -> Node:
    """The screen without the drawing tools that were folded into the labels of the same image."""
    kept = (child for child in node.children if not (child.kind == "field" and child.name in renamed))
    return replace(node, children=tuple(_without(child, renamed) for child in kept))
