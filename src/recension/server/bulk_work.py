"""Actions on many tasks, at work: a few tasks of each that is running, in turn, until none is left."""

from __future__ import annotations

from recension.crowd.bulk import Bulk, fail, move_on, next_tasks, running, step
from recension.crowd.bulk_actions import PREDICT
from recension.crowd.registry import Project, project
from recension.errors import RecensionError
from recension.server.backends import AT_ONCE, say_about
from recension.server.site import Site


def look(at: Site) -> None:
    """Bring every running action to its end, a step of each at a time."""
    while not at.wake.stopping:
        with at.db.read() as tx:
            found = [(each, project(tx, each.project)) for each in running(tx)]
        for each, of in found:
            _go_on(at, each, of)
            at.news.publish("project", project=of.name)
        if not found:
            return
        at.wake.ring()


def _go_on(at: Site, each: Bulk, of: Project) -> None:
    """One step of an action; what keeps it from going on ends it, and is told."""
    try:
        if each.action == PREDICT:
            _predict(at, each, of)
        else:
            at.db.write(lambda tx: step(tx, at.clock.now_us(), each))
    except RecensionError as error:
        problem = str(error)
        at.db.write(lambda tx: fail(tx, at.clock.now_us(), each.id, problem))


def _predict(at: Site, each: Bulk, of: Project) -> None:
    with at.db.read() as tx:
        tasks = next_tasks(tx, each, AT_ONCE)
    told = say_about(at, of, str(each.args["backend"]), tasks)
    at.db.write(lambda tx: move_on(tx, at.clock.now_us(), each.id, told))
