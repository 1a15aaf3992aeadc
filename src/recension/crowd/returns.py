"""Work that goes back to the pool: a page that is closed before it is finished."""

from __future__ import annotations

from typing import Literal

from recension.crowd.pages import PageRow, page_row, set_page_state
from recension.crowd.places import move, places_on
from recension.crowd.policy import Policy
from recension.crowd.states import PageEvent, PlaceEvent, Standing
from recension.db import Tx


def give_back(
    tx: Tx, now_us: int, policy: Policy, page: PageRow, event: Literal[PageEvent.EXPIRE, PageEvent.RELEASE]
) -> PageRow:
    """Close an open page. What was answered on it stays; the rest is free for others, its drafts are kept."""
    for place in places_on(tx, page.id):
        if place.standing is Standing.OPEN:
            move(tx, place, PlaceEvent.GIVE_BACK)
    set_page_state(tx, now_us, policy, page, event)
    return page_row(tx, page.id)
