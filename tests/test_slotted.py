"""What is made by hand behaves as what ``dataclasses`` makes."""

import dataclasses
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension import slotted


@slotted.frozen
class Point:
    x: int
    y: int = 7
    names: list[str] = slotted.field(default_factory=list)
    note: str = slotted.field(default="", compare=False)

    @property
    def sum(self) -> int:
        return self.x + self.y


@slotted.frozen
class Place(Point):
    z: int = 1


@slotted.slotted
class Count:
    n: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    x: int
    y: int = 7
    names: list[str] = dataclasses.field(default_factory=list)
    note: str = dataclasses.field(default="", compare=False)


VALUES = st.tuples(
    st.integers(0, 2), st.integers(0, 2), st.lists(st.sampled_from("ab"), max_size=1), st.sampled_from("ab")
)


@given(VALUES, VALUES)
def test_equality_and_repr_are_those_of_a_dataclass(one, other):
    assert (Point(*one) == Point(*other)) == (Model(*one) == Model(*other))
    assert repr(Point(*one)) == repr(Model(*one)).replace("Model", "Point")


def test_defaults_are_filled_in_and_made_anew():
    assert Point(1) == Point(x=1, y=7, names=[], note="said")
    assert Point(1).names is not Point(1).names
    assert Point(1, y=2).sum == 3


@pytest.mark.parametrize("wrong", [(), (1, 2, [], "", 5)])
def test_fields_that_are_missing_or_too_many_are_refused(wrong):
    with pytest.raises(TypeError, match=r"Point\.__init__"):
        Point(*wrong)


def test_a_frozen_object_never_changes():
    point = Point(1)
    with pytest.raises(AttributeError, match="x cannot be set"):
        point.x = 2
    with pytest.raises(AttributeError, match="x cannot be deleted"):
        del point.x
    with pytest.raises(AttributeError):
        point.other = 2
    assert point == Point(1)


def test_a_subclass_adds_fields_and_is_no_equal_of_its_base():
    place = Place(1, z=3)
    assert (place.x, place.y, place.z, place.sum) == (1, 7, 3, 8)
    assert place != Place(1, z=4)
    assert Place(1) != Point(1)
    assert isinstance(place, Point)


def test_frozen_objects_have_a_hash_and_others_none():
    assert hash(Point(1, 2, (), "a")) == hash(Point(1, 2, (), "b"))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Count())


def test_others_change_and_take_no_other_names():
    count = Count()
    count.n += 1
    assert count == Count(1)
    with pytest.raises(AttributeError):
        count.m = 1


def test_copies_with_changes_and_copies_by_pickle():
    place = Place(1, 2, ["a"], "b", 3)
    assert slotted.replace(place, z=4, x=0) == Place(0, 2, ["a"], "b", 4)
    assert slotted.replace(Model(1), y=2) == Model(1, 2)
    assert pickle.loads(pickle.dumps(place)) == place


def test_fields_can_be_matched():
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
