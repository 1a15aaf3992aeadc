"""When to publish: running answers every few seconds, releases by the project's rule.

``complete``: once every item of the input commit is settled, and again whenever what was said of them changes; a page
in somebody's hands that holds answers to them is waited for, because its completion may ban its worker. ``each``: as
running answers. ``count``: whenever so many more items are settled, and when all are. ``manual``: never by itself.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from recension.clock import Clock
from recension.crowd.branches import live_branch, release_branch
from recension.crowd.policy import ReleaseCount
from recension.crowd.publication import Target
from recension.crowd.published import Publication, last_publication
from recension.crowd.registry import InputState, Project, inputs, projects
from recension.db import Tx

GROUP_US: Final = 2_000_000
"""Running answers are published together at this distance."""
SHARE: Final = 20
"""A publication that takes long is made so seldom that it takes at most one part in twenty of the time."""


class Due(NamedTuple):
    """A publication to be made now: the arguments of ``publish``."""

    project_id: int
    branch: str
    target: Target


def due_publications(tx: Tx, clock: Clock) -> list[Due]:
    """What should be published now, releases first."""
    now_us = clock.now_us()
    due = []
    for project in projects(tx):
        for state in inputs(tx, project.id):
            if not state.commit_id:
                continue
            if _release_due(tx, now_us, project, state):
                due.append(Due(project.id, state.branch, "release"))
            live = last_publication(tx, project.id, live_branch(project.spec, state.branch))
            if _group_due(tx, now_us, project, state, live):
                due.append(Due(project.id, state.branch, "live"))
    return sorted(due, key=lambda each: each.target != "release")


def is_complete(tx: Tx, project_id: int, branch: str) -> bool:
    """Whether every item of the branch is settled and nobody is still at work on a page that says so."""
    values = {"project": project_id, "branch": branch}
    return not any(tx.execute(sql, values).first() for sql in (*_TO_HAND_OUT, _HANDED_OUT, _UNDER_WAY))


def _release_due(tx: Tx, now_us: int, project: Project, state: InputState) -> bool:
    rule = project.spec.output.release
    last = last_publication(tx, project.id, release_branch(project.spec, state.branch))
    if rule == "manual" or not _has_news(tx, project, state, last):
        return False
    if rule == "each":
        return _group_due(tx, now_us, project, state, last)
    if last is None and not _has_items(tx, project.id, state.branch):
        return False
    if is_complete(tx, project.id, state.branch):
        return True
    if isinstance(rule, ReleaseCount):
        before = 0 if last is None or last.input_commit != state.commit_id else last.settled
        return _settled(tx, project.id, state.branch) // rule.count > before // rule.count
    return False


def _group_due(tx: Tx, now_us: int, project: Project, state: InputState, last: Publication | None) -> bool:
    if last is not None and now_us < last.at_us + max(GROUP_US, SHARE * last.took_us):
        return False
    return _has_news(tx, project, state, last)


def _has_news(tx: Tx, project: Project, state: InputState, last: Publication | None) -> bool:
    """Whether anything that a publication is made from has changed since the last one."""
    if last is None or (last.input_commit, last.spec_commit) != (state.commit_id, project.spec_commit):
        return True
    if last.global_id != state.global_id:
        return True
    values: dict[str, object] = {"project": project.id, "branch": state.branch, "upto": last.upto}
    values["since"] = last.at_us - last.took_us  # what came while it was made may not be in it
    return any(tx.execute(sql, values).first() for sql in (_SAID_SINCE, _PREDICTED_SINCE))


def _has_items(tx: Tx, project_id: int, branch: str) -> bool:
    sql = "SELECT 1 FROM item WHERE project = :project AND branch = :branch LIMIT 1"
    return tx.execute(sql, {"project": project_id, "branch": branch}).first() is not None


def _settled(tx: Tx, project_id: int, branch: str) -> int:
    count: int = tx.execute(_SETTLED, {"project": project_id, "branch": branch}).scalar()
    return count


_OF_BRANCH: Final = "EXISTS (SELECT 1 FROM item i WHERE i.task = {task} AND i.branch = :branch)"
# Control answers alone are no news: they are read with the next answer to an item, so that work on one branch, which
# also answers control tasks, publishes nothing on another.
_SAID_SINCE: Final = f"""
    SELECT 1 FROM answer a WHERE a.project = :project AND a.seq > :upto
    AND a.verb NOT IN ('skip', 'priority', 'review', 'assign', 'unassign', 'release')
    AND {_OF_BRANCH.format(task="a.task")} LIMIT 1
"""
_PREDICTED_SINCE: Final = f"""
    SELECT 1 FROM prediction p JOIN task t ON t.project = p.project AND t.work_id = p.work_id AND t.kind = 'real'
    WHERE p.project = :project AND p.at_us > :since AND {_OF_BRANCH.format(task="t.id")} LIMIT 1
"""
_TO_HAND_OUT: Final = tuple(
    f"""
    SELECT 1 FROM task t WHERE t.project = :project AND t.kind = 'real' AND t.wanted = 1 AND {priority} AND t.need > 0
    AND {_OF_BRANCH.format(task="t.id")} LIMIT 1
"""
    for priority in ("t.priority = 0", "t.priority <> 0")  # the two have an index each
)
_HANDED_OUT: Final = f"""
    SELECT 1 FROM task t WHERE t.project = :project AND t.kind = 'real' AND t.wanted = 1 AND t.reserved > 0
    AND t.answered < t.overlap AND {_OF_BRANCH.format(task="t.id")} LIMIT 1
"""
_UNDER_WAY: Final = f"""
    SELECT 1 FROM page p JOIN page_task pt ON pt.page = p.id
    WHERE p.project = :project AND p.state = 'active' AND p.kind = 'work'
    AND pt.standing = 'answered' AND pt.kind = 'real' AND {_OF_BRANCH.format(task="pt.task")} LIMIT 1
"""
_SETTLED: Final = """
    SELECT COUNT(*) FROM item i JOIN task t ON t.id = i.task
    WHERE i.project = :project AND i.branch = :branch AND t.answered >= t.overlap AND t.excluded = 0
"""
