"""News for open pages: anyone in this process publishes, every listening browser hears.

News say that something moved, never what it is now: a page then asks for what it shows. So a lost piece of news
costs a refresh, not the truth, and a listener that falls behind simply loses the oldest.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, Final

_QUEUE: Final = 200
_KEEP_ALIVE_S: Final = 15.0


class News:
    """Fan-out from threads to the event loop's listeners."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._closed = False

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop that the listeners run on."""
        self._loop = loop

    def publish(self, topic: str, **body: Any) -> None:
        """Tell every listener; from any thread, never waits."""
        if self._loop is not None and self._listeners and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop closed between the check and the call
                self._loop.call_soon_threadsafe(self._spread, {"topic": topic, **body})

    def close(self) -> None:
        """End every stream, so that the server can stop; from any thread."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._spread, None)

    def _spread(self, piece: dict[str, Any] | None) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(piece)

    async def stream(self, *, topics: frozenset[str] | None) -> AsyncIterator[str]:
        """Server-sent events of ``topics`` (None: all), with a comment line now and then to keep proxies awake."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(_QUEUE)
        self._listeners.add(queue)
        try:
            yield "retry: 1000\n\n"
            while not self._closed:
                try:
                    piece = await asyncio.wait_for(queue.get(), _KEEP_ALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if piece is None:
                    return
                if topics is None or piece["topic"] in topics:
                    yield f"data: {json.dumps(piece, ensure_ascii=False)}\n\n"
        finally:
            self._listeners.discard(queue)
