"""The store room: blobs, packs, manifests, commits and branches. It knows neither people nor pipelines.

What is named is loaded when it is first used: a command starts faster without what it does not need.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from recension.store.checkout import CheckoutReport
    from recension.store.fsck_report import FsckReport, Problem
    from recension.store.glob import Glob, Match, compile_glob
    from recension.store.model import (
        ANY,
        EXECUTABLE_MODE,
        FILE_MODE,
        LINK_MODE,
        Branch,
        Change,
        Commit,
        Delete,
        DeleteFolder,
        Edit,
        Entry,
        Folder,
        Put,
        Repo,
    )
    from recension.store.putting import PutReport
    from recension.store.schema import MIGRATIONS
    from recension.store.store import Store
    from recension.store.trees import EMPTY
    from recension.store.upload import Upload

__all__ = [
    "ANY",
    "EMPTY",
    "EXECUTABLE_MODE",
    "FILE_MODE",
    "LINK_MODE",
    "MIGRATIONS",
    "Branch",
    "Change",
    "CheckoutReport",
    "Commit",
    "Delete",
    "DeleteFolder",
    "Edit",
    "Entry",
    "Folder",
    "FsckReport",
    "Glob",
    "Match",
    "Problem",
    "Put",
    "PutReport",
    "Repo",
    "Store",
    "Upload",
    "compile_glob",
]

_NAMES: Final = {
    "checkout": "CheckoutReport",
    "fsck_report": "FsckReport Problem",
    "glob": "Glob Match compile_glob",
    "model": "ANY EXECUTABLE_MODE FILE_MODE LINK_MODE "
    "Branch Change Commit Delete DeleteFolder Edit Entry Folder Put Repo",
    "putting": "PutReport",
    "schema": "MIGRATIONS",
    "store": "Store",
    "trees": "EMPTY",
    "upload": "Upload",
}
"""Module -> what it has of the names above."""
_HOMES: Final = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import what is asked for by its name."""
    module = _HOMES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
