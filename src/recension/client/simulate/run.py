"""A simulated crowd working in a project, from the first arrival to the last answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from recension.client.discovery import Server
from recension.client.http import Http
from recension.client.simulate.agenda import Agenda
from recension.client.simulate.api import Api
from recension.client.simulate.report import Progress, SimulationReport, WorkerReport
from recension.client.simulate.spec import SimulationSpec
from recension.client.simulate.truth import bind
from recension.client.simulate.work import Desk, Work
from recension.client.simulate.workers import make_workers
from recension.label import schema_from_json

_TELL_EVERY_S: Final = 0.5
Tell = Callable[[Progress], None]


def simulate(
    base_url: str, token: str, project: str, spec: SimulationSpec, *, progress: Tell | None = None
) -> SimulationReport:
    """Let a simulated crowd work in a project until there is nothing left that they may do.

    Nothing waits for simulated time: it is only told to the server, which feeds it to rules and reports. With
    ``concurrency`` 1 the requests come in the order of simulated time, so equal specs on equal servers give equal
    results. Done over on the same server, nothing is answered twice.

    Args:
        base_url: the server, such as ``http://127.0.0.1:8800``.
        token: of a lead: only they may make simulated workers.
        project: its name.
        spec: the crowd.
        progress: told about twice a second, from any thread.

    Raises:
        Forbidden: the token is no lead's.
        NotFound: there is no such project.
        Unavailable: the server was away for longer than ``spec.patience_s``.
        Invalid: the truth does not fit the project's schema.
    """
    with Http(Server(base_url, token)) as http:
        return simulate_on(http, project, spec, progress=progress)


def simulate_on(http: Http, project: str, spec: SimulationSpec, *, progress: Tell | None = None) -> SimulationReport:
    """``simulate`` over a connection that is there already; it must be signed in as a lead."""
    started = time.monotonic()
    api = Api(http, project, patience_s=spec.patience_s)
    profiles = make_workers(spec)
    tokens = api.workers([profile.name for profile in profiles])
    desks = [Desk(profile, tokens[profile.name]) for profile in profiles]
    schema = schema_from_json(api.schema())
    work = Work(api, spec, schema, bind(spec.truth, schema), set())
    agenda: Agenda[Desk] = Agenda()
    for number, desk in enumerate(desks):
        agenda.add(desk.profile.arrives_s, number, desk)
    _run(agenda, work, _Teller(desks, progress), spec.concurrency)
    return SimulationReport(
        workers=tuple(_worker(desk) for desk in desks),
        answers=sum(desk.answers for desk in desks),
        pages=sum(desk.pages for desk in desks),
        guessed=len(work.guessed),
        retries=api.retries,
        simulated_s=round(max(desk.last_s for desk in desks), 3),
        elapsed_s=round(time.monotonic() - started, 3),
    )


def _run(agenda: Agenda[Desk], work: Work, teller: _Teller, concurrency: int) -> None:
    if concurrency == 1:
        _work(agenda, work, teller)
        return
    with ThreadPoolExecutor(concurrency, thread_name_prefix="simulate") as threads:
        for running in [threads.submit(_work, agenda, work, teller) for _ in range(concurrency)]:
            running.result()


def _work(agenda: Agenda[Desk], work: Work, teller: _Teller) -> None:
    """Do what is due, until nothing is."""
    try:
        while (taken := agenda.take()) is not None:
            now_s, number, desk = taken
            step = work.step(desk, now_s)
            match step.then:
                case "again":
                    agenda.again(now_s + step.wait_s, number, desk, changed=step.changed)
                case "park":
                    agenda.park(number, desk)
                case _:
                    agenda.leave(changed=step.changed)
            teller.tell(now_s, left=step.then == "leave")
    finally:
        agenda.end()


class _Teller:
    """Tells of progress, not more often than anyone wants to read."""

    def __init__(self, desks: Sequence[Desk], tell: Tell | None) -> None:
        self._desks = desks
        self._tell = tell
        self._left = 0
        self._next = time.monotonic() + _TELL_EVERY_S
        self._turn = threading.Lock()

    def tell(self, now_s: float, *, left: bool) -> None:
        with self._turn:
            self._left += left
            if self._tell is None or time.monotonic() < self._next:
                return
            self._next = time.monotonic() + _TELL_EVERY_S
            answers, pages = sum(d.answers for d in self._desks), sum(d.pages for d in self._desks)
            self._tell(Progress(answers, pages, len(self._desks) - self._left, len(self._desks), now_s))


def _worker(desk: Desk) -> WorkerReport:
    took_s = max(0.0, desk.last_s - desk.profile.arrives_s)
    return WorkerReport(
        name=desk.profile.name,
        kind=desk.profile.kind,
        state=desk.state,
        reason=desk.reason,
        answers=desk.answers,
        pages=desk.pages,
        simulated_s=round(took_s, 3),
    )
