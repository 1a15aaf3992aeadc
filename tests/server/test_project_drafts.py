"""A project before it is one: what lies at a path, what a config comes to on it, and what stands in the way."""

from __future__ import annotations

import pytest
from tests.server.test_task_media import png

CONFIG = """<View>
  <Text name="shown" value="$text"/>
  <Choices name="class" toName="shown" required="true">
    <Choice value="yes"/>
    <Choice value="no"/>
  </Choices>
</View>
"""
PICTURES = """<View><Image name="p" value="$image"/>
<RectangleLabels name="r" toName="p"><Label value="a"/></RectangleLabels></View>"""
TABLE = 'id,headline,votes\n1,"Cats, again",7\n2,Rain,3\n3,Sun,4\n'


@pytest.fixture(scope="module")
def data(served):
    """A repo with a table, a folder of pictures, and a table that names some of them."""
    served.post("/repos", {"name": "drafted"})
    served.upload("drafted", "/headlines.csv", TABLE)
    served.upload("drafted", "/broken.csv", 'a,b\n"never closed,1\n')
    for number in range(3):
        served.upload("drafted", f"/photos/{number}.png", png(40 + number, 30))
    served.upload("drafted", "/photos/notes.txt", "not a picture")
    served.upload("drafted", "/lists/of photos.jsonl", '{"id": "x", "photo": "../photos/1.png", "tags": ["a"]}\n')
    return served


def look(served, **asked):
    return served.post("/project-drafts/data", {"repo": "drafted", **asked})


def preview(served, config, **asked):
    return served.post("/project-drafts/config", {"config": config, **asked})


def rows(**columns):
    given = {"repo": "drafted", "glob": "/headlines.csv", "rows": {"format": "csv", "key": "id"}}
    return {**given, "columns": columns or {"text": "headline"}}


def test_templates_come_with_everything_that_it_takes_to_show_them(data):
    found = {each["name"]: each for each in data.get("/project-templates")}
    assert len(found) > 20
    boxes = found["image-boxes"]
    assert boxes["schema"]["fields"][0]["kind"] == "regions"
    picture = data.http.get(boxes["media"]["image"]["url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert "sandbox" in picture.headers["content-security-policy"]
    seen = preview(data, boxes["config"], template="image-boxes")
    assert seen["sample"]["media"] == boxes["media"]
    assert data.http.get("/api/v1/project-templates/pictures/..%2Fcatalogue.py").status_code == 404


def test_a_table_is_known_by_its_columns(data):
    found = look(data, path="/headlines.csv")
    assert (found["glob"], found["format"], found["files"], found["key"]) == ("/headlines.csv", "csv", 1, "id")
    assert [(each["name"], each["kind"], each["distinct"]) for each in found["columns"]] == [
        ("id", "number", True),
        ("headline", "text", True),
        ("votes", "number", True),
    ]
    assert found["rows"][0] == {"id": "1", "headline": "Cats, again", "votes": "7"}


def test_a_folder_is_what_there_is_most_of(data):
    found = look(data, path="/photos")
    assert (found["glob"], found["format"], found["files"], found["more"]) == ("/photos/**.png", None, 3, False)
    first = data.http.get(found["first"][0]["url"])
    assert first.content == png(40, 30)


def test_a_name_with_signs_of_globs_is_a_name(data):
    data.upload("drafted", "/odd/[1].csv", "a\n1\n")
    found = look(data, path="/odd/[1].csv")
    assert found["files"] == 0, "written like a glob, it is one"
    found = look(data, path="/odd")
    assert (found["glob"], found["files"]) == ("/odd/**.csv", 1)


def test_a_glob_takes_what_it_takes(data):
    found = look(data, path="/**.jsonl")
    assert (found["format"], found["files"], found["key"]) == ("jsonl", 1, "id")
    assert [each["kind"] for each in found["columns"]] == ["text", "image", "list"]


def test_nothing_is_no_mistake(data):
    assert look(data, path="/nothing")["files"] == 0
    answer = data.http.post("/api/v1/project-drafts/data", json={"repo": "drafted", "branch": "nowhere"})
    assert answer.status_code == 404


def test_a_table_that_cannot_be_read_says_where(data):
    problem = look(data, path="/broken.csv")["problem"]
    assert "/broken.csv" in problem["where"]


def test_texts_in_files_are_shown_by_their_content(data):
    for name in ("a", "b"):
        data.upload("drafted", f"/letters/{name}.txt", f"Dear {name},")
    found = look(data, path="/letters")
    assert (found["glob"], found["format"], found["columns"]) == ("/letters/**.txt", None, [])
    letters = {"repo": "drafted", "glob": found["glob"], "columns": {"text": "content"}}
    assert preview(data, CONFIG, input=letters, at=1)["sample"]["data"] == {"text": "Dear b,"}


def test_what_is_put_but_not_yet_committed_is_there(data):
    upload = "/api/v1/repos/drafted/staged/upload"
    data.http.post(upload, params={"path": "/fresh/1.png"}, content=png(50, 20)).raise_for_status()
    found = look(data, path="/fresh")
    assert found["files"] == 1
    assert data.http.get(found["first"][0]["url"]).content == png(50, 20)
    sample = preview(data, PICTURES, input={"repo": "drafted", "glob": "/fresh/**"})["sample"]
    assert data.http.get(sample["media"]["image"]["url"]).content == png(50, 20)


def test_a_config_is_tried_on_the_rows_of_a_table_one_by_one(data):
    first = preview(data, CONFIG, input=rows())
    assert (first["problems"], first["sample"]["data"], first["more"]) == ([], {"text": "Cats, again"}, True)
    last = preview(data, CONFIG, input=rows(), at=2)
    assert (last["sample"]["data"], last["more"]) == ({"text": "Sun"}, False)
    assert preview(data, CONFIG, input=rows(), at=3)["sample"] is None


def test_a_column_that_is_missing_is_named(data):
    fault = preview(data, CONFIG, input=rows(text="title"))["sample_problem"]
    assert "'title'" in fault["message"]
    fault = preview(data, CONFIG.replace("$text", "$words"), input=rows())["sample_problem"]
    assert "'words'" in fault["message"]


def test_pictures_are_shown_from_where_they_lie(data):
    folder = {"repo": "drafted", "glob": "/photos/*.png"}
    sample = preview(data, PICTURES, input=folder, at=1)["sample"]
    media = sample["media"]["image"]
    assert (media["width"], media["height"], sample["item"]) == (41, 30, "/photos/1.png")
    assert data.http.get(media["url"]).content == png(41, 30)
    table = {"repo": "drafted", "glob": "/lists/*", "rows": {"format": "jsonl"}, "columns": {"image": "photo"}}
    assert preview(data, PICTURES, input=table)["sample"]["media"]["image"]["url"] == media["url"]
    wrong = preview(data, PICTURES, input={"repo": "drafted", "glob": "/photos/*.txt"})
    assert "text/plain" in wrong["sample_problem"]["message"]


@pytest.mark.parametrize(
    ("config", "line", "words"),
    [
        (CONFIG.replace('value="no"', 'value="no" hotkey="s"'), 5, "means skip"),
        (CONFIG.replace('"yes"', '"yes" hotkey="x"').replace('"no"', '"no" hotkey="x"'), 5, "is taken by 'yes'"),
        (CONFIG.replace("</Choices>", ""), 7, "mismatched tag"),
        (CONFIG.replace("toName=", "toname2="), 3, "toname2"),
        ("show: {text: text}\nask:\n  class:\n    choice: [yes]\n", 4, "is no text"),
        ("show: {text: text}\nask:\n  class: [\n", 4, "not valid YAML"),
        ("", 0, "the file is empty"),
        ("project: x\nlabel_config: |\n  <View/>\n", 2, "a project document"),
        ("project: x\nfields: {show: {text: text}, ask: {a: {rating: 5}}}\n", 2, "a project document"),
    ],
    ids=[
        "key of the workbench",
        "key twice",
        "syntax",
        "attribute",
        "yaml",
        "yaml syntax",
        "nothing",
        "all",
        "all, too",
    ],
)
def test_problems_have_their_line(data, config, line, words):
    found = preview(data, config, input=rows())
    assert found["schema"] is None
    assert found["sample"] is None
    said = [(each["line"], each["message"]) for each in found["problems"]]
    assert any(at == line and words in message for at, message in said), said


def test_options_are_changed_and_nothing_else(data):
    (listed,) = preview(data, CONFIG)["lists"]
    assert [each["label"] for each in listed["options"]] == ["yes", "no"]
    wanted = [{"label": "no", "was": "no"}, {"label": "of course", "was": "yes", "hotkey": "c", "color": "#aa3377"}]
    edited = data.post("/project-drafts/options", {"config": CONFIG, "field": "class", "options": wanted})["config"]
    options = preview(data, edited)["schema"]["fields"][0]["options"]
    assert [(each["label"], each["hotkey"]) for each in options] == [("no", "1"), ("of course", "c")]
    wanted = [{"label": "x"}]
    answer = data.http.post("/api/v1/project-drafts/options", json={"config": CONFIG, "field": "q", "options": wanted})
    assert answer.status_code == 400


def test_a_guideline_comes_back_without_harm(data):
    html = preview(data, CONFIG, guideline="Say *which*.<script>1</script>")["guideline_html"]
    assert "<em>which</em>" in html
    assert "<script>" not in html


def test_what_stands_in_the_way_is_said_with_its_field_and_nothing_there_is_changed(data):
    def document(name, output, repo="drafted"):
        indented = CONFIG.replace("\n", "\n  ")
        return (
            f"project: {name}\ninput: {{repo: {repo}, glob: /headlines.csv, rows: {{format: csv}}, "
            f"columns: {{text: headline}}}}\nlabel_config: |\n  {indented}\noutput: {{repo: {output}}}\n"
        )

    def problem(*parts):
        return data.post("/project-drafts/check", {"yaml": document(*parts)})["problem"]

    assert problem("draft-one", "draft-one-labels") is None
    assert problem("Draft One", "draft-one-labels")["where"] == "project.yaml:1: project"
    assert problem("draft-one", "draft-one-labels", "no-such-repo")["where"].endswith(": input.repo")
    made = data.post("/projects", {"yaml": document("draft-one", "draft-one-labels"), "new": True})
    assert made["name"] == "draft-one"
    assert problem("draft-one", "other")["code"] == "already-exists"
    assert problem("draft-two", "draft-one-labels")["where"].endswith(": output.repo")
    body = {"yaml": document("draft-one", "draft-one-labels").replace("yes", "maybe"), "new": True}
    assert data.http.post("/api/v1/projects", json=body).status_code == 409
    options = data.get("/projects/draft-one")["schema"]["fields"][0]["options"]
    assert [each["value"] for each in options] == ["yes", "no"]
