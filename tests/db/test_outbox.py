"""Old events go when everybody is past them, and nothing else does."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recension.db import Database, migrate, outbox


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.backends)])
def db(request, tmp_path):
    place = tmp_path / "x.db"
    if request.param == "postgres":
        place = request.getfixturevalue("postgres_server").new_database()
    opened = Database.open(place)
    migrate(opened, ())
    yield opened
    opened.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    ages=st.lists(st.integers(0, 10), max_size=12),
    places=st.dictionaries(st.sampled_from(["people", "flow", "other"]), st.integers(0, 12)),
    before=st.integers(0, 11),
    keep=st.integers(0, 5),
    limit=st.integers(1, 12),
)
def test_only_what_is_old_and_past_goes(db, ages, places, before, keep, limit):  # noqa: PLR0917
    def begin(tx):
        tx.execute("DELETE FROM outbox_cursor")
        tx.execute("DELETE FROM outbox")
        seqs = [outbox.append(tx, "x", {}, at_us=age) for age in ages]
        first = seqs[0] if seqs else 1
        for name, place in places.items():
            outbox.advance(tx, name, first + place - 1)
        return seqs

    seqs = db.write(begin)
    base = seqs[0] if seqs else 1
    past = min([places.get("people", 1 - base), places.get("flow", 1 - base), places.get("other", 99)])
    newest = set(seqs[-max(keep, 1) :])
    goes = [
        seq for seq, age in zip(seqs, ages, strict=True) if seq - base < past and age < before and seq not in newest
    ]

    def trim(tx):
        return outbox.trim(tx, ["people", "flow"], before_us=before, keep=keep, limit=limit)

    gone = 0
    while more := db.write(trim):
        assert more <= limit
        gone += more
    assert gone == len(goes)
    with db.read() as tx:
        assert [event.seq for event in outbox.after(tx, 0)] == [seq for seq in seqs if seq not in goes]
