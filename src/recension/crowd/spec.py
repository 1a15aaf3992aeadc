"""Project documents: the YAML that defines a labelling project, read strictly.

``read_project`` checks all that can be checked without looking at data: unknown fields, types, names, that what is
shown exists, that what is expected is asked. Every error names file, line and field. What needs the data (columns that
are missing, answers that are no answers) is checked by ``projects`` before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

import msgspec
from blake3 import blake3
from msgspec import Meta

from recension.crowd.policy import (
    ConsensusPolicy,
    Count,
    OnBan,
    PagePolicy,
    PayOnBan,
    PayPolicy,
    Percent,
    Policy,
    Release,
    Rule,
    TrialPolicy,
)
from recension.crowd.spec_checks import check_spec
from recension.crowd.spec_parts import guideline_of, schema_of
from recension.crowd.yaml_convert import convert
from recension.crowd.yaml_source import YamlSource, parse_yaml
from recension.ids import DEFAULT_WORKSPACE
from recension.label import Schema, schema_hash

FILE: Final = "project.yaml"
MAIN: Final = "main"
Format = Literal["csv", "jsonl", "json", "parquet"]


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rows of table files are the items.

    Args:
        key: the column whose text names a row; without it a row is named by the hash of its content.
    """

    format: Format = "csv"
    key: str | None = None


class InputSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where items come from.

    Args:
        glob: which files.
        rows: without it, each file is an item.
        columns: data field → column of the file; without it every column is a field of its own name.
        branch: follow this branch alone; without it every branch is followed.
    """

    repo: str
    glob: str = "/**"
    rows: Rows | None = None
    columns: dict[str, str] = {}
    branch: str | None = None


class TaskSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table file of tasks with known answers.

    Args:
        columns: data field → column; without it every column is a field of its own name.
        expected: field → column with its right answer.
        hint: the column with what a trainee is told after a wrong answer.
    """

    repo: str
    path: str
    expected: dict[str, str]
    columns: dict[str, str] = {}
    hint: str | None = None
    branch: str = MAIN
    format: Format = "csv"


class TrialSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Training (with hints, answers corrected) or exam (without)."""

    tasks: TaskSource
    page: Annotated[int, Meta(ge=1, le=1000)] = 10
    pass_percent: Percent = 80.0


class ControlSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Control tasks, mixed unseen into pages of work."""

    tasks: TaskSource


class GuidelineFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A guideline in a file beside the YAML."""

    file: str


class OutputSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where labels go, and when: see ``publication``."""

    repo: str
    branch: str = MAIN
    release: Release = "complete"


class BackendSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A machine-learning backend that speaks Label Studio's protocol.

    Attributes:
        name: its predictions carry it as their model.
        predict: it is asked about every open task.
        interactive: it helps to draw.
        timeout_s: how long it may take for an answer.
    """

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    url: Annotated[str, Meta(min_length=1, max_length=1000)]
    predict: bool = True
    interactive: bool = False
    timeout_s: Annotated[float, Meta(gt=0, le=3600)] = 100.0


class ProjectSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project document. ``guideline`` is text once it is read."""

    project: str
    input: InputSpec
    output: OutputSpec
    title: str = ""
    label_config: str | None = None
    fields: dict[str, Any] | None = None
    migrate: tuple[dict[str, Any], ...] | None = None
    guideline: str | GuidelineFile = ""
    guideline_affects: Literal["none", "all"] | tuple[str, ...] | None = None
    overlap: Count = 1
    page: PagePolicy = PagePolicy()
    pay: PayPolicy = PayPolicy()
    training: TrialSpec | None = None
    exam: TrialSpec | None = None
    control: ControlSpec | None = None
    rules: tuple[Rule, ...] = ()
    on_ban: OnBan = "keep"
    pay_on_ban: PayOnBan = "keep"
    consensus: ConsensusPolicy = ConsensusPolicy()
    undo_s: Annotated[float, Meta(ge=0, le=31_536_000)] = 600.0
    backends: tuple[BackendSpec, ...] = ()

    def sources(self) -> dict[str, TaskSource]:
        """Kind of task (``training``, ``exam``, ``control``) → the file it comes from."""
        given = {"training": self.training, "exam": self.exam, "control": self.control}
        return {kind: part.tasks for kind, part in given.items() if part is not None}

    def follows(self, branch: str) -> bool:
        """Whether the project takes in this branch of its input repo."""
        return self.input.branch in {None, branch}


@dataclass(frozen=True, slots=True)
class ProjectDefinition:
    """A project document with all that follows from it; ``source`` knows the lines."""

    spec: ProjectSpec
    schema: Schema
    yaml_text: str
    guideline: str
    source: YamlSource

    @property
    def name(self) -> str:
        """The project's name."""
        return self.spec.project

    @property
    def schema_hash(self) -> str:
        """What is asked of what data; tasks of another hash are other tasks."""
        return schema_hash(self.schema)

    @property
    def guideline_hash(self) -> str:
        """The version of the guideline that answers refer to."""
        return hash_guideline(self.guideline)

    @property
    def policy(self) -> Policy:
        """The part that the queue goes by."""
        spec = self.spec
        return Policy(
            overlap=spec.overlap,
            page=spec.page,
            pay=spec.pay,
            training=_trial(spec.training),
            exam=_trial(spec.exam),
            rules=spec.rules,
            on_ban=spec.on_ban,
            pay_on_ban=spec.pay_on_ban,
            undo_s=spec.undo_s,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A project document as it was given, and who gave it.

    Args:
        files: the texts it names, by the names it uses.
        name: what to call it in errors.
    """

    yaml_text: str
    files: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    workspace: str = DEFAULT_WORKSPACE
    name: str = FILE

    def read(self) -> ProjectDefinition:
        """The document, checked as far as it can be without data."""
        return read_project(self.yaml_text, self.files, name=self.name)


def read_project(yaml_text: str, files: Mapping[str, str] | None = None, *, name: str = FILE) -> ProjectDefinition:
    """Read a project document.

    Args:
        yaml_text: the document.
        files: texts that the document may name, by the name it uses (``guideline: {file: ...}``).
        name: what to call the document in errors.

    Raises:
        Invalid: one line with file, line, field, what is wrong and what is allowed.
    """
    source = parse_yaml(yaml_text, name=name)
    spec = convert(source, ProjectSpec)
    guideline = guideline_of(source, spec, files or {})
    schema = schema_of(source, spec)
    check_spec(source, spec, schema)
    return ProjectDefinition(msgspec.structs.replace(spec, guideline=guideline), schema, yaml_text, guideline, source)


# Made once, while the module is imported: msgspec works out a struct's fields at first use, and when several threads do
# so at the same moment the process crashes. (``convert`` uses what is worked out here.)
_DECODER: Final = msgspec.json.Decoder(ProjectSpec)


def encode_spec(spec: ProjectSpec) -> str:
    """The spec as stored in ``project.spec``."""
    return msgspec.json.encode(spec, order="deterministic").decode()


def decode_spec(text: str) -> ProjectSpec:
    """Read a stored spec."""
    return _DECODER.decode(text)


def hash_guideline(text: str) -> str:
    """64 hex digits of the guideline's text."""
    return blake3(text.encode()).hexdigest()


def _trial(trial: TrialSpec | None) -> TrialPolicy | None:
    return None if trial is None else TrialPolicy(page=trial.page, pass_percent=trial.pass_percent)
