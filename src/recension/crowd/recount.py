"""Verify a project's counters, places and ledger against the answer log: the crowd's part of ``fsck``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recension.crowd.pay import earns
from recension.crowd.places import HANDED
from recension.crowd.policy import money
from recension.crowd.states import HOLDS, Standing
from recension.crowd.task_words import PRIORITIES
from recension.db import Tx


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something stored that does not follow from the log and the pages."""

    what: str
    where: str
    stored: object
    found: object


def recounted_projects(tx: Tx) -> list[tuple[int, str]]:
    """Every project there is: its number, and its name for people."""
    rows = tx.execute("SELECT id, workspace, name FROM project ORDER BY workspace, name")
    return [(number, f"{workspace}/{name}") for number, workspace, name in rows]


def recount(tx: Tx, project_id: int) -> list[Mismatch]:
    """Everything about the project that does not add up; empty when all is well."""
    checks = (_standings, _verdicts, _tasks, _counters, _handed, _clocks, _pay, _members)
    return [mismatch for check in checks for mismatch in check(tx, {"project": project_id})]


def _standings(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """Replay the log: what stands of it must be what the places say."""
    says = _said(tx, key)
    rows = tx.execute("SELECT answer, standing, kind FROM page_task WHERE project = :project AND answer > 0", key)
    # A place with an answer that was given back: its author has the task again, or was banned.
    places = {seq: Standing.SENT_BACK if standing == Standing.RETURNED else standing for seq, standing, _ in rows}
    lessons = {
        row[0]
        for row in tx.execute(
            "SELECT a.seq FROM answer a JOIN task t ON t.id = a.task WHERE a.project = :project"
            " AND t.kind = 'training'",
            key,
        )
    }
    for seq, standing in says.items():
        if standing != Standing.OPEN and seq not in lessons and places.get(seq) != standing:
            yield Mismatch("standing", f"answer {seq}", places.get(seq), str(standing))
    for seq, stored in places.items():
        if says.get(seq) != stored:
            yield Mismatch("standing", f"answer {seq}", stored, says.get(seq))


_SAYS: Final = {
    ("answer", 0): Standing.ANSWERED,
    ("skip", 0): Standing.SKIPPED,
    # By its author: the place is open again. In review: it is withdrawn for good.
    ("withdraw", 0): Standing.OPEN,
    ("withdraw", 1): Standing.WITHDRAWN,
    ("exclude", 0): Standing.EXCLUDED,
    ("exclude", 1): Standing.VOIDED,
    ("include", 0): Standing.ANSWERED,
    ("return", 0): Standing.SENT_BACK,
}
"""What each entry of the log, with whether it frees its place, says of a place; other verdicts move none."""


def _said(tx: Tx, key: dict[str, object]) -> dict[int, Standing]:
    """Answer or skip → where it stands by the last word on it."""
    says: dict[int, Standing] = {}
    sql = "SELECT seq, verb, of_seq, frees FROM answer WHERE project = :project ORDER BY seq"
    for seq, verb, of_seq, frees in tx.stream(sql, key):
        standing = _SAYS.get((verb, frees))
        if standing is not None:
            says[seq if verb in {"answer", "skip"} else of_seq] = standing
    return says


def _verdicts(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """Replay the verdicts: each is about an answer of its task, and what is cleared was a verdict until then."""
    answers: dict[int, int] = {}
    verdicts: dict[int, int] = {}
    sql = "SELECT seq, verb, of_seq, task FROM answer WHERE project = :project ORDER BY seq"
    for seq, verb, of_seq, task in tx.stream(sql, key):
        match verb:
            case "answer":
                answers[seq] = task
            case "accept" | "return" | "decide" | "review":
                if verb in {"accept", "return"} and answers.get(of_seq) != task:
                    yield Mismatch("verdict", f"entry {seq}", f"answer {of_seq}", answers.get(of_seq))
                verdicts[seq] = task
            case "clear":
                if verdicts.pop(of_seq, None) != task:
                    yield Mismatch("cleared verdict", f"entry {seq}", of_seq, None)


def _tasks(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """What the log says of whole tasks: decided, asked once more, first or last in the queue, excluded."""
    found: defaultdict[int, dict[str, int]] = defaultdict(lambda: {"priority": 0, "extra": 0, "excluded": 0})
    decisions: dict[int, int] = {}
    sql = (
        "SELECT seq, verb, of_seq, task, reason FROM answer WHERE project = :project AND verb IN"
        " ('decide', 'clear', 'priority', 'ask', 'unask', 'exclude-item', 'include-item') ORDER BY seq"
    )
    for seq, verb, of_seq, task, reason in tx.stream(sql, key):
        match verb:
            case "decide":
                decisions[seq] = task
            case "clear":
                decisions.pop(of_seq, None)
            case "priority":
                found[task]["priority"] = PRIORITIES[reason]
            case "ask" | "unask":
                found[task]["extra"] += 1 if verb == "ask" else -1
            case _:
                found[task]["excluded"] = int(verb == "exclude-item")
    decided = set(decisions.values())
    sql = "SELECT id, decided, priority, extra, excluded, wanted, overlap FROM task WHERE project = :project"
    nothing = {"priority": 0, "extra": 0, "excluded": 0}
    for task, *stored, wanted, overlap in tx.stream(f"{sql} AND kind = 'real'", key):
        says = [int(task in decided), *found.get(task, nothing).values()]
        if stored != says or (stored[0] and overlap) or (stored[3] and wanted):
            yield Mismatch("decided, priority, extra, excluded", f"task {task}", [*stored, wanted, overlap], says)


def _counters(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """A task's counters are the sums over its places, and what is assigned is reserved."""
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    sql = "SELECT task, standing, COUNT(*) FROM page_task WHERE project = :project GROUP BY task, standing"
    for task, standing, count in tx.execute(sql, key):
        reserved, answered = HOLDS[Standing(standing)]
        sums[task][0] += reserved * count
        sums[task][1] += answered * count
    sql = "SELECT task, COUNT(*) FROM assigned WHERE project = :project GROUP BY task"
    for task, count in tx.execute(sql, key):
        sums[task][0] += count
    for task, *stored in tx.stream("SELECT id, reserved, answered FROM task WHERE project = :project", key):
        found = sums.get(task, [0, 0])
        if stored != found:
            yield Mismatch("counters (reserved, answered)", f"task {task}", tuple(stored), tuple(found))


def _handed(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """What a worker has seen is what was on their pages, and nothing of it was theirs twice."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    sql = (
        "SELECT p.worker, t.work_id, p.standing FROM page_task p JOIN task t ON t.id = p.task"
        " WHERE p.project = :project"
    )
    for worker, work, standing in tx.stream(sql, key):
        found[worker, work].append(standing)
    for worker, work, state in tx.stream("SELECT worker, work_id, state FROM handed WHERE project = :project", key):
        standings = [each for each in found.pop((worker, work), []) if each != Standing.RETURNED]
        should = "back" if not standings else HANDED.get(Standing(standings[0]), "done")
        if state != should or len(standings) > 1:
            yield Mismatch("handed", f"worker {worker}, work {work}", state, standings)
    for (worker, work), standings in found.items():
        yield Mismatch("handed", f"worker {worker}, work {work}", None, standings)


def _clocks(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """Who has pages open has exactly one whose clock runs."""
    sql = (
        "SELECT worker, COUNT(clock_us), COUNT(due_us) FROM page WHERE project = :project AND state = 'active'"
        " GROUP BY worker"
    )
    for worker, clocks, dues in tx.execute(sql, key):
        if (clocks, dues) != (1, 1):
            yield Mismatch("running clocks", f"worker {worker}", clocks, 1)


def _pay(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """A page's entries add up to what it says it was paid: all that it earns, or nothing."""
    entries: defaultdict[int, Decimal] = defaultdict(Decimal)
    for page, amount in tx.stream("SELECT page, amount FROM ledger WHERE project = :project", key):
        entries[page] += money(amount)
    sql = "SELECT id, state, paid, reward, answered, size FROM page WHERE project = :project"
    for page, state, paid, reward, answered, size in tx.stream(sql, key):
        allowed = {Decimal(0), earns(reward, answered, size) if state == "submitted" else Decimal(0)}
        if money(paid) != entries[page] or entries[page] not in allowed:
            yield Mismatch("paid", f"page {page}", paid, str(entries[page]))


def _members(tx: Tx, key: dict[str, object]) -> Iterator[Mismatch]:
    """A member's figures are sums over their places, pages and entries."""
    answers = _count(
        tx,
        "SELECT worker, COUNT(*) FROM page_task WHERE project = :project AND kind IN ('real', 'control')"
        " AND standing = 'answered' GROUP BY worker",
        key,
    )
    pages = _count(
        tx,
        "SELECT worker, COUNT(*) FROM page WHERE project = :project AND kind = 'work' AND state = 'submitted'"
        " GROUP BY worker",
        key,
    )
    earned: defaultdict[int, Decimal] = defaultdict(Decimal)
    for worker, amount in tx.stream("SELECT worker, amount FROM ledger WHERE project = :project", key):
        earned[worker] += money(amount)
    sql = "SELECT worker, answers, pages, earned FROM membership WHERE project = :project"
    for worker, stored_answers, stored_pages, stored_earned in tx.execute(sql, key):
        stored = (stored_answers, stored_pages, money(stored_earned))
        found = (answers[worker], pages[worker], earned[worker])
        if stored != found:
            yield Mismatch("figures (answers, pages, earned)", f"worker {worker}", stored, found)


def _count(tx: Tx, sql: str, key: dict[str, object]) -> Counter[int]:
    return Counter(dict(tx.execute(sql, key).all()))
