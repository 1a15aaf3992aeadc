"""A backend over real HTTP: what it is sent, what becomes of what it answers, and how long it may take."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from recension.errors import Invalid, Unavailable
from recension.models import Backend, Network

RESULT = [{"from_name": "kind", "to_name": "text", "type": "choices", "value": {"choices": ["news"]}}]


class Served:
    """Answers as told, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.answers = {}
        served = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(b"")

            def do_POST(self):
                self._answer(self.rfile.read(int(self.headers["content-length"])))

            def _answer(self, body):
                served.asked.append((self.command, self.path, dict(self.headers), body))
                status, raw, wait_s = served.answers.get(self.path, (200, b"{}", 0))
                time.sleep(wait_s)
                self.send_response(status)
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://localhost:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def say(self, path, body, status=200, wait_s=0):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, raw, wait_s)

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def served():
    held = Served()
    yield held
    held.close()


@pytest.fixture
def backend(served):
    with Backend(served.url, Network((served.url,), lambda *_: ["127.0.0.1"]), secret="s3cret") as held:
        yield held


def predict(backend, tasks=({"id": 1, "data": {"text": "a"}},), **more):
    return backend.predict(tasks, project="1.2", label_config="<View/>", **more)


def test_it_says_its_class_and_its_version(served, backend):
    served.say("/health", {"status": "UP", "model_class": "Clicks"})
    served.say("/setup", {"model_version": "v7"})
    assert backend.health() == "Clicks"
    assert backend.setup("1.2", "<View/>", hostname="http://here", token="t") == "v7"
    body = json.loads(served.asked[-1][3])
    assert body == {
        "project": "1.2",
        "schema": "<View/>",
        "hostname": "http://here",
        "access_token": "t",
        "extra_params": None,
    }


def test_predictions_come_back_in_the_order_of_the_tasks(served, backend):
    served.say(
        "/predict",
        {
            "results": [{"result": RESULT, "score": 0.5}, {"result": [], "model_version": "v8", "score": 7}],
            "model_version": "v7",
        },
    )
    first, second = predict(backend, ({"id": 1, "data": {}}, {"id": 2, "data": {}}), context={"result": []})
    assert (first.result, first.score, first.version) == (RESULT, 0.5, "v7")
    assert (second.result, second.score, second.version) == ([], 1.0, "v8")
    body = json.loads(served.asked[-1][3])
    assert [task["id"] for task in body["tasks"]] == [1, 2]
    assert body["params"]["context"] == {"result": []}


def test_every_request_is_signed_over_time_and_body(served, backend):
    predict_or_fail = pytest.raises(Invalid)
    with predict_or_fail:
        predict(backend)
    _, _, headers, body = served.asked[-1]
    told = dict(part.split("=", 1) for part in headers["X-Recension-Signature"].split(","))
    expected = hmac.new(b"s3cret", f"{told['t']}.".encode() + body, hashlib.sha256).hexdigest()
    assert told["v1"] == expected
    assert abs(int(told["t"]) - time.time()) < 60
    assert {name.lower(): value for name, value in headers.items()}["host"] == served.url.removeprefix("http://")


@pytest.mark.parametrize(
    "answer",
    [b"no json", {"results": []}, {"results": [1]}, {"results": [{"result": "x"}]}, [], 7],
)
def test_what_is_no_prediction_is_refused(served, backend, answer):
    served.say("/predict", answer)
    with pytest.raises(Invalid):
        predict(backend)


def test_a_backend_that_fails_or_is_gone_is_said_to_be_unavailable(served, backend):
    served.say("/predict", {"detail": "boom"}, status=500)
    with pytest.raises(Unavailable, match="500"):
        predict(backend)
    served.say("/health", {"status": "DOWN"})
    with pytest.raises(Unavailable, match="DOWN"):
        backend.health()
    served.close()
    with pytest.raises(Unavailable, match="does not answer"):
        backend.health()
    served.__init__()  # for the fixture to close


def test_redirects_are_not_followed_into_the_network(served, backend):
    served.say("/health", b"", status=302)
    with pytest.raises(Unavailable, match="302"):
        backend.health()


def test_a_slow_backend_is_given_up(served):
    served.say("/predict", {"results": []}, wait_s=2)
    with (
        Backend(served.url, Network((served.url,), lambda *_: ["127.0.0.1"]), predict_s=0.2) as slow,
        pytest.raises(Unavailable),
    ):
        predict(slow)
