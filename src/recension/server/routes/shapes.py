"""Store values in the shapes of the HTTP API, and refs read from query parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recension.clock import iso
from recension.errors import Invalid, NotFound
from recension.ids import Address, parse_address
from recension.server.access import Identity, Need
from recension.server.deps import repo_name
from recension.server.wire import edits
from recension.server.wire import repos as wire
from recension.store import Commit, Entry, Folder, Store
from recension.store.links import Link
from recension.store.three_way import MergeConflict


def address_of(repo: str, ref: str) -> Address:
    """The address of ``repo`` (or ``workspace:repo``) at ``ref``.

    Raises:
        Invalid: a name or the ref breaks its rule.
    """
    workspace, name = repo_name(repo)
    address = parse_address(f"{workspace}/{name}@{ref}")
    if address.path is not None:
        raise Invalid(f"{ref!r} is no ref", where="ref", hint="a branch, a tag or a commit id")
    return address


def commit_at(store: Store, who: Identity, repo: str, ref: str) -> Commit:
    """The commit that ``ref`` means, when the caller may read the repo; what is staged on a branch is committed first.

    Raises:
        Forbidden: they may not. NotFound: there is no such repo or ref.
    """
    return _found(store.pin, who, repo, ref)


def view_at(store: Store, who: Identity, repo: str, ref: str) -> Commit:
    """Like :func:`commit_at`, to look at alone: for a branch, its head with what is staged upon it."""
    return _found(store.view, who, repo, ref)


def head_at(store: Store, who: Identity, repo: str, ref: str) -> Commit:
    """Like :func:`commit_at`, without what is staged."""
    return _found(store.resolve, who, repo, ref)


def _found(look: Callable[[Address], Commit], who: Identity, repo: str, ref: str) -> Commit:
    address = address_of(repo, ref)
    who.require(Need.READ_DATA, workspace=address.workspace, repo=address.repo)
    commit = look(address)
    if (commit.workspace, commit.repo) != (address.workspace, address.repo):
        raise NotFound(f"no commit {ref} in {address.repo}", where=repo)
    return commit


def commit_shape(store: Store, commit: Commit) -> wire.Commit:
    """A commit with its sources named."""
    sources = [store.commit(source) for source in commit.provenance]
    return wire.Commit(
        id=commit.id,
        repo=commit.repo,
        workspace=commit.workspace,
        branch=commit.branch,
        parents=list(commit.parents),
        global_id=commit.global_id,
        content_id=commit.content_id,
        at=iso(commit.at_us),
        author=commit.author,
        message=commit.message,
        kind=commit.kind,
        meta=dict(commit.meta),
        provenance=[wire.Source(id=source.id, repo=source.repo, branch=source.branch) for source in sources],
        files=commit.files,
        size=commit.size,
    )


def node_shapes(store: Store, nodes: Sequence[Entry | Folder]) -> list[wire.Node]:
    """The files and folders of a listing."""
    links = store.records.links.of([node.blob for node in nodes if isinstance(node, Entry)])
    return [node_shape(node, links.get(node.blob, ()) if isinstance(node, Entry) else ()) for node in nodes]


def node_shape(node: Entry | Folder, links: Sequence[Link] = ()) -> wire.Node:
    """A file or folder of a listing."""
    name = node.path.rstrip("/").rpartition("/")[2]
    if isinstance(node, Folder):
        return wire.Node(type="folder", path=node.path, name=name, size=node.size, files=node.files)
    return wire.Node(
        type="file",
        path=node.path,
        name=name,
        size=node.size,
        content_type=node.content_type,
        blob=node.blob.hex(),
        mode=node.mode,
        link=_link(links[0]) if links else None,
    )


def _link(link: Link) -> wire.Link:
    return wire.Link(url=link.url, etag=link.etag, hashed=link.hashed)


def conflict_shape(conflict: MergeConflict) -> edits.Conflicting:
    """A path that both sides changed."""
    return edits.Conflicting(
        path=conflict.path,
        base=_side(conflict.base),
        ours=_side(conflict.ours),
        theirs=_side(conflict.theirs),
        clash=list(conflict.clash),
        unclear=conflict.unclear,
    )


def _side(entry: Entry | None) -> wire.Side | None:
    return None if entry is None else wire.Side(blob=entry.blob.hex(), size=entry.size)
