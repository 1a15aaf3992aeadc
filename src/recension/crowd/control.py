"""Control tasks: which ones, where on the page, and whether an answer is right.

A worker gets each control task once, ever. Which one and at what place follows from a hash of project, worker and
page number: nobody can foresee it, and a repeated run repeats it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from blake3 import blake3

from recension.crowd.workers import Membership
from recension.db import Tx

T = TypeVar("T")

_UNSEEN: Final = """
    SELECT t.id, t.work_id FROM task t
    WHERE t.project = :project AND t.kind <> 'real' AND t.kind = 'control' AND t.wanted = 1
      AND t.turn > :after AND t.turn <= :upto
      AND NOT EXISTS (
        SELECT 1 FROM handed h WHERE h.project = t.project AND h.worker = :worker AND h.work_id = t.work_id)
    ORDER BY t.turn LIMIT :count
"""
_BACK: Final = """
    SELECT t.id, t.work_id FROM handed h JOIN task t ON t.id = h.task
    WHERE h.project = :project AND h.worker = :worker AND h.state = 'back' AND h.kind = 'control' AND t.wanted = 1
    ORDER BY t.turn LIMIT :count
"""
_LAST: Final = (
    "SELECT MAX(turn) FROM task WHERE project = :project AND kind <> 'real' AND kind = 'control' AND wanted = 1"
)


def dice(member: Membership, purpose: str, number: int) -> int:
    """A number of 64 bits that looks random and is the same for the same member, page and purpose."""
    name = f"{member.project}/{member.worker}/{member.handed_pages}/{purpose}/{number}"
    return int.from_bytes(blake3(name.encode()).digest(length=8))


def pick_controls(tx: Tx, member: Membership, count: int) -> list[tuple[int, str]]:
    """Up to ``count`` control tasks that this worker has not answered: (task, work id).

    First those that they saw on a page they gave back: giving pages back must not use control tasks up.
    """
    values: dict[str, object] = {"project": member.project, "worker": member.worker, "count": count}
    found = [(row[0], row[1]) for row in tx.execute(_BACK, values)]
    last = tx.execute(_LAST, values).scalar()
    if len(found) == count or last is None or last <= member.control_mark:
        return found
    start = member.control_mark + dice(member, "control", 0) % (last - member.control_mark)
    for after, upto in ((start, last), (member.control_mark, start)):
        values |= {"after": after, "upto": upto, "count": count - len(found)}
        found += [(row[0], row[1]) for row in tx.execute(_UNSEEN, values)]
    if len(found) < count:
        # All of them are known now; later pages need not look again until there are new ones.
        sql = "UPDATE membership SET control_mark = :last WHERE project = :project AND worker = :worker"
        tx.execute(sql, {"last": last, "project": member.project, "worker": member.worker})
    return found


def mix(member: Membership, real: Sequence[T], controls: Sequence[T]) -> list[T]:
    """Both in one list: real ones in their order, control tasks at places that nobody can foresee."""
    size = len(real) + len(controls)
    places = sorted(range(size), key=lambda place: dice(member, "place", place))[: len(controls)]
    rest = iter(real)
    by_place = dict(zip(places, controls, strict=True))
    return [by_place[place] if place in by_place else next(rest) for place in range(size)]


def is_right(expected: str | None, fields: str | None, *, field: str | None = None) -> bool:
    """Whether an answer has the expected value in every field that has one, or in ``field`` alone.

    Both are JSON objects as stored; no answer is a wrong one.
    """
    wanted: Mapping[str, object] = json.loads(expected or "{}")
    given: Mapping[str, object] = json.loads(fields or "{}")
    names = wanted if field is None else [field]
    return all(given.get(name) == wanted.get(name) for name in names)
