"""News for open pages, and a sign of life for whoever watches the server."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from recension.server.access import Need
from recension.server.deps import At, Caller
from recension.server.version import VERSION
from recension.server.wire.people import Version

router = APIRouter(tags=["events"])
_EVERYONES: Final = frozenset({"project"})


@router.get("/api/v1/events", response_class=StreamingResponse)
async def events(who: Caller, at: At) -> StreamingResponse:
    """Server-sent events ``{"topic": ..., ...}``: what may have changed. Annotators hear of projects only."""
    topics = None if who.may(Need.SEE_PROJECTS) else _EVERYONES
    return StreamingResponse(
        at.news.stream(topics=topics),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@router.get("/healthz")
async def health() -> Version:
    """The server answers."""
    return Version(version=VERSION)
