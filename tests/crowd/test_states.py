"""The tables of states are the only way to move, and places hold what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.crowd.states import (
    HOLDS,
    MEMBER,
    PAGE,
    PLACE,
    IllegalMove,
    MemberEvent,
    MemberState,
    PageEvent,
    PageState,
    PlaceEvent,
    Standing,
    advance,
)
from recension.errors import Conflict

TABLES = [(PAGE, PageState, PageEvent), (PLACE, Standing, PlaceEvent), (MEMBER, MemberState, MemberEvent)]


@pytest.mark.parametrize(("table", "states", "events"), TABLES)
def test_what_is_not_in_the_table_is_refused(table, states, events):
    for state in states:
        for event in events:
            if (state, event) in table:
                assert advance(table, state, event) in states
            else:
                with pytest.raises(IllegalMove, match=f"cannot {event}"):
                    advance(table, state, event)


@pytest.mark.parametrize(("table", "states", "events"), TABLES)
def test_every_state_is_reached_and_every_event_does_something(table, states, events):
    assert {event for _, event in table} == set(events)
    assert set(states) - set(table.values()) <= {Standing.OPEN}
    assert issubclass(IllegalMove, Conflict)


@given(st.lists(st.sampled_from(PlaceEvent), max_size=8))
def test_a_place_holds_at_most_one_of_its_task(events):
    standing = Standing.OPEN
    for event in events:
        if (standing, event) in PLACE:
            standing = advance(PLACE, standing, event)
        assert sum(HOLDS[standing]) <= 1


def test_what_is_closed_for_good_stays_closed():
    for closed in (PageState.EXPIRED, PageState.RELEASED):
        assert not [event for state, event in PAGE if state is closed]
    for final in (Standing.WITHDRAWN, Standing.RETURNED):
        assert not [event for state, event in PLACE if state is final]
