"""The page about repos in Python names what repos offer, and nothing else."""

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from recension.client import values
from recension.client.connection import Connection
from recension.client.repo_interface import Repo

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "reference" / "sdk.md").read_text()
METHODS, SHAPES = (PAGE.split("## Values")[part] for part in (0, 1))
VALUES = {
    name: kind for name, kind in vars(values).items() if inspect.isclass(kind) and kind.__module__ == values.__name__
}
ATTRIBUTES = {"name", "workspace", "author"}


def documented(text):
    """Name → the parameters that a part of the page gives it; None for what is no method."""
    found = {}
    for cell, _ in re.findall(r"^\| (`[^|]+`) \| (.+) \|$", text, re.MULTILINE):
        if cell.strip("`").partition("(")[0][:1].isupper():
            continue
        for name, brackets, inside in re.findall(r"`(\w+)(\(([^)]*)\))?`", cell):
            found[name] = [word.strip() for word in inside.split(",") if word.strip()] if brackets else None
    return found


def offered(kind):
    found = {}
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            found[name] = None
            continue
        parameters = list(inspect.signature(member).parameters.values())[1:]
        found[name] = [f"{each.name}=" if each.kind is each.KEYWORD_ONLY else each.name for each in parameters]
    return found


def test_every_operation_is_named_with_its_parameters_and_no_other():
    connections, repos = METHODS.split("## Names")
    assert documented(connections) == offered(Connection)
    assert documented(repos) == offered(Repo) | dict.fromkeys(ATTRIBUTES)


@pytest.mark.parametrize("name", sorted(VALUES))
def test_the_fields_of_a_value_are_named_and_no_others(name):
    (row,) = re.findall(rf"^\| `{name}` \| (.+) \|$", SHAPES, re.MULTILINE)
    kind = VALUES[name]
    fields = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else {"conflicts"}
    named = re.sub(r"\([^)]*\)", "", row)
    assert set(re.findall(r"`(\w+)`", named)) == fields


def test_no_other_value_is_named():
    assert set(re.findall(r"^\| `([A-Z]\w+)` \|", SHAPES, re.MULTILINE)) == set(VALUES)
