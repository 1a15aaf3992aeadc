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
        made = self._call("POST", path("projects", self._project, "simulated-workers"), {"names": names})
        return {entry["name"]: entry["token"] for entry in made}

    def schema(self) -> dict[str, Any]:
        """What is asked and shown."""
        return dict(self._call("GET", path("projects", self._project, "workbench"))["schema"])

    def next_page(self, token: str) -> dict[str, Any]:
        """A page for a worker who has none: one that is open already, or else a new one."""
        return dict(self._call("POST", path("projects", self._project, "pages"), {"holding": []}, token))

    def answer(self, token: str, page: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send one answer; the receipt."""
        return dict(self._call("POST", path("pages", page, "answers"), dict(body), token))

    def _call(self, method: str, where: str, body: Any = None, token: str | None = None) -> Any:
        headers = None if token is None else {"authorization": f"Bearer {token}"}
        deadline = time.monotonic() + self._patience_s
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                return self._http.call(method, where, json=body, headers=headers).json()
            except (Unavailable, Busy):
                if time.monotonic() + wait_s > deadline:
                    raise
            with self._counting:
                self.retries += 1
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
