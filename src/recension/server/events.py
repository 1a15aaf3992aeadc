"""News for open pages: anyone in this process publishes, every listening browser hears.

News say that something moved, never what it is now: a page then asks for what it shows. So the same news twice is once
too often, and a listener is sent each piece at most every ``_PACE_S`` however often it happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, Final

_PACE_S: Final = 0.2
_KEEP_ALIVE_S: Final = 15.0


class _Listener:
    """One open stream: pieces not yet sent, each once, in the order they came."""

    def __init__(self) -> None:
        self.waiting: dict[str, None] = {}
        self.bell = asyncio.Event()


class News:
    """Fan-out from threads to the streams on the event loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[_Listener] = set()
        self._closed = False

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop that the streams run on."""
        self._loop = loop

    def publish(self, topic: str, **body: Any) -> None:
        """Tell every listener; from any thread, never waits."""
        if self._listeners:
            self._call(json.dumps({"topic": topic, **body}, ensure_ascii=False))

    def close(self) -> None:
        """End every stream, so that the server can stop; from any thread."""
        self._closed = True
        self._call(None)

    def _call(self, piece: str | None) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens any more
                self._loop.call_soon_threadsafe(self._spread, piece)

    def _spread(self, piece: str | None) -> None:
        for listener in self._listeners:
            if piece is not None:
                listener.waiting[piece] = None
            listener.bell.set()

    async def stream(self, *, topics: frozenset[str] | None) -> AsyncIterator[str]:
        """Server-sent events of ``topics`` (None: all), with a comment line now and then to keep proxies awake."""
        listener = _Listener()
        self._listeners.add(listener)
        try:
            yield "retry: 1000\n\n"
            while not self._closed:
                try:
                    await asyncio.wait_for(listener.bell.wait(), _KEEP_ALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                listener.bell.clear()
                pieces, listener.waiting = listener.waiting, {}
                for piece in pieces:
                    if topics is None or json.loads(piece)["topic"] in topics:
                        yield f"data: {piece}\n\n"
                await asyncio.sleep(0 if self._closed else _PACE_S)
        finally:
            self._listeners.discard(listener)
