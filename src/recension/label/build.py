"""Schemas in Python: one function for every kind of field, and ``schema`` to put them together.

::

    from recension.label import build

    asked = build.schema(
        show=[build.image("photo")],
        ask=[
            build.regions("cells", ["round", "long"], of="photo", shapes=["box", "polygon"]),
            build.choice("sharp", ["yes", "no"], of="photo", per_region=True),
        ],
    )

Further arguments of each function are those of ``Field`` and ``ObjectTag``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recension.label.fields import DateParts, Field, Option
from recension.label.hotkeys import with_hotkeys
from recension.label.schema import Schema, make_schema
from recension.label.schema_checks import check_schema
from recension.label.screen import Node, ObjectKind, ObjectTag

Options = Iterable[str | Option]
Tree = Sequence[str] | Mapping[str, Any]
"""Texts, or a mapping from text to what is below it: ``{"Animal": ["Cat", "Dog"], "Plant": []}``."""


def schema(*, show: Sequence[ObjectTag], ask: Sequence[Field], view: Node | None = None) -> Schema:
    """A schema of what is shown and asked, with hotkeys handed out.

    Raises:
        Invalid: the parts do not fit together; names the field.
    """
    made = make_schema(with_hotkeys(ask), show, view)
    check_schema(made, within="schema: ")
    return made


def shown(name: str, kind: ObjectKind, **more: Any) -> ObjectTag:
    """A data field of that name, shown as ``kind``."""
    return ObjectTag(name, kind, **{"field": name, **more})


def text_of(name: str, **more: Any) -> ObjectTag:
    """A data field shown as text."""
    return shown(name, "text", **more)


def image(name: str, **more: Any) -> ObjectTag:
    """A data field shown as an image, or with ``many=True`` as several."""
    return shown(name, "image", **more)


def header(words: str) -> ObjectTag:
    """A line of text between what is shown."""
    return ObjectTag("", "header", text=words)


def choice(name: str, options: Options, **more: Any) -> Field:
    """One of the options."""
    return Field(name, "choice", options=_options(options), **_more(more))


def choices(name: str, options: Options, **more: Any) -> Field:
    """Any of the options."""
    return Field(name, "choices", options=_options(options), **_more(more))


def text(name: str, **more: Any) -> Field:
    """Free text."""
    return Field(name, "text", **_more(more))


def texts(name: str, **more: Any) -> Field:
    """Several free texts."""
    return Field(name, "texts", **_more(more))


def number(name: str, minimum: float | None = None, maximum: float | None = None, **more: Any) -> Field:
    """A number."""
    return Field(name, "number", minimum=minimum, maximum=maximum, **_more(more))


def rating(name: str, stars: int = 5, **more: Any) -> Field:
    """A whole number from 1 to ``stars``."""
    return Field(name, "rating", minimum=1, maximum=stars, **_more(more))


def taxonomy(name: str, tree: Tree, **more: Any) -> Field:
    """Paths in a tree."""
    return Field(name, "taxonomy", options=_tree(tree), **_more(more))


def date(name: str, parts: DateParts = "date", **more: Any) -> Field:
    """A date, a time or both."""
    return Field(name, "date", parts=parts, **_more(more))


def pairwise(name: str, left: str, right: str, **more: Any) -> Field:
    """Which of two objects is better."""
    return Field(name, "pairwise", of=(left, right), **_more(more))


def ranking(name: str, of: str, buckets: Options = (), **more: Any) -> Field:
    """The order of a list, or its entries sorted into buckets."""
    return Field(name, "ranking", of=(of,), buckets=_options(buckets), **_more(more))


def regions(name: str, labels: Options, *, of: str | Sequence[str], shapes: Sequence[str], **more: Any) -> Field:
    """Marked parts of an object."""
    return Field(name, "regions", options=_options(labels), shapes=tuple(shapes), **_more({**more, "of": of}))


def relations(name: str, labels: Options = (), **more: Any) -> Field:
    """Links between marked parts."""
    return Field(name, "relations", options=_options(labels), **_more(more))


def _options(options: Options) -> tuple[Option, ...]:
    return tuple(Option(each, each) if isinstance(each, str) else each for each in options)


def _tree(tree: Tree) -> tuple[Option, ...]:
    if isinstance(tree, Mapping):
        return tuple(Option(name, name, children=_tree(below)) for name, below in tree.items())
    return tuple(Option(name, name) for name in tree)


def _more(more: Mapping[str, Any]) -> dict[str, Any]:
    """Lists become tuples, a lone object a tuple of one."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in more.items()}
    if isinstance(values.get("of"), str):
        values["of"] = (values["of"],)
    return values
