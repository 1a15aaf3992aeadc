"""Uploads in parts that a crash has cut off: a bucket keeps their parts, and no listing of objects shows them.

obstore neither lists nor ends them, but it signs requests for any path below an endpoint, with whatever credentials it
has. So what S3 is to be asked stands in the endpoint, and the path that obstore adds is swallowed by a parameter of no
meaning: AWS's own libraries send ``x-id`` along for their logs.
"""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import unescape

import obstore
from obstore.store import S3Store

from recension.errors import Unavailable

_VALID: Final = timedelta(minutes=5)
_TIMEOUT_S: Final = 60.0
_ATTEMPTS: Final = 3
_PAGE: Final = 1000
_UPLOAD: Final = re.compile(r"<Upload>(.*?)</Upload>", re.DOTALL)


class Unfinished(NamedTuple):
    """An upload that was begun and neither finished nor given up."""

    key: str
    upload: str
    begun: datetime


class UnfinishedUploads:
    """The unfinished uploads of one bucket, below the prefix of ``store``."""

    def __init__(self, store: S3Store, where: str) -> None:
        self._where = where
        self._prefix = f"{store.prefix.strip('/')}/" if store.prefix else ""
        signed = obstore.sign(store, "GET", "x", _VALID)
        self._bucket = signed.partition("?")[0].removesuffix(f"/{quote(self._prefix)}x")
        self._client: Any = {"allow_http": True} if signed.startswith("http://") else {}
        self._config: Any = dict(store.config)

    def begun_before(self, latest: datetime) -> Iterator[Unfinished]:
        """Those that were begun by then; none where nobody may list them."""
        marker = ""
        while True:
            question = f"uploads=&max-uploads={_PAGE}&prefix={quote(self._prefix, safe='')}{marker}"
            answer = self._ask("GET", f"{self._bucket}?{question}")
            for text in _UPLOAD.findall(answer):
                begun = datetime.fromisoformat(_said(text, "Initiated")).astimezone(UTC)
                if begun <= latest:
                    key = _said(text, "Key").removeprefix(self._prefix)
                    yield Unfinished(key, _said(text, "UploadId"), begun)
            if _said(answer, "IsTruncated") != "true":
                return
            markers = (_said(answer, "NextKeyMarker"), _said(answer, "NextUploadIdMarker"))
            marker = "&key-marker={}&upload-id-marker={}".format(*(quote(each, safe="") for each in markers))

    def give_up(self, left: Unfinished) -> None:
        """Have the parts of an upload removed; no error when it is no more."""
        path = quote(self._prefix + left.key)
        self._ask("DELETE", f"{self._bucket}/{path}?uploadId={quote(left.upload, safe='')}")

    def _ask(self, method: Any, url: str) -> str:
        """What the service says; nothing where it refuses.

        Raises:
            Unavailable: it does not answer.
        """
        config = self._config | {"endpoint": f"{url}&x-id=", "virtual_hosted_style_request": "true"}
        asking = S3Store(config=config, client_options=self._client)
        for attempt in range(1, _ATTEMPTS + 1):
            request = urllib.request.Request(obstore.sign(asking, method, "x", _VALID), method=method)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  signed by ourselves
                    text: str = answer.read().decode()
                    return text
            except urllib.error.HTTPError as error:
                error.close()
                if error.code < 500 or error.code == http.HTTPStatus.NOT_IMPLEMENTED:
                    return ""
                fault: Exception = error
            except (OSError, http.client.HTTPException) as error:
                fault = error
            if attempt == _ATTEMPTS:
                raise Unavailable(
                    f"the object store does not say what uploads are unfinished: {fault}", where=self._where
                ) from fault
        raise AssertionError


def _said(text: str, name: str) -> str:
    """What an element of a simple document holds."""
    found = re.search(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return unescape(found[1]) if found else ""
