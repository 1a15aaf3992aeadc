"""The repos around a project: those it reads must be there, the one it writes must be its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from recension.crowd.branches import home_branch, live_branch, release_branch
from recension.crowd.registry import projects
from recension.crowd.spec import Draft, ProjectDefinition
from recension.crowd.spec_checks import PROJECTS_REPO
from recension.db import Database, Tx
from recension.errors import AlreadyExists, NotFound
from recension.store import Commit, Put, Store

SPEC_KIND: Final = "spec"
OUTPUT_KIND: Final = "people"


def check_inputs(store: Store, workspace: str, definition: ProjectDefinition) -> None:
    """Make sure that every repo the document reads is there.

    Raises:
        NotFound: one is not; names file, line and field.
    """
    spec = definition.spec
    places = {"input": spec.input.repo} | {f"{kind}.tasks": tasks.repo for kind, tasks in spec.sources().items()}
    for place, repo in places.items():
        try:
            store.repo(repo, workspace=workspace)
        except NotFound:
            error = definition.source.error([*place.split("."), "repo"], f"there is no repo {repo!r}")
            raise NotFound(error.message, where=error.where, hint=f"recension repo create {repo}") from None


def check_output(db: Database, store: Store, workspace: str, definition: ProjectDefinition) -> None:
    """Make sure that nobody else writes what a new project is going to write.

    Raises:
        Invalid: another project does, or somebody did; names file, line and field.
    """
    spec, source = definition.spec, definition.source
    with db.read() as tx:
        for other in projects(tx, workspace=workspace):
            if other.spec.output.repo == spec.output.repo:
                message = f"repo {spec.output.repo!r} holds the labels of project {other.name!r}"
                raise source.error(["output", "repo"], message, hint="choose a repo of its own")
    with suppress(NotFound):
        taken = {each.name for each in store.branches(spec.output.repo, workspace=workspace) if each.head is not None}
        home = home_branch(spec)
        for branch in sorted(taken & {release_branch(spec, home), live_branch(spec, home)}):
            message = f"{spec.output.repo}@{branch} holds commits already, and labels would replace them"
            raise source.error(["output"], message, hint="choose an empty repo, or one that does not exist yet")


def check_same_output(definition: ProjectDefinition, repo: str, branch: str) -> None:
    """Make sure that an edit leaves the output where it is.

    Raises:
        Invalid: it moves it.
    """
    output = definition.spec.output
    for field, new, old in (("repo", output.repo, repo), ("branch", output.branch, branch)):
        if new != old:
            message = f"labels go to {old!r} since the project was created"
            raise definition.source.error(["output", field], message, hint="leave it, or create another project")


def ensure_repos(store: Store, workspace: str, definition: ProjectDefinition) -> None:
    """Make the repo of project documents and the one for labels, where they are missing."""
    wanted = {
        PROJECTS_REPO: (SPEC_KIND, "Project documents and guidelines"),
        definition.spec.output.repo: (OUTPUT_KIND, f"Labels of project {definition.name}"),
    }
    for name, (kind, description) in wanted.items():
        with suppress(AlreadyExists):
            store.create_repo(name, workspace=workspace, description=description, kind=kind)


def write_document(
    store: Store, draft: Draft, definition: ProjectDefinition, enter: Callable[[Tx, Commit], None], *, message: str
) -> Commit:
    """Commit the document and its guideline; ``enter`` runs in the same transaction."""
    texts = {"project.yaml": draft.yaml_text, "guideline.md": definition.guideline}
    with store.upload() as upload:
        raw = {f"/{definition.name}/{name}": text.encode() for name, text in texts.items()}
        puts = [Put(path, upload.add_bytes(data), len(data)) for path, data in raw.items()]
        return store.write(
            PROJECTS_REPO,
            "main",
            puts,
            upload=upload,
            workspace=draft.workspace,
            message=message,
            author=draft.author,
            meta={"project": definition.name, "guideline": definition.guideline_hash},
            also=enter,
        )
