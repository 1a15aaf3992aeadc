"""What a check of the store has found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``kind``: ``database``, ``pack`` (missing or unreadable), ``record`` (bytes that do not match their hash),
    ``missing`` (referred to and not stored), ``history`` (a commit that is not there) or ``link`` (its source is gone
    or has changed). ``paths`` are the files hit:
    repo, the newest commit that holds the file, path.
    """

    kind: str
    pack: str | None
    message: str
    paths: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class FsckReport:
    """What a check found. ``orphans`` are packs that nothing refers to: harmless remains of interrupted writes.

    ``staged`` changes are in no commit yet. ``repaired`` records were damaged or missing, and are read from a second
    copy now; ``problems`` are what is left.
    """

    full: bool
    problems: list[Problem] = field(default_factory=list)
    commits: int = 0
    packs: int = 0
    records: int = 0
    bytes_read: int = 0
    repaired: int = 0
    orphans: list[str] = field(default_factory=list)
    staged: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems
