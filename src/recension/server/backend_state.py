"""What a running server knows about backends: whom it may call, what it signs with, how far each has come."""

from __future__ import annotations

from dataclasses import dataclass, field

from recension.models import Network
from recension.server.lending import Lending


@dataclass(slots=True)
class BackendProgress:
    """How far a backend has come with a project: its tasks in the order of their ids.

    Attributes:
        version: of its model, as it said when the project was set up.
        after: every open task up to this id has been asked about.
        idle_until: on the monotonic clock; it has said everything, and is not looked at before.
        inputs: the input commits of which it has said everything.
    """

    version: str
    after: int = 0
    idle_until: float = 0.0
    inputs: tuple[tuple[object, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class BackendState:
    """Of one server.

    Attributes:
        secret: what requests are signed with; empty: they are not.
        progress: by project, name of the backend and commit of the project's document.
    """

    network: Network = field(default_factory=Network)
    secret: str = ""
    lending: Lending = field(default_factory=Lending)
    progress: dict[tuple[int, str, str], BackendProgress] = field(default_factory=dict)
