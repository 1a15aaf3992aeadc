"""Putting files and folders from disk into a branch, as one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recension.ids import DEFAULT_WORKSPACE, GlobalId, check_name, check_path
from recension.slotted import frozen
from recension.store.model import Commit
from recension.store.writing import Writing

if TYPE_CHECKING:
    from recension.store.ingest import Told


@frozen
class PutReport:
    """What a put did. ``commit`` is the head afterwards; ``new`` says whether it was made by it.

    ``files`` were looked at, ``read`` of them had to be read, with ``bytes_read`` bytes.
    """

    commit: Commit
    new: bool
    files: int
    read: int
    bytes_read: int


class Putting(Writing):
    """Bulk input."""

    def put_files(
        self,
        repo: str,
        branch: str,
        sources: Sequence[Path],
        *,
        into: str = "/",
        delete: bool = False,
        message: str = "",
        author: str = "",
        meta: Mapping[str, Any] | None = None,
        global_id: GlobalId | None = None,
        workspace: str = DEFAULT_WORKSPACE,
        told: Told | None = None,
    ) -> PutReport:
        """Commit files and the contents of folders; durable when this returns. Nothing is done when nothing differs.

        Unchanged files are recognised by their stats and not read again. Modes are kept as 644 or 755, symbolic links
        as links; empty folders are not kept. Memory stays bounded, whatever the size of the files.

        Args:
            repo: its name.
            branch: its name; made when it is missing.
            sources: files, which go by their names, and folders, which contribute what they hold.
            into: the folder that takes them.
            delete: remove from ``into`` whatever the sources do not hold.
            message: what was done, in words.
            author: who did it.
            meta: anything that JSON can say.
            global_id: of the cascade this belongs to.
            workspace: where the repo is.
            told: hears of progress.

        Raises:
            NotFound: there is no such repo, or no such source.
            Invalid: a file cannot be read, or cannot be kept under its name.
        """
        # Most commands put nothing, and start faster without.
        from recension.store.put_files import Fields, Target, put_files  # noqa: PLC0415

        check_name("branch", branch)
        base = "" if into in {"", "/"} else check_path(into.rstrip("/"))
        target = Target(workspace, repo, branch, base)
        return put_files(
            self, target, sources, Fields(message, author, dict(meta or {}), global_id), told, delete=delete
        )
