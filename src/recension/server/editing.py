"""One commit out of a list of wishes: files put, deleted and moved, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from recension.errors import AlreadyExists, Conflict, Invalid, NotFound
from recension.ids import check_path
from recension.server.access import Identity
from recension.server.site import Site
from recension.server.wire import changes as wire
from recension.store import ANY, Commit, Delete, DeleteFolder, Edit, Put
from recension.store.copying import placed

_TRIES: Final = 20


def commit_changes(at: Site, who: Identity, place: tuple[str, str], body: wire.NewCommit) -> Commit:
    """Commit what ``body`` wants to ``place`` (workspace and repo).

    Raises:
        NotFound: what is to be deleted or moved is not there, or bytes were not uploaded.
        AlreadyExists: something is where a file or folder is to be moved.
        Conflict: the branch does not stand where the caller expects it.
    """
    workspace, name = place
    puts = [_put(at, who, change) for change in body.changes if isinstance(change, wire.PutFile)]
    others = [change for change in body.changes if not isinstance(change, wire.PutFile)]
    for _attempt in range(_TRIES):
        head = at.store.head(name, body.branch, workspace)
        base = ANY if not others and body.expect is None else head.id if head is not None else None
        if body.expect is not None and base != body.expect:
            raise Conflict(f"the branch stands at {base or 'nothing'}", where=body.branch, hint="look at it again")
        careful = others or body.expect is not None
        closed = at.store.close_staged(name, body.branch, workspace) if careful else None
        if closed is not None:  # what the caller sees of the branch is this commit, if nobody else came in between
            if body.expect is not None and closed.parents[:1] != (body.expect,):
                raise Conflict(f"the branch stands at {closed.id}", where=body.branch, hint="look at it again")
            head, base = closed, closed.id
        edits = _edits(at, head, others, body.branch)
        try:
            return at.store.write(
                name,
                body.branch,
                [*edits, *puts],
                message=body.message or _message(body.changes),
                author=who.name,
                workspace=workspace,
                base=base,
            )
        except Conflict:  # somebody else got in between: what was to be deleted or moved may look different now
            continue
    raise Conflict("others commit to this branch without a pause", where=body.branch, hint="try again")


def _put(at: Site, who: Identity, change: wire.PutFile) -> Put:
    blob, size = at.receipts.redeem(who.account, change.receipt)
    return Put(check_path(change.path), blob, size)


def _edits(
    at: Site, head: Commit | None, changes: Sequence[wire.DeletePath | wire.MovePath | wire.CopyPath], branch: str
) -> list[Edit]:
    found: list[Edit] = []
    for change in changes:
        path = check_path(change.path)
        if head is None:
            raise NotFound("the branch has no commit yet", where=branch)
        if isinstance(change, wire.DeletePath):
            found.append(_gone(at, head, path))
            continue
        puts = _elsewhere(at, head, path, check_path(change.to))
        found += puts if isinstance(change, wire.CopyPath) else [_gone(at, head, path), *puts]
    return found


def _gone(at: Site, head: Commit, path: str) -> Edit:
    return Delete(path) if _is_file(at, head, path) else DeleteFolder(path)


def _elsewhere(at: Site, head: Commit, path: str, to: str) -> list[Edit]:
    """The same bytes under another path; none are copied."""
    if to == path or to.startswith(f"{path}/"):
        raise Invalid("a folder cannot be put into itself", where=to)
    if _exists(at, head, to):
        raise AlreadyExists("there is something of this name", where=to, hint="delete it first, or take another name")
    _is_file(at, head, path)  # a path, and no glob, is meant
    return list(placed(at.store, head, path, to))


def _exists(at: Site, head: Commit, path: str) -> bool:
    try:
        _is_file(at, head, path)
    except NotFound:
        return False
    return True


def _is_file(at: Site, head: Commit, path: str) -> bool:
    """Whether the path is a file; False for a folder.

    Raises:
        NotFound: it is neither.
    """
    if at.store.is_folder(head, path):
        return False
    at.store.stat(head, path)
    return True


def _message(changes: Sequence[wire.PutFile | wire.DeletePath | wire.MovePath | wire.CopyPath]) -> str:
    first = changes[0]
    if len(changes) > 1:
        return f"Change {len(changes)} paths"
    if isinstance(first, wire.MovePath | wire.CopyPath):
        return f"{first.op.capitalize()} {first.path} to {first.to}"
    return f"{'Put' if isinstance(first, wire.PutFile) else 'Delete'} {first.path}"
