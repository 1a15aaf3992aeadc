"""What the rest of a home forbids: asked before this process changes a repo in it.

Projects and pipelines own branches, and refer to commits. The client knows neither, so whoever puts the program
together hands it the rules; a server asks them by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recension.db import Tx
from recension.store import Commit, Store


@dataclass(frozen=True, slots=True)
class Rules:
    """Each does nothing when all is well, and raises what forbids it.

    Attributes:
        check_writable: of store, workspace, repo, and branch or None for all of them: somebody else writes it.
        check_unused: of a commit that is to leave the history: somebody refers to it.
        check_unread: of workspace and old and new name of a repo: somebody names it.
        check_unpopulated: of a workspace that is to go: something is in it.
    """

    check_writable: Callable[[Store, str, str, str | None], None]
    check_unused: Callable[[Tx, Commit], None]
    check_unread: Callable[[Tx, str, str, str], None]
    check_unpopulated: Callable[[Tx, str], None]
