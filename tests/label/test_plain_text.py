"""The plain text of what is shown is the one that is written down, and every program counts in it alike."""

import json
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.label import ObjectTag, html_text, plain_text

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "plain_text.json").read_text())


@pytest.mark.parametrize("case", VECTORS["html"], ids=lambda case: case["html"])
def test_html_has_the_plain_text_that_is_written_down(case):
    assert html_text(case["html"]) == case["text"]


@pytest.mark.parametrize("case", VECTORS["dialogue"])
def test_a_dialogue_has_the_plain_text_that_is_written_down(case):
    assert plain_text(ObjectTag(**case["object"]), case["value"]) == case["text"]


@pytest.mark.parametrize("case", VECTORS["text"], ids=str)
def test_a_text_has_the_plain_text_that_is_written_down(case):
    assert plain_text(ObjectTag("t", "text", field="t"), case["value"]) == case["text"]


@given(st.lists(st.text(), max_size=5), st.sampled_from(["p", "div", "b", "td"]))
def test_escaped_texts_within_tags_come_back(texts, tag):
    html = "".join(f"<{tag} title='{escape(text)}'>{escape(text)}</{tag}>" for text in texts)
    expected = "".join(texts).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    assert html_text(html) == expected


@given(st.text(alphabet="<>/!-&;#x='\"abr sciptvg\n", max_size=200))
def test_no_html_is_too_broken_to_read(html):
    assert isinstance(html_text(html), str)
