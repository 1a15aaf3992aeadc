"""Projects in the shapes of the HTTP API."""

from __future__ import annotations

import msgspec

from recension.clock import iso
from recension.crowd.branches import home_branch, live_branch, release_branch
from recension.crowd.carried import last_report
from recension.crowd.published import last_publication
from recension.crowd.registry import Project, inputs, problems
from recension.crowd.workers import Worker, membership
from recension.db import Tx
from recension.label import schema_to_json
from recension.server.guideline import render_guideline
from recension.server.site import Site
from recension.server.wire import projects as wire

_COUNT = """
    SELECT COUNT(*), COALESCE(SUM(CASE WHEN answered >= overlap THEN 1 ELSE 0 END), 0)
    FROM task WHERE project = :project AND kind = 'real' AND wanted = 1
"""


def project_row(tx: Tx, project: Project, worker: Worker | None) -> wire.ProjectRow:
    """A project in a list."""
    total, settled = tx.execute(_COUNT, {"project": project.id}).one()
    member = None if worker is None else membership(tx, project.id, worker.id)
    return wire.ProjectRow(
        name=project.name,
        title=project.spec.title or project.name,
        state=project.state,
        my_state=None if member is None else member.state.value,
        open_tasks=total - settled,
        progress=wire.Tally(settled=settled, total=total),
    )


def project_shape(at: Site, project: Project) -> wire.Project:
    """A project with everything its page shows besides figures."""
    with at.db.read() as tx:
        wrong = problems(tx, project.id)
        report = last_report(tx, project.id)
        followed = inputs(tx, project.id)
        outputs = [
            _output(tx, project, branch, target)
            for branch in dict.fromkeys([home_branch(project.spec), *(state.branch for state in followed)])
            for target in ("release", "live")
        ]
    return wire.Project(
        name=project.name,
        title=project.spec.title or project.name,
        state=project.state,
        spec=msgspec.to_builtins(project.spec),
        schema_=dict(schema_to_json(project.schema)),
        guideline=project.guideline,
        guideline_html=render_guideline(project.guideline),
        input_error="\n".join(wrong) or None,
        inputs=[
            wire.Input(
                repo=project.spec.input.repo, branch=state.branch, commit=state.commit_id or None, error=state.error
            )
            for state in followed
        ],
        outputs=outputs,
        carried_over=None if report is None else wire.CarriedOver.model_validate(report),
    )


def _output(tx: Tx, project: Project, branch: str, target: str) -> wire.Output:
    name = release_branch(project.spec, branch) if target == "release" else live_branch(project.spec, branch)
    last = last_publication(tx, project.id, name)
    return wire.Output.model_validate(
        {
            "repo": project.spec.output.repo,
            "branch": name,
            "target": target,
            "commit": None if last is None else last.commit_id,
            "at": None if last is None else iso(last.at_us),
        }
    )
