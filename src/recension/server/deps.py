"""What routes ask for: the site, who is calling, and leave to do something."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from recension.ids import DEFAULT_WORKSPACE, check_name
from recension.server.access import Identity, Need
from recension.server.callers import unknown_caller
from recension.server.site import Site


def site(request: Request) -> Site:
    """The site this app serves."""
    return cast("Site", request.app.state.site)


async def caller(request: Request) -> Identity:
    """Who is asking, by bearer token or cookie; a request with both is the token's.

    Raises:
        Unauthenticated: nobody known.
    """
    here = site(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    by_cookie = scheme.lower() != "bearer"
    secret = request.cookies.get(here.settings.cookie, "") if by_cookie else token.strip()
    if not secret:
        raise unknown_caller()
    identity = here.callers.remembered(secret, by_cookie=by_cookie)
    if identity is None:
        address = request.client.host if request.client else ""
        identity = await run_in_threadpool(here.callers.identify, secret, by_cookie=by_cookie, address=address)
    request.state.caller = identity.name
    return identity


At = Annotated[Site, Depends(site)]
Caller = Annotated[Identity, Depends(caller)]


def needs(need: Need) -> Callable[[Identity], Coroutine[Any, Any, Identity]]:
    """A dependency that lets through only who may ``need`` in the default workspace."""

    async def check(who: Caller) -> Identity:
        who.require(need)
        return who

    return check


def repo_name(text: str) -> tuple[str, str]:
    """``(workspace, repo)`` of ``repo`` or ``workspace:repo``.

    Raises:
        Invalid: a name breaks its rule.
    """
    workspace, colon, repo = text.rpartition(":")
    return check_name("workspace", workspace if colon else DEFAULT_WORKSPACE), check_name("repo", repo)
