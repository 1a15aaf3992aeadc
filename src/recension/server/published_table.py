"""The table of a project as it is asked about."""

from __future__ import annotations

from recension.crowd.branches import live_branch
from recension.crowd.registry import Project
from recension.server.site import Site
from recension.store import Commit


def current_table(at: Site, project: Project, branch: str) -> Commit | None:
    """What was published last of an input branch; ``None`` before the first publication."""
    return at.store.head(project.spec.output.repo, live_branch(project.spec, branch), project.workspace)
