"""The connection that bulk transfer uses: what fails on the way is tried again, for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from recension.client.http import Http
from recension.client.paths import path
from recension.client.remote import repo_text
from recension.errors import Busy, Unavailable

T = TypeVar("T")

_FIRST_WAIT_S: Final = 0.2
_LONGEST_WAIT_S: Final = 10.0


class Line:
    """One repo on a server.

    Args:
        http: the server.
        workspace: of the repo.
        repo: its name.
        patience_s: for how long a request that did not come through is tried again; each new answer starts it anew.
    """

    def __init__(self, http: Http, workspace: str, repo: str, *, patience_s: float = 120.0) -> None:
        self.http = http
        self.repo = repo
        self.patience_s = patience_s
        self._text = repo_text(workspace, repo)

    def at(self, *parts: str) -> str:
        """Where something of the repo is."""
        return path("repos", self._text, *parts)

    def again(self, attempt: Callable[[], T], *, moved: Callable[[], object] = lambda: None) -> T:
        """What ``attempt`` gives; it is made again while the server does not answer, or has too much to do.

        Only for what may be repeated. ``moved`` says how far a long attempt has come: while that changes there is
        reason to go on.

        Raises:
            Unavailable: the server has not answered for as long as patience lasts.
        """
        wait_s, since, before = _FIRST_WAIT_S, time.monotonic(), moved()
        while True:
            try:
                return attempt()
            except (Unavailable, Busy):
                if moved() != before:
                    wait_s, since, before = _FIRST_WAIT_S, time.monotonic(), moved()
                if time.monotonic() + wait_s - since > self.patience_s:
                    raise
            time.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
