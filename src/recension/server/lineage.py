"""The family tree of a commit: what it was made from, what was made from it, and by which steps.

A step is drawn between the commits it read and the one it wrote, once per written commit, so that the picture has no
cycles even where a pipeline ran many times.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from recension.clock import iso
from recension.ids import CommitId
from recension.server.wire.overview import Edge, Lineage, LineageNode
from recension.store import Commit, Store

MOST_NODES: Final = 1000
_DOCUMENTS: Final = "projects"  # the repo that holds project documents and their guidelines


def lineage(store: Store, commit_id: CommitId) -> Lineage:
    """The tree around a commit, nearest relatives first when it has to be cut.

    Raises:
        NotFound: there is no such commit.
    """
    centre = store.commit(commit_id)
    found = {centre.id: centre}
    cut = False
    for relatives in (store.upstream(commit_id), store.downstream(commit_id)):
        for commit in relatives:
            if len(found) >= MOST_NODES:
                cut = True
                break
            found[commit.id] = commit
    drawing = _Drawing(found)
    for commit in sorted(found.values(), key=lambda commit: commit.id):
        drawing.add(commit)
    return Lineage(nodes=list(drawing.nodes.values()), edges=drawing.edges, truncated=cut)


class _Drawing:
    """Nodes by id and the edges between them."""

    def __init__(self, commits: dict[CommitId, Commit]) -> None:
        self._commits = commits
        self.nodes: dict[str, LineageNode] = {}
        self.edges: list[Edge] = []

    def add(self, commit: Commit) -> None:
        """Draw a commit, the step that wrote it, and lines from what was read."""
        self.nodes[commit.id] = _commit_node(commit)
        sources = [source for source in commit.provenance if source in self._commits]
        step = _step_node(commit)
        if step is None:
            self._draw(sources, commit.id)
            return
        self.nodes[step.id] = step
        self._draw(sources, step.id)
        self._draw([step.id], commit.id)

    def _draw(self, sources: Iterable[str], to: str) -> None:
        self.edges += [Edge(from_=source, to=to) for source in sources]


def _commit_node(commit: Commit) -> LineageNode:
    is_document = commit.repo == _DOCUMENTS
    return LineageNode(
        id=commit.id,
        kind="guideline" if is_document else "commit",
        label=_label(commit, is_document=is_document),
        repo=commit.repo,
        branch=commit.branch,
        commit=commit.id,
        at=iso(commit.at_us),
        meta={
            "kind": commit.kind,
            "author": commit.author,
            "files": commit.files,
            "size": commit.size,
            "global_id": commit.global_id,
            "content_id": commit.content_id,
        },
    )


def _label(commit: Commit, *, is_document: bool) -> str:
    project = commit.meta.get("project")
    if is_document and isinstance(project, str):
        return f"Guideline of {project}"
    return commit.message.partition("\n")[0] or f"{commit.repo}@{commit.branch}"


def _step_node(commit: Commit) -> LineageNode | None:
    for kind in ("pipeline", "project"):
        name = commit.meta.get(kind)
        if isinstance(name, str) and commit.kind in {"job", "people"}:
            return LineageNode.model_validate(
                {
                    "id": f"{kind}:{name}@{commit.id}",
                    "kind": kind,
                    "label": name,
                    "at": iso(commit.at_us),
                    "meta": dict(commit.meta),
                }
            )
    return None
