"""At which commit a job reads an address: one answer per job, given when it is first asked."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from blake3 import blake3

from recension.errors import Invalid, NotFound
from recension.flow.graph import RepoName
from recension.flow.keys import canonical
from recension.flow.reads import NOTHING, Read
from recension.flow.spec import MAIN
from recension.ids import Address, CommitId, parse_address
from recension.slotted import replace
from recension.store import Commit, Store


class Pins:
    """Resolves addresses for one job, so that all its datums see one state of what they read; for any thread.

    Args:
        store: where the repos are.
        output: the repo that the job writes, which it may not read.
        heads: the commits of the job's inputs by ``repo@branch``: an input is read at no other commit.
        known: what the job found before.
    """

    def __init__(self, store: Store, output: RepoName, heads: Mapping[str, CommitId], known: Iterable[Read]) -> None:
        self._store = store
        self._output = output
        self._reads = {read.address: read for read in known}
        self._commits: dict[str, CommitId | None] = dict(heads)
        for read in self._reads.values():
            self._commits.setdefault(str(_whole(parse_address(read.address))), read.commit)
        self._lock = threading.Lock()

    @property
    def reads(self) -> tuple[Read, ...]:
        """Every address resolved so far."""
        with self._lock:
            return tuple(self._reads.values())

    def read(self, text: str) -> Read:
        """What an address stands for in this job.

        Raises:
            Invalid: it is no address, or names the job's own output.
        """
        wanted = parse_address(text)
        if wanted.ref is None:
            wanted = replace(wanted, ref=MAIN)
        if wanted.path == "/":
            wanted = replace(wanted, path=None)
        if (wanted.workspace, wanted.repo) == self._output:
            hint = "read what another pipeline writes"
            raise Invalid("a step cannot read what its own pipeline writes", where=str(wanted), hint=hint)
        address = str(wanted)
        with self._lock:
            if address not in self._reads:
                commit = self._commit(_whole(wanted))
                content = NOTHING if commit is None else _content(self._store, commit, wanted.path)
                self._reads[address] = Read(address, None if commit is None else commit.id, content)
            return self._reads[address]

    def _commit(self, wanted: Address) -> Commit | None:
        name = str(wanted)
        if name in self._commits:
            known = self._commits[name]
            return None if known is None else self._store.commit(known)
        try:
            found = self._store.resolve(wanted)
        except NotFound:
            self._commits[name] = None
            return None
        self._commits[name] = found.id
        return found


def _whole(address: Address) -> Address:
    return replace(address, path=None)


def _content(store: Store, commit: Commit, path: str | None) -> str:
    if path is None:
        return store.content_id(commit)
    rows = [canonical([entry.path, entry.blob.hex(), entry.mode]) for entry in store.walk(commit, prefix=path)]
    return blake3(b"\n".join(rows)).hexdigest() if rows else NOTHING
