"""The names and the history of a repo in a home of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from recension.client import values
from recension.client.home_values import branch_value, change_value, commit_value, repo_value, tag_value
from recension.client.repo_interface import MAIN, Repo
from recension.client.rules import Rules
from recension.errors import Invalid, NotFound
from recension.ids import Address, CommitId, parse_address
from recension.store import ANY, Commit, Store
from recension.store.naming import branch_protect, repo_describe
from recension.store.on_head import Place
from recension.store.renames import with_renames
from recension.store.tags import tag_create, tag_delete, tags

_PAGE: Final = 200


class HomeNames(Repo):
    """Opens the home for each call, unless it is used in a ``with``."""

    def __init__(self, name: str, workspace: str, author: str, *, home: Path, rules: Rules) -> None:
        super().__init__(name, workspace, author)
        self.home = home
        self._rules = rules
        self._held: Store | None = None

    def __enter__(self) -> Self:
        self._held = Store.open(self.home)
        return self

    def __exit__(self, *_: object) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()

    @contextmanager
    def _store(self) -> Iterator[Store]:
        """The store of the home, which has the repo."""
        if self._held is not None:
            yield self._held
            return
        with Store.open(self.home) as store:
            yield store

    @contextmanager
    def _writing(self, branch: str | None) -> Iterator[tuple[Store, Place]]:
        """The store, and the branch when one is meant, after a look whether it may be written to from here."""
        with self._store() as store:
            self._rules.check_writable(store, self.workspace, self.name, branch)
            yield store, Place(self.name, branch or MAIN, self.workspace)

    def _address(self, ref: str) -> Address:
        address = parse_address(f"{self.workspace}/{self.name}@{ref}")
        if address.path is not None:
            raise Invalid(f"{ref!r} is no ref", where="ref", hint="a branch, a tag or a commit id")
        return address

    def _commit(self, store: Store, ref: str) -> Commit:
        """The commit that a ref means; what is staged on a branch is committed first."""
        return self._own(store.pin(self._address(ref)), ref)

    def _view(self, store: Store, ref: str) -> Commit:
        """What a ref means to whoever looks: for a branch, its head with what is staged upon it."""
        return self._own(store.view(self._address(ref)), ref)

    def _own(self, commit: Commit, ref: str) -> Commit:
        if (commit.workspace, commit.repo) != (self.workspace, self.name):
            raise NotFound(f"no commit {ref} in {self.address}", where=self.address)
        return commit

    def info(self) -> values.RepoInfo:  # noqa: D102 - the interface says it, here and below
        with self._store() as store:
            return repo_value(store.repo(self.name, workspace=self.workspace))

    def describe(self, text: str) -> values.RepoInfo:  # noqa: D102
        with self._store() as store:
            repo_describe(store, self.name, text, workspace=self.workspace)
            return repo_value(store.repo(self.name, workspace=self.workspace))

    def branches(self) -> list[values.Branch]:  # noqa: D102
        with self._store() as store:
            return list(map(branch_value, store.branches(self.name, workspace=self.workspace)))

    def create_branch(self, name: str, at: str | None = None) -> values.Branch:  # noqa: D102
        with self._writing(name) as (store, _):
            head = None if at is None else self._commit(store, at).id
            return branch_value(store.branch_create(self.name, name, at=head, workspace=self.workspace))

    def move_branch(self, name: str, to: str, *, expect: str | None = None) -> values.Branch:  # noqa: D102
        with self._writing(name) as (store, _):
            expected = ANY if expect is None else self._commit(store, expect).id
            target = self._commit(store, to).id
            return branch_value(store.branch_move(self.name, name, target, expect=expected, workspace=self.workspace))

    def promote_branch(self, name: str, to: str) -> values.Branch:  # noqa: D102
        with self._writing(to) as (store, _):
            return branch_value(store.branch_promote(self.name, name, to, workspace=self.workspace))

    def protect_branch(self, name: str, *, protected: bool = True) -> values.Branch:  # noqa: D102
        with self._store() as store:
            return branch_value(branch_protect(store, self.name, name, protected=protected, workspace=self.workspace))

    def delete_branch(self, name: str) -> None:  # noqa: D102
        with self._writing(name) as (store, _):
            store.branch_delete(self.name, name, workspace=self.workspace)

    def tags(self) -> list[values.Tag]:  # noqa: D102
        with self._store() as store:
            return list(map(tag_value, tags(store, self.name, workspace=self.workspace)))

    def create_tag(self, name: str, at: str = MAIN, *, message: str = "") -> values.Tag:  # noqa: D102
        with self._store() as store:
            commit = self._commit(store, at).id
            about = {"author": self.author, "message": message, "workspace": self.workspace}
            return tag_value(tag_create(store, self.name, name, commit, **about))

    def delete_tag(self, name: str) -> None:  # noqa: D102
        with self._store() as store:
            tag_delete(store, self.name, name, workspace=self.workspace)

    def resolve(self, ref: str = MAIN) -> values.Commit:  # noqa: D102
        with self._store() as store:
            return commit_value(self._commit(store, ref))

    def log(  # noqa: D102
        self, ref: str = MAIN, *, path: str | None = None, where: Mapping[str, str] | None = None
    ) -> Iterator[values.Commit]:
        with self._store() as store:
            start = self._own(store.resolve(self._address(ref)), ref).id
            after: CommitId | None = None
            while True:
                page = store.log(
                    self.name, start, path=path, where=where, limit=_PAGE, after=after, workspace=self.workspace
                )
                yield from map(commit_value, page)
                if len(page) < _PAGE:
                    return
                after = page[-1].id

    def diff(  # noqa: D102
        self, before: str | None, after: str = MAIN, *, path: str = "/", renames: bool = False
    ) -> Iterator[values.Change]:
        with self._store() as store:
            older = None if before is None else self._commit(store, before)
            changes = store.diff(older, self._commit(store, after), prefix=path)
            yield from map(change_value, with_renames(changes) if renames else changes)

    def provenance(self, ref: str = MAIN, *, direct: bool = True) -> list[values.Commit]:  # noqa: D102
        with self._store() as store:
            commit = self._commit(store, ref).id
            return list(map(commit_value, store.provenance(commit) if direct else store.upstream(commit)))

    def derived(self, ref: str = MAIN, *, direct: bool = True) -> list[values.Commit]:  # noqa: D102
        with self._store() as store:
            commit = self._commit(store, ref).id
            return list(map(commit_value, store.provenance_of(commit) if direct else store.downstream(commit)))

    def cascade(self, ref: str = MAIN) -> list[values.Commit]:  # noqa: D102
        with self._store() as store:
            return list(map(commit_value, store.by_global_id(self._commit(store, ref).global_id)))

    def wait(self, ref: str = MAIN, *, timeout_s: float = 600.0) -> list[values.Commit]:  # noqa: D102
        from recension.client.discovery import local_server  # noqa: PLC0415 - jobs run on the home's server alone
        from recension.client.http import Http  # noqa: PLC0415
        from recension.client.waiting import wait_for  # noqa: PLC0415

        with Http(local_server(self.home)) as http:
            return wait_for(http, self.resolve(ref).global_id, timeout_s)
