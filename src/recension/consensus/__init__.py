"""Votes into consensus: majority and Dawid-Skene on integer-coded arrays, agreement, worker quality.

A library in its own right: it knows arrays and names, neither projects nor databases.
"""

from __future__ import annotations

from recension.consensus.agreement import krippendorff_alpha, percent_agreement
from recension.consensus.by_field import (
    METHODS,
    FieldConsensus,
    FieldResult,
    Judgement,
    Method,
    Policy,
    Question,
    WorkerQuality,
    consensus_by_field,
)
from recension.consensus.dawid_skene import dawid_skene
from recension.consensus.majority import majority
from recension.consensus.quality import on_known
from recension.consensus.result import Consensus, Tie
from recension.consensus.votes import Names, Votes, encode

__all__ = [
    "METHODS",
    "Consensus",
    "FieldConsensus",
    "FieldResult",
    "Judgement",
    "Method",
    "Names",
    "Policy",
    "Question",
    "Tie",
    "Votes",
    "WorkerQuality",
    "consensus_by_field",
    "dawid_skene",
    "encode",
    "krippendorff_alpha",
    "majority",
    "on_known",
    "percent_agreement",
]
