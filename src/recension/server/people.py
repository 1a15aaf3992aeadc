"""The people step, wired: who works, on which project, with items read by the room of data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from recension.crowd.projects import create_project, update_project
from recension.crowd.publication import Target, publish
from recension.crowd.readers import Means, Readers, RowRead
from recension.crowd.registry import Project, inputs, project_named
from recension.crowd.spec import Draft, Format, Rows
from recension.crowd.workers import Worker, ensure_worker, worker_named
from recension.data import RowSpec, read_items, read_rows
from recension.errors import Conflict, NotFound
from recension.label import Item
from recension.server.access import Identity
from recension.server.site import Site
from recension.store import Commit


def _items(source: Iterable[bytes], *, path: str, rows: Rows | None, columns: Mapping[str, str]) -> Iterator[Item]:
    form = None if rows is None else RowSpec(rows.format, rows.key)
    return read_items(source, path=path, rows=form, columns=columns)


def _rows(source: Iterable[bytes], *, path: str, form: Format, needs: Sequence[str]) -> Iterator[RowRead]:
    return read_rows(source, path=path, form=form, needs=needs)


_TARGETS: Final[tuple[Target, ...]] = ("release", "live")
_PUBLISH_TRIES: Final = 5

READERS: Final = Readers(_items, _rows)


def worker_for(at: Site, who: Identity) -> Worker:
    """The worker that the caller is; made with their first page. Names never change, so it is looked up once."""
    known = at.workers.get(who.name)
    if known is None:
        now_us = at.clock.now_us()
        known = at.db.write(lambda tx: ensure_worker(tx, now_us, who.name, account=who.name, simulated=who.simulated))
        at.workers[who.name] = known
    return known


def worker_if_any(at: Site, who: Identity) -> Worker | None:
    """The worker that the caller is, if they ever asked for work."""
    known = at.workers.get(who.name)
    if known is None:
        try:
            with at.db.read() as tx:
                known = at.workers[who.name] = worker_named(tx, who.name)
        except NotFound:
            return None
    return known


def find_project(at: Site, name: str) -> Project:
    """The project of that name.

    Raises:
        NotFound: there is none.
    """
    with at.db.read() as tx:
        return project_named(tx, name)


def means_of(at: Site) -> Means:
    """What intake needs: the store, the clock, and how files are read."""
    return Means(at.store, at.clock, READERS)


def save_project(at: Site, draft: Draft, *, is_new: bool = False) -> Project:
    """Create the project of a document, or change the one of that name to it.

    Args:
        at: the site.
        draft: the document.
        is_new: nothing there is changed.

    Raises:
        Invalid: the document or data it names is wrong; nothing was written.
        AlreadyExists: the project is meant to be new, and there is one of that name.
    """
    name = draft.read().name
    try:
        find_project(at, name)
        is_there = True
    except NotFound:
        is_there = False
    made = (update_project if is_there and not is_new else create_project)(means_of(at), draft)
    at.news.publish("project", project=name)
    at.wake.ring()
    return made


def publish_now(at: Site, project: Project) -> list[str]:
    """Bring both branches of every input branch up to the answer log; the commits that this made."""
    with at.db.read() as tx:
        branches = [state.branch for state in inputs(tx, project.id) if state.commit_id]
    made = [_publish(at, project, branch, target) for branch in branches for target in _TARGETS]
    at.wake.ring()
    return [commit.id for commit in made if commit is not None]


def publish_live(at: Site, project: Project, branch: str) -> None:
    """Bring the running answers of an input branch up to the answer log."""
    _publish(at, project, branch, "live")


def _publish(at: Site, project: Project, branch: str, target: Target) -> Commit | None:
    """Publish, also when the server's own loop does so at the same moment and gets in first."""
    for _attempt in range(_PUBLISH_TRIES):
        try:
            return publish(at.db, at.store, at.clock, project.id, branch, target=target)
        except Conflict:
            continue
    return publish(at.db, at.store, at.clock, project.id, branch, target=target)
