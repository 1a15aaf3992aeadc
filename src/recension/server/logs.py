"""Where the server writes what happens: JSON lines in its home, nothing on the terminal."""

from __future__ import annotations

import json
import logging
import logging.handlers
import time
from pathlib import Path
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recension.clock import iso

LOG_NAME: Final = "server.log"
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_access = logging.getLogger("recension.access")


class JsonLines(logging.Formatter):
    """One JSON object per record: time, level, logger, event, and whatever fields were given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        body: dict[str, Any] = {
            "at": iso(round(record.created * 1_000_000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        if record.exc_info:
            body["traceback"] = self.formatException(record.exc_info)
        return json.dumps(body, ensure_ascii=False, default=str)


def log_to_home(home: Path) -> logging.Handler:
    """Send every record of this process to ``server.log``, four old files of 10 MB kept; return the handler."""
    handler = logging.handlers.RotatingFileHandler(
        home / LOG_NAME, maxBytes=10_000_000, backupCount=4, encoding="utf-8"
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for chatty in ("httpx", "httpcore", "asyncio", "multipart"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return handler


class AccessLog:
    """ASGI middleware: one record per request when its answer is complete; without the query, which may be secret."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0
        sent = 0

        async def noted(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            _access.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "bytes": sent,
                    "ms": round((time.perf_counter() - began) * 1000, 2),
                    "caller": scope.get("state", {}).get("caller"),
                },
            )
