"""What the homes and databases of tests stand on: files, unless ``--backing`` names real servers.

``--backing postgres+s3`` puts every database that a test opens on PostgreSQL and every object on S3; ``postgres`` or
``s3`` alone leave the other in the home. Tests need not know.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from recension.store.settings import Settings

KINDS = frozenset({"postgres", "s3"})


@dataclass
class Backing:
    """Where new databases and objects come from; None: files."""

    new_database: Callable[[], str] | None = None
    new_bucket: Callable[[], str] | None = None
    databases: dict[Path, str] = field(default_factory=dict)

    def settings(self) -> Settings | None:
        """The settings of a new home."""
        if self.new_database is None and self.new_bucket is None:
            return None
        return Settings(
            self.new_database() if self.new_database else None, self.new_bucket() if self.new_bucket else None
        )


current = Backing()


def database_at(path: Path) -> Path | str:
    """What to open for a database that would be the file ``path``; the same one each time."""
    if current.new_database is None:
        return path
    if path not in current.databases:
        current.databases[path] = current.new_database()
    return current.databases[path]


def up_options(home: Path) -> list[str]:
    """What ``recension up`` is told about a home that it is to make."""
    settings = None if (home / "format").exists() else current.settings()
    if settings is None:
        return []
    told = {"--database": settings.database, "--objects": settings.objects}
    return [word for option, url in told.items() if url is not None for word in (option, url)]
