"""Versioned data, labels made by people and models, and pipelines over both.

``recension.get("repo@ref")`` is a folder with that version's files, ``recension.put("folder", "repo@branch")`` commits
one, ``recension.repo("repo").commit()`` gathers changes for a branch, and ``@recension.pipeline(...)`` marks a function
as a step. Importing this package loads none of them: what is named is fetched when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from recension.client.get import get
    from recension.client.put import put
    from recension.client.repos import repo
    from recension.flow.step import pipeline

__all__ = ["get", "pipeline", "put", "repo"]

_HOMES: Final = {
    "get": "recension.client.get",
    "pipeline": "recension.flow.step",
    "put": "recension.client.put",
    "repo": "recension.client.repos",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for by its name."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'recension' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
