"""Policies are read strictly and stored exactly."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.crowd.policy import (
    ControlRate,
    FastPages,
    PagePolicy,
    PayPolicy,
    Policy,
    SkippedInRow,
    TrialPolicy,
    decode_policy,
    encode_policy,
    money,
    spell,
)
from recension.errors import Invalid

counts = st.integers(1, 30_000)
rules = st.one_of(
    st.builds(FastPages, under_s=st.floats(0.1, 1e6), last=counts, at_least=counts),
    st.builds(ControlRate, last=counts, at_most_percent=st.floats(0, 100), field=st.none() | st.text(max_size=5)),
    st.builds(SkippedInRow, at_least=counts),
)


@given(
    st.builds(
        Policy,
        overlap=counts,
        page=st.builds(PagePolicy, real=st.integers(1, 1000), control=st.integers(0, 100)),
        pay=st.builds(PayPolicy, per_page=st.decimals(0, 100, places=2).map(str)),
        exam=st.none() | st.builds(TrialPolicy, pass_percent=st.floats(0, 100)),
        rules=st.lists(rules, max_size=4).map(tuple),
        on_ban=st.sampled_from(["keep", "exclude", "exclude_and_reoffer"]),
    )
)
def test_what_is_stored_is_read_back(policy):
    assert decode_policy(encode_policy(policy)) == policy


@pytest.mark.parametrize(
    "text",
    [
        '{"overlap": 0}',
        '{"overlaps": 5}',
        '{"pay": {"per_page": 0.05}}',
        '{"pay": {"per_page": "-1"}}',
        '{"pay": {"currency": "usd"}}',
        '{"rules": [{"if": "slow_pages"}]}',
        '{"rules": [{"if": "fast_pages", "under_s": 30, "last": 5}]}',
        '{"rules": [{"if": "skipped_in_row", "at_least": 3, "then": "praise"}]}',
        '{"on_ban": "forget"}',
        '{"training": {"pass_percent": 101}}',
        '{"page": {"real": 0}}',
    ],
)
def test_what_breaks_a_limit_is_refused(text):
    with pytest.raises(Invalid) as error:
        decode_policy(text)
    assert "$" in str(error.value) or "unknown field" in str(error.value)


def test_rules_of_the_published_example_are_read():
    rules = msgspec.json.decode(
        b'[{"if": "fast_pages", "under_s": 30, "last": 5, "at_least": 2, "then": "ban"},'
        b' {"if": "control_rate", "last": 10, "at_least": 1, "at_most_percent": 90, "then": "ban"}]',
        type=tuple[FastPages | ControlRate | SkippedInRow, ...],
    )
    assert rules == (FastPages(30, 5, 2), ControlRate(10, 90, 1))


def test_money_is_exact_and_spelt_plainly():
    assert spell(money("0.1") + money("0.2")) == "0.3"
    assert spell(money("0.05") - money("0.05")) == "0.00"
    assert spell(money("0.000001") * 0) == "0.000000"
