"""Files that only changed their path, found by content."""

from __future__ import annotations

from collections.abc import Iterable

from recension.store.model import Change, Entry


def with_renames(changes: Iterable[Change]) -> list[Change]:
    """The changes in path order, with what was removed here and added there as one; its older side has the old path.

    Of several files of one content, those with equal names belong together, then the first left. Empty files say
    nothing and are never paired. All changes are held at once.
    """
    found: list[Change] = []
    gone: dict[bytes, list[Entry]] = {}
    new: list[Entry] = []
    for change in changes:
        if change.before is not None and change.after is None and change.before.size:
            gone.setdefault(change.before.blob, []).append(change.before)
        elif change.after is not None and change.before is None and change.after.size:
            new.append(change.after)
        else:
            found.append(change)
    # Equal names first, or another file may take away the one that belongs here.
    pairs: dict[str, Entry | None] = {after.path: _take(gone, after, same_name=True) for after in new}
    for after in new:
        before = pairs[after.path] or _take(gone, after, same_name=False)
        found.append(Change(after.path, before, after))
    found += [Change(left.path, left, None) for group in gone.values() for left in group]
    return sorted(found, key=lambda change: change.path.encode())


def _take(gone: dict[bytes, list[Entry]], after: Entry, *, same_name: bool) -> Entry | None:
    candidates = gone.get(after.blob, [])
    name = after.path.rpartition("/")[2]
    for at, candidate in enumerate(candidates):
        if not same_name or candidate.path.rpartition("/")[2] == name:
            return candidates.pop(at)
    return None
