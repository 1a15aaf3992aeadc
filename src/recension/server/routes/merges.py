"""Merging, and what undoes commits."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from recension.ids import check_path
from recension.server.access import Identity, Need
from recension.server.dependants import refuse_while_used
from recension.server.deps import At, Caller, repo_name
from recension.server.ownership import check_free
from recension.server.routes.repos import grows, writable
from recension.server.routes.shapes import commit_at, commit_shape, conflict_shape
from recension.server.site import Site
from recension.server.wire import edits as wire
from recension.server.wire.repos import Uploaded
from recension.store import EXECUTABLE_MODE, FILE_MODE, Commit, Put
from recension.store.merging import Resolution, Strategy, merge, preview_merge
from recension.store.on_head import Place
from recension.store.undoing import drop, revert, squash

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])


@router.get("/merge")
def look(
    repo: str, who: Caller, at: At, *, source: str, branch: str = "main", strategy: wire.Side | None = None
) -> wire.MergePreview:
    """What a merge would do, with every conflict that `strategy` does not decide."""
    seen = commit_at(at.store, who, repo, source)
    shown = preview_merge(at.store, Place(seen.repo, branch, seen.workspace), seen, strategy=strategy or ())
    return wire.MergePreview(
        how=shown.how,
        base=None if shown.base is None else shown.base.id,
        bases=[base.id for base in shown.bases],
        changes=shown.edits,
        conflicts=[conflict_shape(each) for each in shown.conflicts],
    )


@router.post("/merge", status_code=201)
def merge_into(repo: str, body: wire.NewMerge, who: Caller, at: At) -> wire.Merged:
    """Bring what led to a commit into a branch; refused while a conflict is undecided."""
    place = _place(who, at, repo, body.branch)
    done = merge(
        at.store,
        place,
        commit_at(at.store, who, repo, body.source),
        strategy=_strategy(body),
        resolve=_resolutions(at, who, body.resolve),
        fast_forward=body.fast_forward,
        message=body.message,
        author=who.name,
    )
    at.wake.ring()
    base = None if done.base is None else done.base.id
    bases = [str(each.id) for each in done.bases]
    return wire.Merged(commit=commit_shape(at.store, done.commit), base=base, bases=bases, how=done.how)


@router.post("/revert", status_code=201)
def revert_commit(repo: str, body: wire.Revert, who: Caller, at: At) -> Uploaded:
    """Take back on a branch what one of its commits has changed."""
    place = _place(who, at, repo, body.branch)
    made = revert(
        at.store,
        place,
        commit_at(at.store, who, repo, body.commit),
        strategy=_strategy(body),
        resolve=_resolutions(at, who, body.resolve),
        message=body.message,
        author=who.name,
    )
    at.wake.ring()
    return Uploaded(commit=commit_shape(at.store, made))


@router.post("/squash")
def squash_commit(repo: str, body: wire.Leave, who: Caller, at: At) -> wire.Squashed:
    """Fold a commit into those that follow it."""
    children = squash(at.store, _leaving(who, at, repo, body.commit), check=refuse_while_used)
    return wire.Squashed(commits=[commit_shape(at.store, child) for child in children])


@router.post("/drop")
def drop_commit(repo: str, body: wire.Leave, who: Caller, at: At) -> wire.Dropped:
    """Forget a commit that nothing follows."""
    commit = _leaving(who, at, repo, body.commit)
    names = drop(at.store, commit, check=refuse_while_used)
    at.wake.ring()
    return wire.Dropped(branches=names, parent=commit.parents[0] if commit.parents else None)


def _strategy(body: wire.NewMerge | wire.Revert) -> Strategy:
    """Sides by glob, then that for all others."""
    others = [] if body.strategy is None else [("**", body.strategy)]
    return [*((rule.glob, rule.side) for rule in body.strategies), *others]


def _resolutions(at: Site, who: Identity, wanted: Mapping[str, wire.Choice | wire.NewBytes]) -> dict[str, Resolution]:
    """What is said of single paths; bytes must have been sent by the caller.

    Raises:
        NotFound: they were not. Invalid: a path is none.
    """
    found: dict[str, Resolution] = {}
    for name, choice in wanted.items():
        path = check_path(name)
        if isinstance(choice, str):
            found[path] = choice
            continue
        blob, size = at.receipts.redeem(who.account, choice.receipt)
        found[path] = Put(path, blob, size, EXECUTABLE_MODE if choice.executable else FILE_MODE)
    return found


def _leaving(who: Identity, at: Site, repo: str, ref: str) -> Commit:
    """The commit that ``ref`` means, when the caller may take it out of the history."""
    workspace, name = repo_name(repo)
    who.require(Need.RUN_REPOS, workspace=workspace, repo=name)
    check_free(at.store, workspace, name, None)
    return commit_at(at.store, who, repo, ref)


def _place(who: Identity, at: Site, repo: str, branch: str) -> Place:
    """The branch that is named, when the caller may let it grow."""
    workspace, name = writable(who, at, repo, branch)
    who.require(Need.READ_DATA, workspace=workspace, repo=name)
    grows(who, at, workspace, name, branch)
    return Place(name, branch, workspace)
