"""Keys of commands: the table is the browser's, and no two commands share a key where both can be used."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.label.commands import COMMANDS, check_keys

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "commands.json").read_text())
FREE = sorted(name for name, command in COMMANDS.items() if not command.fixed)
KEYS = st.sampled_from([*"abcdefghijklmnopqrstuvwxyz", "shift+s", "ctrl+z", "f2", "?", "+", "pageup"])


def test_the_table_is_that_of_the_browser():
    told = {
        each["name"]: (each["title"], each["keys"], each["group"] == "workbench", each["fixed"]) for each in VECTORS
    }
    assert {n: (c.title, list(c.keys), c.everywhere, c.fixed) for n, c in COMMANDS.items()} == told


@given(st.dictionaries(st.sampled_from(FREE), KEYS, max_size=5))
def test_what_is_taken_gives_no_key_two_meanings(keys):
    def clashes():
        for name, key in keys.items():
            for other, command in COMMANDS.items():
                reach = command.everywhere or not COMMANDS[name].everywhere or other in keys
                if other != name and reach and key in ([keys[other]] if other in keys else command.keys):
                    yield name, other

    found = list(clashes())
    if not found:
        check_keys(keys)
        return
    with pytest.raises(Invalid, match="means") as refused:
        check_keys(keys)
    assert refused.value.where.removeprefix("keys.") in {name for name, _ in found}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"skip": "enter"}, "needed by the screen"),
        ({"skip": "shift+up"}, "needed by the screen"),
        ({"skip": ""}, "is no key"),
        ({"skip": "a b"}, "is no key"),
        ({"submit": "x"}, "its own key"),
        ({"nonsense": "x"}, "no such command"),
        ({"skip": "g"}, "'Show or hide the guideline'"),
        ({"box": "s"}, "'Skip'"),
        ({"skip": "z", "box": "z"}, "means"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(keys, told):
    with pytest.raises(Invalid, match=told):
        check_keys(keys)


def test_a_key_of_a_tool_may_be_taken_where_there_are_no_tools():
    check_keys({"skip": "b"})
    check_keys({"skip": "g", "guideline": "s"})
