"""Images of a project reach the workbench: pinned to their bytes, with their size, and to nobody else."""

import struct
import zlib

import pytest
from tests.server.served import Served

CONFIG = """\
project: {name}
input: {{repo: {pool}, glob: "{glob}"{rows}}}
label_config: |
  <View><Image name="picture" {value}/>
  <RectangleLabels name="cells" toName="picture"><Label value="round"/><Label value="long"/></RectangleLabels>
  <Choices name="sharp" toName="picture" perRegion="true" required="true">
  <Choice value="yes"/><Choice value="no"/></Choices>
  </View>
overlap: 2
page: {{real: 1, control: 0}}
output: {{repo: {name}-labels}}
"""


def png(width, height, color=b"\x00\x00\x00"):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + color * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def people(served):
    """Signed-in people by name; their connections end with the test."""
    opened = []

    def user(name, *roles):
        opened.append(served.user(name, *roles))
        return opened[-1]

    yield user
    for each in opened:
        each.close()


def make(served: Served, name: str, files: dict, *, glob="/images/*.png", rows="", value='value="$image"'):
    served.post("/repos", {"name": f"{name}-pool"})
    for path, content in files.items():
        served.upload(f"{name}-pool", path, content)
    spec = CONFIG.format(name=name, pool=f"{name}-pool", glob=glob, rows=rows, value=value)
    answer = served.http.post("/api/v1/projects", json={"yaml": spec, "files": {}})
    assert answer.is_success, answer.text


def take(http, name):
    page = http.post(f"/api/v1/projects/{name}/pages", json={}).raise_for_status().json()["page"]
    return page, None if page is None else page["tasks"][0]


def region(x, **more):
    box = {"type": "box", "x": x, "y": 2, "width": 10, "height": 10}
    return {"id": "r1", "shape": box, "labels": ["round"], "attributes": {"sharp": "yes"}, **more}


def test_an_image_file_is_a_task_with_its_size_and_an_address_that_never_changes(served, people):
    red = png(7, 5, b"\xff\x00\x00")
    make(served, "cells", {"/images/a.png": red})
    ada, eve = people("ada"), people("eve")
    _, task = take(ada, "cells")
    assert task["data"]["image"].keys() == {"blob", "type", "size"}
    media = task["media"]["image"]
    assert (media["type"], media["width"], media["height"]) == ("image/png", 7, 5)
    assert media["url"].endswith(task["data"]["image"]["blob"])
    answer = ada.get(media["url"])
    assert answer.content == red
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert ada.get(media["url"], headers={"range": "bytes=0-3"}).content == red[:4]
    # Neither somebody who never had the task, nor any other file by its name.
    assert eve.get(media["url"]).status_code == 404
    assert ada.get(media["url"][:-64] + "0" * 64).status_code == 404
    assert people("lena", "lead").get(media["url"]).content == red
    with served.client(None) as nobody:
        assert nobody.get(media["url"]).status_code == 401


def test_regions_are_answered_published_and_compared(served, people):
    make(served, "pair", {"/images/a.png": png(30, 30)})
    for name, x in (("bob", 0), ("cleo", 5)):
        http = people(name)
        page, task = take(http, "pair")
        body = {"answer_id": f"{name}-1", "task": task["id"], "spent_ms": 10}
        refused = http.post(
            f"/api/v1/pages/{page['id']}/answers", json={**body, "fields": {"cells": [region(x, labels=[])]}}
        )
        assert refused.status_code in {400, 422}
        assert "no label" in refused.text
        sent = http.post(f"/api/v1/pages/{page['id']}/answers", json={**body, "fields": {"cells": [region(x)]}})
        assert sent.is_success, sent.text
    served.post("/projects/pair/publish")
    raw = served.http.get(
        "/api/v1/repos/pair-labels/raw", params={"path": "/items/images/a.png.json", "ref": "live"}
    ).json()
    assert [each["fields"]["cells"][0]["shape"]["x"] for each in raw["annotations"]] == [0, 5]
    assert raw["consensus"]["cells"]["value"] is None
    assert raw["consensus"]["cells"]["votes"] == 2
    assert raw["consensus"]["cells"]["confidence"] == 0  # a third of an overlap is not the same cell
    table = served.http.get("/api/v1/repos/pair-labels/raw", params={"path": "/labels.csv", "ref": "live"}).text
    assert table.splitlines()[0] == "image,cells"


def test_rows_name_files_of_their_repo_and_a_renamed_picture_is_no_new_work(served, people):
    files = {
        "/pictures/a.png": png(3, 4),
        "/pictures/b.png": png(5, 6),
        "/tasks/list.csv": 'id,files\n1,"[""../pictures/a.png"", ""/pictures/b.png""]"\n2,"[""repo://pictures/b.png""]"\n',
    }
    rows = ", rows: {format: csv, key: id}, columns: {images: files}"
    make(served, "rows", files, glob="/tasks/*.csv", rows=rows, value='valueList="$images"')
    http = people("dan")
    seen = []
    for _ in range(2):
        page, task = take(http, "rows")
        seen.append([(each["width"], each["height"]) for each in task["media"]["images"]])
        wrong = {"cells": [region(0, item=9)]}
        body = {"answer_id": f"dan-{task['id']}", "task": task["id"], "fields": wrong, "spent_ms": 1}
        assert "image 9 of" in http.post(f"/api/v1/pages/{page['id']}/answers", json=body).text
        body["fields"] = {"cells": [region(0)]}
        assert http.post(f"/api/v1/pages/{page['id']}/answers", json=body).is_success
    assert sorted(seen) == [[(3, 4), (5, 6)], [(5, 6)]]
    moved = files["/tasks/list.csv"].replace("repo://pictures/b.png", "/pictures/c.png")
    served.upload("rows-pool", "/pictures/c.png", files["/pictures/b.png"])
    served.upload("rows-pool", "/tasks/list.csv", moved)
    assert take(http, "rows")[0] is None


def test_a_row_that_names_no_file_is_refused_with_its_place(served):
    served.post("/repos", {"name": "bad-pool"})
    served.upload("bad-pool", "/list.csv", "image\nnowhere.png\n")
    spec = CONFIG.format(
        name="bad", pool="bad-pool", glob="/*.csv", rows=", rows: {format: csv}", value='value="$image"'
    )
    answer = served.http.post("/api/v1/projects", json={"yaml": spec, "files": {}})
    assert answer.status_code in {400, 422}
    assert "there is no file 'nowhere.png'" in answer.text
    served.upload("bad-pool", "/nowhere.png", "plain text", message="x")
    served.upload("bad-pool", "/list.csv", "image\n/list.csv\n")
    answer = served.http.post("/api/v1/projects", json={"yaml": spec, "files": {}})
    assert "shown as image, and is text/csv" in answer.text


def test_what_depends_on_the_data_comes_with_the_task(served, people):
    served.post("/repos", {"name": "dyn-pool"})
    served.upload("dyn-pool", "/t.jsonl", '{"text": "Hi", "options": ["a", "b"]}\n')
    spec = """\
project: dyn
input: {repo: dyn-pool, glob: "/*.jsonl", rows: {format: jsonl}}
label_config: |
  <View><Text name="t" value="$text"/><Choices name="c" toName="t" value="$options" required="true"/></View>
page: {real: 1, control: 0}
output: {repo: dyn-labels}
"""
    served.post("/projects", {"yaml": spec, "files": {}})
    http = people("finn")
    page, task = take(http, "dyn")
    assert [option["value"] for option in task["schema"]["fields"][0]["options"]] == ["a", "b"]
    body = {"answer_id": "finn-1", "task": task["id"], "fields": {"c": "z"}, "spent_ms": 1}
    assert http.post(f"/api/v1/pages/{page['id']}/answers", json=body).is_error
    assert http.post(f"/api/v1/pages/{page['id']}/answers", json={**body, "fields": {"c": "b"}}).is_success
