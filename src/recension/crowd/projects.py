"""Projects come to be, and change: everything is checked and read first, then written in one transaction.

The document and the guideline are kept in repo ``projects``, so that every label can name the version it was made
under. The commit there, the project's row, its tasks with known answers and what it asks of its items are entered
together or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from recension.crowd.branches import check_input_branch
from recension.crowd.carried import carrying, carrying_rules, note_change
from recension.crowd.following import catch_up, heard
from recension.crowd.identity import Asking, asking, asking_of
from recension.crowd.intake import apply_plan, forget_branch
from recension.crowd.known_tasks import drop_other_kinds, write_known
from recension.crowd.log import last_seq
from recension.crowd.plans import Plan, Planner
from recension.crowd.policy import encode_policy
from recension.crowd.project_repos import check_inputs, check_output, check_same_output, ensure_repos, write_document
from recension.crowd.readers import Means
from recension.crowd.registry import Project, inputs, project, project_named
from recension.crowd.sources import KnownTasks, read_sources
from recension.crowd.spec import Draft, ProjectDefinition, encode_spec
from recension.crowd.staleness import affected_work, renew
from recension.crowd.tasks import set_overlap
from recension.db import Tx
from recension.errors import AlreadyExists, Conflict, NotFound
from recension.ids import CommitId
from recension.label import canonical_json, schema_to_json
from recension.label.migration import Rule
from recension.store import Commit

_INSERT: Final = """
    INSERT INTO project (workspace, name, created_us, spec_commit, spec, policy, label_schema, schema_hash,
        guideline_hash)
    VALUES (:workspace, :name, :now, :commit, :spec, :policy, :schema, :schema_hash, :guideline_hash) RETURNING id
"""
_UPDATE: Final = """
    UPDATE project SET spec_commit = :commit, spec = :spec, policy = :policy, label_schema = :schema,
        schema_hash = :schema_hash, guideline_hash = :guideline_hash, work_schema = :work_schema WHERE id = :id
"""


def create_project(means: Means, draft: Draft) -> Project:
    """Create a project and open its first tasks; nothing is written unless everything can be.

    Raises:
        Invalid: the document, a task file or an input file is wrong; one line with place and remedy.
        NotFound: a repo that the document names is missing.
        AlreadyExists: the name is taken.
    """
    definition = draft.read()
    _check_name(means, draft, definition)
    check_inputs(means.store, draft.workspace, definition)
    check_output(means.db, means.store, draft.workspace, definition)
    asks = asking(draft.workspace, definition.name, definition.schema)
    known = read_sources(means, draft.workspace, definition.spec, asks)
    event = heard(means)
    plans = [
        Planner(means, asks, definition.spec.input).fresh(branch, means.store.commit(head))
        for branch, head in _heads(means, draft.workspace, definition)
    ]
    ensure_repos(means.store, draft.workspace, definition)
    now_us = means.clock.now_us()
    ids: list[int] = []

    def enter(tx: Tx, commit: Commit) -> None:
        row = _row(definition, commit) | {"workspace": draft.workspace, "name": definition.name, "now": now_us}
        ids[:] = [tx.execute(_INSERT, row).scalar()]
        write_known(tx, now_us, ids[0], known)
        _apply(tx, now_us, ids[0], plans, event)

    write_document(means.store, draft, definition, enter, message=f"Create project {definition.name}")
    # What came while this was being read.
    catch_up(means, project_id=ids[0])
    return _stored(means, ids[0])


def check_draft(means: Means, draft: Draft) -> None:
    """Everything about a project to come that can be checked without reading its data.

    Raises:
        Invalid, NotFound, AlreadyExists: as :func:`create_project` would.
    """
    definition = draft.read()
    _check_name(means, draft, definition)
    check_inputs(means.store, draft.workspace, definition)
    check_output(means.db, means.store, draft.workspace, definition)


def update_project(means: Means, draft: Draft) -> Project:
    """Change a project to what its edited document says; nothing is written unless everything can be.

    Pay, overlap, pages and rules make nothing stale. Another label schema asks other questions, so every item is asked
    about again and keeps its old labels as previous; where the document states under ``migrate`` how labels are carried
    over, only those are that have an answer which the rules do not carry. A new guideline says itself what it affects.

    Raises:
        Invalid: the document or a file is wrong, the output moves, or a changed guideline does not say what it affects.
        NotFound: there is no such project, or a repo that the document names is missing.
        Conflict: the project or its input moved meanwhile.
    """
    definition = draft.read()
    with means.db.read() as tx:
        found = project_named(tx, definition.name, workspace=draft.workspace)
    if encode_spec(definition.spec) == encode_spec(found.spec):
        return found
    edit = _read_edit(means, draft, definition, found)
    now_us = means.clock.now_us()

    def enter(tx: Tx, commit: Commit) -> None:
        if project(tx, found.id).spec_commit != found.spec_commit:
            raise Conflict("the project was edited meanwhile", where=found.name, hint="look at it and try again")
        tx.execute(_UPDATE, _row(definition, commit) | {"id": found.id, "work_schema": edit.known_as})
        _enter_edit(tx, now_us, project(tx, found.id), edit)

    write_document(means.store, draft, definition, enter, message=f"Update project {definition.name}")
    catch_up(means, project_id=found.id)
    return _stored(means, found.id)


@dataclass(frozen=True, slots=True)
class _Edit:
    """What an edited document changes, read and ready to be written.

    Args:
        overlap: the new one, where it differs.
        plans: for every branch, where items must be looked at afresh.
        event: the last one there was before the heads were read.
        unfollowed: branches that the project no longer follows.
        affected: work to be asked about again because of the guideline.
        known_as: hash of the schema that work is identified by; empty: that of the new one.
        rules: how labels are carried over from the old schema; ``None``: they are not.
    """

    overlap: int | None
    known: list[KnownTasks]
    plans: list[Plan]
    event: int
    unfollowed: list[str]
    affected: list[str]
    known_as: str
    rules: tuple[Rule, ...] | None


def _read_edit(means: Means, draft: Draft, definition: ProjectDefinition, found: Project) -> _Edit:
    spec, output = definition.spec, found.spec.output
    check_same_output(definition, output.repo, output.branch)
    check_inputs(means.store, draft.workspace, definition)
    rules = carrying_rules(definition, found)
    kept = rules is not None or definition.schema_hash == found.schema_hash
    known_as = found.work_schema if kept else ""
    with means.db.read() as tx:
        asks = replace(asking_of(tx, found), schema=definition.schema, known_as=known_as)
        stands = [state.branch for state in inputs(tx, found.id)]
        affected = _affected(tx, definition, found)
    event = heard(means)
    asks_otherwise = spec.input != found.spec.input or not kept
    return _Edit(
        overlap=spec.overlap if spec.overlap != found.spec.overlap else None,
        known=read_sources(means, draft.workspace, spec, asks),
        plans=_anew(means, definition, found, asks) if asks_otherwise else [],
        event=event,
        unfollowed=[branch for branch in stands if not spec.follows(branch)],
        affected=[] if asks_otherwise else affected,
        known_as=known_as,
        rules=rules,
    )


def _enter_edit(tx: Tx, now_us: int, found: Project, edit: _Edit) -> None:
    if edit.overlap is not None:
        set_overlap(tx, found.id, edit.overlap)
    write_known(tx, now_us, found.id, edit.known)
    drop_other_kinds(tx, found.id, edit.known)
    if edit.rules is not None:
        _carry(tx, now_us, found, edit.rules)
    renew(tx, now_us, found, edit.affected)
    for branch in edit.unfollowed:
        forget_branch(tx, found.id, branch)
    _apply(tx, now_us, found.id, edit.plans, edit.event)


def _carry(tx: Tx, now_us: int, found: Project, rules: tuple[Rule, ...]) -> None:
    """Note the rules, and ask again where they carry an answer nowhere."""
    what = carrying(tx, found, found.schema, rules)
    note_change(tx, now_us, found, upto=last_seq(tx, found.id), fitting=what.fitting)
    renew(tx, now_us, found, what.again, under=found.schema_hash)


def _affected(tx: Tx, definition: ProjectDefinition, found: Project) -> list[str]:
    if definition.guideline_hash == found.guideline_hash:
        return []
    affects = definition.spec.guideline_affects
    if affects is None:
        if not affected_work(tx, found, "all"):
            return []
        hint = "add guideline_affects: none, all, or a list of the labels whose meaning changed"
        raise definition.source.error(
            ["guideline"], "the guideline changed and does not say what it affects", hint=hint
        )
    return affected_work(tx, found, affects)


def _anew(means: Means, definition: ProjectDefinition, found: Project, asks: Asking) -> list[Plan]:
    heads = _heads(means, found.workspace, definition)
    spec = definition.spec.input
    return [Planner(means, asks, spec).anew(found, branch, means.store.commit(head)) for branch, head in heads]


def _apply(tx: Tx, now_us: int, project_id: int, plans: list[Plan], event: int) -> None:
    found = project(tx, project_id)
    for plan in plans:
        apply_plan(tx, now_us, found, plan, event=event)


def _check_name(means: Means, draft: Draft, definition: ProjectDefinition) -> None:
    with means.db.read() as tx:
        try:
            project_named(tx, definition.name, workspace=draft.workspace)
        except NotFound:
            return
    place = definition.source.error(["project"], "").where
    raise AlreadyExists(f"there is a project {definition.name!r} already", where=place, hint="take another name")


def _heads(means: Means, workspace: str, definition: ProjectDefinition) -> list[tuple[str, CommitId]]:
    found = []
    for each in means.store.branches(definition.spec.input.repo, workspace=workspace):
        if each.head is not None and definition.spec.follows(each.name):
            check_input_branch(definition.spec, each.name)
            found.append((each.name, each.head))
    return found


def _row(definition: ProjectDefinition, commit: Commit) -> dict[str, object]:
    return {
        "commit": commit.id,
        "spec": encode_spec(definition.spec),
        "policy": encode_policy(definition.policy),
        "schema": canonical_json(schema_to_json(definition.schema)).decode(),
        "schema_hash": definition.schema_hash,
        "guideline_hash": definition.guideline_hash,
    }


def _stored(means: Means, project_id: int) -> Project:
    with means.db.read() as tx:
        return project(tx, project_id)
