"""How good the consensus is, measured where the right answer is known: on the control tasks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recension.consensus import Judgement, Question, consensus_by_field
from recension.crowd.log import known, votes
from recension.crowd.registry import project_named
from recension.store import Store

_FIELD: Final = "category"
_VALUES: Final = ("clickbait", "notclickbait")


@dataclass(frozen=True, slots=True)
class ControlCheck:
    """How many control tasks were answered, and for how many of them the consensus is the known answer."""

    right: int
    tasks: int


def check_control(home: Path, project: str) -> ControlCheck:
    """Work out the consensus of all tasks by the project's method, without telling it any answer, and compare."""
    with Store.open(home) as store, store.db.read() as tx:
        found = project_named(tx, project)
        truth = {str(task): expected[_FIELD] for task, expected in known(tx, found.id).items()}
        said = [
            Judgement(str(task), str(worker), {_FIELD: value}) for task, worker, value in votes(tx, found.id, _FIELD)
        ]
    results = consensus_by_field([Question(_FIELD, "choice", _VALUES)], said)[_FIELD].tasks
    asked = [task for task in truth if task in results]
    return ControlCheck(sum(results[task].value == truth[task] for task in asked), len(asked))
