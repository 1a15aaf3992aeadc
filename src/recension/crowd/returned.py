"""Tasks that a reviewer gave back to their author: theirs before any other, on their next page."""

from __future__ import annotations

from typing import Final

from recension.crowd.places import move, places_on
from recension.crowd.states import PlaceEvent, Standing
from recension.crowd.workers import Membership
from recension.db import Tx

_AGAIN: Final = """
    SELECT p.page, p.position, p.task, t.work_id FROM handed h
    JOIN task t ON t.id = h.task
    JOIN page_task p ON p.task = h.task AND p.worker = h.worker AND p.standing = :sent_back
    WHERE h.project = :project AND h.worker = :worker AND h.state = 'again' AND t.wanted = 1
    ORDER BY p.answer LIMIT :count
"""


def take_again(tx: Tx, member: Membership, count: int) -> list[tuple[int, str]]:
    """Up to ``count`` tasks that were returned to this worker, free to be handed to them: (task, work id)."""
    values = {"project": member.project, "worker": member.worker, "count": count}
    rows = tx.execute(_AGAIN, values | {"sent_back": Standing.SENT_BACK.value}).all()
    found = []
    for page, position, task, work in rows:
        place = next(each for each in places_on(tx, page) if each.position == position)
        move(tx, place, PlaceEvent.GIVE_BACK)
        # The project may ask fewer people by now.
        if tx.execute("SELECT need FROM task WHERE id = :task", {"task": task}).scalar() > 0:
            found.append((task, work))
    return found
