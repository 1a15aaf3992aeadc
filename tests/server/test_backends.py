"""A project with a backend: what is open is predicted, files are lent for it, and a click becomes a region."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from tests.server.served import Served, until

from recension.store import Store

CELL = Path(__file__).parents[1] / "samples" / "bccd" / "images" / "BloodImage_00000.jpg"
SPEC = """\
project: cells
input: {{repo: pool, glob: /*.jpg}}
label_config: |
  <View><Image name="image" value="$image"/>
  <RectangleLabels name="cell" toName="image"><Label value="RBC"/><Label value="WBC"/></RectangleLabels></View>
overlap: 3
output: {{repo: labels}}
backends:
  - {{name: finder, url: "{url}", interactive: true}}
"""


class Finder:
    """A backend as they are: it fetches the image it is told of and finds one box."""

    def __init__(self):
        self.fetched = []
        self.contexts = []
        self.label = "RBC"
        finder = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answer = {"model_version": "v1"} if self.path == "/setup" else finder.predict(body)
                raw = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.http.daemon_threads = False  # so that closing waits for requests under way
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def predict(self, body):
        self.contexts.append(body["params"]["context"])
        with httpx.Client() as client:
            self.fetched += [client.get(task["data"]["image"]) for task in body["tasks"]]
        box = {"x": 25, "y": 25, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": [self.label]}
        place = {"from_name": "cell", "to_name": "image", "original_width": 640, "original_height": 480}
        result = {**place, "type": "rectanglelabels", "value": box, "score": 0.75}
        return {"results": [{"result": [result], "score": 0.75} for _ in body["tasks"]]}


@pytest.fixture(scope="module")
def finder():
    held = Finder()
    yield held
    held.http.shutdown()
    held.http.server_close()


def serve(home, allowed):
    Store.open(home, create=True).close()
    (home / "settings.yaml").write_text(json.dumps({"backends": allowed}))
    return Served(home).start()


@pytest.fixture(scope="module")
def served(tmp_path_factory, finder):
    held = serve(tmp_path_factory.mktemp("served") / "home", [finder.url])
    make_project(held, finder)
    yield held
    held.stop()


def make_project(served, finder):
    served.post("/repos", {"name": "pool"})
    served.upload("pool", "/a.jpg", CELL.read_bytes())
    served.post("/projects", {"yaml": SPEC.format(url=finder.url)})


@pytest.fixture
def user(served, request):
    with served.user(f"ann-{len(request.node.name)}") as client:
        yield client


def task_of(user):
    return user.post("/api/v1/projects/cells/pages").json()["page"]["tasks"][0]


def test_open_tasks_are_predicted_and_their_images_lent(served, finder, user):
    (model,) = until(lambda: served.get("/projects/cells/models"), "a prediction")
    assert model == {"model": "finder", "version": "v1", "predictions": 1}
    assert [(answer.status_code, answer.content) for answer in finder.fetched] == [(200, CELL.read_bytes())]
    task = task_of(user)
    (prediction,) = task["predictions"]
    assert (prediction["model"], prediction["version"], prediction["score"]) == ("finder", "v1", 0.75)
    (region,) = prediction["fields"]["cell"]
    assert region["shape"] == {"type": "box", "x": 160, "y": 120, "width": 320, "height": 240}
    assert region["labels"] == ["RBC"]


def test_a_backend_is_asked_again_about_what_is_selected_and_its_word_accepted(served, finder):
    until(lambda: served.get("/projects/cells/models"), "a prediction")
    until(lambda: served.post("/projects/cells/table")["total"] == 1, "the item in the table")

    def act(action, **args):
        body = {"id": f"act-{action}", "action": action, "args": args, "selection": {"filter": {}}}
        made = served.post("/projects/cells/actions", body)
        seen = f"/projects/cells/actions/{made['id']}"
        return until(lambda: (state := served.get(seen))["state"] != "running" and state, "the action to end")

    asked = len(finder.contexts)
    done = act("predict", backend="finder")
    assert (done["state"], done["changed"], done["problem"], done["left_alone"]) == ("done", 1, "", {})
    assert len(finder.contexts) == asked + 1
    assert [model["predictions"] for model in served.get("/projects/cells/models")] == [1]
    asked_for = {"action": "accept-suggestions", "args": {"least": 0.8}, "selection": {"filter": {}}}
    plan = served.post("/projects/cells/actions/plan", asked_for)
    assert plan["left_alone"] == {"no suggestion like that": 1}


def test_what_was_lent_is_lent_for_that_file_and_time_only(served, finder):
    until(lambda: finder.fetched, "the image was fetched")
    address = str(finder.fetched[0].request.url)
    assert httpx.get(address).headers["content-security-policy"].startswith("sandbox")
    for wrong in (address[:-1] + ("0" if address[-1] != "0" else "1"), address.replace("until=", "until=9")):
        assert httpx.get(wrong).status_code == 403


def test_a_click_becomes_a_region_for_those_who_have_the_task(served, finder, user):
    task = task_of(user)
    click = {"id": "a", "shape": {"type": "box", "x": 10, "y": 10, "width": 5, "height": 5}, "labels": ["WBC"]}
    where = f"/api/v1/projects/cells/tasks/{task['id']}/interactive"
    answer = user.post(where, json={"backend": "finder", "fields": {"cell": [click]}})
    assert answer.json()["fields"]["cell"][0]["shape"]["width"] == 320
    (drawn,) = finder.contexts[-1]["result"]
    assert drawn["value"]["width"] == pytest.approx(5 * 100 / 640)
    with served.user("eve") as stranger:
        assert stranger.post(where, json={"backend": "finder", "fields": {}}).status_code == 404
    assert user.post(where, json={"backend": "other", "fields": {}}).status_code == 404


def test_what_does_not_fit_the_project_is_kept_out_and_said(served, finder):
    until(lambda: served.get("/projects/cells/models"), "a prediction")
    finder.label = "unheard of"
    served.upload("pool", "/b.jpg", CELL.read_bytes() + b"\0")
    until(lambda: len(finder.fetched) > 1, "the second image was fetched")
    time.sleep(0.2)
    assert [model["predictions"] for model in served.get("/projects/cells/models")] == [1]


def test_a_backend_in_the_private_network_is_not_called_unless_listed(tmp_path, finder):
    served = serve(tmp_path / "home", [])
    fetched = len(finder.fetched)
    try:
        make_project(served, finder)
        with served.user("ann") as user:
            where = f"/api/v1/projects/cells/tasks/{task_of(user)['id']}/interactive"
            answer = user.post(where, json={"backend": "finder", "fields": {}})
        assert answer.status_code == 403
        assert "settings.yaml" in answer.json()["error"]["hint"]
        assert len(finder.fetched) == fetched
    finally:
        served.stop()


def test_backends_need_names_of_their_own_and_a_label_config(served, finder):
    twice = SPEC.format(url=finder.url) + f'  - {{name: finder, url: "{finder.url}"}}\n'
    answer = served.http.post("/api/v1/projects", json={"yaml": twice})
    assert answer.status_code in {400, 422}
    assert "two backends" in answer.text


def test_four_points_become_an_outline(served, user):
    task = task_of(user)
    view = user.get("/api/v1/projects/cells/workbench").json()
    assert view["finds_outlines"] is True
    where = f"/api/v1/projects/cells/tasks/{task['id']}/outline"
    points = [[260, 277], [375, 177], [491, 277], [375, 376]]
    shape = user.post(where, json={"object": "image", "points": points}).json()["shape"]
    assert shape["type"] == "polygon"
    assert all(230 < x < 520 and 150 < y < 400 for x, y in shape["outline"])
    assert user.post(where, json={"object": "other", "points": points}).status_code in {400, 422}
