"""What a publication's commit says of itself: who, how much, under which guideline."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from recension.crowd.policy import money, spell
from recension.crowd.snapshot import Snapshot
from recension.db import Tx
from recension.ids import CommitId


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over one snapshot.

    Args:
        judgements: standing answers, one for each field.
        minutes: time spent on all answers, standing or not.
        cost: what the project has paid so far, on all branches.
        sources: commits that the tasks with known answers come from.
    """

    items: int
    settled: int
    stale: int
    judgements: int
    workers: int
    minutes: float
    cost: Decimal
    sources: tuple[CommitId, ...]

    def message(self) -> str:
        """The commit's message."""
        return f"{self.settled} of {self.items} items settled by {self.workers} workers"

    def meta(self, snapshot: Snapshot, target: str) -> dict[str, Any]:
        """The commit's metadata."""
        project = snapshot.project
        return {
            "project": project.name,
            "target": target,
            "branch": snapshot.input.branch,
            "input": snapshot.input.commit_id,
            "upto": snapshot.upto,
            "method": project.spec.consensus.method,
            "smoothing": project.spec.consensus.smoothing,
            "overlap": project.spec.overlap,
            "release": msgspec.to_builtins(project.spec.output.release),
            "guideline": project.guideline_hash,
            "schema": project.schema_hash,
            "items": self.items,
            "settled": self.settled,
            "stale": self.stale,
            "judgements": self.judgements,
            "workers": self.workers,
            "minutes": self.minutes,
            "cost": {"amount": spell(self.cost), "currency": project.spec.pay.currency},
        }


def read_figures(tx: Tx, snapshot: Snapshot) -> Figures:
    """The figures of a snapshot, read in its own transaction."""
    tasks = {row.task for row in snapshot.items}
    answers = [each for task in tasks for each in snapshot.answers.get(task, ())]
    standing = [each for each in answers if not (each.withdrawn or each.excluded)]
    of_project = {"project": snapshot.project.id}
    earned = tx.execute("SELECT earned FROM membership WHERE project = :project", of_project)
    sources = tx.execute("SELECT commit_id FROM task_source WHERE project = :project ORDER BY kind", of_project)
    settled = sum(row.answered >= row.overlap and not row.excluded for row in snapshot.items)
    return Figures(
        items=len(snapshot.items),
        settled=settled,
        stale=sum(row.stale and row.answered < row.overlap and not row.excluded for row in snapshot.items),
        judgements=sum(len(each.fields) for each in standing),
        workers=len({each.worker for each in standing}),
        minutes=round(sum(each.spent_us or 0 for each in answers) / 60_000_000, 1),
        cost=sum((money(amount) for (amount,) in earned), Decimal(0)),
        sources=tuple(dict.fromkeys(CommitId(commit) for (commit,) in sources if commit)),
    )
