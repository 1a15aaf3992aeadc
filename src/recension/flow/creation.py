"""Creating and changing pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from recension.clock import Clock
from recension.db import Database, Tx, outbox
from recension.errors import AlreadyExists, Invalid, NotFound
from recension.flow.graph import Known, Wiring
from recension.flow.pipeline_rows import SPECS, Pipeline, pipeline, pipelines, save_pipeline
from recension.flow.spec import Spec, leaves
from recension.flow.spec_reader import read_spec
from recension.ids import BlobId, CommitId, check_path
from recension.store import Commit, DeleteFolder, Edit, Put, Store

OUTPUT_KIND = "pipeline"
SPECS_KIND = "spec"


@dataclass(frozen=True, slots=True)
class Created:
    """A pipeline as it is now. ``changed`` is false when it was just so already; ``notes`` are lines for people."""

    pipeline: Pipeline
    changed: bool
    notes: tuple[str, ...]


def create_pipeline(
    store: Store,
    db: Database,
    clock: Clock,
    spec: bytes,
    files: Mapping[str, bytes],
    *,
    author: str = "",
    where: str = "pipeline.yaml",
) -> Created:
    """Create a pipeline, or bring in a new version of it; the jobs follow from the event this writes.

    Everything is checked before anything is written. The specification and its files become one commit of the repo
    ``pipelines``, and the pipeline's row is written in that commit's transaction.

    Args:
        store: where repos are.
        db: the database of the same home.
        clock: tells the time.
        spec: the specification, YAML or JSON.
        files: the declared files and, for a function, the modules it imports, by path.
        author: who brings it in.
        where: the file's name, for messages.

    Raises:
        Invalid: the specification breaks a rule, a declared file is missing, or the pipeline would read its own output.
        NotFound: an input repo does not exist.
        AlreadyExists: the output repo exists and is not a pipeline's.
    """
    read = read_spec(spec, file=where)
    _check_files(read, files, where)
    notes = [*read.notes, *_check_place(store, db, read, where)]
    before = _present(db, read)
    if before is not None and _is_same(store, before, spec, files):
        return Created(before, changed=False, notes=tuple(notes))
    _make_repos(store, read)
    _commit(store, clock, read, spec, files, author=author, is_new=before is None)
    with db.read() as tx:
        return Created(pipeline(tx, read.name, workspace=read.workspace), changed=True, notes=tuple(notes))


def load(store: Store, workspace: str, name: str, commit: CommitId) -> tuple[Spec, dict[str, BlobId]]:
    """A pipeline as it was at a commit of the specifications' repo: its specification, and its files by path."""
    at = store.commit(commit)
    spec = read_spec(store.read_bytes(at, f"/{name}/pipeline.yaml"))
    folder = f"/{name}/files"
    files = {entry.path.removeprefix(folder + "/"): entry.blob for entry in store.walk(at, prefix=folder)}
    assert spec.workspace == workspace
    return spec, files


def _check_files(spec: Spec, files: Mapping[str, bytes], where: str) -> None:
    for path in files:
        check_path(f"/{spec.name}/files/{path}")
    wanted = list(spec.transform.files)
    if spec.transform.function is not None:
        wanted.append(spec.transform.function.partition(":")[0])
    for path in wanted:
        if path not in files and not any(given.startswith(path + "/") for given in files):
            raise Invalid(f"declared file {path!r} is missing", where=f"{where}: transform.files", hint="put it beside")


def _check_place(store: Store, db: Database, spec: Spec, where: str) -> list[str]:
    """Make sure that the pipeline fits among repos and pipelines; return notes about inputs that are empty yet."""
    if spec.name == SPECS:
        raise Invalid(f"{SPECS!r} holds the specifications themselves", where=where, hint="take another name")
    with db.read() as tx:
        others = pipelines(tx)
    wiring = Wiring({(other.workspace, other.name): Known(other.spec, other.since) for other in others}, {})
    notes = []
    for leaf in leaves(spec.input):
        if (leaf.workspace, leaf.repo) == (spec.workspace, spec.name):
            raise Invalid("the pipeline reads its own output", where=f"{where}: input", hint="read another repo")
        try:
            found = [branch.name for branch in store.branches(leaf.repo, workspace=leaf.workspace) if branch.head]
        except NotFound as error:
            raise NotFound(f"there is no repo {leaf.repo!r}", where=f"{where}: input", hint=error.hint) from None
        wanted = leaf.branch or wiring.main_branch((leaf.workspace, leaf.repo))
        if (leaf.branch is not None and wanted not in found) or not found:
            notes.append(f"nothing was committed to {leaf.repo}@{wanted} yet: the pipeline waits for it")
    circle = wiring.cycle(spec)
    if circle is not None:
        path = " -> ".join([spec.name, *circle])
        raise Invalid(f"the pipelines would form a circle: {path}", where=f"{where}: input", hint="read another repo")
    with suppress(NotFound):
        repo = store.repo(spec.name, workspace=spec.workspace)
        if repo.kind != OUTPUT_KIND:
            raise AlreadyExists(
                f"repo {spec.name!r} exists and is not a pipeline's", where=where, hint="give the pipeline another name"
            )
    return notes


def _present(db: Database, spec: Spec) -> Pipeline | None:
    with db.read() as tx:
        try:
            return pipeline(tx, spec.name, workspace=spec.workspace)
        except NotFound:
            return None


def _is_same(store: Store, before: Pipeline, text: bytes, files: Mapping[str, bytes]) -> bool:
    at = store.commit(before.spec_commit)
    _, present = load(store, before.workspace, before.name, before.spec_commit)
    same_files = present.keys() == files.keys() and all(store.open_blob(present[path]) == files[path] for path in files)
    return same_files and store.read_bytes(at, f"/{before.name}/pipeline.yaml") == text


def _make_repos(store: Store, spec: Spec) -> None:
    with suppress(AlreadyExists):
        store.create_repo(
            SPECS, workspace=spec.workspace, kind=SPECS_KIND, description="Every version of every pipeline"
        )
    with suppress(AlreadyExists):
        store.create_repo(spec.name, workspace=spec.workspace, kind=OUTPUT_KIND, description=spec.description)


def _commit(
    store: Store, clock: Clock, spec: Spec, text: bytes, files: Mapping[str, bytes], *, author: str, is_new: bool
) -> None:
    def save(tx: Tx, commit: Commit) -> None:
        # Earlier events do not trigger this version: the event of this very commit has it run on every branch.
        since = outbox.latest(tx)
        save_pipeline(tx, spec, text.decode(), commit=commit.id, since=since, at_us=clock.now_us())

    with store.upload() as upload:
        edits: list[Edit] = [
            DeleteFolder(f"/{spec.name}/files"),
            Put(f"/{spec.name}/pipeline.yaml", upload.add_bytes(text), len(text)),
            *(Put(f"/{spec.name}/files/{path}", upload.add_bytes(data), len(data)) for path, data in files.items()),
        ]
        store.write(
            SPECS,
            "main",
            edits,
            upload=upload,
            message=f"{'create' if is_new else 'change'} pipeline {spec.name}",
            author=author,
            workspace=spec.workspace,
            meta={"pipeline": spec.name},
            also=save,
        )
