"""Cascades: everything that carries one global id, listed; and branches, watched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from recension.db import outbox
from recension.ids import GlobalId
from recension.store.model import Commit
from recension.store.on_head import Place
from recension.store.reading import Reading
from recension.store.refs import existing_ref

_LOOK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Cascade:
    """What one commit has caused so far; times are of its first and its last commit."""

    global_id: GlobalId
    began_us: int
    at_us: int
    commits: int
    repos: int


def cascades(store: Reading, *, limit: int = 100, after: GlobalId | None = None) -> list[Cascade]:
    """The cascades of a home, newest first; ``after`` continues an earlier answer."""
    below = "" if after is None else "WHERE global_id < :after "
    params = {"limit": limit} | ({} if after is None else {"after": after})
    with store.db.read() as tx:
        rows = tx.execute(
            "SELECT global_id, MIN(at_us), MAX(at_us), COUNT(*), COUNT(DISTINCT repo) FROM repo_commit "
            f"{below}GROUP BY global_id ORDER BY global_id DESC LIMIT :limit",
            params,
        )
        return [Cascade(GlobalId(row[0]), *row[1:]) for row in rows]


def follow(store: Reading, place: Place) -> Iterator[Commit | None]:
    """Every commit that a branch stands at from now on, in order; None whenever nothing new was found at a look.

    Raises:
        NotFound: there is no such repo or branch.
    """
    with store.db.read() as tx:
        existing_ref(tx, place.workspace, place.repo, place.branch)
        seen = outbox.latest(tx)
    wanted = {"repo": place.repo, "branch": place.branch, "workspace": place.workspace}
    while True:
        with store.db.read() as tx:
            events = outbox.after(tx, seen)
        for event in events:
            seen = event.seq
            if event.topic == "ref" and wanted.items() <= event.body.items() and event.body["new"] is not None:
                yield store.commit(event.body["new"])
        if not events:
            yield None
            time.sleep(_LOOK_S)
