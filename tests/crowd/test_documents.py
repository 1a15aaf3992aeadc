"""Label documents are canonical: equal labels, equal bytes."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.crowd.documents import (
    Annotation,
    FieldConsensus,
    LabelledItem,
    Previous,
    document,
    document_path,
    item_status,
)
from recension.ids import check_path

VOTE = FieldConsensus("b", 0.875, "majority", 3, {"a": 0.125, "b": 0.875})
ITEM = LabelledItem(
    id="/p.csv#1",
    path="/p.csv",
    key="1",
    region=None,
    data={"headline": "Zürich"},
    work_id="ab" * 32,
    status="settled",
    annotations=(
        Annotation(3, "bea", {"category": "b"}, 1_500_000, "g1", 1_700_000_000_000_000),
        Annotation(1, "sim-1", {"category": "b"}, 2_000_000, "g1", 1_700_000_000_000_001, simulated=True),
        Annotation(2, "ada", {"category": "a"}, None, "g1", 1_700_000_000_000_002, withdrawn=True),
    ),
    consensus={"category": VOTE},
)


def test_a_document_says_who_said_what_and_what_it_comes_to() -> None:
    raw = document(ITEM)
    body = json.loads(raw)
    assert raw.endswith(b"}\n")
    assert raw.count(b"\n") == 1
    assert body["item"] == {"id": "/p.csv#1", "path": "/p.csv", "key": "1", "data": {"headline": "Zürich"}}
    assert [a["worker"] for a in body["annotations"]] == ["ada", "bea", "sim-1"]
    assert body["annotations"][0]["withdrawn"] is True
    assert body["annotations"][1]["at"] == "2023-11-14T22:13:20.000000Z"
    assert body["consensus"]["category"] == {
        "value": "b",
        "confidence": 0.875,
        "method": "majority",
        "votes": 3,
        "distribution": {"a": 0.125, "b": 0.875},
        "tie": False,
    }
    assert (body["status"], body["previous"], body["predictions"]) == ("settled", None, [])


def test_nothing_of_the_clock_is_written_for_a_simulated_worker() -> None:
    sim = json.loads(document(ITEM))["annotations"][2]
    assert "at" not in sim
    assert sim["time_spent_s"] == 2.0


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_annotations_are_given_does_not_matter(chance: random.Random) -> None:
    shuffled = list(ITEM.annotations)
    chance.shuffle(shuffled)
    assert document(_with(annotations=tuple(shuffled))) == document(ITEM)


def test_a_stale_item_keeps_the_old_consensus_under_previous() -> None:
    stale = _with(status="stale", previous=Previous("cd" * 32, {"headline": "old"}, {"category": VOTE}))
    previous = json.loads(document(stale))["previous"]
    assert previous["consensus"]["category"]["value"] == "b"
    assert previous["data"] == {"headline": "old"}


@pytest.mark.parametrize(
    ("answered", "overlap", "stale", "status"),
    [(0, 1, False, "open"), (2, 3, True, "stale"), (3, 3, True, "settled"), (4, 3, False, "settled")],
)
def test_an_item_is_settled_once_enough_answers_are_in(answered: int, overlap: int, stale: bool, status: str) -> None:
    assert item_status(answered=answered, overlap=overlap, stale=stale) == status


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("/a/b.png", None, None), "/items/a/b.png.json"),
        (("/p.csv", "k", None), "/items/p.csv/k.json"),
        (("/p.csv", "a/b c", None), "/items/p.csv/a%2Fb%20c.json"),
        (("/a.png", None, "r1"), "/items/a.png/@r1.json"),
        (("/p.csv", "k", "r1"), "/items/p.csv/k@r1.json"),
        (("/a.json/x", None, None), "/items/a.json=/x.json"),
    ],
)
def test_a_document_has_a_readable_place(place: tuple[str, str | None, str | None], expected: str) -> None:
    assert document_path(*place) == expected


SEGMENT = st.text("ab.=%@#j", min_size=1, max_size=6).filter(lambda s: s not in {".", ".."}) | st.sampled_from(
    ["a.json", "a.json=", "a", "x" * 250]
)
PATHS = st.lists(SEGMENT, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
KEYS = (
    st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=8) | st.sampled_from([".", "..", "é" * 300])
)


@given(st.lists(st.tuples(PATHS, KEYS), min_size=2, max_size=8, unique=True))
def test_distinct_items_never_share_or_block_a_place(items: list[tuple[str, str | None]]) -> None:
    places = [document_path(path, key) for path, key in items]
    assert len(set(places)) == len(places)
    assert all(check_path(place) == place for place in places)
    assert not any(other.startswith(f"{place}/") for place in places for other in places)


def _with(**changes: object) -> LabelledItem:
    names = ["id", "path", "key", "region", "data", "work_id", "status", "annotations", "consensus", "previous"]
    return LabelledItem(**{name: getattr(ITEM, name) for name in names} | changes)
