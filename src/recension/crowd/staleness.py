"""When a label no longer stands for its item: the content was edited, or the guideline says otherwise now.

An item whose content changed is asked about again; until that is settled it is *stale* and keeps what was said of its
former content as ``previous``. Only content that somebody had answered for can go stale. Content that comes back finds
its old task, answers included, and is settled at once.

A guideline that changes what some labels mean makes the work that got these labels another question: it is *renewed*,
under a new work id, and asked again. Edits of pay, overlap and rules make nothing stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from blake3 import blake3

from recension.crowd.consensus_of import consensus_of, settle, standing_votes
from recension.crowd.log import Logged, known, logged
from recension.crowd.registry import Project
from recension.crowd.tasks import NewTask, add_tasks, unwant
from recension.crowd.verdicts import verdicts_on
from recension.db import Tx

_FORMER: Final = """NULLIF(
    CASE WHEN COALESCE((SELECT t.answered FROM task t WHERE t.id = item.task), 0) > 0
         THEN item.work_id ELSE item.previous_work_id END, {present})"""


def set_former(present: str) -> str:
    """SQL that makes an item remember its former work, while its work becomes ``present`` (an SQL expression).

    Content that nobody answered for is not remembered, and content that has come back has no former one.
    """
    former = _FORMER.format(present=present)
    return f"previous_work_id = {former}, stale = CASE WHEN {former} IS NULL THEN 0 ELSE 1 END"


_ANSWERED: Final = """
    SELECT id, work_id FROM task WHERE project = :project AND kind = 'real' AND wanted = 1 AND answered > 0
"""
_TASK: Final = "SELECT id, data FROM task WHERE project = :project AND work_id = :former AND kind = 'real'"
_AGAIN: Final = "UPDATE renewed_work SET renewed = :renewed WHERE project = :project AND renewed = :former"
_FIRST: Final = "INSERT INTO renewed_work (project, work_id, renewed) VALUES (:project, :former, :renewed)"
_ITEMS: Final = f"""
    UPDATE item SET {set_former(":renewed")}, work_id = :renewed, task = :task
    WHERE project = :project AND work_id = :former
"""


def affected_work(tx: Tx, found: Project, affects: str | Sequence[str]) -> list[str]:
    """The work that a change of guideline touches, of all that is wanted and has answers that count.

    Args:
        tx: the transaction.
        found: the project as it was.
        affects: ``none``, ``all``, or the labels whose meaning changed: work that came to one of them.
    """
    if affects == "none":
        return []
    answered: dict[int, str] = dict(tx.execute(_ANSWERED, {"project": found.id}).all())
    if affects == "all":
        return sorted(answered.values())
    truths = known(tx, found.id)
    answers: dict[int, list[Logged]] = {}
    for each in logged(tx, [*answered, *truths]):
        answers.setdefault(each.task, []).append(each)
    names = {task: str(task) for task in answers.keys() | truths.keys()}
    expected = {names[task]: fields for task, fields in truths.items()}
    votes = standing_votes(answers, names, found.schema, found.schema_hash)
    agreed = consensus_of(found.schema, found.spec.consensus, votes, expected)
    decisions = verdicts_on(tx, found.id, answered).decisions
    settle(agreed, found.schema, decisions, {task: str(task) for task in decisions})
    labels = set(affects)
    return sorted(
        work
        for task, work in answered.items()
        if any(labels & _values(each.value) for each in agreed.get(str(task), {}).values())
    )


def _values(value: object) -> set[object]:
    """Every option in a value: chosen, on a chosen path, or a label of a marked part."""
    if isinstance(value, Mapping):
        inner = [value.get("labels", []), *value.get("attributes", {}).values()] if "shape" in value else value.values()
        return set().union(*map(_values, inner))
    return set().union(*map(_values, value)) if isinstance(value, list) else {value}


def renew(tx: Tx, now_us: int, found: Project, work_ids: Sequence[str], *, under: str = "") -> None:
    """Ask again about this work under the project's guideline; its answers stay with its former identity.

    ``under`` names what else made it another question: the hash of the schema.
    """
    for former in work_ids:
        renewed = blake3(f"{former}@{under or found.guideline_hash}".encode()).hexdigest()
        values = {"project": found.id, "former": former, "renewed": renewed}
        task_id, data = tx.execute(_TASK, values).one()
        task = NewTask("real", renewed, json.loads(data))
        ids = add_tasks(tx, now_us, found.id, [task], overlap=found.spec.overlap)
        if not tx.execute(_AGAIN, values).rowcount:
            tx.execute(_FIRST, values)
        tx.execute(_ITEMS, values | {"task": ids["real", renewed]})
        unwant(tx, [task_id])
