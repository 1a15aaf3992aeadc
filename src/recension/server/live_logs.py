"""What running steps have said so far, between the engine that knows it and the requests that ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class LiveLogs:
    """Knows nothing until an engine is there."""

    def __init__(self) -> None:
        self._ask: Callable[[str], Mapping[str, bytes]] | None = None

    def listen_to(self, ask: Callable[[str], Mapping[str, bytes]]) -> None:
        """Have ``ask`` tell, for the id of a job, what its running datums have said."""
        self._ask = ask

    def of(self, job: str) -> Mapping[str, bytes]:
        """What a job's running datums have said, by id."""
        return {} if self._ask is None else self._ask(job)
