"""The pages that are shipped, and what is said when they are not."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from recension.server import faults, static


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>app</title>")
    (folder / "assets" / "app-1a2b.js").write_text("start()")
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / ".source-hash").write_text("stamp")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def browser(bundle):
    app = FastAPI()
    faults.install(app)
    static.mount(app, bundle)
    return TestClient(app)


def test_scripts_keep_for_ever_and_the_page_is_asked_for_each_time(bundle):
    asset = browser(bundle).get("/assets/app-1a2b.js")
    assert asset.headers["content-type"].startswith("text/javascript")
    assert "immutable" in asset.headers["cache-control"]
    page = browser(bundle).get("/")
    assert page.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("address", ["/", "/p/x/label", "/data/pool?ref=main", "/index.html", "/.source-hash"])
def test_every_route_of_the_app_is_the_one_page(bundle, address):
    assert browser(bundle).get(address).text.startswith("<!doctype html>")


@pytest.mark.parametrize(
    "address", ["/assets/gone.js", "/assets/", "/assets/%2e%2e/%2e%2e/secret.txt", "/api/v1/none", "/api/none"]
)
def test_what_is_missing_is_missing(bundle, address):
    answer = browser(bundle).get(address)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not-found"


def test_nothing_beside_the_bundle_is_served(bundle):
    (bundle / "assets" / "out.txt").symlink_to(bundle.parent / "secret.txt")
    for address in ("/%2e%2e/secret.txt", "/assets/out.txt", "//secret.txt"):
        assert "secret" not in browser(bundle).get(address).text


def test_without_a_bundle_the_page_says_how_to_build_it(tmp_path):
    page = browser(tmp_path / "none").get("/anything")
    assert page.status_code == 200
    assert "npm run build" in page.text
    assert "<script" not in page.text
