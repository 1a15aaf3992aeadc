"""What this machine remembers of folders that were put to a server, or got from it.

The stat cache of a local home, kept apart for each server: a blob that one server has, another may not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from blake3 import blake3

from recension.store.stat_cache import cache_file


def user_cache(environment: Mapping[str, str]) -> Path:
    """Where programs of this user keep what they can do without."""
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "recension"


def memory_of(cache: Path, url: str, folder: str | os.PathLike[str]) -> Path:
    """The file that says what is known of a folder and the server at ``url``."""
    server = blake3(url.encode()).hexdigest()[:16]
    return cache_file(cache / "servers" / server, os.fspath(folder))
