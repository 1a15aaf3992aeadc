"""The web application: routes, guards and errors put together for one site."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from recension.server import faults, static
from recension.server.guard import Guard, hosts_for
from recension.server.logs import AccessLog
from recension.server.routes import ROUTERS
from recension.server.site import Site
from recension.server.version import VERSION
from recension.server.wire.base import FAULTS


def make_app(site: Site, *, bundle: Path = static.BUNDLE) -> FastAPI:
    """The ASGI application that serves ``site``."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        site.news.bind(asyncio.get_running_loop())
        yield

    app = FastAPI(
        title="Recension",
        version=VERSION,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        responses=FAULTS,
        redirect_slashes=False,
    )
    app.state.site = site
    faults.install(app)
    for router in ROUTERS:
        app.include_router(router)
    static.mount(app, bundle)
    app.add_middleware(
        Guard, hosts=hosts_for(site.settings.host, site.settings.allow_hosts), cookie=site.settings.cookie
    )
    app.add_middleware(AccessLog)
    return app
