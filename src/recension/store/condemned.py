"""What collection has found unreachable and not removed yet, as rows.

A condemned record is still there and readable, but whoever brings the same bytes stores them anew: then its removal
takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from recension.db import Tx
from recension.errors import Conflict

T = TypeVar("T")

_BATCH: Final = 500


def batches(items: Sequence[T], size: int = _BATCH) -> Iterator[Sequence[T]]:
    """The items in slices of at most ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))


def ids_in(select: str, ids: Sequence[bytes]) -> str:
    """The statement with a condition on ``id``."""
    return f"{select} WHERE id IN ({','.join('?' * len(ids))})"


def condemned_among(tx: Tx, ids: Sequence[bytes]) -> set[bytes]:
    """Which of the ids are condemned."""
    if not ids or tx.execute("SELECT 1 FROM condemned LIMIT 1").first() is None:
        return set()
    return {row[0] for batch in batches(ids) for row in tx.execute(ids_in("SELECT id FROM condemned", batch), batch)}


def forget_condemned(tx: Tx, ids: Sequence[bytes]) -> None:
    """Make room for new copies of condemned records: the old ones are not read any more."""
    for batch in batches(list(condemned_among(tx, ids))):
        tx.execute(ids_in("DELETE FROM record", batch), batch)
        tx.execute(ids_in("DELETE FROM condemned", batch), batch)


def refuse_dropped(tx: Tx, pack: str) -> None:
    """Make sure that a pack about to be registered has not been collected as a remain of an interrupted write.

    Raises:
        Conflict: it has.
    """
    if tx.execute("SELECT 1 FROM dropped_pack WHERE name = :name", {"name": pack}).first() is not None:
        raise Conflict("what was uploaded has been collected meanwhile", where=f"pack {pack}", hint="run it again")


def epoch(tx: Tx) -> int:
    """How often something was removed: when it is unchanged, what was stored is stored."""
    number: int = tx.execute("SELECT epoch FROM collection WHERE id = 1").scalar()
    return number
