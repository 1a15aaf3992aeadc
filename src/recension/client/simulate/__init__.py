"""A seeded crowd that works over the HTTP API as people do. The server marks its answers as simulated for ever."""

from __future__ import annotations

from recension.client.simulate.report import Progress, SimulationReport, WorkerReport
from recension.client.simulate.run import simulate, simulate_on
from recension.client.simulate.spec import Confusion, SimulationSpec
from recension.client.simulate.truth import Truth, read_truth

__all__ = [
    "Confusion",
    "Progress",
    "SimulationReport",
    "SimulationSpec",
    "Truth",
    "WorkerReport",
    "read_truth",
    "simulate",
    "simulate_on",
]
