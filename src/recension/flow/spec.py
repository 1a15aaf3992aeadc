"""The pipeline specification, under Pachyderm's field names.

Fields that only steer Kubernetes are accepted and reported as a note, so that existing specifications run as they
stand. Fields whose meaning would be lost are refused. ``transform`` has five fields of our own: ``files``,
``function``, ``requirements``, ``network`` and, at the top, ``parameters``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from recension.flow.document import Plain

DEFAULT_TRIES: Final = 3
MAIN: Final = "main"


@dataclass(frozen=True, slots=True)
class Pfs:
    """Files of one repo: one datum per match of ``glob``.

    ``branch`` is ``None`` when the input follows every branch. ``join_on`` and ``group_by`` are templates over the
    glob's capture groups (``$1``).
    """

    name: str
    repo: str
    workspace: str
    branch: str | None
    glob: str
    join_on: str = ""
    outer_join: bool = False
    group_by: str = ""
    empty_files: bool = False


@dataclass(frozen=True, slots=True)
class Cross:
    """Every combination of one datum from each part."""

    parts: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """The datums of all parts, one at a time."""

    parts: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Combinations of matches with one ``join_on`` key in all parts."""

    parts: tuple[Pfs, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One datum per ``group_by`` key, holding all matches that have it."""

    parts: tuple[Pfs, ...]


Input: TypeAlias = "Pfs | Cross | Union | Join | Group"


@dataclass(frozen=True, slots=True)
class Transform:
    """What a step runs: either ``cmd`` (no shell) or ``function`` (``file.py:name``).

    ``requirements`` is ``None`` when nothing is declared. ``working_dir`` is where the declared files appear.
    """

    cmd: tuple[str, ...] = ()
    stdin: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    err_cmd: tuple[str, ...] = ()
    err_stdin: tuple[str, ...] = ()
    accept_return_code: tuple[int, ...] = ()
    working_dir: str | None = None
    files: tuple[str, ...] = ()
    function: str | None = None
    requirements: tuple[str, ...] | None = None
    network: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """A pipeline as its author described it. ``notes`` are lines for the author about what is ignored."""

    name: str
    workspace: str
    transform: Transform
    input: Input
    description: str = ""
    metadata: Mapping[str, Plain] = field(default_factory=dict)
    parallelism: int | None = None
    output_branch: str = MAIN
    datum_tries: int = DEFAULT_TRIES
    datum_timeout_s: float | None = None
    job_timeout_s: float | None = None
    every_job: bool = False
    salt: str = ""
    parameters: Mapping[str, Plain] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def leaves(node: Input) -> Iterator[Pfs]:
    """The pfs inputs under ``node``, in the order they are written."""
    if isinstance(node, Pfs):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


def shape(node: Input) -> Plain:
    """A JSON form of the input: equal shapes have equal datums on equal commits."""
    if isinstance(node, Pfs):
        return [
            "pfs",
            node.name,
            node.workspace,
            node.repo,
            node.branch,
            node.glob,
            node.join_on,
            node.outer_join,
            node.group_by,
            node.empty_files,
        ]
    return [type(node).__name__.lower(), [shape(part) for part in node.parts]]
