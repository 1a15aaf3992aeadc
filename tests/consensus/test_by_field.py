"""Consensus of whole answers, field by field, and the encoding of votes."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.consensus import Judgement, Policy, Question, consensus_by_field, encode, on_known
from recension.errors import Invalid

CATEGORY = Question("category", "choice", ("a", "b"))
MAJORITY = Policy("majority")


def said(field, table):
    """``{"task": "worker:answer ..."}`` as judgements."""
    return [
        Judgement(task, pair.split(":")[0], {field: pair.split(":")[1]})
        for task, row in table.items()
        for pair in row.split()
    ]


def test_each_field_goes_its_own_way():
    questions = [
        CATEGORY,
        Question("tags", "choices", ("x", "y")),
        Question("why", "text"),
        Question("price", "number"),
        Question("stars", "rating", (1, 2, 3)),
        Question("mood", "choice", ("good", "bad"), opinion=True),
    ]
    rows = [
        Judgement("t", "w1", {"category": "a", "tags": ["x"], "why": "so", "price": 1, "stars": 2, "mood": "good"}),
        Judgement("t", "w2", {"category": "a", "tags": ["x", "y"], "why": "so", "price": 2, "stars": 2, "mood": "bad"}),
        Judgement("t", "w3", {"category": "b", "tags": ["x"], "price": 9, "stars": 3, "mood": "good"}),
    ]
    found = {name: result.tasks["t"] for name, result in consensus_by_field(questions, rows, policy=MAJORITY).items()}
    assert (found["category"].value, found["category"].confidence) == ("a", 0.666667)
    assert (found["tags"].value, found["tags"].confidence) == (["x"], 0.666667)
    assert (found["why"].value, found["why"].votes) == ("so", 2)
    assert (found["price"].value, found["price"].method, found["price"].confidence) == (2, "median", None)
    assert found["stars"].value == 2
    assert (found["mood"].value, found["mood"].confidence) == (None, None)
    assert found["mood"].distribution == {"good": 0.666667, "bad": 0.333333}


def test_control_tasks_teach_and_are_their_truth():
    rows = said("category", {"k1": "w1:a w2:b w3:b", "k2": "w1:b w2:a w3:a", "t": "w1:a w2:b w3:b"})
    known = {"k1": {"category": "a"}, "k2": {"category": "b"}, "elsewhere": {"category": "a"}}
    result = consensus_by_field([CATEGORY], rows, known=known, policy=Policy(smoothing=0.5))["category"]
    assert set(result.tasks) == {"k1", "k2", "t"}
    assert (result.tasks["k1"].value, result.tasks["k1"].method) == ("a", "known")
    assert result.tasks["t"].value == "a"
    assert result.tasks["t"].method == "dawid_skene"
    assert result.workers["w1"][2:] == (2, 2)
    assert result.workers["w2"][2:] == (0, 2)
    assert result.workers["w1"].accuracy > 0.9
    assert result.workers["w2"].accuracy < 0.1


def test_a_tie_has_no_value_unless_the_policy_says_so():
    rows = said("category", {"t": "w1:a w2:b"})
    assert consensus_by_field([CATEGORY], rows)["category"].tasks["t"].value is None
    first = consensus_by_field([CATEGORY], rows, policy=Policy(tie="first"))
    assert first["category"].tasks["t"].value == "a"


def test_a_field_without_answers_has_no_tasks():
    for kind, values in [("choice", ("a",)), ("choices", ("a",)), ("text", ()), ("number", ()), ("rating", (1, 2))]:
        result = consensus_by_field([Question("q", kind, values)], [Judgement("t", "w", {"other": 1})])["q"]
        assert dict(result.tasks) == {}
        assert result.alpha is None


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from("ab")), unique_by=lambda row: row[:2]),
    st.randoms(),
    st.sampled_from([Policy(), MAJORITY, Policy(smoothing=0.0)]),
)
def test_the_order_of_judgements_is_no_matter_to_the_last_bit(cells, rng, policy):
    rows = [Judgement(f"t{t}", f"w{w}", {"category": v}) for t, w, v in cells]
    shuffled = random.Random(rng.random()).sample(rows, len(rows))
    known = {"t0": {"category": "a"}}
    one = consensus_by_field([CATEGORY], rows, known=known, policy=policy)
    two = consensus_by_field([CATEGORY], shuffled, known=known, policy=policy)
    assert one == two


def test_codes_follow_the_names():
    votes, names = encode([("t2", "w", "b"), ("t1", "v", "a")], known={"t1": "c"}, labels=("c", "b", "a"))
    assert names == (("t1", "t2"), ("v", "w"), ("c", "b", "a"))
    assert votes.task.tolist() == [0, 1]
    assert votes.label.tolist() == [2, 1]
    assert votes.known.tolist() == [0, -1]
    right, judged = on_known(votes)
    assert (right.tolist(), judged.tolist()) == ([0, 0], [1, 0])


@pytest.mark.parametrize(
    ("triples", "options", "says"),
    [
        ([("t", "w", "a"), ("t", "w", "a")], {}, "voted twice"),
        ([("t", "w", "a")], {"labels": ("b",)}, "unknown label 'a'"),
        ([("t", "w", "a")], {"tasks": ("u",)}, "unknown task 't'"),
    ],
)
def test_votes_that_make_no_sense_are_refused(triples, options, says):
    with pytest.raises(Invalid, match=says):
        encode(triples, **options)


def test_codes_out_of_range_are_refused():
    from recension.consensus import Votes

    code = np.zeros(1, dtype=np.int32)
    with pytest.raises(Invalid, match=r"\[0, 1\)"):
        Votes(code + 1, code, code, 1, 1, 1, code)
    with pytest.raises(Invalid, match="one entry for every task"):
        Votes(code, code, code, 2, 1, 1, code)


def test_the_example_of_the_documentation_runs():
    import re
    from pathlib import Path

    page = (Path(__file__).resolve().parents[2] / "docs/explanation/consensus.md").read_text()
    names = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)
    assert names["labels"] == {"headline-1": "news", "headline-2": "news"}
