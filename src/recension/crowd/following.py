"""What a moved branch means for projects: whoever consumes the outbox calls ``on_ref`` for every event ``ref``.

Both functions here may be repeated at will: a branch that stands where it should costs one look-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recension.crowd.intake import IntakeReport, sync_input
from recension.crowd.known_tasks import sync_known
from recension.crowd.readers import Means
from recension.crowd.registry import Project, inputs, projects
from recension.db import outbox
from recension.errors import NotFound
from recension.ids import CommitId


def on_ref(means: Means, body: Mapping[str, Any], *, event: int | None = None) -> list[IntakeReport]:
    """Take in what a branch now holds, in every project that follows it.

    Args:
        means: store, readers and clock.
        body: of the event: ``workspace``, ``repo``, ``branch``, ``new``.
        event: its number.

    Returns:
        One report for each project whose input it is; projects it does not concern are left out.
    """
    workspace, repo, branch = body["workspace"], body["repo"], body["branch"]
    new = None if body["new"] is None else CommitId(body["new"])
    with means.db.read() as tx:
        found = projects(tx, workspace=workspace)
    reports = []
    for each in found:
        sync_known(means, each, repo=repo, branch=branch)
        if each.spec.input.repo == repo and each.spec.follows(branch):
            reports.append(sync_input(means, each.id, branch, new, event=event))
    return reports


def heard(means: Means) -> int:
    """The newest event there is: heads that are read from now on tell as much as it and all before it."""
    with means.db.read() as tx:
        return outbox.latest(tx)


def catch_up(means: Means, *, project_id: int | None = None) -> list[IntakeReport]:
    """Bring every project, or one, to the present heads of all it follows; for a start, and after a creation."""
    with means.db.read() as tx:
        found = [each for each in projects(tx) if project_id in {None, each.id}]
    return [report for each in found for report in _catch_up(means, each)]


def _catch_up(means: Means, found: Project) -> list[IntakeReport]:
    sync_known(means, found)
    event = heard(means)
    with means.db.read() as tx:
        known = {state.branch for state in inputs(tx, found.id)}
    try:
        branches = means.store.branches(found.spec.input.repo, workspace=found.workspace)
    except NotFound:
        branches = []
    heads = dict.fromkeys(known) | {each.name: each.head for each in branches if each.head is not None}
    # The branch others start from comes first, so that they find its items.
    order = sorted((name for name in heads if found.spec.follows(name)), key=lambda name: (name != "main", name))
    return [sync_input(means, found.id, name, heads[name], event=event) for name in order]
