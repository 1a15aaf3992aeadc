"""The HTTP API described for machines: ``python -m recension.server.openapi FILE`` writes it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fastapi import FastAPI

from recension.server.routes import ROUTERS
from recension.server.wire.base import FAULTS


def describe() -> str:
    """The OpenAPI document of every route, without the version of the program, so that it changes with routes only."""
    app = FastAPI(title="Recension", version="1", responses=FAULTS)
    for router in ROUTERS:
        app.include_router(router)
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(describe(), encoding="utf-8")
