"""Rules: what a worker's finished work must look like for them to go on.

A rule looks at the past of one worker in one project and says why it is broken, or nothing. To add one: a struct in
``policy``, a function here, a case in ``broken``. Rules are judged each time a page is closed, on what stands then;
nothing before ``Membership.rules_from_us`` counts.
"""

from __future__ import annotations

from recension.crowd.carried import Carried
from recension.crowd.control import is_right
from recension.crowd.policy import ControlRate, FastPages, PagePolicy, Rule, SkippedInRow
from recension.crowd.terms import Terms
from recension.crowd.workers import Membership
from recension.db import Tx


def broken_rule(tx: Tx, terms: Terms, member: Membership) -> str | None:
    """Why the worker must stop, by the first rule that is broken; None when all hold."""
    reasons = (_broken(tx, terms, member, rule) for rule in terms.policy.rules)
    return next((reason for reason in reasons if reason is not None), None)


def _broken(tx: Tx, terms: Terms, member: Membership, rule: Rule) -> str | None:
    match rule:
        case FastPages():
            return _fast_pages(tx, terms.policy.page, member, rule)
        case ControlRate():
            return _control_rate(tx, member, rule)
        case SkippedInRow():
            return _skipped_in_row(tx, member, rule)


def is_fast(spent_us: int, answered: int, rule: FastPages, page: PagePolicy) -> bool:
    """Whether a completed page was done too fast.

    The limit is for a full page. A page with fewer answers, because fewer tasks were left or some were skipped, has
    its share of the limit: one task in 7 seconds is no faster than five in 35.
    """
    full = page.real + page.control
    return spent_us * full < round(rule.under_s * 1_000_000) * min(answered, full)


def _fast_pages(tx: Tx, page: PagePolicy, member: Membership, rule: FastPages) -> str | None:
    rows = tx.execute(
        "SELECT spent_us, answered FROM page WHERE project = :project AND worker = :worker AND state = 'submitted'"
        " AND kind = 'work' AND finished_us > :since ORDER BY finished_us DESC, id DESC LIMIT :last",
        _past(member, rule.last),
    )
    fast = sum(is_fast(spent_us, answered, rule, page) for spent_us, answered in rows)
    if fast < rule.at_least:
        return None
    return f"fast_pages: {fast} of the last {len(rows)} pages took under {rule.under_s:g} s"


def _control_rate(tx: Tx, member: Membership, rule: ControlRate) -> str | None:
    # A control task that is out of use was a mistake, or is no longer one the project stands by.
    rows = tx.execute(
        "SELECT t.expected, a.seq, a.fields FROM page_task p JOIN page g ON g.id = p.page JOIN task t ON t.id = p.task"
        " JOIN answer a ON a.seq = p.answer WHERE p.project = :project AND p.worker = :worker AND p.kind = 'control'"
        " AND p.standing = 'answered' AND g.state <> 'active' AND a.at_us > :since AND t.wanted = 1"
        " ORDER BY p.answer DESC LIMIT :last",
        _past(member, rule.last),
    )
    carried = Carried(tx)
    right = sum(
        is_right(expected, carried.text(member.project, seq, fields), field=rule.field)
        for expected, seq, fields in rows
    )
    if len(rows) < rule.at_least or right * 100 > rule.at_most_percent * len(rows):
        return None
    return f"control_rate: {right} of the last {len(rows)} control tasks right, over {rule.at_most_percent:g} % needed"


def _skipped_in_row(tx: Tx, member: Membership, rule: SkippedInRow) -> str | None:
    rows = tx.execute(
        "SELECT a.verb FROM answer a WHERE a.project = :project AND a.worker = :worker AND a.verb IN ('answer', 'skip')"
        " AND a.at_us > :since AND NOT EXISTS (SELECT 1 FROM answer w WHERE w.of_seq = a.seq)"
        " ORDER BY a.seq DESC LIMIT :last",
        _past(member, rule.at_least),
    )
    if len(rows) < rule.at_least or any(verb != "skip" for (verb,) in rows):
        return None
    return f"skipped_in_row: the last {rule.at_least} tasks were skipped"


def _past(member: Membership, last: int) -> dict[str, object]:
    return {"project": member.project, "worker": member.worker, "since": member.rules_from_us, "last": last}
