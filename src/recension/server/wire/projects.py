"""Shapes about labelling projects, as those who lead them see them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from recension.server.wire.base import Answer, Ask


class Money(Answer):
    """An exact amount: a decimal number as text, and its currency."""

    amount: str
    currency: str


class NewProject(Ask):
    """A project document; ``files`` holds the texts it names, by the names it uses. ``new``: a project there stays."""

    yaml: str
    files: dict[str, str] = Field(default_factory=dict)
    file_name: str = "project.yaml"
    new: bool = False


class Output(Answer):
    """A branch that the project publishes to."""

    repo: str
    branch: str
    target: Literal["live", "release"]
    commit: str | None
    at: str | None


class Input(Answer):
    """A branch that the project follows."""

    repo: str
    branch: str
    commit: str | None
    error: str | None


class CarriedOver(Answer):
    """What became of the answers at the last change of schema with rules: ``lost`` says why, and of how many."""

    fit: int
    migrated: int
    lost: dict[str, int]


class Project(Answer):
    """A project; ``guideline`` is Markdown, ``guideline_html`` the same made safe to show."""

    name: str
    title: str
    state: str
    spec: dict[str, Any]
    schema_: dict[str, Any] = Field(serialization_alias="schema")
    guideline: str
    guideline_html: str
    input_error: str | None
    inputs: list[Input]
    outputs: list[Output]
    carried_over: CarriedOver | None = None


class Tally(Answer):
    """How many of how many."""

    settled: int
    total: int


class ProjectRow(Answer):
    """A project in a list; ``my_state`` is the caller's standing as a worker, null before their first page."""

    name: str
    title: str
    state: str
    my_state: str | None
    open_tasks: int
    progress: Tally


class Tasks(Answer):
    """How many tasks there are, by how far they are; ``stale`` items wait for new answers."""

    total: int
    settled: int
    open: int
    stale: int


class People(Answer):
    """How many people took part, by what became of them."""

    total: int
    passed: int
    failed: int
    banned: int


class Agreement(Answer):
    """Agreement between workers; null where nothing can be compared.

    ``percent``: of the pairs of answers to one question, those that are equal, from 0 to 100.
    ``alpha``: Krippendorff's.
    """

    percent: float | None
    alpha: float | None


class Progress(Answer):
    """The figures of a project's page; ``control_accuracy`` is a share from 0 to 1, ``eta`` a time."""

    tasks: Tasks
    judgements: int
    overlap: int
    workers: People
    agreement: Agreement
    control_accuracy: float | None
    cost: Money
    eta: str | None


class Worker(Answer):
    """One worker's part in a project."""

    name: str
    state: str
    reason: str
    since: str
    simulated: bool
    answers: int
    control_correct: int
    control_total: int
    pages: int
    fast_pages: int
    earned: Money


class TaskAnswer(Answer):
    """What one worker said about a task; withdrawn and excluded answers stay, marked."""

    worker: str
    fields: dict[str, Any] | None
    at: str | None
    time_spent_s: float | None
    withdrawn: bool
    excluded: bool
    simulated: bool


class Task(Answer):
    """A task with everything said about it."""

    id: int
    item_ids: list[str]
    data: dict[str, Any]
    status: str
    answers: list[TaskAnswer]
    consensus: dict[str, Any] | None


class TaskPage(Answer):
    """Tasks in order; ``next`` continues."""

    tasks: list[Task]
    next: int | None


class LogRow(Answer):
    """One row of the answer log; ``of`` is the row that a later word is about, ``by`` who said it in review."""

    seq: int
    verb: str
    task: int
    worker: str
    fields: dict[str, Any] | None
    of: int | None
    reason: str | None
    at: str
    simulated: bool
    by: str | None = None


class LogPage(Answer):
    """The answer log in order; ``next`` continues."""

    answers: list[LogRow]
    next: int | None


class Throughput(Answer):
    """Answers in equal slices of the time from the first to the last; ``simulated`` when all are."""

    start: str | None
    end: str | None
    answers: int
    simulated: bool
    slices: list[int]


class NewState(Ask):
    """What a project is to be."""

    state: Literal["open", "paused", "closed"]


class NewStanding(Ask):
    """What a worker is to be in a project."""

    state: Literal["banned", "working"]
    reason: str = ""


class Published(Answer):
    """The commits that were made; none when nothing had changed."""

    commits: list[str]


class NewSimulated(Ask):
    """Names of simulated workers to make."""

    names: list[str] = Field(min_length=1, max_length=10_000)


class Simulated(Answer):
    """A simulated worker and the token that its answers are sent with."""

    name: str
    token: str
