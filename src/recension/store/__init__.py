"""The store room: blobs, packs, manifests, commits and branches. It knows neither people nor pipelines."""

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
