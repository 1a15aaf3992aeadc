"""YAML that knows its lines, and errors that name them."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from recension.crowd.yaml_convert import convert
from recension.crowd.yaml_source import parse_yaml
from recension.errors import Invalid, TooLarge


class Page(msgspec.Struct, forbid_unknown_fields=True):
    real: int
    control: int = 0


class Fast(msgspec.Struct, forbid_unknown_fields=True, tag_field="if", tag="fast_pages"):
    last: int


class Slow(msgspec.Struct, forbid_unknown_fields=True, tag_field="if", tag="slow_pages"):
    first: int


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    page: Page
    mode: Literal["keep", "drop"] = "keep"
    rules: list[Fast | Slow] = []
    columns: dict[str, str] = {}
    maybe: Page | None = None


def complaint(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        convert(parse_yaml(text, name="p.yaml"), Sample)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "page:\n  real: 1\n  contrl: 2\n",
            "p.yaml:3: page.contrl: unknown field (did you mean control? allowed: real, control)",
        ),
        ("page:\n  real: x\n", "p.yaml:2: page.real: expected `int`, got `str`"),
        ("page:\n  control: 1\n", "p.yaml:1: page: field 'real' is missing (add page.real)"),
        ("mode: keep\n", "p.yaml:1: field 'page' is missing (add page)"),
        ("page: {real: 1}\nmode: lose\n", "p.yaml:2: mode: invalid enum value 'lose' (allowed: keep, drop)"),
        (
            "page: {real: 1}\nrules:\n  - {if: fast_pages, last: 3}\n  - {if: fastpages, last: 3}\n",
            "p.yaml:4: rules[1].if: invalid value 'fastpages' (allowed: fast_pages, slow_pages)",
        ),
        (
            "page: {real: 1}\nrules:\n  - if: slow_pages\n    last: 3\n",
            "p.yaml:4: rules[0].last: unknown field (allowed: if, first)",
        ),
        (
            "page: {real: 1}\ncolumns:\n  a: b\n  c: 0.5\n",
            "p.yaml:4: columns.c: expected `str`, got `float` (put the value in quotes)",
        ),
        (
            "page: {real: 1}\nmaybe: {raal: 1}\n",
            "p.yaml:2: maybe.raal: unknown field (did you mean real? allowed: real, control)",
        ),
        ("page: 3\n", "p.yaml:1: page: expected a mapping, got `int`"),
        ("- 1\n", "p.yaml:1: expected a mapping, got a list"),
    ],
)
def test_an_error_names_line_field_and_remedy(text: str, expected: str) -> None:
    assert complaint(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("page: {real: 1\n", "p.yaml:2: not valid YAML"),
        ("a: 1\na: 2\n", "p.yaml:2: key 'a' is given twice, here and on line 1"),
        ("", "the file is empty"),
        ("a: &a [*a]\n", "contains itself"),
        ("a: !!python/object:os.system {}\n", "not valid YAML"),
        ("a: 2001-99-99\n", "not valid YAML"),
        ("? [a, b]\n: 1\n", "a key must be text"),
        ("a: \0\n", "not valid YAML"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(text: str, words: str) -> None:
    assert words in complaint(text)


def test_aliases_cannot_grow_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(TooLarge, match="more than"):
        parse_yaml("\n".join(lines), name="p.yaml")


def test_the_text_of_a_block_starts_on_the_line_after_its_mark() -> None:
    source = parse_yaml("x: 1\nlabel_config: |\n  <View>\n  </View>\nshort: <View/>\n", name="p.yaml")
    assert (source.text_line(["label_config"]), source.text_line(["short"])) == (3, 5)
    assert source.line(["missing", "deeper"]) == 1
