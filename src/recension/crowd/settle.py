"""What follows when a page is closed: its time, its pay, and the rules, on the answers that stand then."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recension.crowd.bans import ban
from recension.crowd.pages import PageRow, page_row
from recension.crowd.pay import pay_page
from recension.crowd.rules import broken_rule
from recension.crowd.states import MemberState, PageState, Standing
from recension.crowd.terms import Terms
from recension.crowd.workers import Membership, join
from recension.db import Tx


@dataclass(frozen=True, slots=True)
class Settled:
    """The worker after a page was closed, and what it paid."""

    member: Membership
    paid: str | None


def settle_page(tx: Tx, now_us: int, terms: Terms, page_id: int) -> Settled:
    """Settle a page of work that has just been closed.

    A completed page is measured and paid. A page that ran out of time or was given back is neither; but what was
    answered on it counts, so the rules look at it all the same.
    """
    page = page_row(tx, page_id)
    paid = None
    if page.state is PageState.SUBMITTED:
        page = _measure(tx, page)
        paid = pay_page(tx, now_us, page)
    member = join(tx, now_us, page.project, page.worker)
    if member.state is MemberState.WORKING:
        reason = broken_rule(tx, terms, member)
        if reason is not None:
            ban(tx, now_us, terms, member, reason)
            member = join(tx, now_us, page.project, page.worker)
    return Settled(member, paid)


def unsettle_page(tx: Tx, page: PageRow) -> None:
    """A completed page is open again: it counts as completed no more."""
    _count_page(tx, page, -1)


def _measure(tx: Tx, page: PageRow) -> PageRow:
    """Note how many tasks were answered and how long it took; simulated pages took what their answers say."""
    answered, sim_us = tx.execute(
        "SELECT COALESCE(SUM(CASE WHEN p.standing = :answered THEN 1 ELSE 0 END), 0), COALESCE(SUM(a.sim_us), 0)"
        " FROM page_task p LEFT JOIN answer a ON a.seq = p.answer WHERE p.page = :page",
        {"page": page.id, "answered": Standing.ANSWERED.value},
    ).one()
    measured = replace(page, answered=answered, spent_us=sim_us if page.sim else page.spent_us)
    tx.execute(
        "UPDATE page SET answered = :answered, spent_us = :spent WHERE id = :page",
        {"answered": answered, "spent": measured.spent_us, "page": page.id},
    )
    _count_page(tx, page, 1)
    return measured


def _count_page(tx: Tx, page: PageRow, step: int) -> None:
    tx.execute(
        "UPDATE membership SET pages = pages + :step WHERE project = :project AND worker = :worker",
        {"step": step, "project": page.project, "worker": page.worker},
    )
