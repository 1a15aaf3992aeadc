"""``server.json`` in the home: how programs on this machine find the running server and sign in to it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

NAME: Final = "server.json"


def write_server_file(home: Path, body: dict[str, Any]) -> None:
    """Write it whole or not at all, readable by its owner only."""
    target = home / NAME
    draft = home / f".{NAME}.{os.getpid()}"
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        json.dump(body, file)
    draft.replace(target)


def remove_server_file(home: Path) -> None:
    """Take it away; the server has stopped."""
    (home / NAME).unlink(missing_ok=True)
