"""Answers become votes, votes become consensus, field by field."""

from __future__ import annotations

from recension.crowd.consensus_of import Vote, consensus_of
from recension.crowd.policy import ConsensusPolicy
from recension.label import schema_from_fields

SCHEMA = schema_from_fields(
    {
        "show": {"headline": "text"},
        "ask": {
            "category": {"choice": ["news", "clickbait"], "required": True},
            "stars": {"rating": 5, "opinion": True},
            "price": {"number": {}},
        },
    },
    where="fields",
)
MAJORITY = ConsensusPolicy(method="majority")


def test_each_field_has_its_own_consensus():
    votes = [
        Vote("t1", "ada", {"category": "news", "stars": 4, "price": 2}),
        Vote("t1", "bea", {"category": "news", "stars": 5}),
        Vote("t1", "cid", {"category": "clickbait", "stars": 4, "price": 10}),
        Vote("t2", "ada", {"category": "news"}),
    ]
    found = consensus_of(SCHEMA, MAJORITY, votes, {})
    category, stars, price = (found["t1"][name] for name in ("category", "stars", "price"))
    assert (category.value, category.confidence, category.votes, category.tie) == ("news", 0.666667, 3, False)
    assert (stars.value, stars.confidence, stars.tie) == (None, None, False)
    assert dict(stars.distribution) == {"4": 0.666667, "5": 0.333333}
    assert (price.value, price.votes, price.method) == (6, 2, "median")
    assert list(found["t2"]) == ["category"]


def test_a_tie_is_said_and_not_decided():
    votes = [Vote("t", "ada", {"category": "news"}), Vote("t", "bea", {"category": "clickbait"})]
    tied = consensus_of(SCHEMA, MAJORITY, votes, {})["t"]["category"]
    assert (tied.value, tied.tie, tied.confidence) == (None, True, 0.5)


def test_workers_who_fail_known_tasks_weigh_less():
    known = {f"control {n}": {"category": "clickbait" if n % 2 else "news"} for n in range(8)}
    votes = [Vote(task, name, dict(right)) for task, right in known.items() for name in ("ada", "bea")]
    votes += [Vote(task, name, {"category": "news"}) for task in known for name in ("dan", "eve", "fay")]
    votes += [Vote("t", name, {"category": "clickbait"}) for name in ("ada", "bea")]
    votes += [Vote("t", name, {"category": "news"}) for name in ("dan", "eve", "fay")]
    learned = ConsensusPolicy(method="dawid_skene", smoothing=1.0)
    assert consensus_of(SCHEMA, MAJORITY, votes, known)["t"]["category"].value == "news"
    assert consensus_of(SCHEMA, learned, votes, known)["t"]["category"].value == "clickbait"
