"""The table of a project as it is asked about: what was published last, with what is newer."""

from __future__ import annotations

from dataclasses import dataclass

from recension.crowd.branches import live_branch
from recension.crowd.registry import Project
from recension.crowd.table_live import Live
from recension.server.site import Site
from recension.store import Commit


@dataclass(frozen=True, slots=True)
class Table:
    """A published commit, and what is newer than it; ``None``: the commit alone is meant."""

    commit: Commit
    live: Live | None


def table_now(at: Site, project: Project, branch: str, version: str | None = None) -> Table | None:
    """The table of an input branch as it stands, or the version an earlier answer named while it is remembered."""
    live = None if version is None else at.live_tables.version(project, branch, version)
    live = live or at.live_tables.now(project, branch)
    return None if live is None else Table(at.store.commit(live.publication.commit_id), live)


def current_table(at: Site, project: Project, branch: str) -> Commit | None:
    """What was published last of an input branch; ``None`` before the first publication."""
    return at.store.head(project.spec.output.repo, live_branch(project.spec, branch), project.workspace)
