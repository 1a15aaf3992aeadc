"""What travels between a job and an engine: small values that name content, never the content itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from recension.flow.reads import Read
from recension.flow.spec import Spec
from recension.ids import BlobId, CommitId, NodeId


@dataclass(frozen=True, slots=True)
class InputRef:
    """What a datum sees of one input: the files at or below ``paths`` in a commit, under ``/pfs/<name>``."""

    name: str
    commit: CommitId
    paths: tuple[str, ...]
    empty_files: bool = False
    join_on: str | None = None
    group_by: str | None = None


@dataclass(frozen=True, slots=True)
class DatumRef:
    """A datum to run."""

    id: str
    key: BlobId
    inputs: tuple[InputRef, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What all datums of a job have in common.

    ``lock`` is ``None`` when no requirements are declared. ``heads`` are the commits of its inputs by
    ``repo@branch``, ``reads`` what it has resolved beyond them.
    """

    job: str
    spec: Spec
    files: Mapping[str, BlobId]
    lock: str | None
    heads: Mapping[str, CommitId]
    reads: tuple[Read, ...]


class DatumState(StrEnum):
    """How running a datum ended.

    ``recovered``: it failed, and the error command accepted that; it has no output. ``stopped``: it was not given the
    time to end. ``lost``: the engine failed, not the step; it may be run again.
    """

    SUCCESS = "success"
    FAILED = "failed"
    RECOVERED = "recovered"
    STOPPED = "stopped"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of running a datum. What it names is durable: ``output`` is the root of a tree of its files.

    ``reads`` is what the step asked for beyond its inputs; ``with_reads`` is then its result key.
    """

    datum: str
    key: BlobId
    state: DatumState
    output: NodeId | None = None
    files: int = 0
    size: int = 0
    log: BlobId | None = None
    attempts: int = 0
    spent_us: int = 0
    error: str | None = None
    reads: tuple[Read, ...] = ()
    with_reads: BlobId | None = None

    @property
    def result_key(self) -> BlobId:
        """What the result is remembered under."""
        return self.with_reads or self.key
