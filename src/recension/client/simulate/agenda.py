"""Who acts next: workers in the order of simulated time, taken by one thread or by many."""

from __future__ import annotations

import heapq
import threading
from typing import Generic, TypeVar

W = TypeVar("W")


class Agenda(Generic[W]):
    """A calendar of workers.

    A worker is either due at a time, in somebody's hands, parked because there is no work, or gone. Parked workers are
    asked once more when nobody else is due and something has happened since they were parked: a ban may have brought
    work back. When that brings nothing, the calendar ends.
    """

    def __init__(self) -> None:
        self._due: list[tuple[float, int, W]] = []
        self._parked: list[tuple[int, W]] = []
        self._busy = 0
        self._changes = 0
        self._seen: dict[int, int] = {}  # worker's number -> changes there were when they last asked
        self._now_s = 0.0
        self._ended = False
        self._turn = threading.Condition()

    def add(self, at_s: float, number: int, worker: W) -> None:
        """Make ``worker`` due; ``number`` decides between equal times and names the worker."""
        with self._turn:
            heapq.heappush(self._due, (at_s, number, worker))
            self._turn.notify()

    def take(self) -> tuple[float, int, W] | None:
        """The next worker, who is in the caller's hands until given back; ``None`` when the calendar has ended."""
        with self._turn:
            while not self._ended:
                if self._due:
                    self._busy += 1
                    at_s, number, worker = heapq.heappop(self._due)
                    self._now_s = max(self._now_s, at_s)
                    self._seen[number] = self._changes
                    return at_s, number, worker
                if self._busy:
                    self._turn.wait()
                else:
                    self._wake()
            return None

    def again(self, at_s: float, number: int, worker: W, *, changed: bool) -> None:
        """Give a worker back who is due again; ``changed`` says that the server's state is another now."""
        with self._turn:
            self._changes += changed
            self._busy -= 1
            heapq.heappush(self._due, (at_s, number, worker))
            self._turn.notify_all()

    def park(self, number: int, worker: W) -> None:
        """Give a worker back for whom there is no work now."""
        with self._turn:
            self._busy -= 1
            self._parked.append((number, worker))
            self._turn.notify_all()

    def leave(self, *, changed: bool) -> None:
        """Give a worker back who will not come again."""
        with self._turn:
            self._changes += changed
            self._busy -= 1
            self._turn.notify_all()

    def end(self) -> None:
        """Let every ``take`` return ``None``."""
        with self._turn:
            self._ended = True
            self._turn.notify_all()

    def _wake(self) -> None:
        """Make parked workers due for whom something may have changed; end when there are none."""
        hopeful = [entry for entry in self._parked if self._seen[entry[0]] < self._changes]
        self._parked = [entry for entry in self._parked if self._seen[entry[0]] >= self._changes]
        for number, worker in hopeful:
            heapq.heappush(self._due, (self._now_s, number, worker))
        self._ended = not hopeful
        self._turn.notify_all()
