"""One branch of a project as of one moment: items, answers and known truths, read in one transaction, then labelled.

What a publication holds follows from this alone. Votes are those on the branch's own work and on control tasks, so
work on one branch moves nothing on another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from recension.crowd.consensus_of import consensus_of, settle, standing_votes
from recension.crowd.documents import Annotation, FieldConsensus, LabelledItem, Previous, item_status
from recension.crowd.log import Logged, last_seq, logged
from recension.crowd.policy import ConsensusPolicy
from recension.crowd.predictions import Prediction, predictions_of
from recension.crowd.registry import InputState, Project, inputs, project
from recension.crowd.verdicts import Verdicts, verdicts_on
from recension.db import Tx

_CHUNK: Final = 500
_BY_ID: Final = "ORDER BY i.item_id"
_ITEMS: Final = f"""
    SELECT i.item_id, i.path, i.key, i.region, i.work_id, i.task, i.stale, t.data, t.answered, t.overlap, t.excluded,
           p.id, p.work_id, p.data
    FROM item i JOIN task t ON t.id = i.task
    LEFT JOIN task p ON i.stale = 1 AND p.project = i.project AND p.work_id = i.previous_work_id AND p.kind = 'real'
    WHERE i.project = :project AND i.branch = :branch {_BY_ID}
"""

_CONTROLS: Final = """
    SELECT id, work_id, expected FROM task
    WHERE project = :project AND kind <> 'real' AND kind = 'control' AND wanted = 1
"""


@dataclass(frozen=True, slots=True)
class Former:
    """The work an item was before its content was edited."""

    task: int
    work_id: str
    data: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item and its task, as stored; ``data`` is JSON."""

    id: str
    path: str
    key: str | None
    region: str | None
    work_id: str
    task: int
    stale: bool
    data: str
    answered: int
    overlap: int
    excluded: bool
    former: Former | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a publication of one branch is made from.

    Args:
        upto: the end of the answer log that was read.
        answers: task → its answers, standing or not, in the order of the log.
        known: control task → its expected answers.
        names: task → what consensus calls it: by content, so that numbers add up in one order everywhere.
        predictions: work id → what models said.
        verdicts: what reviewers said of the answers and tasks.
    """

    project: Project
    input: InputState
    upto: int
    items: Sequence[ItemRow]
    answers: Mapping[int, Sequence[Logged]]
    known: Mapping[int, Mapping[str, object]]
    names: Mapping[int, str]
    predictions: Mapping[str, Sequence[Prediction]]
    verdicts: Verdicts


def read_snapshot(tx: Tx, project_id: int, branch: str) -> Snapshot | None:
    """The branch as it is now; ``None`` when no input commit of it was taken in."""
    state = next((each for each in inputs(tx, project_id) if each.branch == branch and each.commit_id), None)
    if state is None:
        return None
    rows = tx.execute(_ITEMS, {"project": project_id, "branch": branch})
    items = [_item_row(row) for row in rows]
    upto = last_seq(tx, project_id)
    controls = tx.execute(_CONTROLS, {"project": project_id}).all()
    names = {row.task: row.work_id for row in items}
    names |= {row.former.task: row.former.work_id for row in items if row.former}
    names |= {task: f"control {work}" for task, work, _ in controls}
    answers: dict[int, list[Logged]] = {}
    for each in logged(tx, sorted(names), upto=upto):
        answers.setdefault(each.task, []).append(each)
    known = {task: json.loads(expected) for task, _, expected in controls}
    predictions = predictions_of(tx, project_id, (row.work_id for row in items))
    verdicts = verdicts_on(tx, project_id, sorted(names), upto=upto)
    return Snapshot(project(tx, project_id), state, upto, items, answers, known, names, predictions, verdicts)


def read_some(tx: Tx, project_id: int, branch: str, tasks: Sequence[int]) -> Snapshot | None:
    """The same of the items of some tasks alone, without control tasks: enough to see what was said of them."""
    state = next((each for each in inputs(tx, project_id) if each.branch == branch and each.commit_id), None)
    if state is None:
        return None
    items: list[ItemRow] = []
    for start in range(0, len(tasks), _CHUNK):
        chunk = tasks[start : start + _CHUNK]
        marks = ", ".join(f":t{number}" for number in range(len(chunk)))
        values = {"project": project_id, "branch": branch} | {f"t{at}": task for at, task in enumerate(chunk)}
        rows = tx.execute(_ITEMS.replace(_BY_ID, f"AND i.task IN ({marks}) {_BY_ID}"), values)
        items += [_item_row(row) for row in rows]
    names = {row.task: row.work_id for row in items}
    names |= {row.former.task: row.former.work_id for row in items if row.former}
    answers: dict[int, list[Logged]] = {}
    for each in logged(tx, sorted(names)):
        answers.setdefault(each.task, []).append(each)
    predictions = predictions_of(tx, project_id, (row.work_id for row in items))
    verdicts = verdicts_on(tx, project_id, sorted(names))
    upto = last_seq(tx, project_id)
    return Snapshot(project(tx, project_id), state, upto, items, answers, {}, names, predictions, verdicts)


def label(snapshot: Snapshot, policy: ConsensusPolicy | None = None) -> list[LabelledItem]:
    """The items with all that was said about them and what it comes to, by item id.

    ``policy`` says how votes become one answer, where not as the project's document does.
    """
    found = consensus_of(
        snapshot.project.schema,
        policy or snapshot.project.spec.consensus,
        standing_votes(snapshot.answers, snapshot.names, snapshot.project.schema, snapshot.project.schema_hash),
        {snapshot.names[task]: expected for task, expected in snapshot.known.items()},
    )
    settle(found, snapshot.project.schema, snapshot.verdicts.decisions, snapshot.names)
    return [_labelled(row, snapshot, found) for row in snapshot.items]


def _item_row(row: tuple[object, ...]) -> ItemRow:
    *own, former, former_work, former_data = row
    values = dict(zip(_FIELDS, own, strict=True))
    values |= {name: bool(values[name]) for name in ("stale", "excluded")}
    before = None if former is None else Former(former, former_work, former_data)  # type: ignore[arg-type]
    return ItemRow(**values, former=before)  # type: ignore[arg-type]


_FIELDS: Final = ("id", "path", "key", "region", "work_id", "task", "stale", "data", "answered", "overlap", "excluded")


def _labelled(row: ItemRow, snapshot: Snapshot, found: Mapping[str, Mapping[str, FieldConsensus]]) -> LabelledItem:
    status = item_status(answered=row.answered, overlap=row.overlap, stale=row.stale, excluded=row.excluded)
    previous = None
    if row.former is not None and status == "stale":
        before = found.get(row.former.work_id, {})
        previous = Previous(row.former.work_id, json.loads(row.former.data), before)
    return LabelledItem(
        id=row.id,
        path=row.path,
        key=row.key,
        region=row.region,
        data=json.loads(row.data),
        work_id=row.work_id,
        status=status,
        annotations=[_annotation(each, snapshot.verdicts) for each in snapshot.answers.get(row.task, ())],
        predictions=snapshot.predictions.get(row.work_id, ()),
        consensus=found.get(row.work_id, {}),
        previous=previous,
        decision=snapshot.verdicts.decisions.get(row.task),
    )


def _annotation(each: Logged, verdicts: Verdicts) -> Annotation:
    return Annotation(
        seq=each.seq,
        worker=each.worker_name,
        fields=each.fields,
        spent_us=each.spent_us,
        guideline=each.guideline_hash,
        at_us=each.at_us,
        simulated=each.simulated,
        withdrawn=each.withdrawn,
        excluded=each.excluded,
        remarks=each.remarks,
        review=verdicts.by_answer.get(each.seq),
    )
