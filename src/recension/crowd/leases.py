"""Pages that are not finished: time runs out, or the worker gives them back.

What was answered stays and counts; the rest goes back to the pool. Drafts are kept: a worker who is given the same task
again finds what they had typed.
"""

from __future__ import annotations

from typing import Final

from recension.clock import Clock
from recension.crowd.pages import Page, PageRow, open_rows, page_row, read_page
from recension.crowd.returns import give_back
from recension.crowd.settle import settle_page
from recension.crowd.states import IllegalMove, PageEvent, PageState
from recension.crowd.terms import Terms, terms_of
from recension.db import Database, Tx
from recension.errors import Forbidden

_BATCH: Final = 50


def expire_pages(db: Database, clock: Clock) -> int:
    """Take back every page whose time is up, of all projects; how many there were."""
    total = 0
    while True:
        count = db.write(lambda tx: _expire_some(tx, clock.now_us()))
        total += count
        if count < _BATCH:
            return total


def _expire_some(tx: Tx, now_us: int) -> int:
    sql = "SELECT id FROM page WHERE state = 'active' AND due_us < :now ORDER BY due_us LIMIT :batch"
    overdue = [row[0] for row in tx.execute(sql, {"now": now_us, "batch": _BATCH})]
    for page_id in overdue:
        page = page_row(tx, page_id)
        _expire(tx, now_us, terms_of(tx, page.project), page)
    return len(overdue)


def expire_own(tx: Tx, now_us: int, terms: Terms, worker_id: int) -> None:
    """Take back the page of this worker whose time is up, if there is one."""
    for page in open_rows(tx, terms.project, worker_id):
        if page.due_us is not None and page.due_us < now_us:
            _expire(tx, now_us, terms, page)
            return


def release_page(db: Database, clock: Clock, worker_id: int, page_id: int) -> Page:
    """Give an open page back.

    Raises:
        NotFound: there is no such page.
        Forbidden: it is someone else's.
        IllegalMove: it is closed already.
    """

    def work(tx: Tx) -> Page:
        now_us = clock.now_us()
        page = own_page(tx, worker_id, page_id)
        terms = terms_of(tx, page.project)
        if page.state is not PageState.ACTIVE:
            raise IllegalMove(f"the page is {page.state}", where=f"page {page_id}", hint="ask for the next page")
        give_back(tx, now_us, terms.policy, page, PageEvent.RELEASE)
        _settle(tx, now_us, terms, page)
        return read_page(tx, page_id)

    return db.write(work)


def own_page(tx: Tx, worker_id: int, page_id: int) -> PageRow:
    """The page, if it is this worker's.

    Raises:
        NotFound: there is no such page.
        Forbidden: it is someone else's.
    """
    page = page_row(tx, page_id)
    if page.worker != worker_id:
        raise Forbidden("this page was handed to someone else", where=f"page {page_id}", hint="ask for your own page")
    return page


def _expire(tx: Tx, now_us: int, terms: Terms, page: PageRow) -> None:
    give_back(tx, now_us, terms.policy, page, PageEvent.EXPIRE)
    _settle(tx, now_us, terms, page)


def _settle(tx: Tx, now_us: int, terms: Terms, page: PageRow) -> None:
    if page.kind == "work":
        settle_page(tx, now_us, terms, page.id)
