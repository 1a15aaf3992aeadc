"""Which datums a job has to look at, found from the difference of its input commits to those of an earlier job.

Every job keeps a content-addressed tree, of which a later job's is a small variation::

    /datums/<near>/<id>              blob: the datum's result key; meta: output (root of its files), state, reads
    /keys/<leaf>/<key>/<path>        for inputs of joins and groups: which paths have a key (both hashed); meta: path
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from blake3 import blake3

from recension.flow.inputs import Datum, Delta, Inputs, Leaf, Touched
from recension.flow.job_rows import InputCommit
from recension.flow.matching import Match, compile_pattern, enumerate_matches, select
from recension.flow.work import InputRef
from recension.ids import BlobId, CommitId, NodeId
from recension.store import Commit, Delete, Edit, Entry, Folder, Put, Store

_NEAR_CHARACTERS: Final = 200
_NAME_BYTES: Final = 16
_NOTHING: Final = BlobId(blake3(b"").digest())


@dataclass(frozen=True, slots=True)
class Found:
    """The datums to look at. ``whole``: there was no earlier job to compare with, so it is all of them."""

    delta: Delta
    touched: Sequence[Touched]
    whole: bool


class CommitFiles:
    """The files of a commit, as matching wants to see them."""

    def __init__(self, store: Store, commit: Commit) -> None:
        self._store = store
        self._commit = commit

    def has(self, path: str) -> bool:
        """Whether ``path`` is a file, or a folder with files below it."""
        if path == "/":
            return self._commit.files > 0
        return next(iter(self._store.walk(self._commit, prefix=path)), None) is not None

    def children(self, folder: str) -> Iterator[tuple[str, bool]]:
        """The paths directly in ``folder`` and whether each is a folder."""
        after: str | None = None
        while page := self._store.ls(self._commit, folder, after=after):
            for member in page:
                if member.path != folder:
                    yield member.path, isinstance(member, Folder)
            after = page[-1].path

    def walk(self, folder: str) -> Iterator[str]:
        """Every file path below ``folder``."""
        return (entry.path for entry in self._store.walk(self._commit, prefix=folder))


class _State:
    """All matches of the inputs at some commits; those of a key come from an earlier job's tree and a change to it."""

    def __init__(
        self, store: Store, leaves: Sequence[Leaf], commits: Sequence[Commit], tree: NodeId | None = None
    ) -> None:
        self._store = store
        self._leaves = leaves
        self._files = [CommitFiles(store, commit) for commit in commits]
        self._tree = tree
        self.touched: Sequence[Touched] | None = None

    def has(self, leaf: int, path: str) -> bool:
        return self._files[leaf].has(path)

    def matches(self, leaf: int) -> Iterable[Match]:
        one = self._leaves[leaf]
        return enumerate_matches(leaf, one.pfs, self._files[leaf], by=one.by)

    def keyed(self, leaf: int, key: str) -> Iterable[Match]:
        assert self._tree is not None
        entries = self._store.tree.walk(self._tree, prefix=f"/keys/{leaf}/{_hashed(key)}")
        found = {entry.meta["path"]: Match(leaf, entry.meta["path"], key) for entry in entries}
        if self.touched is not None:
            mine = self.touched[leaf]
            found = {path: match for path, match in found.items() if path not in mine.before}
            found |= {path: match for path, match in mine.after.items() if match.key == key}
        return found.values()


def find_datums(
    store: Store,
    inputs: Inputs,
    commits: Sequence[CommitId],
    *,
    earlier: Sequence[CommitId] | None,
    tree: NodeId | None,
    again: Sequence[Datum] = (),
) -> Found:
    """The datums of ``commits`` that may differ from those of an earlier job.

    Args:
        store: where the commits are.
        inputs: the input tree, the same for both jobs.
        commits: one commit for each leaf.
        earlier: those of the earlier job; ``None`` when there is none.
        tree: the earlier job's tree.
        again: datums of the earlier job to look at whether they differ or not.
    """
    now = [store.commit(commit) for commit in commits]
    after = _State(store, inputs.leaves, now, tree)
    if earlier is None or tree is None:
        touched = [
            Touched(after={match.path: match for match in after.matches(leaf.index)} if leaf.keyed else {})
            for leaf in inputs.leaves
        ]
        return Found(Delta({}, inputs.datums(after)), touched, whole=True)
    was = [store.commit(commit) for commit in earlier]
    before = _State(store, inputs.leaves, was, tree)
    touched = [_touched(store, leaf, was[leaf.index], now[leaf.index], before, after) for leaf in inputs.leaves]
    after.touched = touched
    delta = inputs.delta(touched, before, after)
    for datum in again:
        if datum.id not in delta.before:
            delta.before[datum.id] = delta.after[datum.id] = datum
    return Found(delta, touched, whole=False)


def _touched(  # noqa: PLR0917
    store: Store, leaf: Leaf, was: Commit, now: Commit, before: _State, after: _State
) -> Touched:
    there: dict[str, Match] = {}
    here: dict[str, Match] = {}
    pattern = compile_pattern(leaf.pfs.glob)
    seen: set[str] = set()
    for change in store.diff(was, now):
        for path in pattern.candidates(change.path):
            if path in seen:
                continue
            seen.add(path)
            match = select(leaf.index, leaf.pfs, path, by=leaf.by)
            if match is not None and before.has(leaf.index, path):
                there[path] = match
            if match is not None and after.has(leaf.index, path):
                here[path] = match
    return Touched(there, here)


def input_refs(inputs: Inputs, datum: Datum, commits: Sequence[CommitId]) -> tuple[InputRef, ...]:
    """What a datum sees of its inputs."""
    refs: list[InputRef] = []
    for index in dict.fromkeys(match.leaf for match in datum.matches):
        leaf = inputs.leaves[index]
        mine = [match for match in datum.matches if match.leaf == index]
        refs.append(
            InputRef(
                name=leaf.pfs.name,
                commit=commits[index],
                paths=tuple(sorted(match.path for match in mine)),
                empty_files=leaf.pfs.empty_files,
                join_on=mine[0].key if leaf.keyed and not leaf.grouped else None,
                group_by=mine[0].key if leaf.grouped else None,
            )
        )
    return tuple(refs)


def datum_path(datum: Datum) -> str:
    """Where a datum's record is in a job's tree."""
    near = datum.near.rstrip("/")
    if len(near) > _NEAR_CHARACTERS:
        near = near[:_NEAR_CHARACTERS].rpartition("/")[0]
    return f"/datums{near}/{datum.id}"


def record(datum: Datum, key: BlobId, output: NodeId | None, state: str, reads: Sequence[str] = ()) -> Edit:
    """The record of a datum in a job's tree: its result key, output, state and the addresses that it read."""
    meta = {"state": state} if output is None else {"state": state, "output": output.hex()}
    if reads:
        meta["reads"] = json.dumps(list(reads), ensure_ascii=False)
    return Put(datum_path(datum), key, 0, content_type="", meta=meta)


def output_of(entry: Entry) -> NodeId | None:
    """The output that a record names."""
    return NodeId(bytes.fromhex(entry.meta["output"])) if "output" in entry.meta else None


def key_edits(inputs: Inputs, touched: Sequence[Touched]) -> Iterator[Edit]:
    """The changes to the paths listed by key."""
    for leaf in inputs.leaves:
        if leaf.keyed:
            mine = touched[leaf.index]
            for path, match in mine.before.items():
                if path not in mine.after:
                    yield Delete(_key_path(match))
            for match in mine.after.values():
                yield Put(_key_path(match), _NOTHING, 0, content_type="", meta={"path": match.path})


def _key_path(match: Match) -> str:
    return f"/keys/{match.leaf}/{_hashed(match.key)}/{_hashed(match.path)}"


def _hashed(text: str) -> str:
    return blake3(text.encode()).hexdigest(_NAME_BYTES)


def label(inputs: Inputs, datum: Datum) -> str:
    """What a datum is made of, as JSON: name, path, leaf and key of each match."""
    rows = [[inputs.leaves[match.leaf].pfs.name, match.path, match.leaf, match.key] for match in datum.matches]
    return json.dumps(rows, ensure_ascii=False)


def describe(label_text: str) -> str:
    """A label for people."""
    return " + ".join(f"{name}:{path}" for name, path, *_ in json.loads(label_text))


def datum_of(inputs: Inputs, label_text: str) -> Datum:
    """The datum that a label was made of."""
    return inputs.datum(Match(leaf, path, key) for _, path, leaf, key in json.loads(label_text))


def commits_of(inputs: Iterable[InputCommit]) -> list[CommitId]:
    """The commit of each leaf."""
    return [entry.commit for entry in inputs]
