"""HTTP routes, one file per subject. A route checks leave, calls one room, and shapes the answer."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from recension.server.routes import (
    actions,
    brought_in,
    bulk,
    commits,
    edits,
    events,
    files,
    interactive,
    links,
    media,
    merges,
    names,
    open_commits,
    overview,
    people,
    pipelines,
    project_drafts,
    project_reports,
    project_table,
    projects,
    references,
    repos,
    review,
    staging,
    versions,
    workbench,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    events.router,
    people.router,
    overview.router,
    files.router,
    versions.router,
    edits.router,
    bulk.router,
    references.router,
    links.router,
    merges.router,
    repos.router,
    names.router,
    names.workspaces_router,
    commits.router,
    open_commits.router,
    staging.router,
    projects.router,
    project_drafts.router,
    project_reports.router,
    project_table.router,
    actions.router,
    review.router,
    brought_in.router,
    interactive.router,
    workbench.router,
    media.router,
    pipelines.router,
)
