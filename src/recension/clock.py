"""Time as UTC microseconds, and its one spelling.

Rooms never call the system clock themselves: they are handed a ``Clock``, so that a test can move it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Something that knows the time."""

    def now_us(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1000


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at_us: int = 1_700_000_000_000_000) -> None:
        self._at_us = at_us

    def now_us(self) -> int:
        """The time it was last moved to."""
        return self._at_us

    def advance(self, seconds: float) -> None:
        """Move forward by ``seconds``."""
        self._at_us += round(seconds * 1_000_000)


def iso(at_us: int) -> str:
    """Spell a time as RFC 3339 with microseconds and ``Z``: ``2026-11-20T09:05:00.000000Z``."""
    return (_EPOCH + timedelta(microseconds=at_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_iso(text: str) -> int:
    """Read an RFC 3339 time back into microseconds.

    Raises:
        ValueError: the text is no time, or has no offset.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        msg = f"time without an offset: {text!r}"
        raise ValueError(msg)
    return (at - _EPOCH) // timedelta(microseconds=1)
