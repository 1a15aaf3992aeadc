"""The picture of how data flows: repos, and the pipelines and projects that read and write them."""

from __future__ import annotations

from typing import Literal

from recension.crowd.registry import Project, problems, projects
from recension.crowd.spec_checks import PROJECTS_REPO
from recension.db import Tx
from recension.flow import SPECS, Pipeline, jobs, leaves, pipelines
from recension.ids import DEFAULT_WORKSPACE
from recension.server.routes.project_shapes import project_row
from recension.server.site import Site
from recension.server.wire.overview import Edge, Graph, GraphNode
from recension.store import Repo


def graph_of(at: Site) -> Graph:
    """Every repo that holds data, every pipeline and every project, by name."""
    repos = [repo for repo in at.store.repos() if repo.name not in {PROJECTS_REPO, SPECS}]
    nodes = [_repo_node(repo) for repo in repos]
    edges: list[Edge] = []
    with at.db.read() as tx:
        for line in pipelines(tx):
            nodes.append(_pipeline_node(tx, line))
            reads = dict.fromkeys((leaf.workspace, leaf.repo) for leaf in leaves(line.spec.input))
            edges += [Edge(from_=_id("repo", *repo), to=_id("pipeline", line.workspace, line.name)) for repo in reads]
            edges.append(
                Edge(from_=_id("pipeline", line.workspace, line.name), to=_id("repo", line.workspace, line.name))
            )
        for project in projects(tx):
            nodes.append(_project_node(tx, project))
            edges += _project_edges(project)
    return Graph(nodes=nodes, edges=edges)


def _id(kind: Literal["repo", "pipeline", "project"], workspace: str, name: str) -> str:
    return f"{kind}:{name}" if workspace == DEFAULT_WORKSPACE else f"{kind}:{workspace}:{name}"


def _repo_node(repo: Repo) -> GraphNode:
    node = _id("repo", repo.workspace, repo.name)
    return GraphNode(
        id=node,
        kind="repo",
        name=repo.name,
        state="empty" if repo.files == 0 else "ready",
        detail=f"{repo.files:,} {'file' if repo.files == 1 else 'files'}",
        href=f"/data/{node.removeprefix('repo:')}",
    )


def _pipeline_node(tx: Tx, line: Pipeline) -> GraphNode:
    newest = jobs(tx, line.name, 1, workspace=line.workspace)
    last = newest[0] if newest else None
    detail = "has not run yet" if last is None else f"{last.run} of {last.total} datums run, {last.skipped} skipped"
    return GraphNode(
        id=_id("pipeline", line.workspace, line.name),
        kind="pipeline",
        name=line.name,
        state="idle" if last is None else last.state.value,
        detail=(last.reason if last is not None else None) or detail,
        href=f"/pipelines/{line.name}",
    )


def _project_node(tx: Tx, project: Project) -> GraphNode:
    row = project_row(tx, project, None)
    wrong = problems(tx, project.id)
    return GraphNode(
        id=_id("project", project.workspace, project.name),
        kind="project",
        name=project.name,
        state="error" if wrong else "waiting" if project.state == "open" and row.open_tasks else project.state,
        detail=wrong[0] if wrong else f"{row.progress.settled} of {row.progress.total} tasks settled",
        href=f"/p/{project.name}",
    )


def _project_edges(project: Project) -> list[Edge]:
    node = _id("project", project.workspace, project.name)
    reads = [project.spec.input.repo, *(source.repo for source in project.spec.sources().values())]
    into = [Edge(from_=_id("repo", project.workspace, repo), to=node) for repo in dict.fromkeys(reads)]
    return [*into, Edge(from_=node, to=_id("repo", project.workspace, project.spec.output.repo))]
