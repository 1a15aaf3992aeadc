"""Labels from elsewhere: annotations of people and predictions of models, brought into a project."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from recension.crowd.branches import home_branch
from recension.crowd.imported import NewAnnotation, import_annotations
from recension.crowd.matching import About
from recension.crowd.predictions import Added, NewPrediction, add_predictions, models_of
from recension.crowd.registry import Project
from recension.server.access import Identity, Need
from recension.server.deps import At, needs
from recension.server.people import find_project
from recension.server.site import Site
from recension.server.wire import brought_in as wire

router = APIRouter(prefix="/api/v1/projects/{project}", tags=["projects"])
Watcher = Annotated[Identity, Depends(needs(Need.SEE_PROJECTS))]
Lead = Annotated[Identity, Depends(needs(Need.LEAD_PROJECTS))]


@router.post("/annotations")
def take_annotations(project: str, body: wire.NewAnnotations, _who: Lead, at: At) -> wire.BroughtIn:
    """Take annotations of one worker into the answer log; all of them, or none when one does not fit."""
    found = find_project(at, project)
    new = [NewAnnotation(About(each.item, each.data), each.fields, each.spent_us) for each in body.annotations]
    branch = body.branch or home_branch(found.spec)
    return _told(at, found, import_annotations(at.db, at.clock, found.id, branch, body.worker, new))


@router.post("/predictions")
def take_predictions(project: str, body: wire.NewPredictions, _who: Lead, at: At) -> wire.BroughtIn:
    """Keep what models say; a model's newer word on an item takes the place of its older. All of them, or none."""
    found = find_project(at, project)
    new = [
        NewPrediction(About(each.item, each.data), each.fields, each.model, each.version, each.score, each.run)
        for each in body.predictions
    ]
    return _told(at, found, add_predictions(at.db, at.clock, found.id, body.branch or home_branch(found.spec), new))


@router.get("/models")
def models(project: str, _who: Watcher, at: At) -> list[wire.Model]:
    """Every model that has said something, by name and version."""
    found = find_project(at, project)
    with at.db.read() as tx:
        known = models_of(tx, found.id)
    return [wire.Model(model=model, version=version, predictions=count) for model, version, count in known]


def _told(at: Site, project: Project, added: Added) -> wire.BroughtIn:
    if added.added:
        at.news.publish("project", project=project.name)
        at.wake.ring()
    return wire.BroughtIn(added=added.added, known=added.known, full=added.full, unknown=list(added.unknown))
