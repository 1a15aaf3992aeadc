"""Files lent to a backend: an address that works for one file of one task, for an hour, without signing in.

The key lives as long as the server; what was lent before a restart is lent no more.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import quote

from recension.errors import Forbidden

_LIFE_S: Final = 3600


class Lending:
    """Signs addresses of files and knows its own signature again."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def path(self, project: str, task: int, blob: str, *, now_s: int) -> str:
        """Path and query of the lent file."""
        until = now_s + _LIFE_S
        signature = self._sign(project, task, blob, until)
        return f"/api/v1/lent/{quote(project)}/{task}/{blob}?until={until}&signature={signature}"

    def check(self, project: str, task: int, blob: str, until: int, signature: str, *, now_s: int) -> None:
        """Refuse an address that was not made here, or whose time is over.

        Raises:
            Forbidden: it is one.
        """
        right = hmac.compare_digest(self._sign(project, task, blob, until).encode(), signature.encode())
        if not right or now_s > until:
            raise Forbidden("this file is not lent any more", where="signature", hint="ask for a new address")

    def _sign(self, project: str, task: int, blob: str, until: int) -> str:
        text = f"{project}\n{task}\n{blob}\n{until}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
