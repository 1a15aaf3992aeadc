"""What things are called: tags, renaming, describing, protecting, workspaces."""

from __future__ import annotations

from fastapi import APIRouter

from recension.clock import iso
from recension.server.access import Need
from recension.server.dependants import refuse_while_populated, refuse_while_read
from recension.server.deps import At, Caller, repo_name
from recension.server.ownership import check_free
from recension.server.routes.repos import branch_shape, readable, repo_shape
from recension.server.routes.shapes import address_of
from recension.server.wire import repos as wire
from recension.server.wire.people import Done
from recension.store.model import Tag
from recension.store.naming import (
    branch_protect,
    repo_describe,
    repo_rename,
    workspace_create,
    workspace_delete,
    workspaces,
)
from recension.store.tags import tag_create, tag_delete, tags

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])
workspaces_router = APIRouter(prefix="/api/v1/workspaces", tags=["repos"])


@router.put("")
def describe(repo: str, body: wire.Describe, who: Caller, at: At) -> wire.Repo:
    """Say what a repo is for."""
    workspace, name = repo_name(repo)
    who.require(Need.RUN_REPOS, workspace=workspace, repo=name)
    repo_describe(at.store, name, body.description, workspace=workspace)
    at.news.publish("repo", repo=name, workspace=workspace)
    return repo_shape(at, at.store.repo(name, workspace=workspace))


@router.post("/rename")
def rename(repo: str, body: wire.Rename, who: Caller, at: At) -> wire.Repo:
    """Give a repo another name, unless a pipeline or project names it."""
    workspace, name = repo_name(repo)
    who.require(Need.RUN_REPOS, workspace=workspace, repo=name)
    at.store.repo(name, workspace=workspace)
    check_free(at.store, workspace, name, None)
    repo_rename(
        at.store,
        name,
        body.name,
        workspace=workspace,
        also=lambda tx: refuse_while_read(tx, workspace, name, body.name),
    )
    at.callers.forget()
    at.news.publish("repo", repo=body.name, workspace=workspace)
    return repo_shape(at, at.store.repo(body.name, workspace=workspace))


@router.put("/branches/{branch}/protection")
def protect(repo: str, branch: str, body: wire.Protection, who: Caller, at: At) -> wire.Branch:
    """Protect a branch, or lift that."""
    workspace, name = repo_name(repo)
    who.require(Need.RUN_REPOS, workspace=workspace, repo=name)
    return branch_shape(branch_protect(at.store, name, branch, protected=body.protected, workspace=workspace))


@router.get("/tags")
def tag_list(repo: str, who: Caller, at: At) -> list[wire.Tag]:
    """The tags of a repo, by name."""
    workspace, name = readable(who, repo)
    return [_tag_shape(tag) for tag in tags(at.store, name, workspace=workspace)]


@router.post("/tags", status_code=201)
def create_tag(repo: str, body: wire.NewTag, who: Caller, at: At) -> wire.Tag:
    """Name a commit for good."""
    workspace, name = repo_name(repo)
    who.require(Need.WRITE_DATA, workspace=workspace, repo=name)
    commit = at.store.pin(address_of(repo, body.at)).id
    made = tag_create(at.store, name, body.name, commit, author=who.name, message=body.message, workspace=workspace)
    at.wake.ring()
    return _tag_shape(made)


@router.delete("/tags/{tag}")
def delete_tag(repo: str, tag: str, who: Caller, at: At) -> Done:
    """Forget a tag; its commit stays."""
    workspace, name = repo_name(repo)
    who.require(Need.WRITE_DATA, workspace=workspace, repo=name)
    tag_delete(at.store, name, tag, workspace=workspace)
    at.wake.ring()
    return Done()


@workspaces_router.get("")
def workspace_list(who: Caller, at: At) -> list[wire.Workspace]:
    """Every workspace in which the caller may read, by name."""
    shown = [each for each in workspaces(at.store) if who.may(Need.READ_DATA, workspace=each.name)]
    if not shown:
        who.require(Need.READ_DATA)
    return [
        wire.Workspace(name=each.name, description=each.description, repos=each.repos, at=iso(each.created_us))
        for each in shown
    ]


@workspaces_router.post("", status_code=201)
def create_workspace(body: wire.NewWorkspace, who: Caller, at: At) -> wire.Workspace:
    """Create an empty workspace."""
    who.require(Need.MANAGE_PEOPLE)
    made = workspace_create(at.store, body.name, description=body.description)
    return wire.Workspace(name=made.name, description=made.description, repos=0, at=iso(made.created_us))


@workspaces_router.delete("/{workspace}")
def delete_workspace(workspace: str, who: Caller, at: At) -> Done:
    """Delete a workspace that holds nothing."""
    who.require(Need.MANAGE_PEOPLE)
    workspace_delete(at.store, workspace, also=lambda tx: refuse_while_populated(tx, workspace))
    at.callers.forget()
    return Done()


def _tag_shape(tag: Tag) -> wire.Tag:
    return wire.Tag(name=tag.name, commit=tag.commit, at=iso(tag.at_us), author=tag.author, message=tag.message)
