"""The whole home: the caller's first page, and how data flows."""

from __future__ import annotations

from fastapi import APIRouter

from recension.server.access import Need
from recension.server.deps import At, Caller
from recension.server.graph import graph_of
from recension.server.home_page import home_of
from recension.server.wire import overview as wire

router = APIRouter(prefix="/api/v1", tags=["overview"])


@router.get("/home")
def home(who: Caller, at: At) -> wire.Home:
    """What waits for the caller, and what has happened."""
    return home_of(at, who)


@router.get("/graph")
def graph(who: Caller, at: At) -> wire.Graph:
    """Repos, pipelines and projects, and the lines between them."""
    who.require(Need.SEE_PIPELINES)
    return graph_of(at)
