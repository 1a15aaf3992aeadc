"""Laws of canonical answers: reading one again changes nothing, and equal answers have equal bytes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.label import build, canonical_json, check_answer
from recension.label.migration import carried_over

SCHEMA = build.schema(
    show=[build.image("photo", many=True), build.text_of("note")],
    ask=[
        build.regions("parts", ["a", "b"], of="photo", shapes=["box", "polygon", "mask", "keypoint"], multiple=True),
        build.regions("spans", [], of="note", shapes=["span"]),
        build.choice("sure", ["yes", "no"], of=["photo", "note"], per_region=True),
        build.relations("links", ["of", "in"], multiple=True),
        build.taxonomy("tree", {"x": ["y", "z"], "w": []}),
        build.texts("lines"),
    ],
)
words = st.text(alphabet="ab \n\u00e9\U0001f600", max_size=6)
place = st.floats(0, 99)
marks = st.one_of(
    st.builds(lambda x, y: {"type": "box", "x": x, "y": y, "width": 5, "height": x + 1}, place, place),
    st.builds(
        lambda ring: {"type": "polygon", "outline": ring}, st.lists(st.tuples(place, place), min_size=3, max_size=4)
    ),
    st.builds(lambda x, y: {"type": "keypoint", "x": x, "y": y}, place, place),
    st.sampled_from(
        [{"type": "mask", "size": [3, 4], "counts": "327"}, {"type": "mask", "size": [2, 3], "counts": "1012OO1"}]
    ),
)


@st.composite
def answers(draw):
    regions = []
    for number in range(draw(st.integers(0, 4))):
        shape = draw(marks)
        regions.append(
            {
                "id": f"r{number}",
                "shape": shape,
                "labels": draw(st.lists(st.sampled_from("ab"), min_size=1, max_size=3)),
                "item": draw(st.integers(0, 2)),
                "text": draw(words),
                "locked": draw(st.booleans()),
                "z": draw(st.none() | st.integers(-3, 3)),
                "attributes": draw(st.sampled_from([{}, {"sure": "yes"}, {"sure": ""}])),
            }
        )
    ends = st.sampled_from([region["id"] for region in regions]) if len(regions) > 1 else st.nothing()
    link = st.fixed_dictionaries(
        {"from": ends, "to": ends}, optional={"labels": st.lists(st.sampled_from(["in", "of"]), max_size=2)}
    )
    links = draw(st.lists(link, max_size=3)) if len(regions) > 1 else []
    paths = st.sampled_from([["x"], ["x", "y"], ["w"]])
    return {
        "parts": regions,
        "links": links,
        "tree": draw(st.lists(paths, max_size=3)),
        "lines": draw(st.lists(words, max_size=3)),
        "spans": [{"id": "s", "shape": {"type": "span", "start": 0, "end": 2}}],
    }


DATA = {"photo": ["1", "2", "3"], "note": "some text"}


def checked(answer):
    try:
        return check_answer(SCHEMA, answer, DATA)
    except Invalid:
        return None


@given(answers())
def test_a_canonical_answer_is_its_own_canonical_form(answer):
    first = checked(answer)
    if first is None:
        return
    stored = json.loads(canonical_json(first))
    assert canonical_json(check_answer(SCHEMA, stored, DATA)) == canonical_json(first)
    assert carried_over((), SCHEMA, stored, DATA) == first


@given(answers())
def test_what_says_nothing_changes_nothing(answer):
    first = checked(answer)
    if first is None:
        return
    fuller = {
        "parts": [
            {**region, "hidden": False, "parent": "", "score": None, "origin": "manual"} for region in answer["parts"]
        ],
        **{name: value for name, value in answer.items() if name != "parts"},
    }
    assert canonical_json(check_answer(SCHEMA, fuller, DATA)) == canonical_json(first)
