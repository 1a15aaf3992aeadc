"""Label Studio's XML becomes a schema, or one line that says what to change."""

import pytest

from recension.errors import Invalid, RecensionError
from recension.label import parse_label_config

CLICKBAIT = """<View>
  <Header value="Is this clickbait?"/>
  <Text name="headline" value="$headline"/>
  <Header value="Choose"/>
  <Choices name="category" toName="headline" required="true" showInline="true">
    <Choice value="clickbait" hotkey="2"/>
    <Choice value="Not clickbait" alias="notclickbait"/>
    <Choice value="unclear"/>
  </Choices>
  <TextArea name="why" toName="headline" maxLength="50"/>
  <Rating name="stars" toName="headline" opinion="true" maxRating="3"/>
  <Number name="price" toName="headline" min="0" max="9.5"/>
</View>"""


def inside(body, *, field='<Choices name="c" toName="t"><Choice value="a"/></Choices>'):
    return f'<View>\n<Text name="t" value="$t"/>\n{body}\n{field}</View>'


def test_every_supported_tag_is_read():
    schema = parse_label_config(CLICKBAIT, where="project.yaml")
    category, why, stars, price = schema.fields
    assert [(o.value, o.label, o.hotkey) for o in category.options] == [
        ("clickbait", "clickbait", "2"),
        ("notclickbait", "Not clickbait", "1"),
        ("unclear", "unclear", "3"),
    ]
    assert (category.kind, category.required, category.title, category.of) == ("choice", True, "Choose", ("headline",))
    assert (why.kind, why.max_length, why.required) == ("text", 50, False)
    assert (stars.kind, stars.minimum, stars.maximum, stars.opinion) == ("rating", 1, 3, True)
    assert (price.minimum, price.maximum) == (0, 9.5)
    assert [(o.kind, o.field, o.text) for o in schema.objects] == [
        ("header", "", "Is this clickbait?"),
        ("text", "headline", ""),
    ]
    assert schema.references == ("headline",)


def test_multiple_choices_image_and_a_header_that_shows_data():
    schema = parse_label_config(
        '<View><Style>.a{b:c}</Style><Image name="i" value="$image"/><Header value="$caption"/>'
        '<Choices name="c" toName="i" choice="multiple"><Choice value="a"/></Choices></View>',
        where="x",
    )
    assert schema.fields[0].kind == "choices"
    assert schema.references == ("caption", "image")


@pytest.mark.parametrize(
    ("xml", "where", "says"),
    [
        ("<View>\n<Text name='t' value='$t'></View>", "c: line 2, column 29", "mismatched tag"),
        ("", "c: line 1, column 1", "no element found"),
        ("<View/>", "c: line 1", "asks nothing"),
        ("<Choices/>", "c: line 1", "not with <View>"),
        (inside("<TimeSeries/>"), "c: line 3", "<TimeSeries> cannot be used yet"),
        (inside("<RectangleLabels/>"), "c: line 3", "offers nothing to choose"),
        (inside("<Txt/>"), "c: line 3", "<Txt> is no Label Studio tag"),
        (inside('<Text name="u" value="$u" encoding="base64"/>'), "c: line 3", 'encoding="base64" of <Text>'),
        (inside('<Text name="u" value="$u" requird="true"/>'), "c: line 3", "no attribute 'requird'"),
        (inside('<Text name="t" value="$u"/>'), "c: line 3", "the name 't' is taken since line 2"),
        (inside('<Image name="u" value="plain"/>'), "c: line 3", "is no $field"),
        (inside('<Image name="u" value="$"/>'), "c: line 3", "is no $field"),
        (inside('<Text name="u"/>'), "c: line 3", "needs value"),
        (inside("loose text"), "c: line 1", "text between tags: 'loose text'"),
        (inside('<Choice value="a"/>'), "c: line 3", "outside of <Choices>"),
        (inside("", field='<Choices name="c" toName="t"/>'), "c: line 4", "offers nothing"),
        (inside("", field='<Labels name="c"><Label value="a"/></Labels>'), "c: line 4", "needs toName"),
        (
            inside("", field='<Choices name="c" toName="q"><Choice value="a"/></Choices>'),
            "c: line 4",
            "names no object",
        ),
        (
            inside("", field='<Choices name="c" toName="t" choice="some"><Choice value="a"/></Choices>'),
            "c: line 4",
            "choice='some'",
        ),
        (
            inside("", field='<Choices name="c" toName="t" required="yes"><Choice value="a"/></Choices>'),
            "c: line 4",
            "required='yes'",
        ),
        (
            inside(
                "", field='<Choices name="c" toName="t"><Choice value="a"/>\n<Choice value="b" alias="a"/></Choices>'
            ),
            "c: line 5",
            "'a' twice",
        ),
        (
            inside("", field='<Choices name="c" toName="t"><Text name="z" value="$z"/></Choices>'),
            "c: line 4",
            "<Text> inside <Choices>",
        ),
        (
            inside("", field='<Choices name="c" toName="t" visibleWhen="sometimes"><Choice value="a"/></Choices>'),
            "c: line 4",
            "visibleWhen",
        ),
        (inside("", field='<Rating name="c" toName="t" maxRating="many"/>'), "c: line 4", "no number"),
        (inside("", field='<Rating name="c" toName="t" maxRating="0"/>'), "c: line 4", "no whole number"),
        (
            inside("", field='<Number name="t2" toName="t"><Choice value="a"/></Number>'),
            "c: line 4",
            "<Choice> inside <Number>",
        ),
        (
            inside("", field='<Choices name="t" toName="t"><Choice value="a"/></Choices>'),
            "c: line 4",
            "is taken since line 2",
        ),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><View/>", "c: line 1, column 13", "document type"),
        ("<View>" * 150, "c: line 1, column 601", "nested"),
    ],
)
def test_what_cannot_be_honoured_is_refused_with_its_place(xml, where, says):
    with pytest.raises(Invalid) as caught:
        parse_label_config(xml, where="c")
    assert caught.value.where == where
    assert says in caught.value.message
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [("1", "1", "taken by 'a'"), ("A", "a", "taken by 'a'"), ("s", "2", "means skip"), ("too long", "2", "is no key")],
)
def test_two_options_never_share_a_key(first, second, says):
    options = f'<Choice value="a" hotkey="{first}"/><Choice value="b" hotkey="{second}"/>'
    field = f'<Choices name="c" toName="t">{options}</Choices>'
    with pytest.raises(Invalid, match=says):
        parse_label_config(inside("", field=field), where="c")


def test_more_options_than_digits_leave_the_last_without_a_key():
    options = "".join(f'<Choice value="o{n}"/>' for n in range(12))
    schema = parse_label_config(inside("", field=f'<Choices name="c" toName="t">{options}</Choices>'), where="c")
    assert [o.hotkey for o in schema.fields[0].options] == [*"1234567890", "", ""]


def test_a_config_of_a_million_characters_is_not_read():
    with pytest.raises(RecensionError, match="characters"):
        parse_label_config("<View>" + " " * 1_000_000 + "</View>", where="c")


def test_a_field_may_be_named_like_a_shown_data_field():
    schema = parse_label_config('<View><Text name="x" value="$c"/><Number name="c" toName="x"/></View>', where="c")
    assert schema.references == ("c",)
