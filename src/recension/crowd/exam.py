"""Training and exam: the stages before work.

In training every wrong answer must be corrected, with a hint, and the mark is the share of right *first* answers. An
exam gives no hints and no verdict before its end; its mark is the share of right final answers, a skipped task being
a wrong one. What a worker has passed is read from their answers, so it is never asked twice.
"""

from __future__ import annotations

from typing import Final, Literal

from recension.crowd.carried import Carried
from recension.crowd.control import is_right
from recension.crowd.policy import Policy, TrialPolicy
from recension.crowd.states import MemberEvent, MemberState
from recension.crowd.terms import Terms
from recension.crowd.workers import Membership, move_member
from recension.db import Tx

TrialKind = Literal["training", "exam"]

_PICK: Final = """
    SELECT t.id, t.work_id FROM task t
    LEFT JOIN handed h ON h.project = t.project AND h.worker = :worker AND h.work_id = t.work_id
    WHERE t.project = :project AND t.kind <> 'real' AND t.kind = :kind AND t.wanted = 1
      AND (h.state IS NULL OR (h.state = 'back' AND h.task = t.id))
    ORDER BY t.turn LIMIT :count
"""
_ANSWERS: Final = """
    SELECT t.id, t.expected, a.seq, a.fields FROM page_task p
    JOIN task t ON t.id = p.task JOIN answer a ON a.task = p.task AND a.worker = p.worker AND a.verb <> 'withdraw'
    WHERE p.project = :project AND p.worker = :worker AND p.kind = :kind AND p.standing IN ('answered', 'skipped')
    ORDER BY a.seq
"""
_LOOSE_ENDS: Final = """
    SELECT COUNT(*) FROM page_task
    WHERE project = :project AND worker = :worker AND kind = :kind AND standing = 'open'
"""


def pick_trial(tx: Tx, member: Membership, kind: TrialKind, count: int) -> list[tuple[int, str]]:
    """The next tasks of a training or exam for this worker: (task, work id)."""
    values = {"project": member.project, "worker": member.worker, "kind": kind, "count": count}
    return [(row[0], row[1]) for row in tx.execute(_PICK, values)]


def stage(tx: Tx, now_us: int, terms: Terms, member: Membership) -> Membership:
    """Let a member go on as far as their answers take them."""
    policy = terms.policy
    event: MemberEvent | None
    while True:
        match member.state:
            case MemberState.NEW:
                event, reason = _enter(policy, trained=False), ""
            case MemberState.TRAINING:
                event, reason = _judge(tx, member, policy, "training", policy.training)
            case MemberState.EXAM:
                event, reason = _judge(tx, member, policy, "exam", policy.exam)
            case _:
                return member
        if event is None:
            return member
        member = move_member(tx, now_us, member, event, reason)


def _enter(policy: Policy, *, trained: bool) -> MemberEvent:
    if policy.training is not None and not trained:
        return MemberEvent.TRAIN
    return MemberEvent.ADMIT if policy.exam is None else MemberEvent.EXAMINE


def _judge(
    tx: Tx, member: Membership, policy: Policy, kind: TrialKind, trial: TrialPolicy | None
) -> tuple[MemberEvent | None, str]:
    onwards = _enter(policy, trained=True) if kind == "training" else MemberEvent.ADMIT
    if trial is None:
        # The project has this stage no more.
        return onwards, ""
    if pick_trial(tx, member, kind, 1):
        return None, ""
    values = {"project": member.project, "worker": member.worker, "kind": kind}
    rows = tx.execute(_ANSWERS, values).all()
    if not rows or tx.execute(_LOOSE_ENDS, values).scalar():
        return None, ""
    # Training is judged by the first answer to each task, an exam by the last: the one that is kept here.
    carried = Carried(tx)
    verdicts = {
        task: is_right(expected, carried.text(member.project, seq, fields))
        for task, expected, seq, fields in (reversed(rows) if kind == "training" else rows)
    }
    right = sum(verdicts.values())
    if right * 100 >= trial.pass_percent * len(verdicts):
        return onwards, ""
    return MemberEvent.FAIL, f"{kind}: {right} of {len(verdicts)} right, {trial.pass_percent:g} % needed"
