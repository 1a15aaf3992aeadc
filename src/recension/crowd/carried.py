"""Answers that were given before the schema changed, read through the rules that the change stated.

A project's document states rules under ``migrate:``. When its schema then changes, work keeps its identity: what the
rules carry over stays answered, and only work with an answer that they do not carry over is asked again. The log is
never rewritten: every change notes the end of the log it found, and an answer is read through all changes after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from recension.crowd.registry import Project
from recension.crowd.spec import ProjectDefinition
from recension.db import Tx
from recension.errors import Invalid
from recension.label import Schema, canonical_json, check_answer, schema_from_json, schema_to_json
from recension.label.migration import Fitting, Rule, migrate
from recension.label.migration_form import parse_rules

_CHANGES = "SELECT upto, rules, label_schema, report FROM schema_change WHERE project = :project ORDER BY number"
_INSERT = """
    INSERT INTO schema_change (project, number, upto, rules, label_schema, report, at_us)
    SELECT :project, COUNT(*) + 1, :upto, :rules, :schema, :report, :now FROM schema_change WHERE project = :project
"""
_STANDING = """
    SELECT t.work_id, t.data, a.seq, a.fields
    FROM page_task p JOIN task t ON t.id = p.task JOIN answer a ON a.seq = p.answer
    WHERE p.project = :project AND t.kind = 'real' AND t.wanted = 1 AND p.standing = 'answered' ORDER BY a.seq
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of schema with rules: what it carries over of the log up to ``upto``."""

    upto: int
    rules: tuple[Rule, ...]
    schema: Schema

    def carry(self, fields: Mapping[str, object]) -> Mapping[str, object]:
        """The answer as the changed schema has it, in canonical form where it fits."""
        read = migrate(self.rules, self.schema, fields)
        try:
            return check_answer(self.schema, read)
        except Invalid:
            return read


class Carried:
    """Reads the answers of projects as their present schemas have them, within one transaction."""

    __slots__ = ("_changes", "_tx")

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._changes: dict[int, tuple[Change, ...]] = {}

    def any(self, project_id: int) -> bool:
        """Whether anything of the project is carried over at all."""
        return bool(self._of(project_id))

    def fields(self, project_id: int, seq: int, fields: Mapping[str, object]) -> Mapping[str, object]:
        """An answer's fields, as of its place in the log."""
        for change in self._of(project_id):
            if seq <= change.upto:
                fields = change.carry(fields)
        return fields

    def text(self, project_id: int, seq: int, text: str | None) -> str | None:
        """The same of an answer as it is stored; a skip has none."""
        if text is None or not self.any(project_id):
            return text
        return json.dumps(self.fields(project_id, seq, json.loads(text)), ensure_ascii=False)

    def _of(self, project_id: int) -> tuple[Change, ...]:
        known = self._changes.get(project_id)
        if known is None:
            rows = self._tx.execute(_CHANGES, {"project": project_id})
            known = tuple(
                Change(upto, parse_rules(json.loads(rules), where="rules"), schema_from_json(json.loads(schema)))
                for upto, rules, schema, _ in rows
            )
            self._changes[project_id] = known
        return known


@dataclass(frozen=True, slots=True)
class Carrying:
    """What a change of schema with rules makes of the answers that stand.

    Args:
        again: work with an answer that is not carried over, which is asked again.
    """

    fitting: Fitting
    again: tuple[str, ...]


def carrying_rules(definition: ProjectDefinition, found: Project) -> tuple[Rule, ...] | None:
    """The rules by which an edited project carries its labels over; ``None`` when it does not.

    Raises:
        Invalid: the rules are no rules, are those of an earlier change, or what is shown changes too.
    """
    stated, source = definition.spec.migrate, definition.source
    if stated is None or definition.schema_hash == found.schema_hash:
        return None
    if stated and stated == found.spec.migrate:
        hint = "state how labels come over from the present schema; migrate: [] when they fit as they are"
        raise source.error(["migrate"], "these are the rules of an earlier change", hint=hint)
    if _shown(definition.schema) != _shown(found.schema) or definition.spec.input != found.spec.input:
        hint = "remove migrate, or change what is shown in an edit of its own"
        raise source.error(["migrate"], "labels cannot be carried over to other data", hint=hint)
    return parse_rules(stated, where=f"{source.name}:{source.line(['migrate'])}: migrate")


def _shown(schema: Schema) -> set[tuple[str, str]]:
    return {(tag.kind, tag.field) for tag in schema.objects if tag.field}


def carrying(tx: Tx, found: Project, new: Schema, rules: tuple[Rule, ...]) -> Carrying:
    """What becomes of every answer that stands to the project's own work."""
    carried = Carried(tx)
    fit = migrated = 0
    lost: dict[str, int] = {}
    again: set[str] = set()
    for work, data, seq, text in tx.execute(_STANDING, {"project": found.id}):
        before = carried.fields(found.id, seq, json.loads(text))
        try:
            after = check_answer(new, migrate(rules, new, before), json.loads(data))
        except Invalid as error:
            again.add(work)
            why = f"{error.where}: {error.message}" if error.where else error.message
            lost[why] = lost.get(why, 0) + 1
            continue
        fit, migrated = fit + (after == before), migrated + (after != before)
    return Carrying(Fitting(fit, migrated, lost), tuple(sorted(again)))


def note_change(tx: Tx, now_us: int, found: Project, *, upto: int, fitting: Fitting) -> None:
    """Note a change of schema: the log up to ``upto`` is read through the rules of its document from now on."""
    report = json.dumps({"fit": fitting.fit, "migrated": fitting.migrated, "lost": dict(fitting.lost or {})})
    rules = canonical_json(found.spec.migrate or []).decode()
    schema = canonical_json(schema_to_json(found.schema)).decode()
    values = {"project": found.id, "upto": upto, "rules": rules, "schema": schema, "report": report, "now": now_us}
    tx.execute(_INSERT, values)


def last_report(tx: Tx, project_id: int) -> Mapping[str, object] | None:
    """What became of the answers at the last change of schema with rules; ``None`` when there was none."""
    rows = tx.execute(_CHANGES, {"project": project_id}).all()
    report: Mapping[str, object] | None = json.loads(rows[-1][3]) if rows else None
    return report


def usable(schema: Schema, fields: Mapping[str, object]) -> dict[str, object]:
    """What of an answer to another schema is an answer to this one, field by field."""
    lenient = replace(schema, fields=tuple(replace(field, required=False) for field in schema.fields))
    return dict(_usable(lenient, fields))


def _usable(schema: Schema, fields: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        try:
            yield from check_answer(schema, {name: value}).items()
        except Invalid:
            continue
