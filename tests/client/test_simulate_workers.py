"""Simulated workers decide the same whatever happens around them, and err as they should."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.client.simulate import SimulationSpec
from recension.client.simulate.chance import draws, stable_id
from recension.client.simulate.workers import Profile, answer, guess, make_workers, seconds
from recension.errors import Invalid
from recension.label import Field, ObjectTag, Option, check_answer, make_schema

OPTIONS = (Option("a", "A"), Option("b", "B"), Option("c", "C"))
CATEGORY = Field("category", "choice", OPTIONS, required=True)
SCHEMA = make_schema([CATEGORY], [ObjectTag("t", "text", field="t")])
CAREFUL = Profile("sim-001", "careful", 0.8, 14.0, 0.0)


def said(worker, *, n=4000, truth="a", trial=False, confusion=None):
    """How often the worker gives each answer to tasks with the same truth."""
    return Counter(
        answer(
            worker, SCHEMA, {"category": truth}, confusion=confusion or {}, trial=trial, chance=draws(worker.name, task)
        )["category"]
        for task in range(n)
    )


def test_a_careful_worker_errs_as_often_as_stated_and_evenly():
    counts = said(CAREFUL)
    assert counts["a"] / 4000 == pytest.approx(0.8, abs=0.03)
    assert counts["b"] / counts["c"] == pytest.approx(1, abs=0.2)


def test_a_confusion_matrix_replaces_the_accuracy():
    counts = said(CAREFUL, confusion={"category": {"a": {"b": 0.7, "a": 0.3}}})
    assert counts["b"] / 4000 == pytest.approx(0.7, abs=0.03)
    assert counts["c"] == 0
    assert said(CAREFUL, truth="c", confusion={"category": {"a": {"b": 1.0}}})["c"] / 4000 == pytest.approx(
        0.8, abs=0.03
    )


def test_a_spammer_knows_nothing_but_may_behave_in_training():
    spammer = replace(CAREFUL, kind="spammer", behaves=True)
    assert said(spammer)["a"] / 4000 == pytest.approx(1 / 3, abs=0.03)
    assert said(spammer, trial=True)["a"] == 4000
    assert said(replace(spammer, behaves=False), trial=True)["a"] / 4000 == pytest.approx(1 / 3, abs=0.03)


@pytest.mark.parametrize("page_size", [1, 5, 10])
def test_a_fast_worker_needs_less_than_thirty_seconds_a_page_and_others_hardly_ever(page_size):
    fast, slow = replace(CAREFUL, kind="fast"), CAREFUL
    pages = [
        [seconds(fast, page_size=page_size, chance=draws("p", p, t)) for t in range(page_size)] for p in range(200)
    ]
    assert max(map(sum, pages)) < 30
    if page_size == 5:
        pages = [[seconds(slow, page_size=5, chance=draws("q", p, t)) for t in range(5)] for p in range(200)]
        assert min(map(sum, pages)) > 30


def test_the_same_spec_makes_the_same_crowd_with_the_stated_shares():
    spec = SimulationSpec(workers=20, seed=7, spammers=0.2, fast=0.1)
    crowd = make_workers(spec)
    assert crowd == make_workers(spec)
    assert crowd != make_workers(replace(spec, seed=8))
    assert [w.name for w in crowd[:2]] == ["sim-001", "sim-002"]
    assert Counter(w.kind for w in crowd) == {"careful": 14, "spammer": 4, "fast": 2}
    assert sum(w.behaves for w in crowd) == 2
    assert [w.arrives_s for w in crowd] == sorted(w.arrives_s for w in crowd)


fields = st.builds(
    lambda name, kind, required, limits: Field(
        name,
        kind,
        OPTIONS if kind in {"choice", "choices"} else (),
        required=required,
        minimum=1 if kind == "rating" else limits[0],
        maximum=5 if kind == "rating" else limits[1],
        max_length=5,
    ),
    st.sampled_from("xyz"),
    st.sampled_from(["choice", "choices", "text", "number", "rating"]),
    st.booleans(),
    st.sampled_from([(None, None), (0, None), (None, -3), (2, 9)]),
)


@given(
    st.lists(fields, min_size=1, max_size=3, unique_by=lambda f: f.name), st.integers(), st.booleans(), st.booleans()
)
def test_whatever_is_said_the_schema_allows(asked, seed, spams, known):
    schema = make_schema(asked, [ObjectTag("t", "text", field="t")])
    truth = {field.name: guess(field, draws(seed, field.name)) for field in asked} if known else {}
    worker = replace(CAREFUL, kind="spammer" if spams else "careful", accuracy=0.5)
    found = answer(worker, schema, truth, confusion={}, trial=False, chance=draws(seed))
    assert check_answer(schema, found) == found


def test_draws_depend_on_their_purpose_alone():
    assert draws(1, "a").random() == draws(1, "a").random() != draws(1, "b").random()
    assert stable_id(1, "a", 2) == stable_id(1, "a", 2) != stable_id(1, "a", 3)
    assert len(stable_id(1)) == 36


@pytest.mark.parametrize(
    "wrong",
    [
        {"workers": 0},
        {"concurrency": 0},
        {"accuracy": 1.1},
        {"spammers": -0.1},
        {"spammers": 0.6, "fast": 0.6},
        {"pace_s": 0},
        {"confusion": {"c": {"a": {"a": 0.5}}}},
    ],
)
def test_a_crowd_that_cannot_be_is_refused(wrong):
    with pytest.raises(Invalid):
        SimulationSpec(**wrong)
