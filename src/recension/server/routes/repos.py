"""Repos and their branches."""

from __future__ import annotations

from fastapi import APIRouter

from recension.clock import iso
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller, repo_name
from recension.server.ownership import check_free
from recension.server.routes.shapes import address_of
from recension.server.site import Site
from recension.server.wire import repos as wire
from recension.server.wire.people import Done
from recension.store import ANY, Branch, Repo

router = APIRouter(prefix="/api/v1/repos", tags=["repos"])


@router.get("")
def repos(who: Caller, at: At) -> list[wire.Repo]:
    """The repos that the caller may read."""
    shown = [
        repo_shape(at, repo)
        for repo in at.store.repos()
        if who.may(Need.READ_DATA, workspace=repo.workspace, repo=repo.name)
    ]
    if not shown:  # an annotator without grants is told so, not shown an empty server
        who.require(Need.READ_DATA)
    return shown


@router.post("", status_code=201)
def create(body: wire.NewRepo, who: Caller, at: At) -> wire.Repo:
    """Create an empty repo."""
    who.require(Need.RUN_REPOS, workspace=body.workspace)
    at.store.create_repo(body.name, workspace=body.workspace, description=body.description)
    at.news.publish("repo", repo=body.name, workspace=body.workspace)
    return repo_shape(at, at.store.repo(body.name, workspace=body.workspace))


@router.get("/{repo}")
def inspect(repo: str, who: Caller, at: At) -> wire.Repo:
    """One repo."""
    workspace, name = readable(who, repo)
    return repo_shape(at, at.store.repo(name, workspace=workspace))


@router.delete("/{repo}")
def delete(repo: str, who: Caller, at: At) -> Done:
    """Delete a repo that nothing was made from."""
    workspace, name = repo_name(repo)
    who.require(Need.RUN_REPOS, workspace=workspace, repo=name)
    check_free(at.store, workspace, name, None)
    at.store.delete_repo(name, workspace=workspace)
    at.news.publish("repo", repo=name, workspace=workspace)
    return Done()


@router.get("/{repo}/branches")
def branches(repo: str, who: Caller, at: At) -> list[wire.Branch]:
    """The branches of a repo, by name."""
    workspace, name = readable(who, repo)
    at.store.repo(name, workspace=workspace)
    return [branch_shape(branch) for branch in at.store.branches(name, workspace=workspace)]


@router.post("/{repo}/branches", status_code=201)
def create_branch(repo: str, body: wire.NewBranch, who: Caller, at: At) -> wire.Branch:
    """Create a branch at a ref, or an empty one."""
    workspace, name = writable(who, at, repo, body.name)
    head = None if body.at is None else at.store.pin(address_of(repo, body.at)).id
    return _moved(at, at.store.branch_create(name, body.name, at=head, workspace=workspace))


@router.put("/{repo}/branches/{branch}")
def move_branch(repo: str, branch: str, body: wire.MoveBranch, who: Caller, at: At) -> wire.Branch:
    """Make a branch stand at a ref of the same repo."""
    workspace, name = writable(who, at, repo, branch)
    to = at.store.pin(address_of(repo, body.to)).id
    expect = ANY if body.expect is None else at.store.resolve(address_of(repo, body.expect)).id
    return _moved(at, at.store.branch_move(name, branch, to, expect=expect, workspace=workspace))


@router.post("/{repo}/branches/{branch}/promote")
def promote(repo: str, branch: str, body: wire.Promote, who: Caller, at: At) -> wire.Branch:
    """Fast-forward another branch to this one's head."""
    workspace, name = writable(who, at, repo, body.to)
    grows(who, at, workspace, name, body.to)
    return _moved(at, at.store.branch_promote(name, branch, body.to, workspace=workspace))


@router.delete("/{repo}/branches/{branch}")
def delete_branch(repo: str, branch: str, who: Caller, at: At) -> Done:
    """Delete a branch; its commits stay."""
    workspace, name = writable(who, at, repo, branch)
    at.store.branch_delete(name, branch, workspace=workspace)
    at.wake.ring()
    return Done()


def readable(who: Identity, repo: str) -> tuple[str, str]:
    """The repo that is named, when the caller may read it.

    Raises:
        Forbidden: they may not.
    """
    workspace, name = repo_name(repo)
    who.require(Need.READ_DATA, workspace=workspace, repo=name)
    return workspace, name


def writable(who: Identity, at: Site, repo: str, branch: str) -> tuple[str, str]:
    """The repo that is named, when the caller may write to the branch.

    Raises:
        Forbidden: they may not, or something else writes it.
        NotFound: there is no such repo.
    """
    workspace, name = repo_name(repo)
    who.require(Need.WRITE_DATA, workspace=workspace, repo=name)
    at.store.repo(name, workspace=workspace)
    check_free(at.store, workspace, name, branch)
    return workspace, name


def grows(who: Identity, at: Site, workspace: str, repo: str, branch: str) -> None:
    """Do nothing when the caller may merge or promote into the branch: a protected one takes who may run the repo.

    Raises:
        Forbidden: they may not.
    """
    if any(each.name == branch and each.protected for each in at.store.branches(repo, workspace=workspace)):
        who.require(Need.RUN_REPOS, workspace=workspace, repo=repo)


def _moved(at: Site, branch: Branch) -> wire.Branch:
    at.wake.ring()
    return branch_shape(branch)


def branch_shape(branch: Branch) -> wire.Branch:
    """A branch."""
    return wire.Branch(name=branch.name, head=branch.head, at=iso(branch.at_us), protected=branch.protected)


def repo_shape(at: Site, repo: Repo) -> wire.Repo:
    """A repo with its branches."""
    return wire.Repo(
        workspace=repo.workspace,
        name=repo.name,
        kind=repo.kind,
        description=repo.description,
        branches=[branch_shape(branch) for branch in at.store.branches(repo.name, workspace=repo.workspace)],
        size=repo.size,
        files=repo.files,
        at=iso(repo.at_us),
    )
