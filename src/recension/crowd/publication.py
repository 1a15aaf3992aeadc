"""Publication: what the answer log says, as commits.

A publication is made from one snapshot (``snapshot``) and written in one transaction: the commit, the move of the
branch, and a row that says up to where the log was read (``published``). So it is never half done, a replay after a
kill finds it done, and every commit carries the global id of exactly one input commit. Only files that differ from the
branch's head are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from blake3 import blake3

from recension.clock import Clock
from recension.crowd.branches import live_branch, release_branch
from recension.crowd.documents import FOLDER, LabelledItem, document, document_path
from recension.crowd.figures import Figures, read_figures
from recension.crowd.published import Publication, is_told, last_publication, record
from recension.crowd.snapshot import Snapshot, label, read_snapshot
from recension.crowd.table import FOLDER as PARTS
from recension.crowd.table import LABELS_CSV, is_current, labels_csv, load_writer, part_of, table_part
from recension.db import Database, Tx
from recension.ids import BlobId, CommitId, GlobalId
from recension.store import Commit, Delete, Edit, Put, Store, Upload

Target = Literal["live", "release"]
AUTHOR: Final = "recension"


@dataclass(frozen=True, slots=True)
class _Task:
    """One publication to be made: all that was read before the first byte is written."""

    snapshot: Snapshot
    figures: Figures
    target: Target
    output: str
    last: Publication | None
    told: bool
    started_us: int

    def row(self, commit: Commit, now_us: int) -> Publication:
        return Publication(
            project=self.snapshot.project.id,
            output_branch=self.output,
            number=1 if self.last is None else self.last.number + 1,
            branch=self.snapshot.input.branch,
            upto=self.snapshot.upto,
            commit_id=commit.id,
            global_id=GlobalId(self.snapshot.input.global_id),
            input_commit=self.snapshot.input.commit_id,
            spec_commit=self.snapshot.project.spec_commit,
            settled=self.figures.settled,
            took_us=now_us - self.started_us,
            at_us=now_us,
        )


def publish(
    db: Database, store: Store, clock: Clock, project_id: int, branch: str, *, target: Target = "live"
) -> Commit | None:
    """Bring a branch of the output up to the answer log; ``None`` when it says all of it already.

    Args:
        db: the database.
        store: where the output repo is.
        clock: what time it is.
        project_id: the project.
        branch: the input branch.
        target: ``live`` for running answers, ``release`` for the branch that downstream work follows.

    Raises:
        Conflict: somebody else wrote the branch in between; nothing was written.
    """
    load_writer()
    with db.read() as tx:
        task = _prepare(tx, clock.now_us(), project_id, branch, target)
    if task is None:
        return None
    spec, workspace = task.snapshot.project.spec, task.snapshot.project.workspace
    head = store.head(spec.output.repo, task.output, workspace)
    items = label(task.snapshot)
    with store.upload() as upload:
        edits = [*_edits(store, head, task.snapshot, items, upload)]
        if not edits and head is not None and task.told:
            db.write(lambda tx: record(tx, task.row(head, clock.now_us())))
            return None
        return store.write(
            spec.output.repo,
            task.output,
            edits,
            upload=upload,
            workspace=workspace,
            message=task.figures.message(),
            author=AUTHOR,
            kind="people",
            meta=task.figures.meta(task.snapshot, target),
            provenance=_provenance(task),
            global_id=GlobalId(task.snapshot.input.global_id),
            base=None if head is None else head.id,
            also=lambda tx, commit: record(tx, task.row(commit, clock.now_us())),
        )


def _prepare(tx: Tx, now_us: int, project_id: int, branch: str, target: Target) -> _Task | None:
    snapshot = read_snapshot(tx, project_id, branch)
    if snapshot is None:
        return None
    name = live_branch if target == "live" else release_branch
    output = name(snapshot.project.spec, branch)
    return _Task(
        snapshot=snapshot,
        figures=read_figures(tx, snapshot),
        target=target,
        output=output,
        last=last_publication(tx, project_id, output),
        told=is_told(tx, project_id, output, snapshot.input.global_id),
        started_us=now_us,
    )


def _provenance(task: _Task) -> tuple[CommitId, ...]:
    made_from = (task.snapshot.input.commit_id, task.snapshot.project.spec_commit, *task.figures.sources)
    return tuple(CommitId(each) for each in dict.fromkeys(made_from))


def _edits(
    store: Store, head: Commit | None, snapshot: Snapshot, items: Sequence[LabelledItem], upload: Upload
) -> Iterator[Edit]:
    """What turns the branch's head into what the snapshot says."""
    there = {} if head is None else {entry.path: entry.blob for entry in store.walk(head)}
    parts: set[str] = set()
    kept = {LABELS_CSV}
    for item in items:
        path = document_path(item.path, item.key, item.region)
        kept |= {path, part_of(item.id)}
        edit = _put(there, path, document(item), upload)
        if edit is not None:
            parts.add(part_of(item.id))
            yield edit
    for path in there.keys() - kept:
        yield Delete(path)
        if head is not None and path.startswith(f"{FOLDER}/"):
            parts.add(part_of(json.loads(store.read_bytes(head, path))["item"]["id"]))
    wanted = {part_of(item.id) for item in items}
    missing = wanted - there.keys()
    old = next((path for path in there if path.startswith(f"{PARTS}/")), None)
    if head is not None and old and not is_current(store.read_bytes(head, old), snapshot.project.schema):
        missing = wanted  # one version writes all parts alike, so one tells of all
    yield from _table(there, snapshot, items, (parts & kept) | missing, upload)


def _table(
    there: Mapping[str, BlobId], snapshot: Snapshot, items: Sequence[LabelledItem], parts: set[str], upload: Upload
) -> Iterator[Edit]:
    by_part: dict[str, list[LabelledItem]] = {part: [] for part in sorted(parts)}
    for item in items:
        if (part := part_of(item.id)) in by_part:
            by_part[part].append(item)
    files = {part: table_part(rows, snapshot.project.schema) for part, rows in by_part.items()}
    files[LABELS_CSV] = labels_csv(items, snapshot.project.schema)
    for path, data in files.items():
        edit = _put(there, path, data, upload)
        if edit is not None:
            yield edit


def _put(there: Mapping[str, BlobId], path: str, data: bytes, upload: Upload) -> Put | None:
    if there.get(path) == blake3(data).digest():
        return None
    return Put(path, upload.add_bytes(data), len(data))
