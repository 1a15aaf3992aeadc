"""Work on media is identified by bytes: a renamed picture is known, another picture under the same name is new."""

import pytest
from tests.crowd.studio import Studio

from recension.errors import Invalid

CONFIG = """
label_config: |
  <View><Image name="i" value="$image"/>
  <Choices name="category" toName="i" required="true"><Choice value="cat"/><Choice value="dog"/></Choices></View>
overlap: 1
page: {real: 4, control: 0}
consensus: {method: majority}
output: {repo: labels}
"""
FILES = 'project: news\ninput: {repo: pool, glob: "/images/*.png"}' + CONFIG
ROWS = 'project: news\ninput: {repo: pool, glob: "/*.csv", rows: {format: csv, key: id}}' + CONFIG


@pytest.fixture
def studio(tmp_path):
    made = Studio(tmp_path)
    yield made
    made.close()


def work_off(studio, name="ada"):
    """Answer whatever is open; how much that was."""
    worker, count = studio.worker(name), 0
    while hasattr(page := studio.ask(worker), "tasks"):
        for task in page.tasks:
            studio.submit(worker, page, task.id, {"category": "cat"})
            count += 1
    return count


def test_a_file_is_an_item_and_its_name_does_not_matter(studio):
    studio.put("pool", {"/images/a.png": "one", "/images/b.png": "two", "/images/c.png": "one", "/notes.txt": "x"})
    studio.create(FILES)
    assert work_off(studio) == 2  # two of the three are the same picture
    studio.put("pool", {"/images/moved.png": "two"}, delete=["/images/b.png"])
    studio.follow()
    assert studio.open_tasks() == 0
    studio.put("pool", {"/images/a.png": "another"})
    studio.follow()
    assert studio.open_tasks() == 1
    studio.publish("live")
    documents = studio.documents("live")
    assert documents.keys() == {"/images/a.png", "/images/c.png", "/images/moved.png"}
    assert documents["/images/a.png"]["status"] == "stale"
    assert documents["/images/moved.png"]["consensus"]["category"]["value"] == "cat"
    assert documents["/images/c.png"]["item"]["data"]["image"].keys() == {"blob", "type", "size"}


def test_a_row_follows_the_file_that_it_names(studio):
    studio.put("pool", {"/t.csv": [("id", "image"), ("1", "pics/a.png"), ("2", "pics/b.png")]})
    with pytest.raises(Invalid, match=r"no file 'pics/a\.png'"):
        studio.create(ROWS)
    studio.put("pool", {"/pics/a.png": "one", "/pics/b.png": "two"})
    studio.create(ROWS)
    assert work_off(studio) == 2
    # The table stays as it is, and one of its pictures becomes another.
    studio.put("pool", {"/pics/a.png": "new"})
    studio.follow()
    assert studio.open_tasks() == 1
    studio.publish("live")
    assert {name: body["status"] for name, body in studio.documents("live").items()} == {
        "/t.csv#1": "stale",
        "/t.csv#2": "settled",
    }
    # A picture that a row names and that goes away is reported; the project stays where it was.
    studio.put("pool", {}, delete=["/pics/b.png"])
    studio.follow()
    assert "no file 'pics/b.png'" in studio.state().error


def test_addresses_elsewhere_stay_as_they_are(studio):
    studio.put("pool", {"/t.csv": [("id", "image"), ("1", "https://example.org/a.png")]})
    studio.create(ROWS)
    studio.publish("live")
    assert studio.documents("live")["/t.csv#1"]["item"]["data"] == {"image": "https://example.org/a.png"}


def test_control_tasks_name_pictures_of_their_own_repo(studio):
    studio.put("pool", {"/images/a.png": "one"})
    studio.put("quality", {"/control.csv": [("image", "right"), ("known.png", "dog")], "/known.png": "known"})
    known = "control: {tasks: {repo: quality, path: /control.csv, expected: {category: right}}}\n"
    studio.create(FILES.replace("control: 0", "control: 1") + known)
    page = studio.ask(studio.worker("ada"))
    assert sorted(task.data["image"]["size"] for task in page.tasks) == [3, 5]
