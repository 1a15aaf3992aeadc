"""What falls due by itself in a home that is served: staged changes, times of triggers, deltas, old events.

Nothing here is lost when the server is killed: whoever looks next, finds it due.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Final

from recension.db import outbox
from recension.flow.loop import CONSUMER as FLOW
from recension.server.site import Site
from recension.store.places import settings_of
from recension.store.staging import close_due
from recension.store.triggers import fire_due

PEOPLE: Final = "people"
"""Who reads the outbox, beside pipelines."""
_EVENTS_DAYS: Final = 7.0
_EVENTS: Final = 10_000
_PAUSE_S: Final = 600.0
_DAY_US: Final = 24 * 3600 * 1_000_000


def commit_staged(at: Site) -> None:
    """Commit the groups of staged changes whose time has come."""
    if close_due(at.store):
        at.wake.ring()


def fire_triggers(at: Site) -> None:
    """Move the branches whose time has come."""
    if fire_due(at.store):
        at.wake.ring()


def fold_heads(at: Site) -> None:
    """Bring what lies beside the trees of heads into them, where that is much or its branch is quiet."""
    at.store.fold_heads()


class Trimming:
    """Removes events that everybody is past, when they are old and there are many newer ones; now and then."""

    def __init__(self, at: Site) -> None:
        settings = settings_of(at.settings.home)
        days = _EVENTS_DAYS if settings is None else settings.events_days
        self._at = at
        self._kept_us = round(days * _DAY_US)
        self._next = time.monotonic()

    def __call__(self) -> None:
        """Look, unless that was done lately."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PAUSE_S
        before_us = self._at.clock.now_us() - self._kept_us
        trim = partial(outbox.trim, consumers=(PEOPLE, FLOW), before_us=before_us, keep=_EVENTS)
        while not self._at.wake.stopping and self._at.db.write(trim):
            pass
