"""The HTTP client: what is sent again, and what is not."""

import socket
import threading

import pytest

from recension.client.discovery import Server, find_server, local_server
from recension.client.http import Http
from recension.errors import Forbidden, Invalid, NotFound, RecensionError, Unavailable

OK = b'HTTP/1.1 200 OK\r\ncontent-length: 12\r\ncontent-type: application/json\r\n\r\n{"ok": true}'


def whole_request(connection):
    """Head and body: they may come in packets of their own."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += connection.recv(65536)
    head, _, body = heard.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


class Flaky:
    """A server that hears requests and, for each, plays the next act: bytes to answer, or None to hang up."""

    def __init__(self, acts):
        self.heard = []
        self._acts = list(acts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.server = Server(f"http://127.0.0.1:{self._listener.getsockname()[1]}", "secret")
        self._thread = threading.Thread(target=self._play)
        self._thread.start()

    def _play(self):
        for act in self._acts:
            with self._listener.accept()[0] as connection:
                connection.settimeout(5)
                self.heard.append(whole_request(connection))
                if act is not None:
                    connection.sendall(act)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._thread.join(5)
        self._listener.close()


def answered(status, body):
    return f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()


def test_a_lost_answer_is_asked_for_again_where_that_is_harmless():
    with Flaky([None, OK]) as flaky, Http(flaky.server) as http:
        assert http.get("/api/v1/me") == {"ok": True}
    assert len(flaky.heard) == 2
    assert b"authorization: Bearer secret" in flaky.heard[0].replace(b"Authorization", b"authorization")


def test_a_lost_answer_to_a_change_is_not_asked_for_again():
    with Flaky([None]) as flaky, Http(flaky.server) as http, pytest.raises(Unavailable):
        http.post("/api/v1/repos", {"name": "x"})
    assert len(flaky.heard) == 1


def test_a_change_that_may_be_repeated_is():
    with Flaky([None, OK]) as flaky, Http(flaky.server) as http:
        assert http.post("/api/v1/pages/1/answers", {"answer_id": "a"}, repeatable=True) == {"ok": True}
    assert flaky.heard[0].partition(b"\r\n\r\n")[2] == flaky.heard[1].partition(b"\r\n\r\n")[2]


def test_nobody_there_is_said_with_the_remedy():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Http(Server(f"http://127.0.0.1:{port}", "")) as http, pytest.raises(Unavailable, match="recension up"):
        http.get("/healthz")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"error": {"code": "not-found", "message": "m", "where": "w", "hint": "h"}}', NotFound),
        ('{"error": {"code": "forbidden", "message": "m", "where": "w", "hint": "h"}}', Forbidden),
        ('{"error": {"code": "of-tomorrow", "message": "m", "where": "w", "hint": "h"}}', RecensionError),
    ],
)
def test_errors_come_back_as_what_they_were(body, kind):
    with Flaky([answered(404, body)]) as flaky, Http(flaky.server) as http, pytest.raises(kind) as fault:
        http.get("/x")
    assert (fault.value.message, fault.value.where, fault.value.hint) == ("m", "w", "h")


@pytest.mark.parametrize("body", ["<html>gateway</html>", "[]", '{"error": "text"}', ""])
def test_an_answer_of_something_else_is_no_traceback(body):
    with Flaky([answered(502, body)]) as flaky, Http(flaky.server) as http, pytest.raises(RecensionError, match="502"):
        http.get("/x")


def test_the_server_is_found_in_the_order_that_is_documented(tmp_path):
    (tmp_path / "server.json").write_text('{"url": "http://127.0.0.1:1", "token": "t"}')
    environment = {"RECENSION_SERVER": "http://two:2/", "RECENSION_TOKEN": "e"}
    assert find_server(home=tmp_path, environment={}) == Server("http://127.0.0.1:1", "t")
    assert find_server(home=tmp_path, environment=environment) == Server("http://two:2", "e")
    named = find_server(home=tmp_path, server="http://three:3", token="g", environment=environment)
    assert named == Server("http://three:3", "g")
    with pytest.raises(Invalid):
        find_server(home=None, server="three:3", environment={})


@pytest.mark.parametrize("text", ["", "{}", '"x"', '{"url": "http://x"}'])
def test_a_damaged_server_file_is_said_to_be_one(tmp_path, text):
    (tmp_path / "server.json").write_text(text)
    with pytest.raises(Unavailable, match=r"server\.json"):
        local_server(tmp_path)


def test_no_server_on_the_home_is_said_with_the_remedy(tmp_path):
    with pytest.raises(Unavailable, match=r"no server is running.*recension up"):
        local_server(tmp_path)
