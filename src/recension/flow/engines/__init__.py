"""Where steps run. An engine takes batches of datum references and gives back outcomes.

Rules for every engine:

1. What is skipped is decided before: an engine runs what it is given.
2. It may run a datum twice, after a loss: outputs are stored under their hash, so twice is harmless.
3. A worker makes its outputs durable, then reports; results carry hashes, never data.
4. A step that fails is an outcome. Only the loss of infrastructure is ``lost``; the job decides about another run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from recension.flow.work import DatumRef, Outcome, Step


class Session(Protocol):
    """One job's use of an engine."""

    def submit(self, batch: Sequence[DatumRef]) -> None:
        """Queue a batch, which is run in order on one slot; returns at once."""
        ...

    def poll(self, timeout_s: float) -> list[Outcome]:
        """The outcomes since the last call; waits for the first at most ``timeout_s``."""
        ...

    def close(self) -> None:
        """Stop what is running, drop what is queued, and free the session's resources; may be called twice."""
        ...


class Engine(Protocol):
    """Something that runs steps."""

    slots: int
    """How many datums it runs at a time."""
    python: str
    """The minor version of the interpreter that environments are made of."""

    def prepare(
        self,
        requirements: Sequence[str] | None,
        lock: str | None,
        report: Callable[[str], None],
        stop: threading.Event,
    ) -> str | None:
        """Make an environment ready and return its lock; ``None`` without requirements.

        Raises:
            Invalid: the requirements cannot be installed.
        """
        ...

    def open(self, step: Step) -> Session:
        """Begin to run datums of a job."""
        ...

    def talking(self, job: str) -> Mapping[str, bytes]:
        """What a job's running datums have said so far, by id, as far as the engine knows; each of a bounded size."""
        ...

    def close(self) -> None:
        """End all sessions and free the engine's resources."""
        ...
