"""Versions seen together: the history of all branches, comparisons, a folder as an archive."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from recension.ids import CommitId
from recension.server import comparing
from recension.server.access import Need
from recension.server.deps import At, Caller, repo_name
from recension.server.routes.shapes import commit_at, commit_shape
from recension.server.stored_bytes import SANDBOX
from recension.server.wire import changes as wire
from recension.server.zipping import check_zippable, zip_folder
from recension.store.timeline import timeline

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/history")
def history(repo: str, who: Caller, at: At, *, limit: Limit = 100, after: str | None = None) -> wire.Timeline:
    """Commits of every branch, newest first, with their parents."""
    workspace, name = repo_name(repo)
    who.require(Need.READ_DATA, workspace=workspace, repo=name)
    below = None if after is None else CommitId(after)
    found = timeline(at.store, name, after=below, limit=limit + 1, workspace=workspace)
    more = found[limit - 1].id if len(found) > limit else None
    # Ids are in order of milliseconds; those made within one are put in the order of their time.
    shown = sorted(found[:limit], key=lambda commit: (commit.at_us, commit.generation), reverse=True)
    return wire.Timeline(commits=[commit_shape(at.store, commit) for commit in shown], next=more)


@router.get("/compare")
def compare(
    repo: str,
    who: Caller,
    at: At,
    *,
    from_: Annotated[str, Query(alias="from")],
    to: str,
    path: str = "",
    kind: Literal["added", "changed", "removed", "renamed", ""] = "",
    limit: Limit = 200,
    after: str | None = None,
) -> wire.Comparison:
    """What differs between two refs, renames included; ``path`` is a text in it, or its start when it begins with /."""
    before, newer = commit_at(at.store, who, repo, from_), commit_at(at.store, who, repo, to)
    whole = comparing.compare(at.store, before.id, newer.id, path).matching(path, "")
    totals, growth = whole.totals(), whole.growth()
    shown, more = whole.matching("", kind).page(after, limit)
    return wire.Comparison(
        before=commit_shape(at.store, before),
        after=commit_shape(at.store, newer),
        differences=[_difference(each) for each in shown],
        totals=wire.Totals(**totals, bytes_before=growth[0], bytes_after=growth[1]),
        complete=whole.complete,
        next=more,
    )


@router.get("/zip", response_class=StreamingResponse)
def archive(
    repo: str,
    who: Caller,
    at: At,
    *,
    ref: str = "main",
    path: str = "/",
    names: Annotated[list[str] | None, Query(alias="name")] = None,
) -> StreamingResponse:
    """A folder, or with ``name`` some of what is in it, as a zip archive, made while it is sent."""
    commit = commit_at(at.store, who, repo, ref)
    check_zippable(at.store, commit, path, names or ())
    name = path.rstrip("/").rpartition("/")[2] or commit.repo
    return StreamingResponse(
        zip_folder(at.store, commit, path, names or ()),
        media_type="application/zip",
        headers={
            "cache-control": "private, no-cache",
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.zip",
            "content-security-policy": SANDBOX,
        },
    )


def _difference(each: comparing.Difference) -> wire.Difference:
    return wire.Difference(path=each.path, kind=each.kind, before=_version(each.before), after=_version(each.after))


def _version(side: comparing.Version | None) -> wire.Version | None:
    return None if side is None else wire.Version(path=side.path, blob=side.blob.hex(), size=side.size)
