"""The templates that come with the program, read from their files when somebody first asks."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

import msgspec

from recension.crowd.config_reading import Form, form_of
from recension.crowd.yaml_source import parse_yaml
from recension.errors import NotFound

Group = Literal["Images", "Text", "Dialogues and models"]
GROUPS: Final[tuple[Group, ...]] = get_args(Group)
_SUFFIX: Final = ".yaml"
_PICTURES: Final = "pictures"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of this folder."""

    title: str
    about: str
    group: Group
    place: int
    config: str
    sample: dict[str, Any]
    answer: dict[str, Any]
    guideline: str = ""


# Made while the module is imported: two first uses at once would crash.
_DECODER: Final = msgspec.json.Decoder(_File)


class Template(msgspec.Struct, frozen=True):
    """A beginning for a common job.

    Args:
        name: what it is called by; the name of its file.
        title: what people read.
        about: one sentence.
        group: what it is listed under.
        config: the label config, in either form.
        guideline: the beginning of one, in Markdown.
        sample: data of one item; an image field holds the name of one of :func:`picture`.
        answer: an answer to that item, by field.
    """

    name: str
    title: str
    about: str
    group: Group
    config: str
    guideline: str
    sample: dict[str, Any]
    answer: dict[str, Any]

    @property
    def form(self) -> Form:
        """Which form its config has."""
        return form_of(self.config)


@cache
def templates() -> tuple[Template, ...]:
    """Every template, in the order in which they are shown."""
    folder = files(__package__)
    found = [
        (entry.name.removesuffix(_SUFFIX), _read(entry.name, entry.read_text(encoding="utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(_SUFFIX)
    ]
    found.sort(key=lambda pair: (GROUPS.index(pair[1].group), pair[1].place, pair[0]))
    return tuple(
        Template(name, file.title, file.about, file.group, file.config, file.guideline, file.sample, file.answer)
        for name, file in found
    )


def template_named(name: str) -> Template:
    """The template of that name.

    Raises:
        NotFound: there is none; names the nearest.
    """
    known = {each.name: each for each in templates()}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "recension project templates"
        raise NotFound(f"no template {name!r}", where="template", hint=hint)
    return known[name]


@cache
def pictures() -> tuple[str, ...]:
    """Names of the pictures that samples show."""
    return tuple(sorted(entry.name for entry in files(__package__).joinpath(_PICTURES).iterdir()))


def picture(name: str) -> bytes:
    """The bytes of a picture that a sample shows, a PNG.

    Raises:
        NotFound: there is none of that name.
    """
    if name not in pictures():
        raise NotFound(f"no picture {name!r}", where="picture")
    return files(__package__).joinpath(_PICTURES, name).read_bytes()


def _read(name: str, text: str) -> _File:
    return _DECODER.decode(msgspec.json.encode(parse_yaml(text, name=name).value))
