"""Our own form of a schema says the same as Label Studio's."""

import pytest
import yaml

from recension.errors import Invalid
from recension.label import parse_label_config, schema_from_fields, schema_hash


def read(text):
    return schema_from_fields(yaml.safe_load(text), where="p.yaml")


def test_both_forms_ask_the_same():
    ours = read(
        """
        show: {headline: text}
        ask:
          category: {choice: [clickbait, {value: notclickbait, label: Not clickbait, hotkey: n}], required: true}
          stars: {rating: 3, opinion: true}
          why: {text: 50}
          price: {number: {min: 0}}
        """
    )
    theirs = parse_label_config(
        """<View><Text name="h" value="$headline"/>
        <Choices name="category" toName="h" required="true">
        <Choice value="clickbait"/><Choice value="notclickbait"/></Choices>
        <Rating name="stars" toName="h" maxRating="3"/><TextArea name="why" toName="h" maxLength="50"/>
        <Number name="price" toName="h" min="0"/></View>""",
        where="x",
    )
    assert schema_hash(ours) == schema_hash(theirs)
    assert [o.hotkey for o in ours.fields[0].options] == ["1", "n"]
    assert ours.fields[1].opinion


def test_a_list_shows_headers_in_between():
    schema = read("{show: [{header: Look}, {photo: image}, {caption: text}], ask: {a: {text: {}}}}")
    assert [(o.kind, o.field, o.text) for o in schema.objects] == [
        ("header", "", "Look"),
        ("image", "photo", ""),
        ("text", "caption", ""),
    ]


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("{show: {a: text}}", "p.yaml: ask", "expected keys"),
        ("{show: {a: text}, ask: {}}", "p.yaml: ask", "no field"),
        ("{ask: {b: {text: 5}}}", "p.yaml: show", "nothing is shown"),
        ("{show: {a: sound}, ask: {b: {text: 5}}}", "p.yaml: show", "as 'sound'"),
        ("{show: [{a: text}, {a: text}], ask: {b: {text: 5}}}", "p.yaml: show", "twice"),
        ("{show: {a: text}, ask: {b: {text: 5, number: {}}}}", "p.yaml: ask.b", "exactly one kind"),
        ("{show: {a: text}, ask: {b: {text: 0}}}", "p.yaml: ask.b.text", "no whole number"),
        ("{show: {a: text}, ask: {b: {text: {max: 5}}}}", "p.yaml: ask.b.text", "unknown key 'max'"),
        ("{show: {a: text}, ask: {b: {text: 5, reqired: true}}}", "p.yaml: ask.b", "unknown key 'reqired'"),
        ("{show: {a: text}, ask: {b: {choice: [yes, no]}}}", "p.yaml: ask.b.choice[0]", "no text"),
        ("{show: {a: text}, ask: {b: {choice: []}}}", "p.yaml: ask.b.choice", "no options"),
        ("{show: {a: text}, ask: {b: {choice: [x, x]}}}", "p.yaml: ask.b.choice[1]", "twice"),
        ("{show: {a: text}, ask: {b: {choice: [x], required: 1}}}", "p.yaml: ask.b.required", "required is 1"),
        ("{show: {a: text}, ask: {b: {number: {min: low}}}}", "p.yaml: ask.b.number", "no number"),
        ("{shw: {a: text}, ask: {b: {text: 5}}}", "p.yaml", "unknown key 'shw'"),
    ],
)
def test_a_mistake_is_named_by_its_key(text, where, says):
    with pytest.raises(Invalid) as caught:
        read(text)
    assert caught.value.where == where
    assert says in caught.value.message
