"""Labels from elsewhere: annotations go into the log, predictions beside it, each to the item that is meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crowd.studio import KEYED, Studio

from recension.crowd.imported import NewAnnotation, import_annotations
from recension.crowd.matching import About
from recension.crowd.predictions import NewPrediction, add_predictions, models_of, predictions_of
from recension.crowd.recount import recount
from recension.errors import Conflict, Invalid


@pytest.fixture
def studio(tmp_path):
    held = Studio(tmp_path)
    yield held
    held.close()


@pytest.fixture
def news(studio):
    studio.put("pool", {"/p.csv": [("id", "h"), ("a", "one"), ("b", "two"), ("c", "three")]})
    studio.create(KEYED)
    return studio


def annotate(studio, worker, said, **about):
    new = [NewAnnotation(About(item), {"category": value}, 2_000_000) for item, value in said.items()]
    return import_annotations(studio.db, studio.clock, studio.project.id, "main", worker, new)


def predict(studio, said, model="m", version="1", score=0.5):
    new = [NewPrediction(About(item), {"category": value}, model, version, score) for item, value in said.items()]
    return add_predictions(studio.db, studio.clock, studio.project.id, "main", new)


def test_annotations_count_as_answers_and_are_published_under_their_names(news):
    done = annotate(news, "ada", {"/p.csv#a": "news", "p.csv#b": "clickbait", "p.csv#z": "news"})
    assert (done.added, done.known, done.full, done.unknown) == (2, 0, 0, ("p.csv#z",))
    annotate(news, "ben", {"p.csv#a": "news"})
    news.publish("live")
    documents = news.documents("live")
    assert [each["worker"] for each in documents["/p.csv#a"]["annotations"]] == ["ada", "ben"]
    assert documents["/p.csv#a"]["status"] == "settled"
    assert documents["/p.csv#a"]["annotations"][0]["time_spent_s"] == 2
    with news.db.read() as tx:
        assert recount(tx, news.project.id) == []


def test_nobody_is_asked_what_they_have_said_and_no_task_takes_more_than_its_overlap(news):
    annotate(news, "ada", {"p.csv#a": "news"})
    assert annotate(news, "ada", {"p.csv#a": "clickbait"}).known == 1
    annotate(news, "ben", {"p.csv#a": "news"})
    assert annotate(news, "cleo", {"p.csv#a": "news"}).full == 1
    asked = {headline for _, headline in news.answer_all("ada", "ben", "cleo")}
    assert asked == {"two", "three"}
    with news.db.read() as tx:
        assert recount(tx, news.project.id) == []


def test_what_was_brought_in_earns_nothing_and_breaks_no_rule(studio):
    rule = KEYED + "rules:\n  - {if: fast_pages, under_s: 30, last: 5, at_least: 1, then: ban}\n"
    studio.put("pool", {"/p.csv": [("id", "h"), ("a", "one"), ("b", "two")]})
    studio.create(rule)
    annotate(studio, "ada", {"p.csv#a": "news"})
    assert studio.count("ledger") == 0
    assert studio.rows("SELECT state, answers, pages, earned FROM membership") == [("new", 1, 0, "0")]
    studio.answer_all("ada")
    assert studio.rows("SELECT state FROM membership") == [("working",)]  # the import, done in no time, is no page


def test_a_batch_with_one_bad_value_leaves_nothing(news):
    with pytest.raises(Invalid, match=r"p\.csv#b"):
        annotate(news, "ada", {"p.csv#a": "news", "p.csv#b": "nonsense"})
    with pytest.raises(Invalid, match=r"p\.csv#b"):
        predict(news, {"p.csv#a": "news", "p.csv#b": "nonsense"})
    assert (news.count("answer"), news.count("prediction"), news.count("page")) == (0, 0, 0)


def test_simulated_workers_cannot_lend_their_names(news):
    news.worker("robot", simulated=True)
    with pytest.raises(Conflict):
        annotate(news, "robot", {"p.csv#a": "news"})


def test_items_are_found_by_content_and_by_the_end_of_their_name(news):
    by_content = [NewAnnotation(About("elsewhere#9", {"headline": "two"}), {"category": "news"})]
    done = import_annotations(news.db, news.clock, news.project.id, "main", "ada", by_content)
    assert done.added == 1
    assert news.rows("SELECT i.item_id FROM answer a JOIN item i ON i.task = a.task") == [("/p.csv#b",)]
    by_end = [NewAnnotation(About("csv#a"), {"category": "news"})]
    assert import_annotations(news.db, news.clock, news.project.id, "main", "ada", by_end).unknown == ("csv#a",)


def test_predictions_stand_beside_annotations_and_the_newest_of_a_model_replaces_the_older(news):
    predict(news, {"p.csv#a": "news"}, score=0.25)
    predict(news, {"p.csv#a": "clickbait"}, score=0.75)
    predict(news, {"p.csv#a": "news"}, version="2")
    annotate(news, "ada", {"p.csv#a": "news"})
    news.publish("live")
    document = news.documents("live")["/p.csv#a"]
    assert [(each["version"], each["fields"], each["score"]) for each in document["predictions"]] == [
        ("1", {"category": "clickbait"}, 0.75),
        ("2", {"category": "news"}, 0.5),
    ]
    assert len(document["annotations"]) == 1
    with news.db.read() as tx:
        assert models_of(tx, news.project.id) == [("m", "1", 1), ("m", "2", 1)]


def test_new_predictions_are_news_and_old_ones_are_not(news):
    news.publish_due()
    assert news.publish_due() == []
    predict(news, {"p.csv#a": "news"})
    assert [commit.branch for commit in news.publish_due()] == ["live"]
    assert news.publish_due() == []


def test_a_prediction_may_leave_required_fields_open_but_not_lie_about_its_score(news):
    new = [NewPrediction(About("p.csv#a"), {}, "m")]
    assert add_predictions(news.db, news.clock, news.project.id, "main", new).added == 1
    for bad in (1.5, -0.1, float("nan")):
        with pytest.raises(Invalid, match="score"):
            predict(news, {"p.csv#a": "news"}, score=bad)
    with pytest.raises(Invalid, match="names its model"):
        predict(news, {"p.csv#a": "news"}, model="")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["ada", "ben", "cleo"])), max_size=8))
def test_whatever_is_brought_in_the_books_add_up(tmp_path_factory, said):
    studio = Studio(tmp_path_factory.mktemp("books"))
    try:
        studio.put("pool", {"/p.csv": [("id", "h"), ("a", "one"), ("b", "two")]})
        studio.create(KEYED)
        given_by = set()
        for key, worker in said:
            done = annotate(studio, worker, {f"p.csv#{key}": "news"})
            others = sum(each == key for each, _ in given_by)
            expected = (0, 1, 0) if (key, worker) in given_by else (1, 0, 0) if others < 2 else (0, 0, 1)
            assert (done.added, done.known, done.full) == expected
            if done.added:
                given_by.add((key, worker))
        with studio.db.read() as tx:
            assert recount(tx, studio.project.id) == []
            works = [work for (work,) in tx.execute("SELECT work_id FROM task")]
            assert predictions_of(tx, studio.project.id, works) == {}
    finally:
        studio.close()
