"""Accepting what models say: it becomes an answer of the lead who accepts it, and its reason says whose it was.

Such an answer stands on a closed page of kind ``import``: it is not paid, and no rule looks at it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from recension.crowd.handed import has_seen, note_handed
from recension.crowd.log import Said, append_said
from recension.crowd.pages import Picked, hand_out, page_row, set_page_state
from recension.crowd.places import move, places_on, take
from recension.crowd.predictions import Prediction, predictions_of
from recension.crowd.states import PageEvent, PlaceEvent
from recension.crowd.task_words import Desk, TaskRow
from recension.crowd.workers import join
from recension.errors import Invalid
from recension.label import check_answer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which suggestions are meant: at least this confident, of one model and version where they are named."""

    least: float = 0.0
    model: str = ""
    version: str = ""

    def takes(self, said: Prediction) -> bool:
        """Whether this is one of them; a suggestion without a score is only when any score will do."""
        named = self.model in {"", said.model} and self.version in {"", said.version}
        return named and (said.score or 0.0) >= self.least


def accept_suggestion(desk: Desk, task: TaskRow, wanted: Wanted) -> str | None:
    """Answer a task with the newest suggestion that is meant."""
    said = predictions_of(desk.tx, desk.terms.project, [task.work_id]).get(task.work_id, [])
    chosen = next((each for each in said if wanted.takes(each)), None)
    if chosen is None:
        return "no suggestion like that"
    if has_seen(desk.tx, desk.terms.project, desk.lead.id, task.work_id):
        return "you had it before"
    if not task.wanted or task.need < 1:
        return "has all the answers asked for, or they are under way"
    try:
        fields = check_answer(desk.terms.schema, chosen.fields, json.loads(task.data))
    except Invalid:
        return "the suggestion is no whole answer"
    if desk.dry:
        return None
    join(desk.tx, desk.now_us, desk.terms.project, desk.lead.id)
    take(desk.tx, desk.terms.project, task.id, "real")
    note_handed(desk.tx, desk.terms.project, desk.lead.id, task.work_id, task.id)
    page = hand_out(desk.tx, desk.now_us, desk.terms, desk.lead, [Picked(task.id, "real")], kind="import")
    (place,) = places_on(desk.tx, page.id)
    reason = f"accepted from {chosen.model} {chosen.version}".rstrip()
    answer = append_said(
        desk.tx, desk.now_us, desk.terms, place, Said(f"{desk.name} {task.id}", fields, reason), completes=True
    )
    move(desk.tx, place, PlaceEvent.ANSWER, answer=answer)
    set_page_state(desk.tx, desk.now_us, desk.terms.policy, page_row(desk.tx, page.id), PageEvent.FINISH)
    desk.tx.execute("UPDATE page SET answered = size WHERE id = :page", {"page": page.id})
    return None
