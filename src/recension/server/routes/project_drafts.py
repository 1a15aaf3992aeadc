"""Projects that are yet to be, for those who may create them: nothing here writes anything."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from recension.crowd.config_edit import NewOption, with_options
from recension.crowd.projects import check_draft
from recension.crowd.sampling import look_at
from recension.crowd.spec import Draft
from recension.crowd.templates import picture, templates
from recension.errors import RecensionError
from recension.server.access import Identity, Need
from recension.server.deps import At, needs
from recension.server.people import means_of
from recension.server.project_drafts import fault_shape, found_shape, preview, template_shape
from recension.server.routes.shapes import view_at
from recension.server.stored_bytes import SANDBOX
from recension.server.wire import project_drafts as wire

router = APIRouter(prefix="/api/v1", tags=["projects"])
Lead = Annotated[Identity, Depends(needs(Need.LEAD_PROJECTS))]
_KEPT: Final = {
    "cache-control": "private, max-age=3600",
    "content-security-policy": SANDBOX,
    "x-content-type-options": "nosniff",
}


@router.get("/project-templates")
def template_list(_who: Lead) -> list[wire.Template]:
    """Beginnings for common jobs, each with a sample to try it on."""
    return [template_shape(each.name) for each in templates()]


@router.get("/project-templates/pictures/{picture_name}", response_class=Response)
def template_picture(picture_name: str, _who: Lead) -> Response:
    """A picture that the samples of templates show."""
    return Response(picture(picture_name), media_type="image/png", headers=_KEPT)


@router.post("/project-drafts/data")
def data(body: wire.DataAsked, who: Lead, at: At) -> wire.FoundData:
    """What lies at a path of a branch, how it could be read, and its first rows or files."""
    commit = view_at(at.store, who, body.repo, body.branch)
    return found_shape(commit, body.branch, look_at(means_of(at), commit, body.path, body.format))


@router.post("/project-drafts/config")
def config(body: wire.DraftConfig, who: Lead, at: At) -> wire.ConfigPreview:
    """What a label config comes to, with all that is wrong with it by line, and one item to try it on."""
    commit = None if body.input is None else view_at(at.store, who, body.input.repo, body.input.branch)
    return preview(at, body, commit)


@router.post("/project-drafts/options")
def options(body: wire.NewOptions, _who: Lead) -> wire.EditedConfig:
    """The text of a config with other options of one question; everything else stays to the letter."""
    wanted = [NewOption(each.label, each.was, each.hotkey, each.color) for each in body.options]
    return wire.EditedConfig(config=with_options(body.config, body.field, wanted))


@router.post("/project-drafts/check")
def check(body: wire.DraftDocument, who: Lead, at: At) -> wire.DraftFault:
    """What stands in the way of a new project, as far as it can be told without reading its data."""
    try:
        check_draft(means_of(at), Draft(body.yaml, author=who.name))
    except RecensionError as error:
        return wire.DraftFault(problem=fault_shape(error))
    return wire.DraftFault(problem=None)
