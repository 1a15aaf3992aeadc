"""New input commits become items and tasks: by content, once, whole or not at all."""

from __future__ import annotations

import pytest
from tests.crowd.studio import KEYED, YAML, Studio

from recension.crowd.following import catch_up
from recension.crowd.intake import sync_input


@pytest.fixture
def studio(tmp_path):
    made = Studio(tmp_path)
    yield made
    made.close()


def keyed(*rows):
    return [("id", "h"), *rows]


def test_rows_become_tasks_and_equal_content_shares_one(studio):
    studio.put("pool", {"/a.csv": ["one", "two", "one"], "/b.csv": ["two", "three"], "/c.txt": "no table"})
    studio.create()
    assert studio.count("item") == 4
    assert studio.open_tasks() == 3
    assert studio.state().commit_id == studio.head(repo="pool").id


def test_new_rows_open_tasks_without_any_command(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.put("pool", {"/b.csv": ["x1", "x2", "x3", "x4", "x5"]})
    (report,) = studio.follow()
    assert (report.new_tasks, report.stale, report.gone, report.error) == (5, 0, 0, None)
    assert studio.open_tasks() == 6


def test_reordered_rows_and_a_renamed_file_open_nothing(studio):
    studio.put("pool", {"/a.csv": keyed((1, "one"), (2, "two"), (3, "three"))})
    studio.create(KEYED)
    studio.answer_all("bea", "cid")
    studio.put("pool", {"/a.csv": keyed((3, "three"), (1, "one"), (2, "two"))})
    (reordered,) = studio.follow()
    assert (reordered.new_tasks, reordered.stale, reordered.gone) == (0, 0, 0)
    studio.put("pool", {"/z.csv": keyed((3, "three"), (1, "one"), (2, "two"))}, delete=["/a.csv"])
    (renamed,) = studio.follow()
    assert (renamed.new_tasks, renamed.stale, renamed.gone) == (0, 0, 3)
    assert studio.open_tasks() == 0
    assert {body["status"] for body in _published(studio).values()} == {"settled"}


def test_an_edited_row_is_stale_alone_and_opens_one_task(studio):
    studio.put("pool", {"/a.csv": keyed((1, "one"), (2, "two"), (3, "three"))})
    studio.create(KEYED)
    studio.answer_all("bea", "cid")
    before = _published(studio)
    studio.put("pool", {"/a.csv": keyed((1, "one"), (2, "TWO"), (3, "three"))})
    (report,) = studio.follow()
    assert (report.new_tasks, report.stale, report.gone) == (1, 1, 0)
    after = _published(studio)
    assert [body["status"] for _, body in sorted(after.items())] == ["settled", "stale", "settled"]
    assert after["/a.csv#2"]["previous"]["consensus"] == before["/a.csv#2"]["consensus"]
    assert after["/a.csv#2"]["previous"]["data"] == {"headline": "two"}
    assert after["/a.csv#1"] == before["/a.csv#1"]
    assert studio.answer_all("bea") == [("bea", "TWO")]


def test_content_that_comes_back_is_settled_at_once(studio):
    first = keyed((1, "one"), (2, "two"))
    studio.put("pool", {"/a.csv": first})
    studio.create(KEYED)
    studio.answer_all("bea", "cid")
    studio.publish_due()
    settled = studio.head().content_id
    studio.put("pool", {"/a.csv": keyed((1, "one"), (2, "TWO"))})
    studio.follow()
    assert studio.open_tasks() == 1
    studio.put("pool", {"/a.csv": first})
    (report,) = studio.follow()
    assert (report.new_tasks, report.reused, report.stale) == (0, 1, 0)
    assert studio.open_tasks() == 0
    assert studio.answer_all("bea", "cid", "dan") == []
    studio.publish_due()
    assert studio.head().content_id == settled


def test_a_former_content_is_remembered_past_one_that_nobody_answered_for(studio):
    studio.put("pool", {"/a.csv": keyed((1, "one"))})
    studio.create(KEYED)
    studio.answer_all("bea", "cid")
    for text in ("two", "three"):
        studio.put("pool", {"/a.csv": keyed((1, text))})
        studio.follow()
    assert _published(studio)["/a.csv#1"]["previous"]["data"] == {"headline": "one"}
    assert studio.open_tasks() == 1


def test_what_is_removed_is_asked_no_more_and_what_returns_is_asked_again(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.answer_all("bea")
    studio.put("pool", {"/a.csv": ["one"]})
    studio.follow()
    assert studio.answer_all("cid") == [("cid", "one")]
    assert studio.count("answer") == 3
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.follow()
    assert studio.answer_all("cid") == [("cid", "two")]


def test_a_branch_shares_the_tasks_of_the_one_it_started_from(studio):
    main = studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.store.branch_create("pool", "dev", at=main.id)
    studio.put("pool", {"/b.csv": ["three"]}, branch="dev")
    reports = studio.follow()
    assert [(each.branch, each.new_tasks) for each in reports] == [("dev", 0), ("dev", 1)]
    assert studio.count("item", "branch = 'dev'") == 3
    assert studio.open_tasks() == 1
    studio.store.branch_delete("pool", "dev")
    studio.follow()
    assert (studio.count("item", "branch = 'dev'"), studio.open_tasks(), studio.state("dev")) == (0, 0, None)


def test_a_pinned_input_follows_no_other_branch(studio):
    studio.put("pool", {"/a.csv": ["one"]}, branch="dev")
    studio.create(YAML.replace("{repo: pool,", "{repo: pool, branch: dev,"))
    studio.put("pool", {"/a.csv": ["two"]})
    assert studio.follow() == []
    assert studio.count("item") == 1


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"/b.csv": "title\nx\n"}, "pool@main:/b.csv: line 1: no column 'h' (the columns are: 'title')"),
        ({"/b.csv": "h\nx,y\n"}, "pool@main:/b.csv: line 2: 2 values, more than the 1 columns"),
        ({"/b.csv": b"h\n\xff\n"}, "pool@main:/b.csv: line 2: byte 1 is not UTF-8"),
        ({"/b.csv": b"h\n" + b"x" * (3 << 20)}, "pool@main:/b.csv: line 2: a row is over 1 MiB"),
    ],
)
def test_a_bad_file_leaves_the_branch_where_it_was_and_is_reported(studio, files, words):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    before = studio.state()
    studio.put("pool", {"/good.csv": ["two"], **files})
    (report,) = studio.follow()
    assert words in report.error
    assert "\n" not in report.error
    assert studio.state().error == report.error
    assert studio.state().commit_id == before.commit_id
    assert studio.open_tasks() == 1
    studio.put("pool", {}, delete=list(files))
    (report,) = studio.follow()
    assert (report.new_tasks, report.error, studio.state().error) == (1, None, None)


def test_a_key_that_is_there_twice_is_refused_with_both_lines(studio):
    studio.put("pool", {"/a.csv": keyed((1, "one"))})
    studio.create(KEYED)
    studio.put("pool", {"/a.csv": keyed((1, "one"), (1, "two"))})
    (report,) = studio.follow()
    assert "pool@main:/a.csv: line 3: key '1' of column 'id' is there twice, first in line 2" in report.error


def test_moving_back_to_the_old_commit_settles_the_complaint(studio):
    good = studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.put("pool", {"/a.csv": "bad\n"})
    studio.follow()
    assert studio.state().error
    studio.store.branch_move("pool", "main", good.id)
    studio.follow()
    assert studio.state().error is None


def test_a_replay_changes_nothing(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.put("pool", {"/a.csv": ["three"]})
    start = studio.seen
    studio.follow()
    dump = studio.rows("SELECT * FROM item"), studio.rows("SELECT * FROM task"), studio.rows("SELECT * FROM input")
    studio.seen = start
    studio.follow()
    assert all(not report.changed for report in catch_up(studio.means))
    assert dump == (
        studio.rows("SELECT * FROM item"),
        studio.rows("SELECT * FROM task"),
        studio.rows("SELECT * FROM input"),
    )


def test_catching_up_takes_in_what_no_event_told_of(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.put("pool", {"/a.csv": ["one", "three"]}, branch="dev")
    assert sorted((each.branch, each.new_tasks) for each in catch_up(studio.means)) == [("dev", 1), ("main", 1)]
    assert studio.follow()[0].changed is False


def test_a_branch_whose_labels_would_mix_with_others_is_refused(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    studio.put("pool", {"/a.csv": ["two"]}, branch="live")
    (report,) = studio.follow()
    assert "labels of a branch called 'live' would mix with others" in report.error


def test_a_failing_write_takes_nothing_in(studio, monkeypatch):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    new = studio.put("pool", {"/a.csv": ["one", "two", "three"]})
    from recension.crowd import intake

    def fail(*_):
        raise RuntimeError("killed")

    monkeypatch.setattr(intake, "_unwant_left", fail)
    with pytest.raises(RuntimeError, match="killed"):
        studio.follow()
    assert (studio.count("item"), studio.count("task")) == (1, 1)
    monkeypatch.undo()
    report = sync_input(studio.means, studio.project.id, "main", new.id)
    assert (report.new_tasks, studio.count("item")) == (2, 3)


def _published(studio):
    studio.publish_due()
    return studio.documents("live")
