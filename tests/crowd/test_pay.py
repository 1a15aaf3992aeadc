"""Pay is exact, fair to skips, and never doubled."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crowd.office import Office

from recension.crowd.pages import page_row
from recension.crowd.pay import earns, pay_page
from recension.crowd.policy import PagePolicy, PayPolicy, Policy
from recension.errors import RecensionError


@given(st.decimals(0, 1000, places=6), st.integers(1, 50), st.data())
def test_a_page_earns_its_share_and_never_more(reward, size, data):
    answered = data.draw(st.integers(0, size))
    amount = earns(str(reward), answered, size)
    assert 0 <= amount * size <= reward * answered
    assert reward * answered - amount * size < Decimal("0.000001") * size
    assert earns(str(reward), size, size) == reward


def test_the_published_example_adds_up():
    # 980 pictures, 3 people each, 9 real tasks a page, 0.02 a page: 327 pages.
    assert sum(earns("0.02", 10, 10) for _ in range(327)) == Decimal("6.54")


def test_a_page_is_paid_once(tmp_path):
    office = Office(tmp_path, Policy(page=PagePolicy(real=2), pay=PayPolicy("0.10", "EUR")), real=2)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.do(ann, page)
    assert office.db.write(lambda tx: pay_page(tx, 0, page_row(tx, page.id))) is None
    stale = office.db.write(lambda tx: page_row(tx, page.id))

    def pay_a_stale_page(tx):
        from dataclasses import replace

        pay_page(tx, 0, replace(stale, paid="0", entries=0))

    with pytest.raises(RecensionError):
        office.db.write(pay_a_stale_page)
    assert office.rows("SELECT amount, currency, reason FROM ledger") == [("0.10", "EUR", "completed")]
    office.check()
    office.close()


def test_work_that_pays_nothing_leaves_no_entry(tmp_path):
    office = Office(tmp_path, Policy(page=PagePolicy(real=2)), real=2)
    ann = office.worker("ann")
    assert office.do(ann, office.ask(ann)).paid is None
    assert office.rows("SELECT COUNT(*) FROM ledger") == [(0,)]
    assert office.member(ann).pages == 1
    office.close()


def test_the_price_is_fixed_when_the_page_is_handed_out(tmp_path):
    from recension.crowd.policy import encode_policy

    office = Office(tmp_path, Policy(page=PagePolicy(real=1), pay=PayPolicy("0.10")), real=2)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.set(policy=encode_policy(Policy(page=PagePolicy(real=1), pay=PayPolicy("0.01"))))
    assert office.do(ann, page).paid == "0.10"
    assert office.do(ann, office.ask(ann)).paid == "0.01"
    office.close()
