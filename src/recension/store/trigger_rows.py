"""Branch triggers as rows: which branch follows which, and when."""

from __future__ import annotations

from typing import Any, Final

from recension.db import Tx
from recension.slotted import frozen
from recension.store.model import Commit

_SELECT: Final = (
    "SELECT t.branch, t.source, t.whole, t.size, t.commits, t.cron, t.set_us, t.fired_us, t.next_us "
    "FROM branch_trigger t "
)


@frozen
class Trigger:
    """What moves ``branch`` to the head of ``source``, a branch of the same repo.

    Attributes:
        whole: all conditions have to hold, not any of them.
        size: so many bytes of files were added or changed on the source since the branch was moved.
        commits: so many commits came to the source since then.
        cron: a time of this plan has passed since then.
        next_us: the first such time that is not over and done with.
    """

    branch: str
    source: str
    whole: bool
    size: int | None
    commits: int | None
    cron: str | None
    set_us: int
    fired_us: int | None
    next_us: int | None


def triggers_of(tx: Tx, repo: int) -> list[Trigger]:
    """Every trigger of a repo, by branch."""
    rows = tx.execute(_SELECT + "WHERE t.repo = :repo ORDER BY t.branch", {"repo": repo})
    return [_trigger(*row) for row in rows]


def trigger_of(tx: Tx, repo: int, branch: str) -> Trigger | None:
    """The trigger of a branch."""
    row = tx.execute(_SELECT + "WHERE t.repo = :repo AND t.branch = :branch", {"repo": repo, "branch": branch}).first()
    return None if row is None else _trigger(*row)


def followers(tx: Tx, repo: int, source: str) -> list[Trigger]:
    """The triggers that look at a branch."""
    rows = tx.execute(
        _SELECT + "WHERE t.repo = :repo AND t.source = :source ORDER BY t.branch", {"repo": repo, "source": source}
    )
    return [_trigger(*row) for row in rows]


def keep_trigger(tx: Tx, repo: int, trigger: Trigger) -> None:
    """Set the trigger of a branch, in place of another that it had."""
    forget_trigger(tx, repo, trigger.branch)
    tx.execute(
        "INSERT INTO branch_trigger(repo, branch, source, whole, size, commits, cron, set_us, fired_us, next_us) "
        "VALUES(:repo, :branch, :source, :whole, :size, :commits, :cron, :set_us, :fired_us, :next_us)",
        {
            "repo": repo,
            "branch": trigger.branch,
            "source": trigger.source,
            "whole": int(trigger.whole),
            "size": trigger.size,
            "commits": trigger.commits,
            "cron": trigger.cron,
            "set_us": trigger.set_us,
            "fired_us": trigger.fired_us,
            "next_us": trigger.next_us,
        },
    )


def forget_trigger(tx: Tx, repo: int, branch: str) -> bool:
    """Remove the trigger of a branch; whether there was one."""
    row = {"repo": repo, "branch": branch}
    sql = "DELETE FROM branch_trigger WHERE repo = :repo AND branch = :branch RETURNING branch"
    return tx.execute(sql, row).first() is not None


def holds(trigger: Trigger, now: Commit | None, head: Commit, at_us: int) -> bool:
    """Whether a trigger fires: ``now`` is the head of its branch, ``head`` that of its source."""
    if now is not None and now.id == head.id:
        return False
    volume, commits = (now.volume, now.generation + 1) if now else (0, 0)
    met = []
    if trigger.size is not None:
        met.append(head.volume - volume >= trigger.size)
    if trigger.commits is not None:
        met.append(head.generation + 1 - commits >= trigger.commits)
    if trigger.next_us is not None:
        met.append(trigger.next_us <= at_us)
    return all(met) if trigger.whole else any(met)


def note_fired(tx: Tx, repo: int, trigger: Trigger, at_us: int, *, fired: bool = True) -> None:
    """Note that a trigger has moved its branch, or that its time has passed without anything to do."""
    row = {"repo": repo, "branch": trigger.branch, "at": at_us, "next": next_time(trigger.cron, at_us)}
    moved = "fired_us = :at, " if fired else ""
    tx.execute(f"UPDATE branch_trigger SET {moved}next_us = :next WHERE repo = :repo AND branch = :branch", row)


def next_time(cron: str | None, after_us: int) -> int | None:
    """The first time of a plan after another."""
    if cron is None:
        return None
    from recension.cron import Cron  # noqa: PLC0415  few branches have a plan

    return Cron.parse(cron).after(after_us)


def _trigger(branch: str, source: str, whole: int, *rest: Any) -> Trigger:
    size, commits, cron, set_us, fired_us, next_us = rest
    return Trigger(branch, source, bool(whole), size, commits, cron, set_us, fired_us, next_us)
