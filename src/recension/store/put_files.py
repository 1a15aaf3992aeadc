"""One bulk put: what sources hold becomes rows and blobs, these become one commit, and what was seen is remembered."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from recension.ids import GlobalId
from recension.store import stat_cache
from recension.store.edits import Edits
from recension.store.ingest import Ingest, Told
from recension.store.model import ANY, Commit
from recension.store.put_folders import Run, add_file, add_folder
from recension.store.putting import PutReport
from recension.store.stat_cache import StatCache
from recension.store.tree_read import below, scan
from recension.store.writing import Draft, MissingBlob, Writing


class Target(NamedTuple):
    """Where a put goes: ``base`` is the folder, without a slash at its end."""

    workspace: str
    repo: str
    branch: str
    base: str


class Fields(NamedTuple):
    """What the commit of a put says."""

    message: str
    author: str
    meta: dict[str, Any]
    global_id: GlobalId | None


def put_files(
    store: Writing, target: Target, sources: Sequence[Path], fields: Fields, told: Told | None, *, delete: bool
) -> PutReport:
    """Commit files and the contents of folders; see :meth:`recension.store.putting.Putting.put_files`."""
    try:
        return _put(store, target, sources, fields, told or _deaf, delete=delete, trusting=True)
    except MissingBlob:
        # A file that has not changed since it was read was taken for stored, and its blob was collected since.
        return _put(store, target, sources, fields, told or _deaf, delete=delete, trusting=False)


def _put(
    store: Writing, target: Target, sources: Sequence[Path], fields: Fields, told: Told, *, delete: bool, trusting: bool
) -> PutReport:
    """Put once; ``trusting`` what is remembered of files."""
    workspace, repo, branch, base = target
    # What is remembered of files is compared with the head: nothing may be staged upon it.
    store.close_staged(repo, branch, workspace)
    head = store.head(repo, branch, workspace)
    address = f"{workspace}/{repo}@{branch}:{base}/"
    with store.upload() as upload, Ingest(upload, store.records, told) as ingest:
        run = Run(Edits(), ingest)
        for source in sources:
            text = os.fspath(source)
            if source.is_dir():
                cache = stat_cache.load(stat_cache.cache_file(store.home, text)) if trusting else StatCache()
                skip = head is not None and not delete and not run.caches
                there = skip and head is not None and cache.roots.get(address) == head.root.hex()
                add_folder(run, text, cache, base, unchanged_is_there=there)
            else:
                add_file(run, text, base)
        ingest.flush()
        if delete and head is not None:
            rows = run.edits.rows
            rows.update({row[0]: None for row in scan(store.nodes, head.root, below(base)) if row[0] not in rows})
        draft = Draft(
            workspace, repo, branch, run.edits, False, ANY, False, fields.message, fields.author, "user",
            fields.meta, (), fields.global_id, None,
        )  # fmt: skip
        commit = store.land(draft, upload) if run.edits.rows or head is None else head
    _remember(store, run, address, commit)
    return PutReport(commit, head is None or commit.id != head.id, run.files, run.read, run.bytes_read)


def _remember(store: Writing, run: Run, address: str, commit: Commit) -> None:
    for folder, known, cache in run.caches:
        changed = known != cache.folders
        if changed or cache.roots.get(address) != commit.root.hex():
            roots = {} if changed else cache.roots
            stat_cache.save(stat_cache.cache_file(store.home, folder), known, {**roots, address: commit.root.hex()})


def _deaf(_files: int, _bytes: int) -> None:
    """Hears nothing."""
