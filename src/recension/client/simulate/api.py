"""The workbench's part of the HTTP API, asked with patience: a server that is restarted is waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from recension.client.http import Http, path
from recension.errors import Busy, Unavailable

_FIRST_WAIT_S: Final = 0.1
_LONGEST_WAIT_S: Final = 1.0


class Api:
    """One server and project; safe to share between threads.

    What is sent here may be sent twice: an answer has an id by which the server knows it again.
    """

    def __init__(self, http: Http, project: str, *, patience_s: float) -> None:
        self._http = http
        self._project = project
        self._patience_s = patience_s
        self._counting = threading.Lock()
        self.retries = 0

    def workers(self, names: list[str]) -> dict[str, str]:
        """Make simulated workers, or find those that there are; name -> token."""
        made, _ = self._call("POST", path("projects", self._project, "simulated-workers"), {"names": names}, None)
        return {entry["name"]: entry["token"] for entry in made}

    def workbench(self, token: str) -> dict[str, Any]:
        """Schema, standing and open pages of a worker."""
        found, _ = self._call("GET", path("projects", self._project, "workbench"), None, token)
        return dict(found)

    def next_page(self, token: str) -> tuple[dict[str, Any], bool]:
        """The answer to asking for a page, and whether a first answer may have been lost."""
        return self._call("POST", path("projects", self._project, "pages"), {}, token)

    def answer(self, token: str, page: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send one answer; the receipt."""
        return dict(self._call("POST", path("pages", page, "answers"), dict(body), token)[0])

    def _call(self, method: str, where: str, body: Any, token: str | None) -> tuple[Any, bool]:
        headers = None if token is None else {"authorization": f"Bearer {token}"}
        deadline = time.monotonic() + self._patience_s
        wait_s = _FIRST_WAIT_S
        repeated = False
        while True:
            try:
                answer = self._http.call(method, where, json=body, headers=headers)
            except (Unavailable, Busy):
                if time.monotonic() + wait_s > deadline:
                    raise
            else:
                return answer.json(), repeated
            with self._counting:
                self.retries += 1
            repeated = True
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
