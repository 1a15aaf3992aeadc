"""What repos are called and where they belong: renaming, describing, protecting, workspaces."""

from __future__ import annotations

from collections.abc import Callable

from recension.db import Tx
from recension.errors import AlreadyExists, Conflict, NotFound
from recension.ids import DEFAULT_WORKSPACE, check_name
from recension.store.model import Branch, Workspace
from recension.store.parts import Parts
from recension.store.refs import existing_ref
from recension.store.rows import repo_id, repo_label


def repo_rename(
    parts: Parts,
    name: str,
    to: str,
    *,
    workspace: str = DEFAULT_WORKSPACE,
    also: Callable[[Tx], None] | None = None,
) -> None:
    """Give a repo another name; its commits keep their ids, and addresses with the old name mean nothing any more.

    Args:
        parts: the store.
        name: as it is called.
        to: as it will be called.
        workspace: where it is, and stays.
        also: runs first, in the same transaction; what it raises keeps the name.

    Raises:
        NotFound: there is no such repo.
        AlreadyExists: the new name is taken.
        Invalid: it is none.
    """
    check_name("repo", to)

    def rename(tx: Tx) -> None:
        repo = repo_id(tx, workspace, name)
        taken = {"workspace": workspace, "name": to}
        if tx.execute("SELECT 1 FROM repo WHERE workspace = :workspace AND name = :name", taken).first() is not None:
            raise AlreadyExists("there is such a repo already", where=repo_label(workspace, to))
        if also is not None:
            also(tx)
        tx.execute("UPDATE repo SET name = :name WHERE id = :repo", {"repo": repo, "name": to})

    parts.db.write(rename)


def repo_describe(parts: Parts, name: str, description: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
    """Say what a repo is for, in place of what was said before.

    Raises:
        NotFound: there is no such repo.
    """

    def describe(tx: Tx) -> None:
        row = {"repo": repo_id(tx, workspace, name), "text": description}
        tx.execute("UPDATE repo SET description = :text WHERE id = :repo", row)

    parts.db.write(describe)


def branch_protect(
    parts: Parts, repo: str, branch: str, *, protected: bool = True, workspace: str = DEFAULT_WORKSPACE
) -> Branch:
    """Protect a branch, or lift that: it is not moved, deleted, or written to but by merging and promoting.

    What jobs and people's answers publish goes in as before.

    Raises:
        NotFound: there is no such repo or branch.
    """

    def protect(tx: Tx) -> Branch:
        ref = existing_ref(tx, workspace, repo, branch)
        row = {"repo": ref.repo, "name": branch, "protected": int(protected)}
        sql = "UPDATE branch SET protected = :protected WHERE repo = :repo AND name = :name RETURNING at_us"
        return Branch(branch, ref.head, tx.execute(sql, row).scalar(), protected)

    return parts.db.write(protect)


def workspace_create(parts: Parts, name: str, *, description: str = "") -> Workspace:
    """Make an empty workspace. Making a repo in one that is not there makes it too.

    Raises:
        Invalid: the name is none.
        AlreadyExists: it is taken.
    """
    check_name("workspace", name)
    row = {"name": name, "text": description, "at": parts.clock.now_us()}

    def create(tx: Tx) -> None:
        sql = (
            "INSERT INTO workspace(name, description, created_us) VALUES(:name, :text, :at) "
            "ON CONFLICT(name) DO NOTHING RETURNING name"
        )
        if tx.execute(sql, row).first() is None:
            raise AlreadyExists("there is such a workspace already", where=name)

    parts.db.write(create)
    return Workspace(name, description, int(str(row["at"])), 0)


def workspaces(parts: Parts) -> list[Workspace]:
    """Every workspace, sorted by name."""
    with parts.db.read() as tx:
        rows = tx.execute(
            "SELECT w.name, w.description, w.created_us, (SELECT COUNT(*) FROM repo r WHERE r.workspace = w.name) "
            "FROM workspace w ORDER BY w.name"
        )
        return [Workspace(*row) for row in rows]


def workspace_delete(parts: Parts, name: str, *, also: Callable[[Tx], None] | None = None) -> None:
    """Remove a workspace that holds nothing.

    Args:
        parts: the store.
        name: its name.
        also: runs first, in the same transaction; what it raises keeps the workspace.

    Raises:
        NotFound: there is none of that name.
        Conflict: it holds repos, or is the default one.
    """

    def delete(tx: Tx) -> None:
        if tx.execute("SELECT 1 FROM workspace WHERE name = :name", {"name": name}).first() is None:
            raise NotFound("there is no such workspace", where=name, hint="recension workspace list")
        if name == DEFAULT_WORKSPACE:
            raise Conflict("the default workspace stays", where=name)
        held = [
            row[0] for row in tx.execute("SELECT name FROM repo WHERE workspace = :name ORDER BY name", {"name": name})
        ]
        if held:
            shown = ", ".join(held[:5]) + (" and more" if len(held) > 5 else "")
            raise Conflict(f"the workspace holds {shown}", where=name, hint="delete or move its repos first")
        if also is not None:
            also(tx)
        tx.execute("DELETE FROM workspace WHERE name = :name", {"name": name})

    parts.db.write(delete)
