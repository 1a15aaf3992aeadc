"""Bans and what they do to answers and pay; and the way back.

Nothing is deleted: every answer that a ban excludes gets a word in the log, and another one when it is included again.
"""

from __future__ import annotations

from dataclasses import dataclass

from recension.clock import Clock
from recension.crowd.assigned import unassign_all
from recension.crowd.log import append_word
from recension.crowd.pages import open_rows
from recension.crowd.pay import restore_pay, withhold_pay
from recension.crowd.places import answered_places, move
from recension.crowd.returns import give_back
from recension.crowd.states import MemberEvent, PageEvent, PlaceEvent, Standing
from recension.crowd.terms import Terms, terms_of
from recension.crowd.workers import Membership, join, move_member
from recension.db import Database, Tx


@dataclass(frozen=True, slots=True)
class Unbanned:
    """A worker who is let back in.

    Args:
        included: answers that count again.
        left_out: answers that do not, because others were asked in the meantime.
    """

    member: Membership
    included: int
    left_out: int


def ban_worker(
    db: Database, clock: Clock, project_id: int, worker_id: int, *, reason: str, by: str | None = None
) -> Membership:
    """Ban a worker from a project, with the consequences its policy names.

    Raises:
        IllegalMove: they are banned already.
    """

    def work(tx: Tx) -> Membership:
        now_us = clock.now_us()
        return ban(tx, now_us, terms_of(tx, project_id), join(tx, now_us, project_id, worker_id), reason, by=by)

    return db.write(work)


def ban(tx: Tx, now_us: int, terms: Terms, member: Membership, reason: str, *, by: str | None = None) -> Membership:
    """Ban a member: open pages go back, answers and pay follow ``on_ban`` and ``pay_on_ban``."""
    banned = move_member(tx, now_us, member, MemberEvent.BAN, reason)
    for page in open_rows(tx, member.project, member.worker):
        give_back(tx, now_us, terms.policy, page, PageEvent.RELEASE)
    for place in answered_places(tx, member.project, member.worker, [Standing.SENT_BACK]):
        move(tx, place, PlaceEvent.GIVE_BACK)
    unassign_all(tx, member.project, member.worker)
    if terms.policy.on_ban != "keep":
        _exclude(tx, now_us, terms, banned, reoffer=terms.policy.on_ban == "exclude_and_reoffer", by=by)
    if terms.policy.pay_on_ban == "withhold":
        withhold_pay(tx, now_us, member.project, member.worker)
    return banned


def _exclude(tx: Tx, now_us: int, terms: Terms, member: Membership, *, reoffer: bool, by: str | None) -> None:
    event = PlaceEvent.VOID if reoffer else PlaceEvent.EXCLUDE
    for place in answered_places(tx, member.project, member.worker, [Standing.ANSWERED]):
        append_word(tx, now_us, terms, place, "exclude", frees=reoffer, reason=member.reason, by=by)
        move(tx, place, event)


def unban_worker(
    db: Database, clock: Clock, project_id: int, worker_id: int, *, reason: str = "", by: str | None = None
) -> Unbanned:
    """Let a banned worker back in: rules forget what was before, withheld pay is paid again.

    Their answers count again, oldest first, wherever nobody else has been asked instead.

    Raises:
        IllegalMove: they are not banned.
    """

    def work(tx: Tx) -> Unbanned:
        now_us = clock.now_us()
        terms = terms_of(tx, project_id)
        member = move_member(tx, now_us, join(tx, now_us, project_id, worker_id), MemberEvent.UNBAN, reason)
        excluded = answered_places(tx, project_id, worker_id, [Standing.EXCLUDED, Standing.VOIDED])
        included = 0
        for place in excluded:
            if move(tx, place, PlaceEvent.INCLUDE):
                append_word(tx, now_us, terms, place, "include", reason=reason, by=by)
                included += 1
        restore_pay(tx, now_us, project_id, worker_id)
        return Unbanned(member, included, len(excluded) - included)

    return db.write(work)


def admit_worker(db: Database, clock: Clock, project_id: int, worker_id: int, *, reason: str = "") -> Membership:
    """Let a worker work who has not passed training or exam, or failed it.

    Raises:
        IllegalMove: they work already, or are banned.
    """

    def work(tx: Tx) -> Membership:
        now_us = clock.now_us()
        return move_member(tx, now_us, join(tx, now_us, project_id, worker_id), MemberEvent.ADMIT, reason)

    return db.write(work)
