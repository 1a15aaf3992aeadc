"""Options changed in the text of a config: what is read is what was wanted, and all else stays as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.crowd.config_edit import ListedOption, NewOption, option_lists, with_options
from recension.crowd.config_reading import read_config
from recension.crowd.templates import templates
from recension.errors import Invalid

XML = """<View>
  <!-- who wrote this meant it -->
  <Text name="t" value="$t"/>
  <Choices name="c" toName="t" required="true">
    <Choice value="A > B" alias="ab" hotkey="x" hint='"so"'/>
    <Choice value="Second"></Choice>
  </Choices>
  <Labels name="l" toName="t"><Label value="One"/><Label value="Two"/></Labels>
</View>
"""
YAML = """# a comment
fields:
  show: {t: text}
  ask:
    c:
      choice:
        - {value: ab, label: "A > B", hotkey: x, hint: "so"}
        - Second
      required: true   # another

    l: {regions: [One, Two], of: t, shapes: [span]}
"""
labels = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), min_size=1, max_size=12
)
labels = labels.filter(lambda text: text.strip() == text and text.isprintable())
colors = st.sampled_from([None, "", "#aa3377", "teal"])
names = st.lists(labels, min_size=1, max_size=6, unique=True)


def listed_options(text, name):
    return next((each.options for each in option_lists(text) if each.field == name), None)


def options(text, name):
    schema = read_config(text, name="config").schema
    assert schema is not None
    return schema.field(name).options


@pytest.mark.parametrize("text", [XML, YAML])
@given(wanted=names, color=colors)
def test_what_is_read_is_what_was_wanted(text, wanted, color):
    edited = with_options(text, "l", [NewOption(each, None, "", color) for each in wanted])
    assert [(each.label, each.color) for each in options(edited, "l")] == [(each, color or "") for each in wanted]
    assert listed_options(edited, "c") == listed_options(text, "c")


@pytest.mark.parametrize("text", [XML, YAML])
@given(wanted=names.filter(lambda found: "ab" not in found))
def test_what_was_there_keeps_what_else_it_says(text, wanted):
    edited = with_options(text, "c", [*(NewOption(each) for each in wanted), NewOption("Renamed", "ab")])
    kept = options(edited, "c")[-1]
    assert kept == replace(options(text, "c")[0], label="Renamed")
    assert listed_options(edited, "l") == listed_options(text, "l")
    assert listed_options(edited, "c") == (
        *(ListedOption(each, each, "", "") for each in wanted),
        ListedOption("ab", "Renamed", "x", ""),
    )


@pytest.mark.parametrize(("text", "name"), [(XML, "c"), (XML, "l"), (YAML, "c"), (YAML, "l")])
def test_the_same_options_are_the_same_text(text, name):
    same = [NewOption(each.label, each.value) for each in options(text, name)]
    assert with_options(text, name, same) == text


@pytest.mark.parametrize("text", [XML, YAML])
def test_only_the_lines_of_the_list_change(text):
    edited = with_options(text, "c", [NewOption("Second", "Second"), NewOption("A > B", "ab"), NewOption("Third")])
    gone = [line for line in text.splitlines() if line not in edited.splitlines()]
    come = [line for line in edited.splitlines() if line not in text.splitlines()]
    assert (len(gone), len(come)) == (0, 1)
    assert "Third" in come[0]


def test_every_plain_list_of_the_templates_can_be_edited():
    edited = 0
    for template in templates():
        schema = read_config(template.config, name=template.name).schema
        assert schema is not None
        for field in schema.fields:
            if field.kind in {"choice", "choices", "regions", "relations"} and field.options:
                wanted = [*(NewOption(each.label, each.value) for each in field.options), NewOption("One more")]
                text = with_options(template.config, field.name, wanted)
                assert [each.label for each in options(text, field.name)][-1] == "One more"
                edited += 1
    assert edited > 15


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("nobody", [NewOption("x")]), ("c", [NewOption(" ")])],
    ids=["no such question", "no text"],
)
def test_what_cannot_be_changed_is_refused(name, wanted):
    for text in (XML, YAML):
        with pytest.raises(Invalid):
            with_options(text, name, wanted)


def test_a_tree_is_no_plain_list():
    tree = """<View><Text name="t" value="$t"/>
    <Taxonomy name="k" toName="t"><Choice value="a"><Choice value="b"/></Choice></Taxonomy></View>"""
    assert listed_options(tree, "k") is None
    with pytest.raises(Invalid, match="no plain list"):
        with_options(tree, "k", [NewOption("x")])


def test_a_config_with_a_problem_still_lists_its_options():
    assert read_config(XML.replace('hotkey="x"', 'hotkey="s"'), name="config").problems
    assert listed_options(XML.replace('hotkey="x"', 'hotkey="s"'), "c")[0].hotkey == "s"
    assert listed_options(YAML.replace("hotkey: x", "hotkey: s"), "c")[0].hotkey == "s"
    assert option_lists("<View") == option_lists("a: [") == ()
