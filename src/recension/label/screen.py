"""What the screen is made of: the things that are shown, and the tree in which things and questions stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from recension.label.fields import Condition

ObjectKind = Literal["text", "html", "image", "dialogue", "table", "list", "markdown", "audio", "video", "header"]
OBJECT_KINDS: Final[tuple[ObjectKind, ...]] = get_args(ObjectKind)
Granularity = Literal["symbol", "word", "sentence", "paragraph"]
NodeKind = Literal["view", "panel", "collapse", "header", "object", "field", "repeater", "filter", "style"]


@dataclass(frozen=True, slots=True)
class ObjectTag:
    """One thing that is shown.

    Args:
        name: what fields refer to; empty for headers.
        field: path of the data shown (see ``references``); empty when ``text`` is shown as it stands.
        many: the data is a list of images, one of which is shown at a time.
        from_url: the data is the address of what is shown, not the thing itself.
        name_key, text_key: where a turn of a dialogue holds its speaker and its text.
        granularity: what a selection of text snaps to.
        title: shown above it.
        fills: ``text`` has ``$field`` in it, in whose place a task shows its data.
    """

    name: str
    kind: ObjectKind
    field: str = ""
    text: str = ""
    many: bool = False
    from_url: bool = False
    name_key: str = "author"
    text_key: str = "text"
    granularity: Granularity = "symbol"
    title: str = ""
    fills: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """One part of the screen, in the order of the screen.

    Args:
        kind: ``object`` and ``field`` name an object or field of the schema; ``header`` shows ``text`` or the data at
            ``field``; ``panel`` is one fold of a ``collapse``; ``repeater`` stands for its children once per entry of
            the data at ``field``, with ``index`` replaced; ``filter`` narrows the options of field ``name``;
            ``style`` holds CSS in ``text``, already made safe and meant for this view alone.
        style: safe CSS declarations.
        classes: for rules of ``style`` nodes.
        when: condition under which it is shown.
        is_open: whether a panel is unfolded at first.
        paged: a repeater shows one entry at a time.
        hotkey: puts the cursor into a filter.
        level: of a header, 1 (largest) to 6.
        fills: ``text`` has ``$field`` in it, in whose place a task shows its data.
    """

    kind: NodeKind
    name: str = ""
    text: str = ""
    field: str = ""
    style: tuple[tuple[str, str], ...] = ()
    classes: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()
    when: Condition | None = None
    is_open: bool = True
    index: str = ""
    paged: bool = False
    hotkey: str = ""
    level: int = 4
    fills: bool = False

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the screen."""
        yield self
        for child in self.children:
            yield from child.walk()
