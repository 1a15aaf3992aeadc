"""Labels are carried over a change of schema by stated rules: read through them, never rewritten, asked again only
where no rule carries them."""

import json

import pytest
from tests.crowd.studio import CONTROLLED, KEYED, YAML, Studio, table

from recension.crowd.carried import last_report
from recension.crowd.progress import project_progress
from recension.errors import Invalid

OLD = '<Choice value="clickbait"/><Choice value="news"/>'
NEW = '<Choice value="bait"/><Choice value="news"/><Choice value="unclear"/>'
RENAMED = YAML.replace(OLD, NEW) + "migrate: [{rename_option: {field: category, from: clickbait, to: bait}}]\n"


@pytest.fixture
def studio(tmp_path):
    made = Studio(tmp_path)
    yield made
    made.close()


def by_first_letter(_name, headline):
    return "clickbait" if headline < "m" else "news"


def begin(studio, yaml_text=YAML):
    studio.put("pool", {"/a.csv": ["apple", "plum"]})
    studio.create(yaml_text)
    studio.answer_all("ada", "ben", say=by_first_letter)
    studio.publish()


def stored(studio):
    return [json.loads(text) for (text,) in studio.rows("SELECT fields FROM answer ORDER BY seq")]


def labelled(studio):
    return {row["headline"]: row["category"] for row in studio.labels()}


def test_a_renamed_option_is_read_through_its_rule_and_nobody_is_asked_again(studio):
    begin(studio)
    before = stored(studio)
    studio.update(RENAMED)
    assert studio.open_tasks() == 0
    assert stored(studio) == before
    studio.publish()
    assert labelled(studio) == {"apple": "bait", "plum": "news"}
    said = next(body for body in studio.documents().values() if body["item"]["data"]["headline"] == "apple")
    assert [each["fields"] for each in said["annotations"]] == [{"category": "bait"}] * 2
    with studio.db.read() as tx:
        assert last_report(tx, studio.project.id) == {"fit": 2, "migrated": 2, "lost": {}}


def test_new_items_are_asked_the_new_questions_and_old_ones_stay(studio):
    begin(studio)
    studio.update(RENAMED)
    studio.put("pool", {"/b.csv": ["apple", "fig"]})
    studio.follow()
    assert studio.open_tasks() == 1  # the apple is known, whatever it was called then
    studio.answer_all("ada", "ben", say=lambda _name, _headline: "unclear")
    studio.publish()
    assert labelled(studio) == {"apple": "bait", "plum": "news", "fig": "unclear"}


def test_what_no_rule_carries_is_asked_again_and_kept_as_previous(studio):
    begin(studio)
    studio.update(YAML.replace(OLD, '<Choice value="bait"/><Choice value="news"/>') + "migrate: []\n")
    assert studio.open_tasks() == 1
    with studio.db.read() as tx:
        report = last_report(tx, studio.project.id)
    assert (report["fit"], report["migrated"]) == (2, 0)
    assert report["lost"] == {"category: 'clickbait' is no answer": 2}
    studio.publish("live")
    studio.answer_all("ada", "ben", say=lambda _name, _headline: "bait")
    studio.publish()
    assert labelled(studio) == {"apple": "bait", "plum": "news"}


def test_changes_follow_one_another_and_each_answer_goes_through_those_after_it(studio):
    begin(studio)
    studio.update(RENAMED)
    studio.put("pool", {"/b.csv": ["fig"]})
    studio.follow()
    studio.answer_all("ada", "ben", say=lambda _name, _headline: "unclear")
    merged = YAML.replace(OLD, '<Choice value="bait"/><Choice value="other"/>')
    studio.update(merged + "migrate: [{merge_options: {field: category, from: [news, unclear], to: other}}]\n")
    assert studio.open_tasks() == 0
    studio.publish()
    assert labelled(studio) == {"apple": "bait", "plum": "other", "fig": "other"}


def test_an_added_question_gets_its_default(studio):
    begin(studio)
    asked = '<Number name="words" toName="shown" required="true"/>\n  </View>'
    studio.update(YAML.replace("</View>", asked) + "migrate: [{add_field: {field: words, value: 1}}]\n")
    assert studio.open_tasks() == 0
    studio.publish()
    assert [float(row["words"]) for row in studio.labels()] == [1, 1]


def test_control_answers_are_judged_as_they_are_read(studio):
    known = table([("h", "right"), ("known", "clickbait")])
    studio.put("quality", {"/control.csv": known})
    studio.put("pool", {"/a.csv": ["apple", "plum"]})
    studio.create(CONTROLLED)
    studio.answer_all("ada", "ben", say=lambda _name, headline: "news" if headline == "plum" else "clickbait")
    studio.put("quality", {"/control.csv": known.replace(b"clickbait", b"bait")})
    studio.update(CONTROLLED.replace(OLD, NEW) + RENAMED[RENAMED.index("migrate:") :])
    with studio.db.read() as tx:
        assert project_progress(tx, studio.project.id).control_percent == 100


def test_without_rules_another_schema_asks_about_everything_again(studio):
    begin(studio)
    studio.update(YAML.replace(OLD, '<Choice value="bait"/><Choice value="hard"/>'))
    assert studio.open_tasks() == 2
    # What was said before is no vote under this schema, and is published beside nothing.
    assert studio.publish("live") is not None
    assert {body["status"] for body in studio.documents("live").values()} == {"stale"}


@pytest.mark.parametrize(
    ("yaml_text", "says"),
    [
        (YAML.replace(OLD, NEW) + "migrate: [{rename: {}}]\n", "one kind"),
        (KEYED.replace(OLD, NEW) + "migrate: []\n", "other data"),
        (YAML.replace(OLD, NEW).replace("<Text", '<Header value="$more"/><Text') + "migrate: []\n", "more"),
    ],
)
def test_rules_that_cannot_be_are_refused(studio, yaml_text, says):
    begin(studio)
    with pytest.raises(Invalid, match=says):
        studio.update(yaml_text)
    assert studio.open_tasks() == 0


def test_rules_of_an_earlier_change_are_not_taken_for_those_of_this_one(studio):
    begin(studio)
    studio.update(RENAMED)
    studio.update(RENAMED.replace("overlap: 2", "overlap: 3"))
    with pytest.raises(Invalid, match="earlier change"):
        studio.update(RENAMED.replace('<Choice value="unclear"/>', ""))
