"""A project is created whole or not at all; an edit changes what it says it changes."""

from __future__ import annotations

import pytest
from tests.crowd.studio import CONTROLLED, KEYED, YAML, Studio

from recension.crowd.registry import problems, projects, set_state
from recension.errors import AlreadyExists, Invalid, NotFound, RecensionError

CONTROL = [("h", "right"), ("c1", "news"), ("c2", "clickbait")]


@pytest.fixture
def studio(tmp_path):
    made = Studio(tmp_path)
    yield made
    made.close()


def test_a_project_is_versioned_with_its_guideline(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    found = studio.create(YAML + "guideline: {file: rules.md}\n", **{"rules.md": "# Rules\n"})
    commit = studio.store.commit(found.spec_commit)
    assert (commit.repo, commit.author) == ("projects", "ada")
    assert studio.store.read_bytes(commit, "/news/guideline.md") == b"# Rules\n"
    assert studio.store.read_bytes(commit, "/news/project.yaml").startswith(b"project: news")
    assert (found.guideline, found.state) == ("# Rules\n", "open")
    assert {repo.name: repo.kind for repo in studio.store.repos()}["labels"] == "people"


def test_known_answers_become_tasks_of_their_kind(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.put("quality", {"/control.csv": CONTROL})
    studio.create(CONTROLLED)
    assert studio.rows("SELECT data, expected FROM task WHERE kind = 'control' ORDER BY data") == [
        ('{"headline":"c1"}', '{"category":"news"}'),
        ('{"headline":"c2"}', '{"category":"clickbait"}'),
    ]


def test_a_control_task_may_equal_an_item_and_is_never_given_twice(studio):
    studio.put("pool", {"/a.csv": ["c1", "one"]})
    studio.put("quality", {"/control.csv": CONTROL})
    studio.create(CONTROLLED)
    given = studio.answer_all("bea")
    assert len(given) == len(set(given)) == 3


BAD_CONTROL = [
    (
        [*CONTROL, ("c1", "clickbait")],
        "quality@main:/control.csv: line 4: this control task is there twice, first in line 2",
    ),
    ([*CONTROL, ("c3", "nonsense")], "quality@main:/control.csv: line 4: right: 'nonsense' is no answer"),
    ([*CONTROL, ("c3", "")], "quality@main:/control.csv: line 4: right: no expected answer"),
    ([("h", "wrong"), ("c1", "news")], "quality@main:/control.csv: line 1: no column 'right'"),
    ([("h", "right")], "quality@main:/control.csv: there is no control task in it"),
]


@pytest.mark.parametrize(("rows", "words"), BAD_CONTROL)
def test_wrong_task_files_are_refused_with_their_place(studio, rows, words):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.put("quality", {"/control.csv": rows})
    assert words in refusal(studio, CONTROLLED)


@pytest.mark.parametrize(
    ("yaml_text", "words"),
    [
        (YAML.replace("repo: pool", "repo: pol"), "project.yaml:2: input.repo: there is no repo 'pol'"),
        (CONTROLLED.replace("repo: quality", "repo: qual"), "control.tasks.repo: there is no repo 'qual'"),
        (CONTROLLED.replace("/control.csv", "/none.csv"), "quality@main:/none.csv: there is no such file"),
        (CONTROLLED.replace("quality, path", "quality, branch: dev, path"), "there is no branch 'dev'"),
        (YAML.replace("columns: {headline: h}", "columns: {headline: hh}"), "pool@main:/a.csv: line 1: no column 'hh'"),
        (YAML.replace(", columns: {headline: h}", ""), "pool@main:/a.csv: the item has no field 'headline'"),
        (YAML.replace("</Choices>", ""), "project.yaml:9: label_config: no well-formed XML"),
        (YAML.replace("overlap: 2", "overlaps: 2"), "project.yaml:10: overlaps: unknown field"),
        (YAML.replace("{repo: labels}", "{repo: taken}"), "project.yaml:14: output: taken@main holds commits already"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_written(studio, yaml_text, words):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.put("quality", {"/control.csv": CONTROL})
    studio.store.create_repo("taken")
    studio.put("taken", {"/mine.txt": "x"})
    assert words in refusal(studio, yaml_text)


def refusal(studio, yaml_text):
    repos = {repo.name for repo in studio.store.repos()}
    with pytest.raises(RecensionError) as caught:
        studio.create(yaml_text)
    text = str(caught.value)
    assert "\n" not in text
    assert (studio.count("project"), studio.count("task"), studio.count("item"), studio.count("input")) == (0, 0, 0, 0)
    assert {repo.name for repo in studio.store.repos()} == repos
    return text


def test_one_bad_branch_of_the_input_is_enough_to_refuse(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.put("pool", {"/a.csv": "title\nx\n"}, branch="dev")
    assert "pool@dev:/a.csv: line 1: no column 'h'" in refusal(studio, YAML)


def test_a_huge_line_is_refused_without_reading_it(studio):
    """Only the first piece of the file is ever looked at."""
    read = []

    def counting(source, **how):
        def pieces():
            for piece in source:
                read.append(len(piece))
                yield piece

        return original(pieces(), **how)

    studio.put("pool", {"/a.csv": b"h\n" + b"x" * (40 << 20)})
    original = studio.means.readers.items
    object.__setattr__(studio.means.readers, "items", counting)
    assert "pool@main:/a.csv: line 2: a row is over 1 MiB" in refusal(studio, YAML)
    assert sum(read) < 20 << 20


def test_a_name_and_an_output_repo_belong_to_one_project(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    with pytest.raises(AlreadyExists, match="there is a project 'news' already"):
        studio.create()
    with pytest.raises(Invalid, match=r"project.yaml:14: output.repo: repo 'labels' holds the labels of project"):
        studio.create(YAML.replace("project: news", "project: more"))
    with studio.db.read() as tx:
        assert [each.name for each in projects(tx)] == ["news"]


def test_events_from_before_a_project_do_not_take_it_back(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.put("pool", {"/a.csv": ["two", "three"]})
    studio.create()
    studio.seen = 0
    assert not any(report.changed for report in studio.follow())
    assert studio.count("task") == 2


def test_an_empty_input_opens_a_project_that_waits(studio):
    studio.create()
    assert (studio.state(), studio.publish_due()) == (None, [])
    studio.put("pool", {"/a.csv": ["one"]})
    assert studio.follow()[0].new_tasks == 1


def test_known_answers_follow_their_file(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.put("quality", {"/control.csv": CONTROL})
    studio.create(CONTROLLED)
    studio.put("quality", {"/control.csv": [("h", "right"), ("c1", "clickbait"), ("c3", "news")]})
    studio.follow()
    wanted = "SELECT data, expected FROM task WHERE kind = 'control' AND wanted = 1 ORDER BY data"
    assert studio.rows(wanted) == [
        ('{"headline":"c1"}', '{"category":"clickbait"}'),
        ('{"headline":"c3"}', '{"category":"news"}'),
    ]
    studio.put("quality", {"/control.csv": [*CONTROL, CONTROL[1]]})
    studio.follow()
    with studio.db.read() as tx:
        (problem,) = problems(tx, studio.project.id)
    assert "quality@main:/control.csv: line 4: this control task is there twice" in problem
    assert len(studio.rows(wanted)) == 2


def test_policy_edits_make_nothing_stale(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.publish_due()
    before = studio.head()
    studio.update(YAML.replace("0.04", "0.10") + "rules: [{if: fast_pages, under_s: 3, last: 5, at_least: 2}]\n")
    assert studio.project.spec.pay.per_page == "0.10"
    assert studio.open_tasks() == 0
    assert studio.publish_due() == []
    assert studio.head() == before
    studio.update(YAML.replace("overlap: 2", "overlap: 3"))
    assert studio.open_tasks() == 2
    assert studio.answer_all("bea", "cid") == []
    studio.answer_all("dan")
    assert {body["status"] for body in _published(studio).values()} == {"settled"}


def test_an_unchanged_document_is_no_edit(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    before = studio.create()
    assert studio.update(YAML) == before


def test_other_questions_make_every_item_stale(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.update(YAML.replace('<Choice value="news"/>', '<Choice value="news"/><Choice value="unclear"/>'))
    assert studio.open_tasks() == 2
    documents = _published(studio).values()
    assert {(body["status"], body["previous"]["consensus"]["category"]["value"]) for body in documents} == {
        ("stale", "news")
    }


def test_another_input_column_asks_about_other_content(studio):
    studio.put("pool", {"/a.csv": [("h", "t"), ("one", "uno"), ("two", "two")]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.update(YAML.replace("{headline: h}", "{headline: t}"))
    assert [row[0] for row in studio.rows("SELECT data FROM task WHERE wanted = 1 AND answered = 0")] == [
        '{"headline":"uno"}'
    ]


def test_the_output_stays_where_it_is(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create()
    with pytest.raises(Invalid, match=r"project.yaml:14: output.repo: labels go to 'labels' since"):
        studio.update(YAML.replace("{repo: labels}", "{repo: other}"))
    with pytest.raises(NotFound, match="no project 'unknown'"):
        studio.update(YAML.replace("project: news", "project: unknown"))


def test_a_refused_edit_changes_nothing(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    before = studio.create()
    with pytest.raises(Invalid):
        studio.update(YAML.replace("{headline: h}", "{headline: none}"))
    assert studio.project == before


GUIDED = YAML + "guideline: Old words.\n"


def test_a_new_guideline_must_say_what_it_affects(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    studio.create(GUIDED)
    studio.update(YAML + "guideline: Still nobody asked.\n")
    studio.answer_all("bea", "cid")
    with pytest.raises(Invalid, match=r"project.yaml:15: guideline: the guideline changed and does not say what"):
        studio.update(YAML + "guideline: New words.\n")
    studio.update(YAML + "guideline: New words.\nguideline_affects: none\n")
    assert (studio.open_tasks(), studio.project.guideline) == (0, "New words.")


def test_a_guideline_that_affects_all_asks_about_all_again(studio):
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create(GUIDED)
    studio.answer_all("bea", "cid")
    studio.update(YAML + "guideline: New words.\nguideline_affects: all\n")
    assert studio.open_tasks() == 2
    assert {body["status"] for body in _published(studio).values()} == {"stale"}
    assert len(studio.answer_all("bea", "cid")) == 4
    assert {body["status"] for body in _published(studio).values()} == {"settled"}
    studio.put("pool", {"/b.csv": ["one", "three"]})
    (report,) = studio.follow()
    assert (report.new_tasks, report.reused) == (1, 1)
    studio.update(YAML + "guideline: Newest words.\nguideline_affects: all\n")
    assert studio.open_tasks() == 3
    studio.put("pool", {"/c.csv": ["one"]})
    studio.follow()
    assert studio.open_tasks() == 3


def test_a_guideline_that_affects_a_label_asks_about_that_label_again(studio):
    studio.put("pool", {"/a.csv": ["calm", "wow"]})
    studio.create(GUIDED)
    studio.answer_all("bea", "cid", say=lambda _, text: "clickbait" if text == "wow" else "news")
    studio.update(YAML + "guideline: New words.\nguideline_affects: [clickbait]\n")
    status = {body["item"]["data"]["headline"]: body["status"] for body in _published(studio).values()}
    assert status == {"calm": "settled", "wow": "stale"}


def test_a_project_can_be_paused_and_closed(studio):
    studio.put("pool", {"/a.csv": ["one"]})
    found = studio.create()
    for state in ("paused", "closed", "open"):
        studio.db.write(lambda tx, state=state: set_state(tx, found.id, state))
        assert studio.project.state == state
    with pytest.raises(Invalid, match="'gone' is no state"):
        studio.db.write(lambda tx: set_state(tx, found.id, "gone"))


def test_a_kill_while_creating_leaves_nothing(studio, monkeypatch):
    from recension.crowd import projects as module

    studio.put("pool", {"/a.csv": [("id", "h"), (1, "one")]})

    def fail(*_):
        raise RuntimeError("killed")

    monkeypatch.setattr(module, "write_known", fail)
    with pytest.raises(RuntimeError, match="killed"):
        studio.create(KEYED)
    assert (studio.count("project"), studio.head(repo="projects")) == (0, None)
    monkeypatch.undo()
    assert studio.create(KEYED).name == "news"


def _published(studio):
    studio.publish_due()
    return studio.documents("live")
