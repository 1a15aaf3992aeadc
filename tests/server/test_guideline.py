"""Guidelines are written by people who may not like the reader."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.server.guideline import render_guideline

_TEXT = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "em", "strong", "a", "img", "code", "pre", "hr", "br", "blockquote")
_ELEMENTS = frozenset((*_TEXT, "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"))
_ATTRIBUTES = frozenset({"href", "rel", "target", "src", "alt", "title", "start", "class", "style"})


class Inspector(HTMLParser):
    """Collects what a browser would act upon."""

    def __init__(self):
        super().__init__()
        self.faults = []

    def handle_starttag(self, tag, attrs):
        if tag not in _ELEMENTS:
            self.faults.append(tag)
        for name, value in attrs:
            if name not in _ATTRIBUTES or (name == "style" and not value.startswith("text-align:")):
                self.faults.append(f"{tag} {name}")
            if name == "href" and not value.lower().startswith(("https://", "http://", "mailto:", "#", "/")):
                self.faults.append(value)
            if name == "src" and value and (not value.startswith("/") or value.startswith("//")):
                self.faults.append(value)


def faults(markdown):
    inspector = Inspector()
    inspector.feed(render_guideline(markdown))
    inspector.close()
    return inspector.faults


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "[click](//elsewhere.example/x)",
        "![spy](https://elsewhere.example/pixel.gif)",
        "![spy](//elsewhere.example/pixel.gif)",
        '[a](https://x "x\\" onmouseover=alert(1) y")',
        "<a href='javascript:alert(1)'>x</a>",
        "<svg/onload=alert(1)>",
        "```<script>\nalert(1)\n```",
        "<style>body{display:none}</style>",
        "<https://x.example/<script>>",
    ],
)
def test_a_hostile_guideline_can_do_nothing(hostile):
    assert faults(hostile) == []
    assert "<script" not in render_guideline(hostile).lower()


@given(st.text(alphabet=st.sampled_from("<>\"'()[]!:/aljs \n`|-#*_&;=")))
def test_no_text_becomes_more_than_plain_elements(markdown):
    assert faults(markdown) == []


def test_what_guidelines_are_made_of_is_shown():
    html = render_guideline(
        "# Rules\n\nIs it *bait*? See [why](https://example.org).\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert "<h1>Rules</h1>" in html
    assert "<em>bait</em>" in html
    assert '<a href="https://example.org"' in html
    assert "<td>1</td>" in html
