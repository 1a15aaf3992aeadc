"""Finding commits: by address, along a branch, by global id, along provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from recension.db import Tx
from recension.errors import NotFound
from recension.ids import DEFAULT_WORKSPACE, Address, CommitId, GlobalId, check_path, is_commit_id, parse_address
from recension.store.catalog import Catalog
from recension.store.commit_filter import says
from recension.store.model import Commit
from recension.store.refs import commit_of, existing_ref, read_ref
from recension.store.rows import commit_by_id, commits_by_id, repo_id, select_commits, tag_target
from recension.store.tree_diff import diff
from recension.store.tree_read import below, find, totals

DEFAULT_BRANCH = "main"
_PAGE = 200


class History(Catalog):
    """The commits of a store."""

    def commit(self, identity: CommitId) -> Commit:
        """One commit.

        Raises:
            NotFound: there is no such commit.
        """
        with self.db.read() as tx:
            return commit_by_id(tx, identity)

    def head(self, repo: str, branch: str = DEFAULT_BRANCH, workspace: str = DEFAULT_WORKSPACE) -> Commit | None:
        """The newest commit of a branch; None when there is none, or no such branch.

        Raises:
            NotFound: there is no such repo.
        """
        with self.db.read() as tx:
            ref = read_ref(tx, workspace, repo, branch)
            return None if ref.head is None else commit_by_id(tx, ref.head)

    def resolve(self, address: str | Address) -> Commit:
        """The commit that an address means; its path is not looked at. Without a ref: branch ``main``.

        Raises:
            NotFound: the repo, the branch, the commit or the ancestor is missing; the error says which.
            Invalid: it is no address.
        """
        wanted = parse_address(address) if isinstance(address, str) else address
        with self.db.read() as tx:
            commit = _named(tx, wanted)
            steps = wanted.back if wanted.nth is None else commit.generation - wanted.nth
            if steps == 0:
                return commit
            found = _first_parent(tx, commit, steps) if steps > 0 else None
            if found is None:
                raise NotFound(
                    f"its history has {commit.generation + 1} commits, not as many as that",
                    where=str(wanted),
                )
            return commit_by_id(tx, found)

    def log(
        self,
        repo: str,
        ref: str = DEFAULT_BRANCH,
        *,
        path: str | None = None,
        where: Mapping[str, str] | None = None,
        limit: int = 100,
        after: CommitId | None = None,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> list[Commit]:
        """The commits of a branch, newest first, following first parents.

        Args:
            repo: its name.
            ref: a branch, a tag, or a commit id.
            path: only commits that changed this file, or something in this folder.
            where: only commits whose metadata says so (:func:`recension.store.commit_filter.says`).
            limit: at most so many.
            after: continue below this commit of an earlier answer.
            workspace: where the repo is.

        Raises:
            NotFound: there is no such repo, ref or commit.
        """
        with self.db.read() as tx:
            if after is not None:
                start = _first_parent(tx, commit_of(tx, read_ref(tx, workspace, repo, ref), after), 1)
            elif is_commit_id(ref):
                start = commit_of(tx, read_ref(tx, workspace, repo, ref), ref).id
            else:
                tagged = tag_target(tx, repo_id(tx, workspace, repo), ref)
                start = tagged or existing_ref(tx, workspace, repo, ref).head
        everywhere = path is None or path == "/"
        if everywhere and not where:
            return self._line(start, limit)
        wanted = (
            commit
            for commit, parent in self._pairs(start)
            if says(commit, where or {}) and (everywhere or self._touches(commit, parent, str(path)))
        )
        return list(islice(wanted, limit))

    def _line(self, start: CommitId | None, limit: int) -> list[Commit]:
        """The commit ``start`` and its first parents, at most ``limit``."""
        if start is None or limit <= 0:
            return []
        with self.db.read() as tx:
            ids = tx.execute(
                "WITH RECURSIVE line(id, depth) AS (SELECT id, 1 FROM repo_commit WHERE id = :start UNION ALL "
                "SELECT p.parent, line.depth + 1 FROM line JOIN commit_parent p "
                "ON p.commit_id = line.id AND p.position = 0 WHERE line.depth < :limit) SELECT id FROM line",
                {"start": start, "limit": limit},
            ).all()
            commits = {commit.id: commit for commit in commits_by_id(tx, [row[0] for row in ids])}
        return [commits[row[0]] for row in ids]

    def _pairs(self, start: CommitId | None) -> Iterator[tuple[Commit, Commit | None]]:
        """Every commit from ``start`` back, with its first parent."""
        newer: Commit | None = None
        while start is not None:
            page = self._line(start, _PAGE)
            for commit in page:
                if newer is not None:
                    yield newer, commit
                newer = commit
            start = page[-1].parents[0] if page[-1].parents else None
        if newer is not None:
            yield newer, None

    def _touches(self, commit: Commit, parent: Commit | None, path: str) -> bool:
        key = check_path(path).encode()
        span = below(path)
        if parent is None:
            return find(self.nodes, commit.root, key) is not None or totals(self.nodes, commit.root, span)[0] > 0
        if commit.root == parent.root:
            return False
        after, before = find(self.nodes, commit.root, key), find(self.nodes, parent.root, key)
        if (after and after[1:4]) != (before and before[1:4]):
            return True
        return next(diff(self.nodes, parent.root, commit.root, span), None) is not None

    def by_global_id(self, identity: GlobalId) -> list[Commit]:
        """Every commit of a cascade, oldest first."""
        with self.db.read() as tx:
            return select_commits(tx, "WHERE c.global_id = :id ORDER BY c.id", {"id": identity})

    def provenance(self, identity: CommitId) -> list[Commit]:
        """The commits that this one was made from directly."""
        with self.db.read() as tx:
            return commits_by_id(tx, commit_by_id(tx, identity).provenance)

    def provenance_of(self, identity: CommitId) -> list[Commit]:
        """The commits that were made from this one directly."""
        with self.db.read() as tx:
            rows = tx.execute("SELECT commit_id FROM commit_source WHERE source = :id", {"id": identity})
            return commits_by_id(tx, [row[0] for row in rows])

    def upstream(self, identity: CommitId) -> list[Commit]:
        """Everything this commit was made from, directly or not, oldest first; without itself."""
        return self._reach(identity, "SELECT s.source FROM commit_source s JOIN reach ON s.commit_id = reach.id")

    def downstream(self, identity: CommitId) -> list[Commit]:
        """Everything that was made from this commit, directly or not, oldest first; without itself."""
        return self._reach(identity, "SELECT s.commit_id FROM commit_source s JOIN reach ON s.source = reach.id")

    def _reach(self, identity: CommitId, step: str) -> list[Commit]:
        with self.db.read() as tx:
            commit_by_id(tx, identity)
            rows = tx.execute(
                f"WITH RECURSIVE reach(id) AS (SELECT id FROM repo_commit WHERE id = :id UNION {step}) "
                "SELECT id FROM reach",
                {"id": identity},
            )
            return commits_by_id(tx, [row[0] for row in rows if row[0] != identity])


def _named(tx: Tx, wanted: Address) -> Commit:
    """The commit that the ref of an address names, before any step back."""
    name = wanted.ref or DEFAULT_BRANCH
    if is_commit_id(name):
        return commit_of(tx, read_ref(tx, wanted.workspace, wanted.repo, name), name)
    tagged = tag_target(tx, repo_id(tx, wanted.workspace, wanted.repo), name) if wanted.ref else None
    if tagged is not None:
        return commit_by_id(tx, tagged)
    ref = existing_ref(tx, wanted.workspace, wanted.repo, name)
    if ref.head is None:
        raise NotFound("the branch has no commit yet", where=ref.label, hint="recension put makes the first")
    return commit_by_id(tx, ref.head)


def _first_parent(tx: Tx, commit: Commit, steps: int) -> CommitId | None:
    """The ancestor so many first parents up, or None where history begins."""
    row = tx.execute(
        "WITH RECURSIVE line(id, depth) AS (SELECT id, 0 FROM repo_commit WHERE id = :start UNION ALL "
        "SELECT p.parent, line.depth + 1 FROM line JOIN commit_parent p "
        "ON p.commit_id = line.id AND p.position = 0 WHERE line.depth < :steps) "
        "SELECT id FROM line WHERE depth = :steps",
        {"start": commit.id, "steps": steps},
    ).first()
    return None if row is None else CommitId(row[0])
