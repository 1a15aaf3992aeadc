"""What a new input commit means for a project's items: found by reading what changed, before anything is written.

The files that differ between the input commit a branch stands at and the new one are read; their rows are compared
with the items known of the same files. Rows that moved within a file, and files that only changed hands, thus cost
reading but no writing.
"""

from __future__ import annotations

from dataclasses import dataclass

from recension.crowd.file_items import items_of
from recension.crowd.identity import Asking
from recension.crowd.media import Media
from recension.crowd.readers import FAULTS, Means, placed
from recension.crowd.registry import Project
from recension.crowd.spec import InputSpec
from recension.crowd.tasks import NewTask
from recension.db import Database
from recension.ids import CommitId
from recension.label import shape_id
from recension.store import Change, Commit, compile_glob


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item that is new, or has other content than it had."""

    item_id: str
    path: str
    key: str | None
    region: str | None
    work_id: str


@dataclass(frozen=True, slots=True)
class Base:
    """What a plan builds on: a branch and the input commit it stands at; another branch's items are copied first."""

    branch: str
    commit: CommitId


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one input commit changes on one branch.

    Args:
        base: what must still be so for the plan to hold; ``None``: nothing is known of the branch.
        tasks: every piece of work that ``found`` items need, once.
        gone: ids of items that are no longer there.
        left: work that items had before and have no more.
    """

    branch: str
    commit: Commit
    base: Base | None
    found: tuple[FoundItem, ...]
    tasks: tuple[NewTask, ...]
    gone: tuple[str, ...]
    left: frozenset[str]


def base_of(db: Database, project_id: int, branch: str) -> Base | None:
    """The branch itself, else ``main``, else any other that was taken in: branches mostly start from one another."""
    sql = """
        SELECT branch, commit_id FROM input WHERE project = :project AND commit_id <> ''
        ORDER BY CASE branch WHEN :branch THEN 0 WHEN 'main' THEN 1 ELSE 2 END, branch LIMIT 1
    """
    with db.read() as tx:
        row = tx.execute(sql, {"project": project_id, "branch": branch}).first()
    return None if row is None else Base(row[0], CommitId(row[1]))


class Planner:
    """Makes one plan; holds what was found so far."""

    def __init__(self, means: Means, asking: Asking, spec: InputSpec) -> None:
        self._means = means
        self._asking = asking
        self._spec = spec
        self._found: list[FoundItem] = []
        self._tasks: dict[str, NewTask] = {}
        self._gone: list[str] = []
        self._left: set[str] = set()

    def fresh(self, branch: str, commit: Commit) -> Plan:
        """The plan for a branch of which nothing is known.

        Raises:
            Invalid: a file breaks its format; names repo, branch, file and line.
        """
        self._read_changes(branch, None, commit, known=None)
        return self._plan(branch, commit, None)

    def following(self, project: Project, branch: str, commit: Commit) -> Plan:
        """The plan for a branch of a stored project; see :meth:`fresh`."""
        base = base_of(self._means.db, project.id, branch)
        if base is None:
            return self.fresh(branch, commit)
        known = KnownItems(self._means.db, project.id, base.branch)
        self._read_changes(branch, self._means.store.commit(base.commit), commit, known)
        return self._plan(branch, commit, base)

    def anew(self, project: Project, branch: str, commit: Commit) -> Plan:
        """The plan for a branch whose every file must be read again: the project now asks otherwise, or elsewhere."""
        base = base_of(self._means.db, project.id, branch)
        known = KnownItems(self._means.db, project.id, branch)
        seen = self._read_changes(branch, None, commit, known)
        for path in known.paths() - seen:
            self._forget(known.of(path))
        own = base is not None and base.branch == branch
        return self._plan(branch, commit, base if own else None)

    def _read_changes(self, branch: str, old: Commit | None, new: Commit, known: KnownItems | None) -> set[str]:
        glob = compile_glob(self._spec.glob)
        media = Media(self._means.store, new, self._asking.schema)
        seen: set[str] = set()
        others = False
        for change in self._means.store.diff(old, new):
            if glob.match(change.path) is None:
                others = True
            else:
                seen.add(change.path)
                self._read_change(branch, new, change, media, known)
        if others and old is not None and self._spec.rows is not None and media.is_shown:
            # A row may name a file that changed: what it shows is no longer what it showed.
            for change in self._means.store.diff(None, new):
                if glob.match(change.path) is not None and change.path not in seen:
                    self._read_change(branch, new, change, media, known)
        return seen

    def _read_change(self, branch: str, new: Commit, change: Change, media: Media, known: KnownItems | None) -> None:
        before = {} if known is None else known.of(change.path)
        try:
            self._compare(new, change, media, before)
        except FAULTS as error:
            raise placed(error, f"{self._spec.repo}@{branch}") from None

    def _compare(self, commit: Commit, change: Change, media: Media, before: dict[str, str]) -> None:
        entry = change.after
        for item in () if entry is None else items_of(self._means, commit, entry, self._spec, media):
            work, shown = self._asking.identify(item.data, change.path)
            had = before.pop(item.id, None)
            if had == work:
                continue
            region = None if item.region is None else shape_id(item.region)
            self._found.append(FoundItem(item.id, item.path, item.key, region, work))
            self._tasks.setdefault(work, NewTask("real", work, shown))
            if had is not None:
                self._left.add(had)
        self._forget(before)

    def _forget(self, items: dict[str, str]) -> None:
        self._gone.extend(items)
        self._left.update(items.values())

    def _plan(self, branch: str, commit: Commit, base: Base | None) -> Plan:
        return Plan(
            branch=branch,
            commit=commit,
            base=base,
            found=tuple(self._found),
            tasks=tuple(self._tasks.values()),
            gone=tuple(self._gone),
            left=frozenset(self._left),
        )


class KnownItems:
    """The items of one branch that a project knows, file by file."""

    def __init__(self, db: Database, project_id: int, branch: str) -> None:
        self._db = db
        self._of = {"project": project_id, "branch": branch}

    def of(self, path: str) -> dict[str, str]:
        """Item id → work id of the items of one file."""
        sql = "SELECT item_id, work_id FROM item WHERE project = :project AND branch = :branch AND path = :path"
        with self._db.read() as tx:
            return dict(tx.execute(sql, self._of | {"path": path}).all())

    def paths(self) -> set[str]:
        """Every file that has items."""
        sql = "SELECT DISTINCT path FROM item WHERE project = :project AND branch = :branch"
        with self._db.read() as tx:
            return {path for (path,) in tx.execute(sql, self._of)}
