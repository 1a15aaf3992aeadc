"""One simulated worker at the workbench, one request at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from recension.client.simulate.api import Api
from recension.client.simulate.chance import draws, stable_id
from recension.client.simulate.spec import SimulationSpec
from recension.client.simulate.truth import content_key
from recension.client.simulate.workers import Profile, answer, guess, seconds
from recension.errors import Conflict
from recension.label import Schema

_BETWEEN_PAGES_S: Final = 2.0
_CORRECTION_S: Final = 4.0
_MOST_CONFLICTS: Final = 5  # in a row; a page that is closed under the worker is one, more is a fault
_OUT: Final = frozenset({"banned", "failed"})


@dataclass(slots=True)
class Desk:
    """A worker and the page before them."""

    profile: Profile
    token: str
    tasks: list[dict[str, Any]] = field(default_factory=list)
    page: dict[str, Any] | None = None
    corrected: dict[str, Any] | None = None
    attempt: int = 0
    conflicts: int = 0
    state: str = "new"
    reason: str = ""
    answers: int = 0
    pages: int = 0
    last_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """What a worker does after a request: goes on after ``wait_s``, waits for work, or leaves."""

    then: str
    wait_s: float = 0.0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """What all workers of a run have in common."""

    api: Api
    spec: SimulationSpec
    schema: Schema
    truth: Mapping[bytes, Mapping[str, Any]]
    guessed: set[bytes]

    def step(self, desk: Desk, now_s: float) -> Step:
        """Send the request that is due: ask for a page, or give the answer that took until now."""
        if desk.page is None:
            return self._ask(desk)
        return self._say(desk, now_s)

    def _ask(self, desk: Desk) -> Step:
        found = self.api.next_page(desk.token)
        desk.state, desk.reason = found["membership"]["state"], found["membership"]["reason"]
        if found["page"] is not None:
            return self._begin(desk, found["page"])
        if found["reason"] in {"done", "wait"}:
            return Step("park")
        return Step("leave")

    def _begin(self, desk: Desk, page: dict[str, Any]) -> Step:
        desk.page = page
        desk.tasks = [task for task in page["tasks"] if task["answer"] is None and not task["skipped"]]
        return self._next(desk, changed=True)

    def _next(self, desk: Desk, *, changed: bool) -> Step:
        """Turn to the next task of the page; the time until its answer."""
        desk.attempt, desk.corrected = 0, None
        if not desk.tasks or desk.page is None:
            desk.page = None
            return Step("again", _BETWEEN_PAGES_S, changed=changed)
        chance = draws(self.spec.seed, desk.profile.name, "pace", self._key(desk).hex())
        wait_s = seconds(desk.profile, page_size=len(desk.page["tasks"]), chance=chance)
        desk.tasks[0]["seconds"] = wait_s
        return Step("again", wait_s, changed=changed)

    def _say(self, desk: Desk, now_s: float) -> Step:
        assert desk.page is not None, "an answer belongs to a page"
        task, page = desk.tasks[0], desk.page
        spent_ms = round(1000 * (_CORRECTION_S if desk.attempt else task["seconds"]))
        fields = desk.corrected if desk.corrected is not None else self._decide(desk)
        name = desk.profile.name
        body = {
            "answer_id": stable_id(self.spec.seed, name, page["id"], task["id"], desk.attempt),
            "task": task["id"],
            "fields": fields,
            "spent_ms": spent_ms,
            "sim": {"spent_ms": spent_ms},
        }
        try:
            receipt = self.api.answer(desk.token, page["id"], body)
        except Conflict:
            # The page ran out of time while the server was away, or somebody closed it.
            desk.conflicts += 1
            if desk.conflicts == _MOST_CONFLICTS:
                raise
            desk.page = None
            return Step("again", _BETWEEN_PAGES_S)
        return self._after(desk, receipt, fields, now_s)

    def _after(self, desk: Desk, receipt: Mapping[str, Any], fields: Mapping[str, Any], now_s: float) -> Step:
        desk.answers += 1
        desk.conflicts = 0
        desk.last_s = now_s
        desk.state, desk.reason = receipt["membership"]["state"], receipt["membership"]["reason"]
        if receipt["page_done"]:
            desk.pages += 1
            desk.tasks.clear()
        if desk.state in _OUT:
            return Step("leave", changed=True)
        if receipt["correct"] is False:
            # Training goes on when the wrong answer is corrected, as the hint says.
            desk.attempt += 1
            desk.corrected = {**fields, **(receipt["expected"] or {})}
            return Step("again", _CORRECTION_S, changed=True)
        if desk.tasks:
            desk.tasks.pop(0)
        return self._next(desk, changed=True)

    def _decide(self, desk: Desk) -> dict[str, Any]:
        assert desk.page is not None, "an answer belongs to a page"
        key = self._key(desk)
        truth = self.truth.get(key)
        if truth is None:
            self.guessed.add(key)
            chance = draws(self.spec.seed, "truth", key.hex())
            truth = {field.name: guess(field, chance) for field in self.schema.fields if field.required}
        return answer(
            desk.profile,
            self.schema,
            truth,
            confusion=self.spec.confusion,
            trial=desk.page["kind"] in {"training", "exam"},
            chance=draws(self.spec.seed, desk.profile.name, "answer", key.hex()),
        )

    def _key(self, desk: Desk) -> bytes:
        return content_key(desk.tasks[0]["data"], self.schema)
