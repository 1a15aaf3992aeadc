"""What a simulation came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """One simulated worker at the end.

    Args:
        state: the standing in the project: ``working``, ``failed``, ``banned``, ...
        simulated_s: seconds between arriving and the last answer, in simulated time.
    """

    name: str
    kind: str
    state: str
    reason: str
    answers: int
    pages: int
    simulated_s: float


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """The whole run.

    Args:
        answers: answers that the server has acknowledged, corrections in training included.
        guessed: how many of the tasks seen were in no truth.
        retries: requests that had to be sent again because the server did not answer.
        simulated_s: simulated time of the last answer.
        elapsed_s: real time.
    """

    workers: tuple[WorkerReport, ...]
    answers: int
    pages: int
    guessed: int
    retries: int
    simulated_s: float
    elapsed_s: float

    def states(self) -> dict[str, int]:
        """Standing -> number of workers."""
        found: dict[str, int] = {}
        for worker in self.workers:
            found[worker.state] = found.get(worker.state, 0) + 1
        return dict(sorted(found.items()))

    def as_object(self) -> dict[str, Any]:
        """The report as JSON values; without ``elapsed_s`` and ``retries`` equal for equal seeds."""
        return {**asdict(self), "workers": [asdict(worker) for worker in self.workers], "states": self.states()}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running simulation is."""

    answers: int
    pages: int
    workers_left: int
    workers: int
    simulated_s: float
