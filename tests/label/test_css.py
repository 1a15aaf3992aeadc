"""Style of a config reaches nothing but the view of its own task, and loads nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.label.css import SCOPE, declarations, scoped_rules


def test_known_properties_with_harmless_values_are_kept():
    notes = []
    kept = declarations("display: flex; Color: #FFF; margin : 1px  2px;--gap: 3px", notes.append)
    assert kept == (("display", "flex"), ("color", "#FFF"), ("margin", "1px 2px"), ("--gap", "3px"))
    assert notes == []


@pytest.mark.parametrize(
    "style",
    [
        "background: url(http://x/y.png)",
        "background: URL(javascript:alert(1))",
        "position: fixed",
        "z-index: 9",
        "color: expression(alert(1))",
        "background: image-set('x' 1x)",
        r"background: \75 rl(x)",
        "width: 1px } body { color: red",
        "behavior: x",
        "color",
        "color:",
    ],
)
def test_what_loads_or_leaves_its_place_is_left_out_with_a_note(style):
    notes = []
    assert declarations(style, notes.append) == ()
    assert notes


def test_rules_are_limited_to_the_view():
    notes = []
    css = scoped_rules(
        "/* c */ .a, b:not(.c, .d) > i { color: red; position: fixed } body { margin: 0 }"
        " @media print { .a { color: blue } } @import 'x'; .e { color: url(x) }",
        notes.append,
    )
    assert css.splitlines() == [
        f"{SCOPE} .a, {SCOPE} b:not(.c, .d) > i {{ color: red }}",
        f"{SCOPE} {{ margin: 0 }}",
    ]
    assert len(notes) == 4


@given(st.text(alphabet="ab.{}@:;#,*/>~+ ()[]\"'\\url\n", max_size=120))
def test_no_style_sheet_breaks_out(text):
    css = scoped_rules(text, lambda _: None)
    for line in css.splitlines():
        assert re.fullmatch(r"\.label-view[^{}@<\\]*\{[^{}@<\\]*\}", line)
        assert "url(" not in line
