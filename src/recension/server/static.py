"""The web pages: files built beforehand, and the single page that every other address of the app shows.

A missing file under ``/assets/`` is a 404, never the page: a browser that is told HTML is JavaScript shows nothing.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response

from recension.errors import NotFound

BUNDLE: Final = Path(__file__).parent / "web"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Recension</title></head>
<body><h1>Recension is running, without its pages</h1>
<p>This installation was made without the web bundle. The HTTP API under <code>/api/v1</code> works.</p>
<p>To build the pages, with Node 20 or newer:</p>
<pre>cd web
npm ci
npm run build</pre>
<p>Then reload this page.</p></body></html>
"""
# The system's table of types differs between machines; a wrong type for a script is a blank page.
_TYPES: Final[Mapping[str, str]] = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


def mount(app: FastAPI, bundle: Path = BUNDLE) -> None:
    """Serve the bundle at every address that no route above has taken."""

    @app.get("/assets/{name:path}", include_in_schema=False)
    def asset(name: str) -> Response:
        return _file(bundle, f"assets/{name}", forever=True)

    @app.get("/{name:path}", include_in_schema=False)
    def page(name: str) -> Response:
        if name.startswith("api/"):
            raise NotFound("there is nothing at this address", where=f"/{name}")
        if name and not name.startswith(".") and (bundle / name).is_file():
            return _file(bundle, name, forever=False)
        if not (bundle / "index.html").is_file():
            headers = {"cache-control": "no-store", "content-security-policy": PAGE_POLICY}
            return HTMLResponse(_NOT_BUILT, headers=headers)
        return _file(bundle, "index.html", forever=False)


def _file(bundle: Path, name: str, *, forever: bool) -> Response:
    path = (bundle / name).resolve()
    if not path.is_relative_to(bundle.resolve()) or not path.is_file():
        raise NotFound("no such file", where=f"/{name}")
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # names under assets/ carry a hash of their content
    cache = "public, max-age=31536000, immutable" if forever else "no-cache"
    return FileResponse(path, media_type=kind, headers={"cache-control": cache, "content-security-policy": PAGE_POLICY})
