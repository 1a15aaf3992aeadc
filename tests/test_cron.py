"""Times of a plan."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.cron import Cron
from recension.errors import Invalid


def us(*parts):
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1e6)


@pytest.mark.parametrize(("plan", "after", "expected"), [
    ("0 3 * * *", us(2026, 1, 1, 2, 59), us(2026, 1, 1, 3)),
    ("0 3 * * *", us(2026, 1, 1, 3), us(2026, 1, 2, 3)),
    ("*/15 * * * *", us(2026, 1, 1, 0, 1), us(2026, 1, 1, 0, 15)),
    ("0 0 29 2 *", us(2026, 1, 1), us(2028, 2, 29)),
    ("30 9 * * MON", us(2026, 11, 20), us(2026, 11, 23, 9, 30)),
    ("@daily", us(2026, 1, 1, 5), us(2026, 1, 2)),
    ("@hourly", us(2026, 1, 1, 5, 1), us(2026, 1, 1, 6)),
    ("@every 1h30m", us(2026, 1, 1), us(2026, 1, 1, 1, 30)),
    ("@every 45s", us(2026, 1, 1), us(2026, 1, 1, 0, 0, 45)),
])  # fmt: skip
def test_the_next_time(plan, after, expected):
    assert Cron.parse(plan).after(after) == expected


@pytest.mark.parametrize("plan", [
    "", "* * * *", "* * * * * *", "61 * * * *", "a b c d e", "0 0 30 2 *", "@never", "@every", "@every 5", "@every 0s",
    "@every 1x", "0 0 * * 9",
])  # fmt: skip
def test_what_is_no_plan_is_refused(plan):
    with pytest.raises(Invalid):
        Cron.parse(plan)


@given(
    st.integers(0, us(2100, 1, 1)),
    st.integers(0, 59),
    st.integers(0, 23),
)
def test_times_are_later_and_fit_the_plan(at_us, minute, hour):
    found = Cron.parse(f"{minute} {hour} * * *").after(at_us)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=found)
    assert at_us < found <= at_us + 86_400_000_000
    assert (at.hour, at.minute, at.second, at.microsecond) == (hour, minute, 0, 0)
