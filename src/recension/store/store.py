"""The store: one object that opens a home and offers everything the room does."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from recension.clock import Clock, SystemClock
from recension.db import Database, migrate
from recension.errors import RecensionError
from recension.ids import Address, parse_address
from recension.store import folding
from recension.store.backends import Backend
from recension.store.checkout import CheckingOut
from recension.store.home import check_home, create_home
from recension.store.model import Commit
from recension.store.places import open_database, open_objects
from recension.store.schema import MIGRATIONS
from recension.store.staging_view import branch_named
from recension.store.trees import Trees

if TYPE_CHECKING:
    from recension.store.backup import BackupReport
    from recension.store.fsck_report import FsckReport
    from recension.store.gc_report import GcReport
    from recension.store.settings import Settings


class Store(CheckingOut):
    """Versioned repos in one home; safe to share between threads, and to open from several processes.

    Example:
        >>> store = Store.open(home, create=True)
        >>> store.create_repo("pool")
        >>> with store.upload() as upload:
        ...     blob = upload.add_bytes(b"a,b")
        ...     store.write("pool", "main", [Put("/x.csv", blob, 3)], upload=upload)
    """

    def __init__(self, home: Path, db: Database, objects: Backend, clock: Clock) -> None:
        super().__init__(home, db, objects, clock)
        self.tree = Trees(self)

    @staticmethod
    def create(home: Path, *, settings: Settings | None = None, clock: Clock | None = None) -> Store:
        """Make a new home and open it.

        Args:
            home: its folder.
            settings: where its database and its objects are; None: in the home.
            clock: what time commits are stamped with.

        Raises:
            AlreadyExists: there is a home.
            Invalid: the folder holds something else.
        """
        create_home(home, settings)
        return Store.open(home, clock=clock)

    @staticmethod
    def open(home: Path, *, create: bool = False, clock: Clock | None = None) -> Store:
        """Open a home, bringing its tables up to date.

        Args:
            home: its folder.
            create: make a new home when there is none.
            clock: what time commits are stamped with.

        Raises:
            NotFound: there is no home.
            Invalid: it was written by a newer version.
        """
        if create and not (home / "format").exists():
            create_home(home)
        check_home(home)
        db = open_database(home)
        try:
            migrate(db, MIGRATIONS)
            objects = open_objects(home)
        except BaseException:
            db.close()
            raise
        store = Store(home, db, objects, clock or SystemClock())
        if store.has_due_groups():
            # Somebody was killed with changes staged, or simply ended: whoever comes next commits them.
            from recension.store.staging import close_due  # noqa: PLC0415 - seldom the case

            with suppress(RecensionError):
                close_due(store)
        return store

    def view(self, address: str | Address) -> Commit:
        """What an address means at this moment: for a branch, its head with what is staged upon it.

        For reading alone: the commit's ``root`` then is a tree that nothing keeps (:class:`recension.store.View`). What
        records a version, or hands out many files of one, asks :meth:`pin`.

        Raises:
            NotFound: the repo, the branch, the commit or the ancestor is missing.
            Invalid: it is no address.
        """
        wanted = parse_address(address) if isinstance(address, str) else address
        branch = branch_named(wanted)
        if branch is not None:
            with self.db.read() as tx:
                seen = self.views.look(tx, wanted, branch)
            if seen is not None:
                return self.views.bring(self, seen)
        return self.resolve(wanted)

    def pin(self, address: str | Address) -> Commit:
        """The commit that holds what an address means at this moment: what is staged on a branch is committed first.

        Raises:
            NotFound: the repo, the branch, the commit or the ancestor is missing.
            Invalid: it is no address.
        """
        wanted = parse_address(address) if isinstance(address, str) else address
        branch = branch_named(wanted)
        if branch is not None:
            self.close_staged(wanted.repo, branch, wanted.workspace)
        return self.resolve(wanted)

    def content_id(self, commit: Commit) -> str:
        """The content id of a commit, equal for equal files; where nobody has asked for it yet the commit is folded."""
        return folding.content_id(self, commit)

    def fold(self, commit: Commit) -> Commit:
        """Bring the changes that lie beside the tree of a commit into it; its files and its id stay as they are.

        Safe beside readers and writers, and when it is killed.

        Raises:
            NotFound: the commit has been removed meanwhile.
        """
        return folding.fold(self, commit).commit

    def fold_heads(self) -> list[Commit]:
        """Fold the heads beside whose trees much lies, or on whose branches nothing happens; return those that were."""
        return [done.commit for done in folding.fold_heads(self)]

    def fsck(self, *, full: bool = True, repair: bool = False, sources: bool = False) -> FsckReport:
        """Check what is stored and say which files are hit by what is wrong; ``full`` reads every byte.

        ``sources``: look also whether what links lead to is as it was; where its hash is known, by reading it.

        ``repair``: let damaged and missing records be read from a second copy, where there is a whole one.
        """
        from recension.store.fsck import fsck  # noqa: PLC0415  seldom wanted, and every command starts faster without

        return fsck(self, full=full, repair=repair, sources=sources)

    def gc(self, *, grace_s: float = 24 * 3600, dry_run: bool = False) -> GcReport:
        """Remove what nothing refers to any more; safe while others read and write.

        Args:
            grace_s: how long something has to be unreachable before each step of its removal.
            dry_run: only say what would be removed now.

        Raises:
            Damaged: a manifest cannot be read; nothing is removed then.
        """
        from recension.store.gc import collect  # noqa: PLC0415  seldom wanted, and every command starts faster without

        return collect(self, grace_s=grace_s, dry_run=dry_run)

    def backup(self, dest: Path) -> BackupReport:
        """Write a copy of the database into a folder, and check that the objects hold every pack it refers to.

        Raises:
            Unavailable: the folder cannot be written.
        """
        from recension.store.backup import back_up  # noqa: PLC0415  seldom wanted

        return back_up(self, dest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
