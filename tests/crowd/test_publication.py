"""What the log says becomes commits: once, grouped, with the input's global id, and only what changed."""

from __future__ import annotations

import io
import json

import pyarrow.parquet as pq
import pytest
from tests.crowd.studio import CONTROLLED, KEYED, YAML, Studio

from recension.crowd import table
from recension.crowd.bans import ban_worker
from recension.crowd.export import export_documents
from recension.crowd.published import check_not_owned, owned_branches
from recension.crowd.undo import undo
from recension.errors import Conflict, Forbidden


@pytest.fixture
def studio(tmp_path):
    made = Studio(tmp_path)
    yield made
    made.close()


def said(name, headline):
    return "clickbait" if headline.endswith("!") else "news"


def test_running_answers_go_to_live_and_finished_labels_to_main(studio):
    pool = studio.put("pool", {"/a.csv": ["calm", "wow!"]})
    studio.create()
    (first,) = studio.publish_due()
    assert (first.branch, {d["status"] for d in studio.documents("live").values()}) == ("live", {"open"})
    studio.answer_all("bea", say=said)
    (second,) = studio.publish_due()
    assert second.branch == "live"
    assert studio.head() is None
    studio.answer_all("cid", say=said)
    release, live = studio.publish_due()
    assert (release.branch, live.branch) == ("main", "live")
    assert {row["headline"]: row["category"] for row in studio.labels()} == {"calm": "news", "wow!": "clickbait"}
    assert release.global_id == pool.global_id == live.global_id
    assert set(release.provenance) == {pool.id, studio.project.spec_commit}
    assert release.kind == "people"
    assert studio.publish_due() == []


def test_a_release_says_what_it_cost_and_under_which_guideline(studio):
    studio.put("pool", {"/a.csv": ["calm", "wow!"]})
    studio.create(YAML + "guideline: Look twice.\n")
    studio.answer_all("bea", "cid")
    release = studio.publish_due()[0]
    meta = dict(release.meta)
    assert meta["cost"] == {"amount": "0.08", "currency": "USD"}
    assert (meta["judgements"], meta["workers"], meta["settled"], meta["items"]) == (4, 2, 2, 2)
    assert (meta["minutes"], meta["overlap"], meta["method"]) == (1.0, 2, "majority")
    assert meta["upto"] == studio.rows("SELECT MAX(seq) FROM answer")[0][0]
    assert meta["guideline"] == studio.project.guideline_hash
    annotation = next(iter(studio.documents().values()))["annotations"][0]
    assert annotation["guideline"] == meta["guideline"]


def test_one_global_id_leads_from_new_headlines_to_their_labels(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.publish_due()
    put = studio.put("pool", {"/b.csv": ["x1", "x2", "x3", "x4", "x5"]})
    studio.follow()
    assert [commit.branch for commit in studio.publish_due()] == ["live"]
    studio.answer_all("bea", "cid")
    release = studio.publish_due()[0]
    assert (release.branch, release.global_id, len(studio.labels())) == ("main", put.global_id, 6)


def test_a_branch_of_the_input_is_labelled_on_its_own_and_promoted_without_asking_again(studio):
    main = studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.publish_due()
    idle = studio.head(), studio.head("live")
    studio.store.branch_create("pool", "dev", at=main.id)
    studio.follow()
    studio.publish_due()
    new = studio.put("pool", {"/b.csv": ["x1", "x2"]}, branch="dev")
    studio.follow()
    assert [commit.branch for commit in studio.publish_due()] == ["live-dev"]
    studio.answer_all("bea", "cid")
    branches = {commit.branch: commit.global_id for commit in studio.publish_due()}
    assert branches == {"dev": new.global_id, "live-dev": new.global_id}
    assert (studio.head(), studio.head("live")) == idle
    studio.store.branch_promote("pool", "dev", "main")
    (report,) = studio.follow()
    assert (report.branch, report.new_tasks, studio.open_tasks()) == ("main", 0, 0)
    made = {commit.branch: commit.global_id for commit in studio.publish_due()}
    assert made == {"main": new.global_id, "live": new.global_id}
    assert studio.answer_all("bea", "cid", "dan") == []
    assert studio.head().content_id == studio.head("dev").content_id


def test_a_new_input_of_equal_content_is_published_with_its_global_id_and_nothing_else(studio):
    studio.put("pool", {"/a.csv": [("id", "h"), (1, "one"), (2, "two")]})
    studio.create(KEYED)
    studio.answer_all("bea", "cid")
    studio.publish_due()
    before = studio.head()
    put = studio.put("pool", {"/a.csv": [("id", "h"), (2, "two"), (1, "one")]})
    studio.follow()
    studio.publish_due()
    after = studio.head()
    assert (after.parents, after.global_id, after.content_id) == ((before.id,), put.global_id, before.content_id)
    assert (after.added, after.changed, after.removed) == (0, 0, 0)
    assert studio.publish_due() == []


def test_only_documents_and_parts_that_changed_are_written(studio):
    studio.put("pool", {"/a.csv": [f"headline {n}" for n in range(50)]})
    studio.create()
    studio.publish_due()
    worker = studio.worker("bea")
    page = studio.ask(worker)
    studio.submit(worker, page, page.tasks[0].id, {"category": "news"})
    (live,) = studio.publish_due()
    assert (live.added, live.changed, live.removed) == (0, 2, 0)


def test_items_that_are_gone_leave_documents_and_table(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.publish_due()
    assert len(table_rows(studio)) == 2
    studio.put("pool", {"/a.csv": ["two"]})
    studio.follow()
    studio.publish_due()
    assert [body["item"]["data"] for body in studio.documents("live").values()] == [{"headline": "two"}]
    assert [row["data.headline"] for row in table_rows(studio)] == ["two"]


def table_rows(studio, branch="live"):
    head = studio.head(branch)
    raw = [studio.store.read_bytes(head, entry.path) for entry in studio.store.walk(head, prefix="/table")]
    return [row for data in raw for row in pq.read_table(io.BytesIO(data)).to_pylist()]


def test_the_same_answers_give_the_same_content_wherever_and_whoever_comes_first(tmp_path):
    contents = set()
    for name, order in (("a", ("sim-1", "sim-2", "sim-3")), ("b", ("sim-3", "sim-2", "sim-1"))):
        studio = Studio(tmp_path / name)
        studio.put("quality", {"/control.csv": [("h", "right"), ("c1", "news"), ("c2!", "clickbait")]})
        studio.put("pool", {"/a.csv": ["calm", "wow!", "so so"]})
        if name == "b":  # other ids in the database
            studio.create(YAML.replace("project: news", "project: other").replace("repo: labels", "repo: others"))
            studio.clock.advance(12345)
        learned = CONTROLLED.replace("{method: majority}", "{method: dawid_skene, smoothing: 1.0}")
        studio.create(learned.replace("overlap: 2", "overlap: 3").replace("control: 1", "control: 2"))
        studio.answer_all(*order, say=lambda who, text: "news" if who == "sim-2" else said(who, text), simulated=True)
        studio.publish_due()
        contents.add((studio.head().content_id, studio.head("live").content_id))
        studio.close()
    assert len(contents) == 1


def test_a_tie_has_no_value_and_no_row(studio):
    studio.put("pool", {"/a.csv": ["calm", "torn"]})
    studio.create()
    studio.answer_all("bea", say=lambda *_: "news")
    studio.answer_all("cid", say=lambda _, text: "clickbait" if text == "torn" else "news")
    studio.publish_due()
    torn = next(body for body in studio.documents().values() if body["item"]["data"]["headline"] == "torn")
    assert torn["consensus"]["category"] == {
        "value": None,
        "confidence": 0.5,
        "method": "majority",
        "votes": 2,
        "distribution": {"clickbait": 0.5, "news": 0.5},
        "tie": True,
    }
    assert studio.labels() == [{"headline": "calm", "category": "news"}]


def test_a_withdrawn_answer_stays_marked_and_unsettles_the_release(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.publish_due()
    released = studio.head()
    undo(studio.db, studio.clock, studio.worker("cid"), answer_id="a2")
    assert [commit.branch for commit in studio.publish_due()] == ["live"]
    (body,) = studio.documents("live").values()
    assert [(a["worker"], a["withdrawn"]) for a in body["annotations"]] == [("bea", False), ("cid", True)]
    assert (body["status"], body["consensus"]["category"]["votes"]) == ("open", 1)
    assert studio.head() == released


def test_a_ban_marks_answers_excluded_and_asks_others_instead(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create(YAML + "on_ban: exclude_and_reoffer\n")
    studio.answer_all("bea", say=lambda *_: "clickbait")
    studio.answer_all("cid")
    studio.publish_due()
    ban_worker(studio.db, studio.clock, studio.project.id, studio.worker("bea"), reason="spam")
    studio.publish_due()
    (body,) = studio.documents("live").values()
    assert [(a["worker"], a["excluded"]) for a in body["annotations"]] == [("bea", True), ("cid", False)]
    assert body["consensus"]["category"]["value"] == "news"
    assert studio.open_tasks() == 1
    studio.answer_all("dan")
    studio.publish_due()
    assert studio.labels() == [{"headline": "one", "category": "news"}]


def test_control_answers_judge_workers_and_are_no_labels(studio):
    studio.put("pool", {"/a.csv": [f"h{n}" for n in range(8)]})
    studio.put("quality", {"/control.csv": [("h", "right"), *[(f"c{n}", "news") for n in range(6)]]})
    studio.create(CONTROLLED.replace("overlap: 2", "overlap: 3").replace("{method: majority}", "{method: dawid_skene}"))
    studio.answer_all("bea", "cid")
    studio.answer_all("dan", say=lambda *_: "clickbait")
    release = studio.publish_due()[0]
    assert len(studio.documents()) == 8
    assert {row["category"] for row in studio.labels()} == {"news"}
    assert set(release.provenance) == {
        studio.head(repo="pool").id,
        studio.head(repo="quality").id,
        studio.project.spec_commit,
    }


def test_answers_to_control_tasks_alone_publish_nothing_elsewhere(studio):
    main = studio.put("pool", {"/a.csv": ["one"]})
    studio.put("quality", {"/control.csv": [("h", "right"), *[(f"c{n}", "news") for n in range(6)]]})
    studio.create(CONTROLLED)
    studio.answer_all("bea", "cid")
    studio.publish_due()
    studio.store.branch_create("pool", "dev", at=main.id)
    studio.put("pool", {"/b.csv": ["two"]}, branch="dev")
    studio.follow()
    studio.answer_all("bea", "cid")
    assert {commit.branch for commit in studio.publish_due()} == {"dev", "live-dev"}


def test_a_release_waits_for_pages_that_may_still_end_in_a_ban(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.put("quality", {"/control.csv": [("h", "right"), ("c", "news")]})
    studio.create(CONTROLLED.replace("overlap: 2", "overlap: 1"))
    worker = studio.worker("bea")
    page = studio.ask(worker)
    by_kind = dict(studio.rows("SELECT kind, id FROM task"))
    assert {task.id for task in page.tasks} == set(by_kind.values())
    studio.submit(worker, page, by_kind["real"], {"category": "news"})
    assert [commit.branch for commit in studio.publish_due(wait_s=5)] == ["live"]
    studio.submit(worker, page, by_kind["control"], {"category": "news"})
    assert [commit.branch for commit in studio.publish_due(wait_s=5)] == ["main"]


@pytest.mark.parametrize(
    ("rule", "after_one_worker", "at_last"),
    [
        ("each", ["main", "live"], ["main", "live"]),
        ("{count: 2}", ["main", "live"], ["main", "live"]),
        ("{count: 3}", ["live"], ["main", "live"]),
        ("complete", ["live"], ["main", "live"]),
        ("manual", ["live"], ["live"]),
    ],
)
def test_a_release_follows_the_projects_rule(studio, rule, after_one_worker, at_last):
    studio.put("pool", {"/a.csv": ["one", "two", "three"]})
    small = YAML.replace("overlap: 2", "overlap: 1").replace("real: 4", "real: 2")
    studio.create(small.replace("{repo: labels}", f"{{repo: labels, release: {rule}}}"))
    studio.publish_due()
    worker = studio.worker("bea")
    page = studio.ask(worker)
    for task in page.tasks:
        studio.submit(worker, page, task.id, {"category": "news"})
    assert [commit.branch for commit in studio.publish_due()] == after_one_worker
    studio.answer_all("bea")
    assert [commit.branch for commit in studio.publish_due()] == at_last
    assert (studio.publish() is not None) is (rule == "manual")


def test_running_answers_are_published_at_most_every_two_seconds(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.publish_due()
    worker = studio.worker("bea")
    page = studio.ask(worker)
    studio.submit(worker, page, page.tasks[0].id, {"category": "news"})
    assert len(studio.publish_due(wait_s=2)) == 1
    studio.submit(worker, page, page.tasks[1].id, {"category": "news"})
    assert studio.publish_due(wait_s=1) == []
    assert len(studio.publish_due(wait_s=1)) == 1


def test_a_kill_between_reading_and_writing_publishes_nothing_twice(studio, monkeypatch):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.answer_all("bea", "cid")
    from recension.crowd import publication

    def fail(*_):
        raise RuntimeError("killed")

    monkeypatch.setattr(publication, "record", fail)
    with pytest.raises(RuntimeError, match="killed"):
        studio.publish()
    assert (studio.head(), studio.count("publication")) == (None, 0)
    monkeypatch.undo()
    assert studio.publish() is not None
    assert studio.publish() is None
    assert len(studio.store.log("labels", "main")) == 1


def test_two_publishers_at_once_make_one_publication(studio, monkeypatch):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.answer_all("bea", "cid")
    from recension.crowd import publication

    whole = publication.label

    def meanwhile(snapshot):
        monkeypatch.undo()
        studio.publish()
        return whole(snapshot)

    monkeypatch.setattr(publication, "label", meanwhile)
    with pytest.raises(Conflict):
        studio.publish()
    assert (len(studio.store.log("labels", "main")), studio.count("publication")) == (1, 1)


def test_the_branches_of_a_project_are_its_own(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.put("pool", {"/a.csv": ["one"]}, branch="dev")
    studio.create()
    with studio.db.read() as tx:
        assert {owned.branch for owned in owned_branches(tx)} == {"main", "live", "dev", "live-dev"}
        with pytest.raises(Forbidden, match="only project 'news' writes this branch"):
            check_not_owned(tx, "labels", "live")
        check_not_owned(tx, "labels", "mine")
        check_not_owned(tx, "pool", "main")


def test_an_export_has_one_document_a_line(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.publish_due()
    lines = list(export_documents(studio.store, studio.head()))
    assert [json.loads(line)["status"] for line in lines] == ["settled", "settled"]
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)


def test_parts_of_other_columns_are_written_again_with_the_next_publication(studio, monkeypatch):
    studio.put("pool", {"/h.csv": [f"line {n}" for n in range(40)]})
    studio.create()
    with monkeypatch.context() as older:
        now = table._columns
        older.setattr(table, "_columns", lambda schema: {k: v for k, v in now(schema).items() if k != "workers"})
        studio.publish("live")
        assert "workers" not in table_rows(studio)[0]
    ada = studio.worker("ada")
    page = studio.ask(ada)
    studio.submit(ada, page, page.tasks[0].id, {"category": "news"})
    studio.publish("live")
    rows = table_rows(studio)
    assert len(rows) == 40
    assert max(row["workers"] for row in rows) == ["ada"]
    assert all("workers" in row for row in rows)
