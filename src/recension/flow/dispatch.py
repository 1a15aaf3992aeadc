"""Feeding a job's datums to an engine and keeping what comes back."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from recension.db import Tx
from recension.flow.datums import describe
from recension.flow.engines import Session
from recension.flow.memo import Remembered, recall, remember
from recension.flow.read_rows import keep_reads
from recension.flow.states import JobEvent
from recension.flow.watch import Context, JobEnded, Watch
from recension.flow.work import DatumRef, DatumState, Outcome
from recension.ids import BlobId

_POLL_S: Final = 0.25
_BATCH_S: Final = 2.0
_MAX_BATCH: Final = 100
_MAX_FAILED: Final = 20
"""After so many failures no more datums are begun."""
_MAX_LOSSES: Final = 3


@dataclass(slots=True)
class Results:
    """What came of the datums that were run: outputs by key, the keys that were recovered, and what failed."""

    outputs: dict[BlobId, Remembered] = field(default_factory=dict)
    recovered: set[BlobId] = field(default_factory=set)
    failed: list[Outcome] = field(default_factory=list)


def run_datums(
    context: Context,
    watch: Watch,
    session: Session,
    datums: Iterable[DatumRef],
    *,
    labels: Mapping[str, str],
    previous: Mapping[str, BlobId],
    batches: int,
) -> Results:
    """Run datums; every outcome is durable before the next poll.

    At most ``batches`` batches are with the engine at a time. A batch is sized to take about two seconds, one datum
    at first. Equal keys are run once.

    Raises:
        JobEnded: a datum failed (the others were run all the same, up to a limit), or the job was cancelled.
        Interrupted: the process is to end.
    """
    flow = _Flow(context, session, labels, previous, batches)
    flow.pending.extend({datum.key: datum for datum in datums}.values())
    while flow.pending or flow.in_flight:
        watch.check()
        flow.feed()
        flow.take(session.poll(_POLL_S))
    watch.check()
    if flow.results.failed:
        first = flow.results.failed[0]
        count = len(flow.results.failed)
        which = describe(labels[first.datum])
        more = f"; {count - 1} more failed" if count > 1 else ""
        raise JobEnded(JobEvent.FAIL, f"datum {first.datum} ({which}) failed: {first.error}{more}")
    return flow.results


class _Flow:
    """The datums of one job on their way."""

    def __init__(
        self,
        context: Context,
        session: Session,
        labels: Mapping[str, str],
        previous: Mapping[str, BlobId],
        batches: int,
    ) -> None:
        self.pending: deque[DatumRef] = deque()
        self.in_flight: dict[str, tuple[int, DatumRef]] = {}
        self.results = Results()
        self._context = context
        self._session = session
        self._labels = labels
        self._previous = previous
        self._batches = batches
        self._number = 0
        self._mean_s = _BATCH_S
        self._losses: Counter[str] = Counter()

    def feed(self) -> None:
        """Hand out batches as far as the engine may have more."""
        if len(self.results.failed) >= _MAX_FAILED:
            self.pending.clear()
        while self.pending and len({number for number, _ in self.in_flight.values()}) < self._batches:
            size = max(1, min(_MAX_BATCH, int(_BATCH_S / self._mean_s)))
            batch = [self.pending.popleft() for _ in range(min(size, len(self.pending)))]
            self._number += 1
            self.in_flight |= {datum.id: (self._number, datum) for datum in batch}
            self._session.submit(batch)

    def take(self, outcomes: list[Outcome]) -> None:
        """Keep outcomes; what the engine lost goes back in line."""
        kept: list[Outcome] = []
        for outcome in outcomes:
            _, datum = self.in_flight.pop(outcome.datum)
            if outcome.state is DatumState.LOST:
                self._lose(datum, outcome)
            elif outcome.state is not DatumState.STOPPED:
                kept.append(outcome)
                self._mean_s = max(0.7 * self._mean_s + 0.3 * outcome.spent_us / 1e6, 1e-3)
        if kept:
            self._keep(kept)

    def _lose(self, datum: DatumRef, outcome: Outcome) -> None:
        self._losses[datum.id] += 1
        if self._losses[datum.id] >= _MAX_LOSSES:
            raise JobEnded(JobEvent.FAIL, f"the engine lost datum {datum.id} {_MAX_LOSSES} times: {outcome.error}")
        # One at a time from now on, until it is known how long one takes: the loss may be one datum's doing.
        self._mean_s = _BATCH_S
        self.pending.appendleft(datum)

    def _keep(self, outcomes: list[Outcome]) -> None:
        context = self._context
        job_id, now_us = context.job.id, context.clock.now_us()
        bad = [outcome for outcome in outcomes if outcome.state is DatumState.FAILED]
        recovered = [outcome for outcome in outcomes if outcome.state is DatumState.RECOVERED]

        def write(tx: Tx) -> dict[BlobId, Remembered]:
            remember(tx, outcomes, job_id, now_us)
            tx.executemany(_KEEP_DATUM, [self._row(outcome) for outcome in outcomes])
            tx.execute(
                "UPDATE job SET run = run + :run, failed = failed + :failed, recovered = recovered + :recovered "
                "WHERE id = :id",
                {"id": job_id, "run": len(outcomes), "failed": len(bad), "recovered": len(recovered)},
            )
            for outcome in outcomes:
                keep_reads(tx, job_id, outcome.reads)
            return recall(tx, (outcome.result_key for outcome in outcomes))

        kept = context.db.write(write)
        for outcome in outcomes:
            if outcome.result_key in kept:
                addresses = tuple(read.address for read in outcome.reads)
                self.results.outputs[outcome.key] = replace(kept[outcome.result_key], addresses=addresses)
        self.results.failed += bad
        self.results.recovered |= {outcome.key for outcome in recovered}
        for outcome in bad:
            context.log.add(f"datum {outcome.datum} ({describe(self._labels[outcome.datum])}) failed: {outcome.error}")

    def _row(self, outcome: Outcome) -> dict[str, object]:
        return {
            "job": self._context.job.id,
            "datum": outcome.datum,
            "label": self._labels[outcome.datum],
            "key": outcome.result_key,
            "previous": self._previous.get(outcome.datum),
            "state": outcome.state.value,
            "log": outcome.log,
            "attempts": outcome.attempts,
            "spent": outcome.spent_us,
            "error": outcome.error,
        }


_KEEP_DATUM: Final = (
    "INSERT INTO job_datum(job, datum, label, key, previous, state, log, attempts, spent_us, error) "
    "VALUES(:job, :datum, :label, :key, :previous, :state, :log, :attempts, :spent, :error) "
    "ON CONFLICT(job, datum) DO UPDATE SET key = excluded.key, state = excluded.state, log = excluded.log, "
    "attempts = excluded.attempts, spent_us = excluded.spent_us, error = excluded.error"
)
