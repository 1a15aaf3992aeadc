"""What a collection has found and done."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class GcReport:
    """Records are blobs, chunks and nodes; bytes are as they are stored.

    ``live``: reachable, or too young to be looked at. ``waiting``: unreachable, to be removed when their grace period
    is over. ``removed``: were, or in a dry run would be. ``packs_rewritten`` were less than half live and gave their
    live records to new packs; ``packs_dropped`` are not referred to any more, those included. ``bytes_freed`` is what
    deleted objects took; dropped packs are deleted when the grace period is over again. ``removed_links`` led to bytes
    elsewhere, which are left alone.
    """

    dry_run: bool
    live_records: int = 0
    live_bytes: int = 0
    waiting_records: int = 0
    waiting_bytes: int = 0
    removed_records: int = 0
    removed_bytes: int = 0
    packs_rewritten: int = 0
    packs_dropped: int = 0
    bytes_dropped: int = 0
    objects_deleted: int = 0
    bytes_freed: int = 0
    removed_links: int = 0
    damaged: list[str] = field(default_factory=list)
    """Packs that could not be rewritten because a live record in them is damaged."""
