"""Shapes about the whole home: first page, graph, lineage."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from recension.server.wire.base import Answer
from recension.server.wire.projects import ProjectRow


class Attention(Answer):
    """Something that waits for a person."""

    kind: str
    text: str
    href: str


class Recent(Answer):
    """Something that happened."""

    kind: str
    name: str
    text: str
    at: str
    href: str


class Home(Answer):
    """What the caller's first page shows."""

    projects: list[ProjectRow]
    attention: list[Attention]
    recent: list[Recent]


class GraphNode(Answer):
    """A repo, pipeline or project."""

    id: str
    kind: Literal["repo", "pipeline", "project"]
    name: str
    state: str
    detail: str
    href: str


class Edge(Answer):
    """From what is read to what reads it, or from what writes to what is written."""

    from_: str = Field(serialization_alias="from")
    to: str


class Graph(Answer):
    """How data flows in this home."""

    nodes: list[GraphNode]
    edges: list[Edge]


class LineageNode(Answer):
    """Something that a commit was made from, by or into."""

    id: str
    kind: Literal["commit", "project", "pipeline", "guideline"]
    label: str
    repo: str | None = None
    branch: str | None = None
    commit: str | None = None
    at: str | None = None
    meta: dict[str, Any] = Field(default_factory=dict)


class Lineage(Answer):
    """Everything upstream and downstream of a commit; ``truncated`` when there is more than is shown."""

    nodes: list[LineageNode]
    edges: list[Edge]
    truncated: bool
