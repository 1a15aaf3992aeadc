"""Requests that another site makes a browser send are refused before any route sees them."""

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from recension.server import faults, guard
from recension.server.guard import Guard, host_name, hosts_for

COOKIE = {"cookie": "theme=dark; recension_8800=abc"}


@pytest.fixture
def browser(monkeypatch):
    monkeypatch.setattr(guard, "MAX_BODY", 1000)

    async def plain(request):
        return PlainTextResponse("here")

    async def echo(request):
        return JSONResponse({"size": len(await request.body())})

    app = Starlette(routes=[Route("/", plain), Route("/do", echo, methods=["POST", "PUT", "DELETE"])])
    faults.install(app)
    guarded = Guard(app, hosts={"labels.example"}, cookie="recension_8800")
    with TestClient(guarded, base_url="http://127.0.0.1:8800") as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8800", "localhost", "LOCALHOST:1", "[::1]:8800", "labels.example"])
def test_known_hosts_are_answered(browser, host):
    assert browser.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8800", "", "127.0.0.2", "labels.example.evil"],
)
def test_a_rebound_name_is_refused(browser, host):
    answer = browser.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["where"] == "Host"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://127.0.0.1", "file://"]
)
@pytest.mark.parametrize("extra", [{}, COOKIE, {"authorization": "Bearer x"}])
def test_another_origin_changes_nothing(browser, origin, extra):
    assert browser.post("/do", headers={"origin": origin, **extra}).status_code == 403


def test_our_own_origin_may(browser):
    own = {"origin": "http://127.0.0.1:8800", **COOKIE}
    assert browser.post("/do", headers=own, content=b"x").json() == {"size": 1}


def test_a_cookie_alone_changes_nothing(browser):
    assert browser.post("/do", headers=COOKIE).status_code == 403
    assert browser.put("/do", headers={**COOKIE, "sec-fetch-site": "same-site"}).status_code == 403
    assert browser.delete("/do", headers={**COOKIE, "sec-fetch-site": "same-origin"}).status_code == 200


def test_a_program_needs_no_origin(browser):
    assert browser.post("/do", headers={"authorization": "Bearer x"}).status_code == 200


def test_another_site_may_lead_here_but_not_read_from_here(browser):
    assert browser.get("/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200
    for site in ("cross-site", "same-site"):
        assert browser.get("/", headers={"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}).status_code == 403
    assert browser.get("/", headers={"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}).status_code == 200


def test_a_body_is_limited_whether_it_says_its_length_or_not(browser):
    assert browser.post("/do", content=b"x" * 1000).json() == {"size": 1000}
    assert browser.post("/do", content=b"x" * 1001).status_code == 413
    assert browser.post("/do", content=(b"x" * 100 for _ in range(11))).status_code == 413
    assert browser.post("/do", headers={"content-length": "many"}, content=b"x").status_code == 400


def test_every_answer_carries_the_security_headers(browser):
    for answer in (browser.get("/"), browser.get("/", headers={"host": "evil.example"})):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_host_names_are_read_from_headers():
    assert host_name("LocalHost:8800") == "localhost"
    assert host_name("[::1]:8800") == "[::1]"
    assert host_name("name.example.") == "name.example"


def test_a_wildcard_address_adds_no_name():
    assert hosts_for("0.0.0.0", []) == frozenset()
    assert hosts_for("::", ["Box:1"]) == {"box"}
    assert hosts_for("192.168.1.5", []) == {"192.168.1.5"}
    assert hosts_for("box.local", []) == {"box.local"}
