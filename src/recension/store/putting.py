"""Putting files and folders from disk into a branch, as one commit."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from recension.ids import DEFAULT_WORKSPACE, GlobalId, check_name, check_path
from recension.store import stat_cache
from recension.store.edits import Edits
from recension.store.ingest import Ingest, Told
from recension.store.model import ANY, Commit
from recension.store.put_folders import Run, add_file, add_folder
from recension.store.stat_cache import StatCache
from recension.store.tree_read import below, scan
from recension.store.writing import Draft, MissingBlob, Writing


@dataclass(frozen=True, slots=True)
class PutReport:
    """What a put did. ``commit`` is the head afterwards; ``new`` says whether it was made by it.

    ``files`` were looked at, ``read`` of them had to be read, with ``bytes_read`` bytes.
    """

    commit: Commit
    new: bool
    files: int
    read: int
    bytes_read: int


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


class Putting(Writing):
    """Bulk input."""

    def put_files(
        self,
        repo: str,
        branch: str,
        sources: Sequence[Path],
        *,
        into: str = "/",
        delete: bool = False,
        message: str = "",
        author: str = "",
        meta: Mapping[str, Any] | None = None,
        global_id: GlobalId | None = None,
        workspace: str = DEFAULT_WORKSPACE,
        told: Told | None = None,
    ) -> PutReport:
        """Commit files and the contents of folders; durable when this returns. Nothing is done when nothing differs.

        Unchanged files are recognised by their stats and not read again. Modes are kept as 644 or 755, symbolic links
        as links; empty folders are not kept. Memory stays bounded, whatever the size of the files.

        Args:
            repo: its name.
            branch: its name; made when it is missing.
            sources: files, which go by their names, and folders, which contribute what they hold.
            into: the folder that takes them.
            delete: remove from ``into`` whatever the sources do not hold.
            message: what was done, in words.
            author: who did it.
            meta: anything that JSON can say.
            global_id: of the cascade this belongs to.
            workspace: where the repo is.
            told: hears of progress.

        Raises:
            NotFound: there is no such repo, or no such source.
            Invalid: a file cannot be read, or cannot be kept under its name.
        """
        check_name("branch", branch)
        base = "" if into in {"", "/"} else check_path(into.rstrip("/"))
        target = Target(workspace, repo, branch, base)
        fields = Fields(message, author, dict(meta or {}), global_id)
        try:
            return self._put(target, sources, fields, told or _deaf, delete=delete, trusting=True)
        except MissingBlob:
            # A file that has not changed since it was read was taken for stored, and its blob was collected since.
            return self._put(target, sources, fields, told or _deaf, delete=delete, trusting=False)

    def _put(
        self, target: Target, sources: Sequence[Path], fields: Fields, told: Told, *, delete: bool, trusting: bool
    ) -> PutReport:
        """Put once; ``trusting`` what is remembered of files."""
        workspace, repo, branch, base = target
        head = self.head(repo, branch, workspace)
        address = f"{workspace}/{repo}@{branch}:{base}/"
        with self.upload() as upload, Ingest(upload, self.records, told) as ingest:
            run = Run(Edits(), ingest)
            for source in sources:
                text = os.fspath(source)
                if source.is_dir():
                    cache = stat_cache.load(stat_cache.cache_file(self.home, text)) if trusting else StatCache()
                    skip = head is not None and not delete and not run.caches
                    there = skip and head is not None and cache.roots.get(address) == head.root.hex()
                    add_folder(run, text, cache, base, unchanged_is_there=there)
                else:
                    add_file(run, text, base)
            ingest.flush()
            if delete and head is not None:
                rows = run.edits.rows
                rows.update({row[0]: None for row in scan(self.nodes, head.root, below(base)) if row[0] not in rows})
            draft = Draft(
                workspace, repo, branch, run.edits, False, ANY, False, fields.message, fields.author, "user",
                fields.meta, (), fields.global_id, None,
            )  # fmt: skip
            commit = self.land(draft, upload) if run.edits.rows or head is None else head
        self._remember(run, address, commit)
        return PutReport(commit, head is None or commit.id != head.id, run.files, run.read, run.bytes_read)

    def _remember(self, run: Run, address: str, commit: Commit) -> None:
        for folder, known, cache in run.caches:
            changed = known != cache.folders
            if changed or cache.roots.get(address) != commit.root.hex():
                roots = {} if changed else cache.roots
                stat_cache.save(stat_cache.cache_file(self.home, folder), known, {**roots, address: commit.root.hex()})


def _deaf(_files: int, _bytes: int) -> None:
    """Hears nothing."""
