"""Branch triggers: a branch that moves to another's head when enough has come to that, or at certain times.

Conditions on bytes and commits are looked at in the transaction that moves the source, so none is missed and a branch
is moved once, to the newest commit. Times are looked at by whoever serves the home (:func:`fire_due`); those that
passed meanwhile move the branch once.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from recension.db import Tx
from recension.errors import Conflict, Invalid, NotFound
from recension.ids import DEFAULT_WORKSPACE, check_name
from recension.store.catalog import descends
from recension.store.model import Branch
from recension.store.on_head import Place
from recension.store.parts import Parts
from recension.store.refs import Ref, existing_ref, point, read_ref
from recension.store.rows import commit_by_id, repo_id, repo_label
from recension.store.staging_rows import refuse_staged
from recension.store.trigger_rows import (
    Trigger,
    forget_trigger,
    holds,
    keep_trigger,
    next_time,
    note_fired,
    trigger_of,
    triggers_of,
)


def trigger_set(
    parts: Parts,
    place: Place,
    source: str,
    *,
    size: int | None = None,
    commits: int | None = None,
    cron: str | None = None,
    whole: bool = False,
) -> Trigger:
    """Let a branch, which is made when it is missing, be moved to the head of another when a condition holds.

    Args:
        parts: the store.
        place: the branch that is moved.
        source: the branch of the same repo that it follows.
        size: when so many bytes of files were added or changed there since.
        commits: when so many commits came there since.
        cron: when a time of this plan has passed (:class:`recension.cron.Cron`).
        whole: only when all conditions hold; else when any does.

    Raises:
        NotFound: there is no such repo or source.
        Invalid: there is no condition, or one is none; or triggers would lead round in a circle.
        Conflict: the branch has commits that the source has not.
    """
    check_name("branch", place.branch)
    _check(size, commits, cron)
    at_us = parts.clock.now_us()
    trigger = Trigger(place.branch, source, whole, size, commits, cron, at_us, None, next_time(cron, at_us))

    def keep(tx: Tx) -> Trigger:
        origin = existing_ref(tx, place.workspace, place.repo, source)
        target = read_ref(tx, place.workspace, place.repo, place.branch)
        _refuse_circle(tx, target, source)
        refuse_staged(tx, target.repo, (place.repo, place.branch, place.workspace))
        if target.head is not None and (origin.head is None or not descends(tx, origin.head, target.head)):
            hint = f"merge it into {source} first, or name another branch"
            raise Conflict(f"it has commits that {source!r} does not have", where=target.label, hint=hint)
        if not target.there:
            point(tx, target, None, at_us, cause="create")
        keep_trigger(tx, target.repo, trigger)
        return trigger

    return parts.settled(keep)


def trigger_remove(parts: Parts, place: Place) -> None:
    """Let a branch be moved by hand alone again.

    Raises:
        NotFound: there is no such repo, branch or trigger.
    """

    def forget(tx: Tx) -> None:
        ref = existing_ref(tx, place.workspace, place.repo, place.branch)
        if not forget_trigger(tx, ref.repo, place.branch):
            raise NotFound("the branch has no trigger", where=ref.label)

    parts.db.write(forget)


def triggers(parts: Parts, repo: str, *, workspace: str = DEFAULT_WORKSPACE) -> list[Trigger]:
    """The triggers of a repo, by branch.

    Raises:
        NotFound: there is no such repo.
    """
    with parts.db.read() as tx:
        return triggers_of(tx, repo_id(tx, workspace, repo))


def fire_due(parts: Parts) -> list[Branch]:
    """Move the branches whose time has come; a time at which there is nothing to bring passes."""
    now_us = parts.clock.now_us()
    with parts.db.read() as tx:
        due = tx.execute(
            "SELECT r.workspace, r.name, t.branch FROM branch_trigger t JOIN repo r ON r.id = t.repo "
            "WHERE t.next_us <= :now ORDER BY t.next_us",
            {"now": now_us},
        ).all()
    moved = []
    for workspace, repo, branch in due:
        with suppress(NotFound):  # the repo was deleted just now
            done = parts.db.write(partial(_fire, workspace, repo, branch, now_us))
            moved += [done] if done else []
    return moved


def _fire(workspace: str, repo: str, branch: str, at_us: int, tx: Tx) -> Branch | None:
    """Move a branch if its trigger fires now."""
    ref = read_ref(tx, workspace, repo, branch)
    trigger = trigger_of(tx, ref.repo, branch)
    if trigger is None or trigger.next_us is None or trigger.next_us > at_us:
        return None
    source = read_ref(tx, workspace, repo, trigger.source)
    head = None if source.head is None else commit_by_id(tx, source.head)
    now = None if ref.head is None else commit_by_id(tx, ref.head)
    if head is None or not holds(trigger, now, head, at_us):
        if not trigger.whole:  # one of several conditions stays met until the others are
            note_fired(tx, ref.repo, trigger, at_us, fired=False)
        return None
    note_fired(tx, ref.repo, trigger, at_us)
    point(tx, ref, head, at_us, cause="trigger")
    return Branch(branch, head.id, at_us, ref.protected)


def told(trigger: Trigger) -> str:
    """A trigger in words: ``main: 100 commits or 1 GB``."""
    parts = []
    if trigger.commits is not None:
        parts.append(f"{trigger.commits:,} commit{'' if trigger.commits == 1 else 's'}")
    if trigger.size is not None:
        parts.append(_size(trigger.size))
    if trigger.cron is not None:
        parts.append(trigger.cron)
    return f"{trigger.source}: {(' and ' if trigger.whole else ' or ').join(parts)}"


def _size(size: int) -> str:
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if size >= 10**power:
            return f"{size / 10**power:.3g} {unit}"
    return f"{size} B"


def _check(size: int | None, commits: int | None, cron: str | None) -> None:
    if size is None and commits is None and cron is None:
        raise Invalid("a trigger needs a condition", where="trigger", hint="bytes, commits or a cron plan")
    for name, number in (("size", size), ("commits", commits)):
        if number is not None and not 1 <= number < 1 << 62:
            raise Invalid(
                f"{number} is no number of {'bytes' if name == 'size' else name}", where=name, hint="1 or more"
            )


def _refuse_circle(tx: Tx, target: Ref, source: str) -> None:
    """Make sure that a branch does not follow itself, over whatever others.

    Raises:
        Invalid: it would; the error shows how.
    """
    way = [target.branch, source]
    while way[-1] != target.branch:
        trigger = trigger_of(tx, target.repo, way[-1])
        if trigger is None:
            return
        way.append(trigger.source)
    shown = " -> ".join(way)
    raise Invalid(f"triggers would lead round in a circle: {shown}", where=repo_label(target.workspace, target.name))
