"""Majority vote."""

from __future__ import annotations

from recension.consensus.result import Consensus, Tie, decide, expected_accuracy, expected_confusion, vote_shares
from recension.consensus.votes import Votes


def majority(votes: Votes, *, tie: Tie = "none") -> Consensus:
    """The label with most votes; probabilities are the shares of the votes.

    Args:
        votes: known truths stand, whatever the votes on them.
        tie: ``none`` leaves a tied task without a label, ``first`` takes the first of the tied labels.
    """
    probs = vote_shares(votes)
    label, confidence = decide(probs, tie)
    return Consensus(label, probs, confidence, expected_accuracy(votes, probs), expected_confusion(votes, probs))
