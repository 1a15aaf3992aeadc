"""Shapes of links: importing without copying, and copying after all."""

from __future__ import annotations

from recension.server.wire.base import Answer, Ask
from recension.server.wire.repos import Commit


class Import(Ask):
    """What to import, and where its entries go.

    ``delete`` removes from ``path`` what the source does not hold; ``hashed`` reads every object that is new or
    changed, so that its entry is that of stored bytes; ``skip_unfit`` leaves out objects that no path can name.
    """

    url: str
    path: str = "/"
    branch: str = "main"
    delete: bool = False
    hashed: bool = False
    skip_unfit: bool = False
    message: str | None = None


class Imported(Answer):
    """What an import did: so many objects were ``listed``, of so many bytes, and ``hashed`` of them read.

    ``new``: the commit was made for it. ``unfit`` are the first of ``unfit_count`` objects that were left out.
    """

    commit: Commit
    new: bool
    listed: int
    size: int
    hashed: int
    unfit_count: int
    unfit: list[str]


class Materialise(Ask):
    """The folder or file whose linked bytes are to be stored."""

    path: str = "/"
    branch: str = "main"
    message: str | None = None


class Materialised(Answer):
    """What was brought in; ``new``: a commit was made for it."""

    commit: Commit
    new: bool
    files: int
    size: int
