"""Repos and branches of a store: making, listing, moving, removing."""

from __future__ import annotations

from recension.db import Tx
from recension.errors import AlreadyExists, Conflict
from recension.ids import DEFAULT_WORKSPACE, CommitId, check_name
from recension.store.model import ANY, Anything, Branch, Repo
from recension.store.parts import Parts
from recension.store.refs import (
    commit_of,
    existing_ref,
    expect_head,
    point,
    read_ref,
    refuse_followed,
    refuse_protected,
)
from recension.store.rows import commit_by_id, repo_id, repo_label
from recension.store.staging_rows import refuse_staged

_REPOS = (
    "SELECT r.workspace, r.name, r.kind, r.description, r.created_us, "
    "COALESCE((SELECT MAX(b.at_us) FROM branch b WHERE b.repo = r.id), r.created_us), COALESCE(c.files, 0), "
    "COALESCE(c.size, 0) FROM repo r LEFT JOIN repo_commit c ON c.id = COALESCE("
    "(SELECT b.head FROM branch b WHERE b.repo = r.id AND b.name = 'main'), "
    "(SELECT b.head FROM branch b WHERE b.repo = r.id ORDER BY b.at_us DESC, b.name LIMIT 1)) "
)


class Catalog(Parts):
    """The names of a store."""

    def create_repo(
        self, name: str, *, workspace: str = DEFAULT_WORKSPACE, description: str = "", kind: str = "user"
    ) -> Repo:
        """Make an empty repo.

        Raises:
            Invalid: the name is none.
            AlreadyExists: it is taken.
        """
        check_name("workspace", workspace)
        check_name("repo", name)
        row = {"workspace": workspace, "name": name, "kind": kind, "text": description, "at": self.clock.now_us()}

        def insert(tx: Tx) -> None:
            made = tx.execute(
                "INSERT INTO repo(workspace, name, kind, description, created_us) "
                "VALUES(:workspace, :name, :kind, :text, :at) ON CONFLICT(workspace, name) DO NOTHING RETURNING id",
                row,
            )
            if made.first() is None:
                raise AlreadyExists("there is such a repo already", where=repo_label(workspace, name))
            tx.execute(
                "INSERT INTO workspace(name, description, created_us) VALUES(:workspace, '', :at) "
                "ON CONFLICT(name) DO NOTHING",
                row,
            )

        self.db.write(insert)
        return self.repo(name, workspace=workspace)

    def repos(self, workspace: str | None = None) -> list[Repo]:
        """Every repo of a workspace, or of all, sorted by name."""
        with self.db.read() as tx:
            where = "" if workspace is None else "WHERE r.workspace = :workspace "
            params = {} if workspace is None else {"workspace": workspace}
            return [Repo(*row) for row in tx.execute(f"{_REPOS}{where}ORDER BY r.workspace, r.name", params)]

    def repo(self, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> Repo:
        """One repo.

        Raises:
            NotFound: there is none of that name.
        """
        with self.db.read() as tx:
            row = tx.execute(_REPOS + "WHERE r.id = :id", {"id": repo_id(tx, workspace, name)}).one()
            return Repo(*row)

    def delete_repo(self, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        """Remove a repo with its branches and commits.

        Raises:
            NotFound: there is none of that name.
            Conflict: commits of other repos were made from its commits; their provenance is kept.
        """

        def delete(tx: Tx) -> None:
            repo = repo_id(tx, workspace, name)
            needed = tx.execute(
                "SELECT other.id, r.workspace, r.name FROM commit_source s "
                "JOIN repo_commit own ON own.id = s.source JOIN repo_commit other ON other.id = s.commit_id "
                "JOIN repo r ON r.id = other.repo WHERE own.repo = :repo AND other.repo <> :repo LIMIT 1",
                {"repo": repo},
            ).first()
            if needed is not None:
                raise Conflict(
                    f"commit {needed[0]} of {repo_label(needed[1], needed[2])} was made from it",
                    where=repo_label(workspace, name),
                    hint="delete that repo first",
                )
            tx.execute("DELETE FROM staging WHERE repo = :repo", {"repo": repo})
            tx.execute("DELETE FROM branch_trigger WHERE repo = :repo", {"repo": repo})
            for (branch,) in tx.execute("SELECT name FROM branch WHERE repo = :repo", {"repo": repo}):
                point(tx, read_ref(tx, workspace, name, branch), None, self.clock.now_us(), cause="delete")
            tx.execute("DELETE FROM repo WHERE id = :repo", {"repo": repo})

        self.db.write(delete)

    def branches(self, repo: str, *, workspace: str = DEFAULT_WORKSPACE) -> list[Branch]:
        """The branches of a repo, sorted by name."""
        with self.db.read() as tx:
            rows = tx.execute(
                "SELECT name, head, at_us, protected FROM branch WHERE repo = :repo ORDER BY name",
                {"repo": repo_id(tx, workspace, repo)},
            )
            return [Branch(name, head, at_us, bool(protected)) for name, head, at_us, protected in rows]

    def branch_create(
        self, repo: str, name: str, *, at: CommitId | None = None, workspace: str = DEFAULT_WORKSPACE
    ) -> Branch:
        """Make a branch at a commit of the repo, or without any.

        Raises:
            AlreadyExists: there is such a branch.
            NotFound: there is no such repo, or no such commit in it.
        """
        check_name("branch", name)

        def create(tx: Tx) -> Branch:
            ref = read_ref(tx, workspace, repo, name)
            if ref.there:
                raise AlreadyExists("there is such a branch already", where=ref.label)
            at_us = self.clock.now_us()
            point(tx, ref, None if at is None else commit_of(tx, ref, at), at_us, cause="create")
            return Branch(name, at, at_us)

        return self.db.write(create)

    def branch_move(
        self,
        repo: str,
        name: str,
        to: CommitId,
        *,
        expect: CommitId | Anything | None = ANY,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> Branch:
        """Point an existing branch at any commit of the repo.

        Raises:
            Conflict: its head is not the expected one.
            Forbidden: it is protected.
            NotFound: there is no such repo or branch, or no such commit in it.
        """

        def move(tx: Tx) -> Branch:
            ref = existing_ref(tx, workspace, repo, name)
            expect_head(ref, expect)
            at_us = self.clock.now_us()
            if ref.head != to:
                refuse_protected(ref, "moved")
                point(tx, ref, commit_of(tx, ref, to), at_us, cause="move")
            return Branch(name, to, at_us, ref.protected)

        return self.settled(move)

    def branch_promote(self, repo: str, source: str, to: str, *, workspace: str = DEFAULT_WORKSPACE) -> Branch:
        """Bring branch ``to`` forward to the head of ``source``; it is made when it is missing.

        Raises:
            Conflict: ``to`` has commits that ``source`` has not, or ``source`` has none.
            NotFound: there is no such repo or source branch.
        """
        check_name("branch", to)

        def promote(tx: Tx) -> Branch:
            origin = existing_ref(tx, workspace, repo, source)
            refuse_staged(tx, origin.repo, (repo, source, workspace))
            target = read_ref(tx, workspace, repo, to)
            at_us = self.clock.now_us()
            if origin.head is None:
                raise Conflict("the branch has no commit to promote", where=origin.label)
            if target.head is not None and not descends(tx, origin.head, target.head):
                raise Conflict(
                    f"it has commits that {source!r} does not have",
                    where=target.label,
                    hint=f"bring them into {source} first, or recension branch --move",
                )
            if target.head != origin.head:
                point(tx, target, commit_by_id(tx, origin.head), at_us, cause="promote")
            return Branch(to, origin.head, at_us, target.protected)

        return self.settled(promote)

    def branch_delete(self, repo: str, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        """Remove a branch; its commits stay.

        Raises:
            NotFound: there is no such repo or branch.
            Forbidden: it is protected.
        """

        def delete(tx: Tx) -> None:
            ref = existing_ref(tx, workspace, repo, name)
            refuse_protected(ref, "deleted")
            refuse_followed(tx, ref)
            point(tx, ref, None, self.clock.now_us(), cause="delete")

        self.settled(delete)


def descends(tx: Tx, young: CommitId, old: CommitId) -> bool:
    """Whether ``old`` is ``young`` or among its ancestors."""
    row = tx.execute(
        "WITH RECURSIVE line(id) AS (SELECT id FROM repo_commit WHERE id = :young UNION "
        "SELECT p.parent FROM commit_parent p JOIN line ON p.commit_id = line.id) "
        "SELECT 1 FROM line WHERE id = :old LIMIT 1",
        {"young": young, "old": old},
    ).first()
    return row is not None
