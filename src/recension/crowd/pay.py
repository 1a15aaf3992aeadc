"""Pay: a ledger of exact decimal amounts, each with its reason.

A page is paid once, when it is completed, for the share of its tasks that were answered. Taking an answer back
reverses the payment; completing the page again pays it again. ``page.paid`` is always the sum of the page's entries,
and a further entry needs the number after the last one, so no page can be paid twice.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final, Literal

from recension.crowd.pages import PageRow, page_row
from recension.crowd.policy import money, spell
from recension.db import Tx

Reason = Literal["completed", "undone", "withheld", "restored"]
_SMALLEST: Final = Decimal("0.000001")


def earns(reward: str, answered: int, size: int) -> Decimal:
    """What a page of ``size`` tasks earns with ``answered`` of them answered; never rounded up.

    >>> earns("0.05", 5, 5), earns("0.05", 4, 5), earns("0.10", 2, 3)
    (Decimal('0.05'), Decimal('0.04'), Decimal('0.066666'))
    """
    if answered == size:
        return money(reward)
    share = (money(reward) * answered / size).quantize(_SMALLEST, rounding=ROUND_DOWN)
    return share.normalize()


def pay_page(tx: Tx, now_us: int, page: PageRow) -> str | None:
    """Pay a completed page; the amount, or None when it earns nothing or is paid already."""
    amount = earns(page.reward, page.answered, page.size)
    if not amount or money(page.paid):
        return None
    _enter(tx, now_us, page, amount, "completed")
    return spell(amount)


def reverse_pay(tx: Tx, now_us: int, page: PageRow, reason: Literal["undone", "withheld"]) -> None:
    """Take back what a page has earned so far, if anything."""
    if money(page.paid):
        _enter(tx, now_us, page, -money(page.paid), reason)


def withhold_pay(tx: Tx, now_us: int, project_id: int, worker_id: int) -> None:
    """Take back everything the worker has earned in the project."""
    sql = "SELECT id, paid FROM page WHERE project = :project AND worker = :worker AND entries > 0 ORDER BY id"
    for page_id, paid in tx.execute(sql, {"project": project_id, "worker": worker_id}):
        if money(paid):
            reverse_pay(tx, now_us, page_row(tx, page_id), "withheld")


def restore_pay(tx: Tx, now_us: int, project_id: int, worker_id: int) -> None:
    """Pay again what was withheld."""
    sql = (
        "SELECT l.page, l.amount FROM ledger l JOIN page p ON p.id = l.page AND p.entries = l.entry"
        " WHERE l.project = :project AND l.worker = :worker AND l.reason = 'withheld' ORDER BY l.page"
    )
    for page_id, amount in tx.execute(sql, {"project": project_id, "worker": worker_id}):
        _enter(tx, now_us, page_row(tx, page_id), -money(amount), "restored")


def _enter(tx: Tx, now_us: int, page: PageRow, amount: Decimal, reason: Reason) -> None:
    who = {"project": page.project, "worker": page.worker}
    tx.execute(
        "INSERT INTO ledger (project, worker, page, entry, amount, currency, reason, at_us)"
        " VALUES (:project, :worker, :page, :entry, :amount, :currency, :reason, :now)",
        {
            **who,
            "page": page.id,
            "entry": page.entries + 1,
            "amount": spell(amount),
            "currency": page.currency,
            "reason": reason,
            "now": now_us,
        },
    )
    tx.execute(
        "UPDATE page SET paid = :paid, entries = :entry WHERE id = :page",
        {"paid": spell(money(page.paid) + amount), "entry": page.entries + 1, "page": page.id},
    )
    earned = tx.execute("SELECT earned FROM membership WHERE project = :project AND worker = :worker", who).scalar()
    tx.execute(
        "UPDATE membership SET earned = :earned WHERE project = :project AND worker = :worker",
        {**who, "earned": spell(money(earned) + amount)},
    )
