"""Predictions: what models say about tasks, beside what people say, never instead of it.

A model in one version has one prediction for a piece of work; a new one takes its place. Equal content shares its
predictions as it shares its answers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from recension.clock import Clock
from recension.crowd.matching import About, find_work
from recension.crowd.registry import Project
from recension.crowd.registry import project as project_of
from recension.db import Database, Tx
from recension.errors import Invalid
from recension.label import Schema, check_answer

_MAX_NAME: Final = 200
_CHUNK: Final = 500

_PUT: Final = """
    INSERT INTO prediction (project, work_id, model, version, run, score, fields, at_us)
    VALUES (:project, :work, :model, :version, :run, :score, :fields, :now)
    ON CONFLICT (project, work_id, model, version) DO UPDATE
    SET run = excluded.run, score = excluded.score, fields = excluded.fields, at_us = excluded.at_us
"""


@dataclass(frozen=True, slots=True)
class NewPrediction:
    """What a model says about one item.

    Args:
        fields: field → value, as in an answer; fields may be missing.
        score: confidence of all of it, 0 to 1, ``None`` when the model has none; regions carry their own.
        run: which run of the model it was; empty when unknown.
    """

    about: About
    fields: Mapping[str, object]
    model: str
    version: str = ""
    score: float | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model said, and when it came in."""

    model: str
    version: str
    run: str
    score: float | None
    fields: Mapping[str, object]
    at_us: int


@dataclass(frozen=True, slots=True)
class Added:
    """What came of labels from elsewhere.

    Args:
        added: kept.
        known: were there already.
        full: of tasks that had all the answers asked for.
        unknown: names of items that the project does not have.
    """

    added: int
    known: int
    full: int
    unknown: tuple[str, ...]


def add_predictions(
    db: Database, clock: Clock, project_id: int, branch: str, predictions: Sequence[NewPrediction]
) -> Added:
    """Keep what models say, all or nothing.

    Raises:
        Invalid: a value does not fit the project's fields; names item and field.
    """
    return db.write(lambda tx: _add(tx, clock.now_us(), project_of(tx, project_id), branch, predictions))


def _add(tx: Tx, now_us: int, project: Project, branch: str, predictions: Sequence[NewPrediction]) -> Added:
    unknown = []
    added = 0
    for each in predictions:
        fields = checked_fields(project.schema, each.fields, each.about.item)
        _check(each)
        work = find_work(tx, project, branch, each.about)
        if work is None:
            unknown.append(each.about.item)
            continue
        added += 1
        row = {"project": project.id, "work": work.work_id, "model": each.model, "version": each.version}
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        tx.execute(_PUT, row | {"run": each.run, "score": each.score, "fields": text, "now": now_us})
    return Added(added, 0, 0, tuple(unknown))


def checked_fields(schema: Schema, fields: Mapping[str, object], item: str) -> dict[str, object]:
    """The fields in canonical form; what is required may be missing.

    Raises:
        Invalid: there is no such field, or it does not allow the value.
    """
    try:
        return dict(check_answer(_without_demands(schema), fields))
    except Invalid as error:
        raise Invalid(error.message, where=f"{item}: {error.where}", hint=error.hint) from error


@lru_cache(maxsize=64)
def _without_demands(schema: Schema) -> Schema:
    """The same schema where nothing has to be answered: a model may know of one field alone."""
    return replace(schema, fields=tuple(replace(field, required=False) for field in schema.fields))


def predictions_of(tx: Tx, project_id: int, work_ids: Iterable[str]) -> dict[str, list[Prediction]]:
    """What models say about these pieces of work: the newest first, then by model and version."""
    names = sorted(set(work_ids))
    found: dict[str, list[Prediction]] = {}
    for start in range(0, len(names), _CHUNK):
        part = names[start : start + _CHUNK]
        marks = ", ".join(f":w{at}" for at in range(len(part)))
        rows = tx.execute(
            f"SELECT work_id, model, version, run, score, fields, at_us FROM prediction"
            f" WHERE project = :project AND work_id IN ({marks}) ORDER BY at_us DESC, model, version",
            {"project": project_id, **{f"w{at}": name for at, name in enumerate(part)}},
        )
        for work, model, version, run, score, fields, at_us in rows:
            said = Prediction(model, version, run, score, json.loads(fields), at_us)
            found.setdefault(work, []).append(said)
    return found


def models_of(tx: Tx, project_id: int) -> list[tuple[str, str, int]]:
    """Every model that has said something: name, version, and about how much work."""
    sql = (
        "SELECT model, version, COUNT(*) FROM prediction WHERE project = :project"
        " GROUP BY model, version ORDER BY model, version"
    )
    return [(model, version, count) for model, version, count in tx.execute(sql, {"project": project_id})]


def _check(each: NewPrediction) -> None:
    for what, text in (("model", each.model), ("version", each.version), ("run", each.run)):
        if len(text) > _MAX_NAME:
            raise Invalid(f"over {_MAX_NAME} characters", where=f"{each.about.item}: {what}")
    if not each.model:
        raise Invalid("a prediction names its model", where=f"{each.about.item}: model")
    if each.score is not None and not (math.isfinite(each.score) and 0 <= each.score <= 1):
        raise Invalid(f"a score is from 0 to 1, not {each.score!r}", where=f"{each.about.item}: score")
