"""Shapes about projects that are yet to be: templates, data looked at, configs tried out."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from recension.server.wire.base import Answer, Ask, Fault
from recension.server.wire.workbench import Media

Format = Literal["csv", "jsonl", "json", "parquet"]
Form = Literal["xml", "yaml"]


class Template(Answer):
    """A beginning for a common job, with a sample to try it on and an answer to that; ``schema`` is its config's."""

    name: str
    title: str
    about: str
    group: str
    form: Form
    config: str
    guideline: str
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    sample: dict[str, Any]
    media: dict[str, Media | list[Media | None]]
    answer: dict[str, Any]


class DataAsked(Ask):
    """What to look at: a file, a folder, or a glob; ``format`` where the names of table files do not tell."""

    repo: str
    branch: str = "main"
    path: str = "/"
    format: Format | None = None


class FoundColumn(Answer):
    """A column of a table, as its first rows have it; ``distinct`` when it could name them."""

    name: str
    kind: str
    distinct: bool


class FoundFile(Answer):
    """A file that would be an item, or hold some."""

    path: str
    size: int
    type: str
    url: str


class FoundData(Answer):
    """What lies there and how it could be read: ``format`` of tables, null where each file is an item.

    ``files`` are counted up to a limit, beyond which ``more`` is true. ``columns`` and ``rows`` are those of the first
    table; ``key`` is the column that seems to name its rows.
    """

    glob: str
    format: Format | None
    files: int
    more: bool
    first: list[FoundFile]
    columns: list[FoundColumn]
    rows: list[dict[str, Any]]
    key: str | None
    problem: Fault | None


class DraftRows(Ask):
    """How table files fall into rows."""

    format: Format
    key: str | None = None


class DraftInput(Ask):
    """Where items would come from, as in a project document."""

    repo: str
    branch: str = "main"
    glob: str = "/**"
    rows: DraftRows | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class DraftConfig(Ask):
    """A config being written, and what to try it on: item ``at`` of an input, else the sample of a template."""

    config: str = Field(max_length=1_000_000)
    input: DraftInput | None = None
    template: str | None = None
    at: int = Field(default=0, ge=0, le=1000)
    guideline: str = Field(default="", max_length=1_000_000)


class ConfigProblem(Answer):
    """One thing in a config, by its line from 1; line 0 is about all of it."""

    line: int
    tag: str
    message: str
    hint: str | None


class ListedOption(Answer):
    """An option as the config lists it; keys that are handed out by themselves are not its own."""

    value: str
    label: str
    hotkey: str
    color: str


class OptionList(Answer):
    """The options of a question, where they stand in a plain list of the config."""

    field: str
    title: str
    options: list[ListedOption]


class Sample(Answer):
    """One item as people would see it; ``schema`` only where it depends on the item."""

    item: str
    data: dict[str, Any]
    media: dict[str, Media | list[Media | None]]
    schema_: dict[str, Any] | None = Field(serialization_alias="schema")


class ConfigPreview(Answer):
    """What a config comes to: ``schema`` is null while there are ``problems``; ``notes`` change no answer.

    ``sample`` is null when there is no such item, or ``sample_problem`` says why it cannot be shown; ``more``: there is
    another one after it.
    """

    form: Form
    schema_: dict[str, Any] | None = Field(serialization_alias="schema")
    problems: list[ConfigProblem]
    notes: list[ConfigProblem]
    lists: list[OptionList]
    sample: Sample | None
    more: bool
    sample_problem: Fault | None
    guideline_html: str


class WantedOption(Ask):
    """What an option is to be; ``was`` is the value of the one it comes from. An empty key or colour takes it away."""

    label: str = Field(max_length=1000)
    was: str | None = None
    hotkey: str | None = None
    color: str | None = None


class NewOptions(Ask):
    """A config, and the options that one of its questions is to have."""

    config: str = Field(max_length=1_000_000)
    field: str
    options: list[WantedOption] = Field(min_length=1, max_length=1000)


class EditedConfig(Answer):
    """The config with its options changed, and nothing else."""

    config: str


class DraftDocument(Ask):
    """A project document that is to be a new project."""

    yaml: str


class DraftFault(Answer):
    """What stands in the way of the project: null when nothing does that can be told without reading its data."""

    problem: Fault | None
