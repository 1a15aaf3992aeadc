"""Who may do what: roles, what each role may do, and grants on single repos.

The table ``ALLOWED`` is the whole policy. A role holds in one workspace; an ``admin`` of the default workspace
runs the server and may do everything everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal

from recension.errors import Forbidden
from recension.ids import DEFAULT_WORKSPACE

Role = Literal["annotator", "lead", "engineer", "admin"]
ROLES: Final[tuple[Role, ...]] = ("annotator", "lead", "engineer", "admin")

Level = Literal["read", "write", "admin"]
LEVELS: Final[Mapping[Level, int]] = {"read": 1, "write": 2, "admin": 3}


class Need(Enum):
    """One thing that a request may need to be allowed to do; the value completes 'you may not ...'."""

    WORK = "label"
    READ_DATA = "read this repo"
    WRITE_DATA = "write to this repo"
    RUN_REPOS = "create or delete repos"
    SEE_PROJECTS = "see how projects are going"
    LEAD_PROJECTS = "lead projects"
    SEE_PIPELINES = "see pipelines"
    RUN_PIPELINES = "run pipelines"
    MANAGE_PEOPLE = "manage people"


ALLOWED: Final[Mapping[Need, frozenset[str]]] = {
    Need.WORK: frozenset(ROLES),
    Need.READ_DATA: frozenset({"lead", "engineer", "admin"}),
    Need.WRITE_DATA: frozenset({"engineer", "admin"}),
    Need.RUN_REPOS: frozenset({"engineer", "admin"}),
    Need.SEE_PROJECTS: frozenset({"lead", "engineer", "admin"}),
    Need.LEAD_PROJECTS: frozenset({"lead", "admin"}),
    Need.SEE_PIPELINES: frozenset({"lead", "engineer", "admin"}),
    Need.RUN_PIPELINES: frozenset({"engineer", "admin"}),
    Need.MANAGE_PEOPLE: frozenset({"admin"}),
}
_GRANTED: Final[Mapping[Need, int]] = {
    Need.READ_DATA: LEVELS["read"],
    Need.WRITE_DATA: LEVELS["write"],
    Need.RUN_REPOS: LEVELS["admin"],
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking.

    Attributes:
        account: the row of the account; stable over renames of nothing, names never change.
        roles: (workspace, role) pairs.
        grants: (workspace, repo) to a number of ``LEVELS``.
        by_cookie: a browser asks, so that another site could have made it ask.
    """

    account: int
    name: str
    kind: str
    simulated: bool
    roles: frozenset[tuple[str, str]]
    grants: Mapping[tuple[str, str], int] = field(default_factory=dict)
    by_cookie: bool = False

    def may(self, need: Need, *, workspace: str = DEFAULT_WORKSPACE, repo: str | None = None) -> bool:
        """Whether a role in the workspace, or a grant on the repo, allows ``need``."""
        allowed = ALLOWED[need]
        if (DEFAULT_WORKSPACE, "admin") in self.roles or any((workspace, role) in self.roles for role in allowed):
            return True
        return repo is not None and need in _GRANTED and self.grants.get((workspace, repo), 0) >= _GRANTED[need]

    def require(self, need: Need, *, workspace: str = DEFAULT_WORKSPACE, repo: str | None = None) -> None:
        """Do nothing when ``need`` is allowed.

        Raises:
            Forbidden: it is not.
        """
        if not self.may(need, workspace=workspace, repo=repo):
            raise Forbidden(f"{self.name} may not {need.value}", hint="ask an administrator for a role that may")

    def role_names(self, workspace: str = DEFAULT_WORKSPACE) -> list[str]:
        """The roles held in ``workspace``, least first."""
        return [role for role in ROLES if (workspace, role) in self.roles]
